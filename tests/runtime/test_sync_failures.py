"""Syncs that fail: what is no page, rows that are not of the declared type, exceptions, Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import FormulaError, ResultError
from coda_cli.runtime.sync import SyncLimits
from tests.runtime.syncing import Item, Result, failed, ids, numbered, sync_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(None, "Items: expected a page of rows, came nothing", id="nothing"),
        pytest.param({"result": []}, "Items: expected a page of rows, came dict", id="object"),
        pytest.param("rows", "Items: expected a page of rows, came str", id="text"),
        pytest.param(Result("rows"), "Items: expected a list of rows, came str", id="page of text"),
        pytest.param(Result({}), "Items: expected a list of rows, came dict", id="page of an object"),  # type: ignore[arg-type]  # the same
        pytest.param(Result([], completion="x"), "Items: expected a completion, came str", id="completion"),  # type: ignore[arg-type]  # wrong on purpose
        pytest.param(
            Result([], completion=sdk.SyncCompletionMetadata({1})),
            "Items: the incremental continuation is no JSON value but set {1}",
            id="no JSON",
        ),
        pytest.param(Result([], deleted_row_ids="abc"), "Items: expected a list of deleted", id="deleted"),
    ],
)
def test_what_is_no_page(given: object, message: str) -> None:
    """A sync that returns no list has a message of its own."""
    rows, error = failed(sync_of(lambda context: given))
    assert rows == []
    assert isinstance(error, ResultError)
    assert error.message.startswith(message)


def test_bad_rows_are_left_out() -> None:
    """The others are there, and at the end each bad one is told by its number and path."""
    sync = sync_of(lambda context: [{"id": 1}, {"id": "x"}, {"id": 3}, {}], schema=Item)
    rows, error = failed(sync)
    assert rows == [1, 3]
    assert error.message == "Items: 2 rows were left out, being not of the declared type"
    assert error.details == (
        "Items[1].id: expected whole number, came str 'x'",
        "Items[3].id: expected whole number, came nothing",
    )


def test_rows_that_are_no_objects() -> None:
    """Without a schema a row has to be an object all the same."""
    rows, error = failed(sync_of(lambda context: [1, {"id": 2}]))
    assert rows == [2]
    assert error.message == "Items: 1 row was left out, being no JSON object"


@pytest.mark.parametrize("schema", [pytest.param(None, id="any objects"), pytest.param(Item, id="schema")])
def test_a_page_that_is_yielded(schema: type | None) -> None:
    """It is no row, though it is a dataclass as rows can be: the two forms of a sync were mixed."""

    def table(context: sdk.ExecutionContext) -> Iterator[Any]:
        yield {"id": 1}
        yield Result([{"id": 2}])

    rows, error = failed(sync_of(table, schema=schema))
    assert rows == [1]
    assert error.message == "Items: expected a row, came a page, SyncResult"
    assert error.details == ("Yield its rows one by one: yield from rows. What is returned may be a page.",)


def test_the_twentieth_bad_row() -> None:
    """It ends the sync: what follows would hardly be better."""

    def table(context: sdk.ExecutionContext) -> Iterator[Any]:
        for number in range(1000):
            yield {"id": number if number % 2 else str(number)}

    rows, error = failed(sync_of(table, schema=Item))
    assert rows == list(range(1, 38, 2))
    assert error.message == "Items: 20 rows were left out, being not of the declared type"
    assert error.details[0] == "The sync was ended there."
    assert error.details[20].startswith("Items[38].id: ")


def test_many_problems_in_one_row() -> None:
    """A row with more than twenty is one bad row, and the next one is found to be good all the same."""
    properties = {f"p{number}": sdk.make_schema(type=sdk.ValueType.NUMBER) for number in range(30)}
    schema = sdk.make_object_schema(
        properties={"id": sdk.make_schema(type=sdk.ValueType.NUMBER), **properties}
    )
    bad = dict.fromkeys(properties, "x")
    rows, error = failed(
        sync_of(lambda context: [{"id": 1, **bad}, {"id": 2}, {"id": 3, **bad}], schema=schema)
    )
    assert rows == [2]
    assert error.message.startswith("Items: 2 rows were left out")
    assert len(error.details) == 21


def test_bad_rows_and_the_most_rows() -> None:
    """Bad rows are none of those that were wanted."""
    rows, error = failed(sync_of(lambda context: [None, {"id": 1}, {"id": 2}], SyncLimits(1)))
    assert rows == [1]
    assert "1 row was left out" in error.message


def test_a_failure_on_a_later_page() -> None:
    """The rows before it are kept, and the error has the pack's line."""

    def table(context: sdk.ExecutionContext) -> Iterator[Any]:
        yield from numbered(1, 2)
        raise LookupError("page 3")

    rows, error = failed(sync_of(table))
    assert rows == [1, 2]
    assert isinstance(error, FormulaError)
    assert error.message == "Items failed: LookupError: page 3"
    assert any('raise LookupError("page 3")' in line for line in error.details)


def test_a_failure_after_bad_rows() -> None:
    """Both are told."""

    def table(context: sdk.ExecutionContext) -> Iterator[Any]:
        yield None
        raise sdk.UserVisibleError("Not today.")

    rows, error = failed(sync_of(table))
    assert rows == []
    assert error.message == "Not today."
    assert error.details == (
        "Before that, 1 row was left out, being no JSON object:",
        "Items[0]: expected object, came nothing (None)",
    )


def test_a_generator_that_raises_what_closes_it() -> None:
    """``GeneratorExit`` of the pack's own is an exception like any other."""

    def table(context: sdk.ExecutionContext) -> Iterator[Any]:
        yield {"id": 1}
        raise GeneratorExit

    _, error = failed(sync_of(table))
    assert error.message == "Items failed: GeneratorExit"


def test_ctrl_c_in_a_sync() -> None:
    """It is no failure of the pack's."""

    def table(context: sdk.ExecutionContext) -> Iterator[Any]:
        yield {"id": 1}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ids(sync_of(table))
