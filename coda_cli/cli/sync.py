"""Sync a table for ``coda execute``: print its rows as they arrive, and say what there is to say of it.

Owns what is told beside the rows. When a sync ends is the runtime's, how rows look ``row_output``'s.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from coda_cli.cli.messages import counted
from coda_cli.cli.row_output import RowForm, row_output
from coda_cli.errors import CodaError
from coda_cli.runtime.dynamic_tables import schema_of_rows, told_of_schema
from coda_cli.runtime.sync import SyncLimits, TableSync, after_full_sync
from coda_cli.sdk.sync_tables import SyncTable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from typing import TextIO

    from coda_cli.cli.session import Session
    from coda_cli.cli.sync_progress import SyncProgress
    from coda_cli.runtime.invocations import Invocation
    from coda_cli.runtime.rows import Row
    from coda_cli.sdk.context import ExecutionContext
    from coda_cli.sdk.schemas import Schema

_MOST_IDS = 20


def limits_of_option(_ctx: click.Context, _param: click.Parameter, given: str | None) -> SyncLimits | None:
    """Read ``--max-rows``; None where it is not given."""
    if given is None:
        return None
    if given.lower() == "all":
        return SyncLimits(max_rows=None, max_calls=None)
    if not given.isdecimal() or not given.isascii() or len(given) > 18 or int(given) < 1:
        raise click.BadParameter(f"{given!r} is neither a whole number above 0 nor 'all'.")
    return SyncLimits(max_rows=int(given), max_calls=None)


class TableRun:
    """One run of a table, or of what gives rows beside one, from the command line.

    Args:
        session: has the messages, and what must not be shown.
        out: where the rows go.
        progress: is told of the sync.
        limits: where a sync ends, unless as it is without a choice.
        output_format: of the rows; None for what suits whoever reads them.
        query: what is printed instead of rows, all of which it needs.
    """

    def __init__(
        self,
        session: Session,
        out: TextIO,
        progress: SyncProgress,
        limits: SyncLimits | None = None,
        output_format: str | None = None,
        query: Callable[[object], object] | None = None,
    ) -> None:
        self._session = session
        self._out = out
        self._progress = progress
        self._limits = limits or SyncLimits()
        self._output_format = output_format
        self._query = query

    def run_invocation(
        self, invocation: Invocation, context: ExecutionContext, values: Sequence[object], *, is_shown: bool
    ) -> None:
        """Print the rows of a table, or of what one of its functions gives, if they are to be shown.

        Raises:
            CodaError: as for ``run`` and ``give``; the rows before it are printed.
        """
        formula = invocation.formula
        if isinstance(formula, SyncTable):
            self.run(formula, context, values, is_incremental=invocation.is_incremental, is_shown=is_shown)
        else:
            self.give(formula.execute(context, *values), is_shown=is_shown)

    def run(
        self,
        table: SyncTable,
        context: ExecutionContext,
        values: Sequence[object],
        *,
        is_incremental: bool,
        is_shown: bool,
    ) -> None:
        """Sync a table and print its rows, if they are to be shown.

        Raises:
            CodaError: as for ``TableSync.rows`` and ``row_output``; the rows before it are printed.
        """
        schema = schema_of_rows(table, context)
        context = told_of_schema(context, table, schema)
        if is_incremental:
            full = self._sync(table, context, values, schema)
            _give_rows(full.rows(), _forget)
            context = after_full_sync(table.name, context, full)
        sync = self._sync(table, context, values, schema)
        try:
            self.give(sync.rows(), schema, is_shown=is_shown)
        finally:
            self._tell(table.name, sync)

    def give(self, rows: Generator[Row, None, None], schema: Schema | None = None, *, is_shown: bool) -> None:
        """Print rows as they come, if they are to be shown.

        Raises:
            CodaError: as for ``row_output``, or what the rows raise; those before it are printed.
        """
        if not is_shown:
            _give_rows(rows, _forget)
        elif self._query is not None:
            self._show_queried(rows, self._query)
        else:
            form = RowForm(self._output_format, schema)
            with row_output(self._session, form, self._out) as add:
                _give_rows(rows, add)

    def _sync(
        self, table: SyncTable, context: ExecutionContext, values: Sequence[object], schema: Schema | None
    ) -> TableSync:
        sync = TableSync(table, context, values, schema, self._limits)
        self._progress.sync = sync
        return sync

    def _show_queried(self, rows: Generator[Row, None, None], query: Callable[[object], object]) -> None:
        """Print what a query finds in all rows, or in those before a failure."""
        held: list[object] = []
        try:
            _give_rows(rows, lambda row: held.append(self._session.redactor.value(row)))
        except (CodaError, KeyboardInterrupt):
            if held:
                self._session.show(query(held), self._output_format, self._out)
            raise
        self._session.show(query(held), self._output_format, self._out)

    def _tell(self, name: str, sync: TableSync) -> None:
        messages = self._session.messages
        if sync.may_have_more:
            rows = counted(sync.count, "row")
            messages.write(
                f"{name} was cut at {rows}; there may be more. --max-rows NUMBER or all gives them.\n"
            )
        if sync.deleted_row_ids:
            ids = ", ".join(map(str, sync.deleted_row_ids[:_MOST_IDS]))
            more = ", …" if len(sync.deleted_row_ids) > _MOST_IDS else ""
            messages.write(f"{len(sync.deleted_row_ids):,} deleted: {ids}{more}\n")
        if sync.completion is not None and sync.completion.has_incomplete_results:
            messages.write(f"{name} says that its results are incomplete.\n")


def _give_rows(rows: Generator[Row, None, None], add: Callable[[Row], Any]) -> None:
    """Give each row to a function. What ends it early ends the generator, too."""
    try:
        for row in rows:
            add(row)
    except BaseException:
        with suppress(Exception):  # the first failure is the one to tell
            rows.close()
        raise


def _forget(row: Row) -> None:
    """Do nothing with a row."""
