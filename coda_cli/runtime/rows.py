"""The check of one row, compiled once for a sync: what every row goes through, so it is quick.

What a value must be is ``validation``'s and ``json_values``'; here is the way round them for rows that need
no change.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import TYPE_CHECKING

from coda_cli.errors import CodaError, ResultError
from coda_cli.runtime.executor import failures_of
from coda_cli.runtime.json_values import Problem
from coda_cli.runtime.tracebacks import pack_location
from coda_cli.runtime.validation import compiled
from coda_cli.sdk.schemas import Schema
from coda_cli.sdk.syncs import SyncResult
from coda_cli.sdk.value_types import ValueType

if TYPE_CHECKING:
    from datetime import tzinfo

Row = dict[str, object]

RowCheck = Callable[[object, int, list[Problem]], Row]
"""Takes what arrived and which row it is, from 0; returns the row, and adds to the list what is wrong."""

_ALWAYS_PLAIN = frozenset({str, bool, type(None)})
_SMALL = 1 << 63
"""Whole numbers below it, which are nearly all, can be written; of others the slower check says more."""


def row_check(schema: Schema | None, timezone: tzinfo, table: str) -> RowCheck:
    """Return the function that checks the rows of a table; without a schema, rows are any objects.

    It raises ResultError for a page in place of a row: a sync that mixes the two forms has no rows to tell.
    """
    check = compiled(Schema(type=ValueType.OBJECT) if schema is None else schema, timezone)

    def checked(value: object, at: int, problems: list[Problem]) -> Row:
        if type(value) is SyncResult:
            raise ResultError(
                f"{table}: expected a row, came a page, SyncResult",
                "Yield its rows one by one: yield from rows. What is returned may be a page.",
            )
        try:
            row = check(value, f"{table}[{at}]", problems)
        except Exception as error:
            if isinstance(error, CodaError) or pack_location(error) is None:
                raise
            with failures_of(table):  # reading the row ran the pack's own code
                raise
        return row  # type: ignore[return-value]  # an object, or the list is longer now

    if schema is not None:
        return checked

    def checked_unless_plain(value: object, at: int, problems: list[Problem]) -> Row:
        return value if is_plain(value) else checked(value, at, problems)  # type: ignore[return-value]  # a dict

    return checked_unless_plain


def is_plain(value: object) -> bool:
    """Tell whether a row is an object of Python's own scalars, and JSON as it is; others may be, too."""
    if type(value) is not dict:
        return False
    for key, item in value.items():
        kind = type(item)
        is_scalar = (
            kind in _ALWAYS_PLAIN
            or (kind is int and -_SMALL < item < _SMALL)
            or (kind is float and isfinite(item))
        )
        if not is_scalar or type(key) is not str:
            return False
    return True
