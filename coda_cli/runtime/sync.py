"""Run a sync table: its rows, one after another, checked as they arrive.

Owns when a sync function is called again, when a sync ends, and what becomes of rows that are not of the
declared type. It holds no more than the page that it was given, and prints nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from coda_cli.errors import CodaError, ResultError
from coda_cli.runtime.contexts import DEFAULT_MAX_ROWS
from coda_cli.runtime.continuations import Continuations, stored_value
from coda_cli.runtime.executor import failures_of
from coda_cli.runtime.json_values import MOST_PROBLEMS, Problem
from coda_cli.runtime.results import problem_lines
from coda_cli.runtime.rows import row_check
from coda_cli.sdk.syncs import SyncCompletionMetadata, SyncResult

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from coda_cli.runtime.rows import Row
    from coda_cli.sdk.context import ExecutionContext
    from coda_cli.sdk.schemas import Schema
    from coda_cli.sdk.sync_tables import SyncTable

MOST_CALLS = 100
"""How often a sync function is called where nobody said how many rows are wanted."""


@dataclass(frozen=True, slots=True)
class SyncLimits:
    """Where a sync ends, however much there may be; None is no limit."""

    max_rows: int | None = DEFAULT_MAX_ROWS
    max_calls: int | None = MOST_CALLS


class TableSync:
    """One sync of a table.

    Args:
        table: the table.
        context: what its function is called with; ``sync`` says everything but the continuation.
        values: the parameters.
        schema: that of one row; None allows any objects.
        limits: where it ends.

    Attributes:
        count: how many rows it has given.
        completion: what the last page left for the next sync.
        deleted_row_ids: the ids of rows that are gone.
    """

    def __init__(
        self,
        table: SyncTable,
        context: ExecutionContext,
        values: Sequence[object],
        schema: Schema | None = None,
        limits: SyncLimits = SyncLimits(),
    ) -> None:
        self._table = table
        self._schema = schema
        self._context = context
        self._values = values
        self._limits = limits
        self.count = 0
        self.completion: SyncCompletionMetadata | None = None
        self.deleted_row_ids: list[object] = []
        self.may_have_more = False
        self._arrived = 0
        self._at_end_of_last_page: int | None = None
        self._problems: list[Problem] = []
        self._left_out = 0

    def rows(self) -> Generator[Row, None, None]:
        """Yield the rows, until there are no more or enough.

        A row may be the pack's own object, which the pack may change when the next one is asked for.

        Raises:
            ResultError: the function gives what is no page, or rows were left out since they are not of the
                declared type; they are told when the sync has ended, with the twentieth at the latest.
            FormulaError: the function raised an exception of its own.
            CodaError: what the pack raised or let through as it came.
        """
        try:
            with closing(self._arriving()) as arriving:
                yield from self._checked(arriving)
        except CodaError as error:
            if self._left_out:
                error.details = (*error.details, f"Before that, {self._left_out_rows()}:", *self._reasons())
            raise
        if self._left_out:
            ended = ["The sync was ended there."] if self._left_out >= MOST_PROBLEMS else []
            raise ResultError(f"{self._table.name}: {self._left_out_rows()}", *ended, *self._reasons())

    def _checked(self, arriving: Iterator[Any]) -> Iterator[Row]:
        check = row_check(self._schema, self._context.timezone, self._table.name)
        most = self._limits.max_rows
        problems: list[Problem] = []
        for arrived in arriving:
            at = self._arrived
            self._arrived = at + 1
            row = check(arrived, at, problems)
            if problems:
                self._problems += problems[: MOST_PROBLEMS - len(self._problems)]
                self._left_out += 1
                if self._left_out >= MOST_PROBLEMS:
                    return
                problems.clear()
                continue
            self.count += 1
            yield row
            if self.count == most:
                self.may_have_more = at + 1 != self._at_end_of_last_page
                return

    def _left_out_rows(self) -> str:
        count = self._left_out
        rows, objects = ("1 row was", "object") if count == 1 else (f"{count} rows were", "objects")
        kind = f"no JSON {objects}" if self._schema is None else "not of the declared type"
        return f"{rows} left out, being {kind}"

    def _reasons(self) -> list[str]:
        return problem_lines(self._problems)

    def _arriving(self) -> Generator[Any, None, None]:
        """Yield what the function gives, as it comes, calling it again as long as it has a continuation."""
        name = self._table.name
        continuations = Continuations(name)
        context = self._context
        calls = 0
        while True:
            calls += 1
            with failures_of(name):
                given = self._table.execute(context, *self._values)
                is_generator = isinstance(given, Iterator)
                if is_generator:
                    given = yield from given
            if is_generator and given is None:
                return
            page = self._page(given)
            is_last = page.continuation is None or page.continuation == ""
            if is_last:
                self._at_end_of_last_page = self._arrived + len(page.rows)
            yield from page.rows
            if is_last:
                return
            continuation = continuations.taken(page.continuation)
            if calls == self._limits.max_calls:
                raise ResultError(
                    f"{name} was called {calls} times, and still has a continuation",
                    "If that is right, say how many rows you want: --max-rows NUMBER, or all.",
                )
            context = replace(context, sync=replace(context.sync, continuation=continuation))

    def _page(self, given: object) -> SyncResult:
        """Return what one call gave, if it is a page, and keep what it says of the sync as a whole."""
        name = self._table.name
        page = SyncResult(given) if isinstance(given, list | tuple) else given
        if not isinstance(page, SyncResult):
            came = "nothing" if given is None else type(given).__name__
            raise ResultError(
                f"{name}: expected a page of rows, came {came}",
                "Return sdk.SyncResult(rows, continuation=...), or yield the rows.",
            )
        if not isinstance(page.rows, list | tuple):
            raise ResultError(
                f"{name}: expected a list of rows, came {type(page.rows).__name__}",
                "The rows of sdk.SyncResult are a list. A generator can yield them instead.",
            )
        if page.completion is not None:
            self.completion = _stored_completion(page.completion, name)
        if not isinstance(page.deleted_row_ids, list | tuple):
            came = type(page.deleted_row_ids).__name__
            raise ResultError(f"{name}: expected a list of deleted_row_ids, came {came}")
        self.deleted_row_ids += page.deleted_row_ids
        return page


def _stored_completion(given: object, name: str) -> SyncCompletionMetadata:
    """Return what is left for the next sync as it comes back from where it was stored."""
    if not isinstance(given, SyncCompletionMetadata):
        raise ResultError(
            f"{name}: expected a completion, came {type(given).__name__}",
            "Make it with sdk.SyncCompletionMetadata(incremental_continuation=...).",
        )
    stored = stored_value(given.incremental_continuation, f"{name}: the incremental continuation")
    return replace(given, incremental_continuation=stored)


def after_full_sync(name: str, context: ExecutionContext, full: TableSync) -> ExecutionContext:
    """Return the context of an incremental sync, given a full one that has just been run.

    Raises:
        ResultError: it was not complete, or left nothing that an incremental sync could begin with.
    """
    if full.may_have_more:
        raise ResultError(
            f"{name}: the full sync before the incremental one was cut at row {full.count:,}",
            "Give --max-rows all.",
        )
    completion = full.completion
    if completion is None:
        raise ResultError(
            f"{name}: the full sync left no completion, so that no incremental one can follow",
            "Return sdk.SyncResult(rows, completion=sdk.SyncCompletionMetadata(...)) with the last page.",
        )
    if completion.has_incomplete_results:
        raise ResultError(
            f"{name}: the full sync says that its results are incomplete: no incremental one can follow"
        )
    return replace(context, sync=replace(context.sync, previous_completion=completion))
