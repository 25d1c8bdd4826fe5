"""What the command line adds to a sync: how many rows, progress, what is told beside the rows."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import click
import pytest

from coda_cli import sdk
from coda_cli.cli.messages import Messages
from coda_cli.cli.session import Session
from coda_cli.cli.sync import TableRun, limits_of_option
from coda_cli.cli.sync_progress import SyncProgress
from coda_cli.errors import CodaError
from coda_cli.redaction import Redactor
from coda_cli.runtime.sync import SyncLimits
from tests.fetchers import OneByOne

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMMAND = click.Context(click.Command("execute"))
OPTION = click.Option(["--max-rows"])


@pytest.mark.parametrize(
    ("given", "limits"),
    [
        pytest.param(None, None, id="not given"),
        pytest.param("1", SyncLimits(1, None), id="number"),
        pytest.param("0010", SyncLimits(10, None), id="zeros"),
        pytest.param("1000000", SyncLimits(1_000_000, None), id="many"),
        pytest.param("all", SyncLimits(None, None), id="all"),
        pytest.param("ALL", SyncLimits(None, None), id="any case"),
    ],
)
def test_how_many_rows(given: str | None, limits: SyncLimits | None) -> None:
    """A number or all of them; who says so limits the calls by nothing else."""
    assert limits_of_option(COMMAND, OPTION, given) == limits


@pytest.mark.parametrize("given", ["0", "-1", "", "1.5", "1e3", "٣", "²", "none", " 1", "9" * 5000])
def test_no_number_of_rows(given: str) -> None:
    """Anything else is refused, with what it may be."""
    with pytest.raises(click.BadParameter, match="neither a whole number above 0 nor 'all'"):
        limits_of_option(COMMAND, OPTION, given)


class Run:
    """A run of a table, with what it says of itself."""

    def __init__(self, out: io.StringIO | None = None, **wanted: Any) -> None:
        redactor = Redactor()
        self.out, self.errors = out or io.StringIO(), io.StringIO()
        self.progress = SyncProgress("Items")
        session = Session(redactor, Messages(redactor, self.errors))
        self._run = TableRun(session, self.out, self.progress, **{"output_format": "ndjson", **wanted})

    def sync(
        self, function: Callable[..., Any], *, is_incremental: bool = False, is_shown: bool = True
    ) -> str:
        """Sync a function as a table, and return what was written to standard output."""
        pack = sdk.new_pack()
        pack.sync_table(name="Items")(function)
        self._run.run(
            pack.sync_tables[0],
            sdk.ExecutionContext(OneByOne()),
            [],
            is_incremental=is_incremental,
            is_shown=is_shown,
        )
        return self.out.getvalue()


def two(_context: sdk.ExecutionContext) -> Iterator[dict[str, int]]:
    """Yield two rows."""
    for number in (1, 2):
        yield {"id": number}


def failing(context: sdk.ExecutionContext) -> Iterator[dict[str, int]]:
    """Yield a row, and fail."""
    yield {"id": 1}
    raise sdk.UserVisibleError("No more.")


def test_progress() -> None:
    """The line of progress has the rows and requests, as soon as there is a sync."""
    run = Run()
    lines = []

    def table(context: sdk.ExecutionContext) -> Iterator[dict[str, int]]:
        for row in two(context):
            run.progress.count_request()
            yield row
            lines.append(run.progress())

    assert run.progress() == "Running Items"
    assert run.sync(table) == '{"id":1}\n{"id":2}\n'
    assert lines == [
        "Running Items … 1 row, 1 request",
        "Running Items … 2 rows, 2 requests",
    ]
    assert run.errors.getvalue() == ""


@pytest.mark.parametrize(
    ("most", "said"),
    [
        pytest.param(
            1, "Items was cut at 1 row; there may be more. --max-rows NUMBER or all gives them.\n", id="one"
        ),
        pytest.param(3, "", id="all"),
    ],
)
def test_rows_that_were_cut(most: int, said: str) -> None:
    """Standard error says so."""
    run = Run(limits=SyncLimits(most))
    run.sync(two)
    assert run.errors.getvalue() == said


def test_a_sync_that_is_not_shown() -> None:
    """A dry run prints no rows."""
    assert Run().sync(two, is_shown=False) == ""


def test_a_query() -> None:
    """It is given all rows, and its result is printed as that of a formula."""
    run = Run(query=lambda rows: [row["id"] for row in rows], output_format="json")
    assert run.sync(two) == "[\n  1,\n  2\n]\n"


def test_a_query_of_a_sync_that_fails() -> None:
    """The rows before the failure are kept."""
    run = Run(query=lambda rows: rows)
    with pytest.raises(CodaError, match="No more"):
        run.sync(failing)
    assert run.out.getvalue() == '{"id":1}\n'


def test_a_query_without_rows() -> None:
    """Where nothing came before a failure, there is nothing to ask."""
    run = Run(query=lambda rows: rows)
    with pytest.raises(CodaError):
        run.sync(lambda context: None)
    assert run.out.getvalue() == ""


def test_an_incremental_sync() -> None:
    """A full sync, of which nothing is printed, and then the one that follows it."""

    def table(context: sdk.ExecutionContext) -> sdk.SyncResult:
        previous = context.sync.previous_completion
        if previous is None:
            return sdk.SyncResult([{"id": 1}], completion=sdk.SyncCompletionMetadata({"since": 5}))
        row = {"since": previous.incremental_continuation["since"]}
        return sdk.SyncResult([row], deleted_row_ids=list(map(str, range(25))))

    run = Run()
    assert run.sync(table, is_incremental=True) == '{"since":5}\n'
    assert run.errors.getvalue() == f"25 deleted: {', '.join(map(str, range(20)))}, …\n"


def test_incomplete_results() -> None:
    """A sync that says so of itself is believed."""
    run = Run()
    run.sync(
        lambda context: sdk.SyncResult([], completion=sdk.SyncCompletionMetadata(has_incomplete_results=True))
    )
    assert run.errors.getvalue() == "Items says that its results are incomplete.\n"


class Unwritable(io.StringIO):
    """A stream whose other end is closed."""

    def write(self, text: str) -> int:
        """Fail."""
        raise BrokenPipeError


def test_a_pipe_that_was_closed() -> None:
    """The generator is closed, and however it ends, the closed pipe is what is told."""
    events = []

    def table(context: sdk.ExecutionContext) -> Iterator[dict[str, str]]:
        try:
            while True:
                yield {"text": "x" * 1000}
        finally:
            events.append("closed")
            raise LookupError

    with pytest.raises(BrokenPipeError):
        Run(Unwritable(), limits=SyncLimits(None, None)).sync(table)
    assert events == ["closed"]
