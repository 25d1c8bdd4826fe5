"""The functions beside a sync table: its schema, and what a dynamic one says of the one that is meant.

Owns which special names a table has. Updates and permissions have modules of their own.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from coda_cli.runtime.dynamic_tables import schema_of_rows
from coda_cli.runtime.metadata import SEARCH, as_options, options_schema
from coda_cli.runtime.permissions import permissions_formula
from coda_cli.runtime.row_batches import ANY_ROW
from coda_cli.runtime.schema_values import schema_value
from coda_cli.runtime.updates import update_formula
from coda_cli.sdk.formulas import Formula
from coda_cli.sdk.schemas import Schema
from coda_cli.sdk.value_types import ValueType

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from coda_cli.sdk.context import ExecutionContext
    from coda_cli.sdk.sync_tables import SyncTable

_TEXT = Schema(type=ValueType.STRING)


def names_of_table(table: SyncTable) -> dict[str, Callable[[str], Formula]]:
    """Return the special names of a table, and what makes a formula of each."""
    found: dict[str, Callable[[str], Formula]] = {"getSchema": partial(_schema_formula, table=table)}
    if table.execute_update is not None:
        found["update"] = partial(update_formula, table=table, execute_update=table.execute_update)
    if table.execute_get_permissions is not None:
        found["permissions"] = partial(
            permissions_formula, table=table, execute_get_permissions=table.execute_get_permissions
        )
    dynamic = table.dynamic
    if dynamic is None:
        return found
    found["getName"] = partial(
        _text_formula, description=f"Name one table of {table.name}.", function=dynamic.get_name
    )
    found["getDisplayUrl"] = partial(
        _text_formula,
        description=f"Give the URL at which people see one table of {table.name}.",
        function=dynamic.get_display_url,
    )
    if dynamic.list_dynamic_urls is not None:
        found["listDynamicUrls"] = partial(_list_formula, table=table, function=dynamic.list_dynamic_urls)
    if dynamic.search_dynamic_urls is not None:
        found["searchDynamicUrls"] = partial(
            _search_formula, table=table, function=dynamic.search_dynamic_urls
        )
    return found


def _schema_formula(name: str, table: SyncTable) -> Formula:
    def execute(context: ExecutionContext) -> object:
        return schema_value(schema_of_rows(table, context) or ANY_ROW)

    return Formula(name, execute, description=f"Give the schema of one row of {table.name}.", result=ANY_ROW)


def _text_formula(name: str, description: str, function: Callable[..., Any]) -> Formula:
    return Formula(name, function, description=description, result=_TEXT)


def _list_formula(name: str, table: SyncTable, function: Callable[..., Any]) -> Formula:
    def execute(context: ExecutionContext) -> object:
        return as_options(function(context))

    return Formula(
        name,
        execute,
        description=f"List the dynamic URLs that {table.name} can have.",
        result=options_schema(ValueType.STRING),
    )


def _search_formula(name: str, table: SyncTable, function: Callable[..., Any]) -> Formula:
    def execute(context: ExecutionContext, search: str) -> object:
        return as_options(function(context, search))

    return Formula(
        name,
        execute,
        description=f"Search the dynamic URLs that {table.name} can have.",
        parameters=(SEARCH,),
        result=options_schema(ValueType.STRING),
    )
