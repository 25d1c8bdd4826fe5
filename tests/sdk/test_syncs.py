"""What a sync is told, and what it gives back."""

from __future__ import annotations

import pytest

from coda_cli import sdk
from tests.fetchers import OneByOne


def test_a_context_has_a_sync() -> None:
    """It is empty outside a sync, so that a function need not ask whether there is one."""
    assert sdk.ExecutionContext(OneByOne()).sync == sdk.Sync()
    sync = sdk.Sync(continuation=2)
    assert sdk.ExecutionContext(OneByOne(), sync=sync).sync.continuation == 2


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(sdk.SyncResult([1]), ([1], None, None, (), None), id="the last page"),
        pytest.param(sdk.SyncResult([], continuation=2), ([], 2, None, (), None), id="a page"),
    ],
)
def test_the_result_of_a_call(made: sdk.SyncResult, expected: tuple[object, ...]) -> None:
    """Nothing but its rows has to be said."""
    found = (made.rows, made.continuation, made.completion, made.deleted_row_ids, made.permissions_context)
    assert found == expected
