"""Syncs of functions that a test declares as the table Items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import CodaError
from coda_cli.runtime.sync import SyncLimits, TableSync
from tests.fetchers import OneByOne

if TYPE_CHECKING:
    from collections.abc import Callable

Result = sdk.SyncResult
ALL = SyncLimits(None, None)
COMPLETION = sdk.SyncCompletionMetadata("since yesterday")


CONTEXT = sdk.ExecutionContext(OneByOne())


@dataclass
class Item:
    """A row."""

    id: int


def sync_of(
    function: Callable[..., Any],
    limits: SyncLimits = ALL,
    *values: object,
    schema: Any = None,
    context: sdk.ExecutionContext = CONTEXT,
) -> TableSync:
    """Begin a sync of a function as the table Items."""
    pack = sdk.new_pack()
    pack.sync_table(name="Items", schema=schema)(function)
    (table,) = pack.sync_tables
    return TableSync(table, context, values, table.schema, limits)


def ids(sync: TableSync) -> list[object]:
    """Sync, and return the ids of the rows."""
    return [row["id"] for row in sync.rows()]


def failed(sync: TableSync) -> tuple[list[object], CodaError]:
    """Sync what fails, and return the rows before that, and the error."""
    found: list[object] = []
    with pytest.raises(CodaError) as caught:
        found.extend(row["id"] for row in sync.rows())
    return found, caught.value


def numbered(*numbers: int) -> list[dict[str, int]]:
    """Make rows of these ids."""
    return [{"id": number} for number in numbers]
