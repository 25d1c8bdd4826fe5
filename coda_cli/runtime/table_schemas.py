"""The schema of a table's rows: the declared one, or what a dynamic table says of the one that is meant.

It asks the pack's function; checking rows against a schema is ``validation``'s.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from coda_cli.errors import DeclarationError, ResultError
from coda_cli.runtime.executor import failures_of
from coda_cli.sdk.schema_annotations import declared_schema
from coda_cli.sdk.schema_checks import check_schema
from coda_cli.sdk.schemas import Identity
from coda_cli.sdk.sync_tables import check_row_schema
from coda_cli.sdk.value_types import ValueType

if TYPE_CHECKING:
    from coda_cli.sdk.context import ExecutionContext
    from coda_cli.sdk.schemas import Schema
    from coda_cli.sdk.sync_tables import SyncTable


def row_schema(table: SyncTable, context: ExecutionContext) -> Schema | None:
    """Return the schema of one row; None of a table that declares none, whose rows are any objects.

    Raises:
        FormulaError: ``get_schema`` of a dynamic table raised an exception.
        ResultError: it gave no schema of a row.
        CodaError: what it let through.
    """
    if table.dynamic is None:
        return table.schema
    name = f"{table.name}:getSchema"
    with failures_of(name):
        given = table.dynamic.get_schema(context)
    try:
        schema = declared_schema(given)
        if schema.type is ValueType.ARRAY and schema.items is not None:  # of all rows, as in the reference
            schema = schema.items
        schema = check_row_schema(schema)
        identity = schema.identity or Identity(table.identity_name)
        return check_schema(replace(schema, identity=replace(identity, dynamic_url=context.sync.dynamic_url)))
    except DeclarationError as error:
        raise ResultError(
            f"{name}: the result is not the schema of a row: {error.message.removeprefix('schema: ')}",
            *error.details,
        ) from None


def with_schema(table: SyncTable, schema: Schema | None, context: ExecutionContext) -> ExecutionContext:
    """Return a context that tells a dynamic table its schema, as ``context.sync.schema``."""
    if table.dynamic is None:
        return context
    return replace(context, sync=replace(context.sync, schema=schema))
