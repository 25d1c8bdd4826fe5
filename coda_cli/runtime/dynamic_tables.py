"""Dynamic sync tables: which one is meant, and what its rows are.

Owns what ``--dynamic-url`` goes with, and reading the schema that a pack's function gives.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from coda_cli.errors import DeclarationError, ResultError, UsageError
from coda_cli.runtime.executor import failures_of
from coda_cli.runtime.tracebacks import pack_location
from coda_cli.sdk.schema_annotations import declared_schema
from coda_cli.sdk.sync_tables import check_row_schema
from coda_cli.sdk.value_types import ValueType

if TYPE_CHECKING:
    from coda_cli.sdk.context import ExecutionContext
    from coda_cli.sdk.schemas import Schema
    from coda_cli.sdk.sync_tables import SyncTable


def check_dynamic_url(name: str, table: SyncTable | None, url: str | None, *, is_needed: bool) -> None:
    """Refuse a URL that means nothing, and a dynamic table without one.

    Args:
        name: what is run.
        table: the sync table that it is, or belongs to.
        url: the dynamic URL that was given.
        is_needed: it cannot be run without one, if the table is dynamic.

    Raises:
        UsageError: it goes with dynamic tables only, or is missing.
    """
    if table is None or table.dynamic is None:
        if url is not None:
            raise UsageError(f"--dynamic-url does not go with {name}", "It goes with dynamic sync tables.")
    elif is_needed and not url:
        finding = {
            "listDynamicUrls": table.dynamic.list_dynamic_urls,
            "searchDynamicUrls": table.dynamic.search_dynamic_urls,
        }
        found = [f"{table.name}:{special}" for special, function in finding.items() if function is not None]
        raise UsageError(
            f"{name} needs --dynamic-url",
            f"{table.name} is a dynamic sync table: the URL says which of its tables is meant.",
            *([f"URLs come from {' and '.join(found)}."] if found else []),
        )


def schema_of_rows(table: SyncTable, context: ExecutionContext) -> Schema | None:
    """Return the schema of a table's rows, which a dynamic table's function gives; None allows any objects.

    Raises:
        ResultError: the function gives no schema of an object, or of an array of objects.
        FormulaError: the function raised an exception of its own.
        CodaError: what the pack raised or let through as it came.
    """
    if table.dynamic is None:
        return table.schema
    name = f"{table.name}:getSchema"
    try:
        with failures_of(name):
            given = table.dynamic.get_schema(context)
        schema = declared_schema(given)
        if schema.type is ValueType.ARRAY and schema.items is not None:
            schema = schema.items
        return check_row_schema(schema)
    except DeclarationError as error:
        location = pack_location(error)
        where = [f"at {location}"] if location else []
        raise ResultError(f"{name}: {error.message}", *where, *error.details) from error


def told_of_schema(context: ExecutionContext, table: SyncTable, schema: Schema | None) -> ExecutionContext:
    """Return the context of a sync, which knows the schema of a dynamic table."""
    if table.dynamic is None:
        return context
    return replace(context, sync=replace(context.sync, schema=schema))
