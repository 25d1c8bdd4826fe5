"""Running a sync: pages and generators, limits, rows that are not of the declared type, failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import ResultError
from coda_cli.runtime.sync import SyncLimits, TableSync, after_full_sync
from tests.fetchers import OneByOne
from tests.runtime.syncing import (
    ALL,
    COMPLETION,
    CONTEXT,
    Item,
    Result,
    failed,
    ids,
    numbered,
    sync_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator


def three_pages(context: sdk.ExecutionContext) -> Result:
    """Give six rows on three pages."""
    page = context.sync.continuation or 0
    return Result(numbered(2 * page, 2 * page + 1), continuation=page + 1 if page < 2 else None)


def endless(context: sdk.ExecutionContext) -> Iterator[dict[str, int]]:
    """Yield rows for ever."""
    number = 0
    while True:
        yield {"id": number}
        number += 1


def test_pages() -> None:
    """The function is called again with its continuation, until it gives none."""
    sync = sync_of(three_pages)
    assert ids(sync) == [0, 1, 2, 3, 4, 5]
    assert (sync.count, sync.may_have_more) == (6, False)


@pytest.mark.parametrize("end", [pytest.param(None, id="nothing"), pytest.param("", id="empty text")])
def test_the_end_of_pages(end: object) -> None:
    """Services end their listings with no token, or with an empty one."""

    def pages(context: sdk.ExecutionContext) -> Result:
        assert context.sync.continuation is None
        return Result(numbered(1), continuation=end)

    assert ids(sync_of(pages)) == [1]


def test_the_parameters() -> None:
    """Every call gets the context and the parameters."""

    def table(context: sdk.ExecutionContext, first: int, second: int) -> Result:
        return Result(numbered(first, second), continuation=None if context.sync.continuation else 1)

    assert ids(sync_of(table, ALL, 7, 8)) == [7, 8, 7, 8]


def test_continuations_are_stored() -> None:
    """What the function gets is what comes back from where JSON was stored, not its own object."""
    seen: list[object] = []

    def table(context: sdk.ExecutionContext) -> Result:
        seen.append(context.sync.continuation)
        return Result([], continuation=None if len(seen) > 1 else {"at": (1, 2)})

    ids(sync_of(table))
    assert seen == [None, {"at": [1, 2]}]


def test_the_rest_of_the_sync_stays() -> None:
    """What is said of the sync beside its continuation is said in every call."""
    context = sdk.ExecutionContext(OneByOne(), sync=sdk.Sync(dynamic_url="u", previous_completion=COMPLETION))
    seen = []

    def table(context: sdk.ExecutionContext) -> Result:
        seen.append((context.sync.dynamic_url, context.sync.previous_completion))
        return Result([], continuation=None if len(seen) > 1 else 1)

    ids(sync_of(table, context=context))
    assert seen == [("u", COMPLETION)] * 2


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(lambda context: numbered(1, 2), id="list"),
        pytest.param(lambda context: tuple(numbered(1, 2)), id="tuple"),
        pytest.param(lambda context: iter(numbered(1, 2)), id="iterator"),
        pytest.param(lambda context: ({"id": number} for number in (1, 2)), id="generator expression"),
        pytest.param(lambda context: [Item(1), Item(2)], id="dataclass"),
        pytest.param(lambda context: Result(tuple(numbered(1, 2))), id="page of a tuple"),
    ],
)
def test_one_page(given: Callable[..., Any]) -> None:
    """A list is one page, and whatever yields rows is a generator."""
    assert ids(sync_of(given)) == [1, 2]


def test_a_generator_that_returns_a_page() -> None:
    """Its rows are the last, and what it says of the sync is heard."""

    def table(context: sdk.ExecutionContext) -> Generator[Any, None, Result]:
        yield {"id": 1}
        return Result(numbered(2), completion=COMPLETION, deleted_row_ids=["gone"])

    sync = sync_of(table)
    assert ids(sync) == [1, 2]
    assert (sync.completion, sync.deleted_row_ids) == (COMPLETION, ["gone"])


@pytest.mark.parametrize(
    ("most", "function", "may_have_more"),
    [
        pytest.param(3, three_pages, True, id="within a page"),
        pytest.param(4, three_pages, True, id="at the end of a page"),
        pytest.param(6, three_pages, False, id="at the end"),
        pytest.param(7, three_pages, False, id="after the end"),
        pytest.param(5, endless, True, id="generator"),
    ],
)
def test_the_most_rows(most: int, function: Callable[..., Any], may_have_more: bool) -> None:
    """The sync ends with the last row that is wanted, and knows whether there may be more."""
    sync = sync_of(function, SyncLimits(most, None))
    assert ids(sync) == list(range(min(most, 6)))
    assert sync.may_have_more is may_have_more


def test_nothing_is_asked_for_beyond_the_most_rows() -> None:
    """Neither another page nor another row."""
    asked = []

    def table(context: sdk.ExecutionContext) -> Iterator[Any]:
        for number in range(10):
            asked.append(number)
            yield {"id": number}

    ids(sync_of(table, SyncLimits(2)))
    assert asked == [0, 1]


@pytest.mark.parametrize("end", ["cut", "closed", "bad rows"])
def test_generators_are_closed(end: str) -> None:
    """However a sync ends, the generator's ``finally`` runs before anything else does."""
    events = []

    def table(context: sdk.ExecutionContext) -> Iterator[Any]:
        try:
            while True:
                yield {"id": 1} if end != "bad rows" else None
        finally:
            events.append("closed")

    sync = sync_of(table, SyncLimits(3) if end == "cut" else ALL)
    if end == "cut":
        assert ids(sync) == [1, 1, 1]
    elif end == "closed":
        rows = sync.rows()
        next(rows)
        rows.close()
    else:
        failed(sync)
    assert events == ["closed"]


def test_a_generator_that_fails_while_it_is_closed() -> None:
    """That is the pack's failure; the rows before it are there."""

    def table(context: sdk.ExecutionContext) -> Iterator[Any]:
        try:
            yield {"id": 1}
            yield {"id": 2}
        finally:
            raise LookupError("cannot close")

    rows, error = failed(sync_of(table, SyncLimits(1)))
    assert rows == [1]
    assert error.message == "Items failed: LookupError: cannot close"


def test_the_most_calls() -> None:
    """A function that always has a continuation is stopped, and its rows are kept."""
    calls = []

    def table(context: sdk.ExecutionContext) -> Result:
        calls.append(context.sync.continuation)
        return Result(numbered(len(calls)), continuation=len(calls))

    rows, error = failed(sync_of(table, SyncLimits(None, 100)))
    assert rows == list(range(1, 101))
    assert calls == [None, *range(1, 100)]
    assert error.message == "Items was called 100 times, and still has a continuation"


def test_calls_without_a_limit() -> None:
    """Who says how many rows are wanted gets them, in however many calls."""

    def table(context: sdk.ExecutionContext) -> Result:
        page = context.sync.continuation or 0
        return Result([], continuation=page + 1) if page < 150 else Result(numbered(page))

    assert ids(sync_of(table, SyncLimits(1000, None))) == [150]


def test_a_continuation_that_repeats() -> None:
    """It is an error at once, and the rows before it are kept."""
    rows, error = failed(sync_of(lambda context: Result(numbered(1), continuation="same")))
    assert rows == [1, 1]
    assert error.message == 'Items gives the continuation "same" for the second time'


def full_sync(*, limits: SyncLimits = ALL, **said: Any) -> TableSync:
    """Run a full sync of two rows."""
    sync = sync_of(lambda context: Result(numbered(1, 2), **said), limits)
    ids(sync)
    return sync


def test_an_incremental_sync_follows_a_full_one() -> None:
    """Its context has what the full one left."""
    full = full_sync(completion=sdk.SyncCompletionMetadata(("a", 1)))
    context = after_full_sync("Items", CONTEXT, full)
    assert context.sync == sdk.Sync(previous_completion=sdk.SyncCompletionMetadata(["a", 1]))


@pytest.mark.parametrize(
    ("full", "message"),
    [
        pytest.param(full_sync(), "Items: the full sync left no completion", id="none"),
        pytest.param(
            full_sync(completion=sdk.SyncCompletionMetadata(has_incomplete_results=True)),
            "Items: the full sync says that its results are incomplete",
            id="incomplete",
        ),
        pytest.param(
            full_sync(completion=COMPLETION, limits=SyncLimits(1)),
            "Items: the full sync before the incremental one was cut at row 1",
            id="cut",
        ),
    ],
)
def test_no_incremental_sync(full: TableSync, message: str) -> None:
    """A full sync that was not complete leaves nothing to begin with."""
    with pytest.raises(ResultError) as caught:
        after_full_sync("Items", CONTEXT, full)
    assert caught.value.message.startswith(message)
