"""What a sync is told, and what it gives back."""

from __future__ import annotations

from typing import Any

import pytest

from coda_cli import sdk


class NoFetcher:
    """A fetcher for what sends nothing."""

    def fetch(self, *_: Any, **__: Any) -> Any:
        """Refuse."""
        raise AssertionError


def test_a_context_has_a_sync() -> None:
    """It is empty outside a sync, so that a function need not ask whether there is one."""
    assert sdk.ExecutionContext(NoFetcher()).sync == sdk.Sync()
    sync = sdk.Sync(continuation=2)
    assert sdk.ExecutionContext(NoFetcher(), sync=sync).sync.continuation == 2


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
