"""What a sync table is: a formula that gives rows, page after page.

Owns what one table may say. Choosing and running one is the runtime's.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from coda_cli.errors import DeclarationError
from coda_cli.sdk.declared_values import check_call
from coda_cli.sdk.formulas import Formula, formula_of, formula_spelled_out
from coda_cli.sdk.schema_annotations import declared_schema
from coda_cli.sdk.schema_checks import check_identity, check_schema
from coda_cli.sdk.schema_parts import Identity
from coda_cli.sdk.schemas import Schema
from coda_cli.sdk.value_types import ValueType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_KIND = "sync table"


@dataclass(frozen=True, slots=True)
class DynamicOptions:
    """The functions of a dynamic sync table, of which each instance is told by a URL.

    All are called with the context, whose ``sync.dynamic_url`` is that URL, ``search_dynamic_urls`` with a
    search besides.
    """

    get_name: Callable[..., Any]
    get_schema: Callable[..., Any]
    get_display_url: Callable[..., Any]
    list_dynamic_urls: Callable[..., Any] | None = None
    search_dynamic_urls: Callable[..., Any] | None = None


@dataclass(frozen=True, slots=True)
class SyncTable(Formula):
    """A table whose rows a function gets.

    ``execute`` is called like a formula's; it returns a ``SyncResult`` or yields rows. ``schema`` is that of
    one row, None for any objects; of a dynamic table it is got by ``dynamic.get_schema``. ``execute_update``
    is ``fn(context, updates, *params)``, ``execute_get_permissions`` is ``fn(context, request, *params)``;
    each gets as many rows at once as the size of a batch says.
    """

    gives_rows: ClassVar[bool] = True

    identity_name: str = ""
    schema: Schema | None = None
    dynamic: DynamicOptions | None = None
    execute_update: Callable[..., Any] | None = None
    max_update_batch_size: int = 1
    execute_get_permissions: Callable[..., Any] | None = None
    max_permission_batch_size: int = 10


def table_of(function: Callable[..., Any], given: Mapping[str, Any]) -> SyncTable:
    """Read a sync table from a function.

    Args:
        function: what gets the rows.
        given: fields of ``SyncTable``, unchecked, and keywords of ``formula_of``.

    Raises:
        DeclarationError: the function cannot be a sync table; the message names the table and parameter.
    """
    said, of_formula = _split(given)
    result = Schema(type=ValueType.ARRAY)
    return _table(formula_of(function, kind=_KIND, result=result, **of_formula), said)


def table_spelled_out(given: Mapping[str, Any]) -> SyncTable:
    """Make a sync table from its parts, among them the functions of a dynamic one.

    Raises:
        DeclarationError: a part makes no sense; the message names the table and parameter.
    """
    said, of_formula = _split(given)
    return _table(formula_spelled_out(kind=_KIND, **of_formula), said)


def _split(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split what is given into fields of a table beyond those of a formula, and the rest."""
    fields = [field.name for field in dataclasses.fields(SyncTable)]
    own = set(fields).difference(field.name for field in dataclasses.fields(Formula))
    of_dynamic = [field.name for field in dataclasses.fields(DynamicOptions)]
    said = {name: value for name, value in given.items() if name in own}
    if "get_schema" in given:
        said["dynamic"] = DynamicOptions(**{name: given[name] for name in of_dynamic})
    taken = (*own, *of_dynamic)
    return said, {name: value for name, value in given.items() if name not in taken}


def rows_schema(schema: Schema | None) -> Schema:
    """Return the schema of all rows, given that of one."""
    items = Schema(type=ValueType.OBJECT) if schema is None else schema
    return Schema(type=ValueType.ARRAY, items=items)


def check_row_schema(schema: Schema) -> Schema:
    """Return the schema of one row.

    Raises:
        DeclarationError: it is that of anything but an object.
    """
    if schema.type is not ValueType.OBJECT:
        raise DeclarationError(
            f"schema: a row is an object, and this is {schema}", "Give the schema of one row, not of all."
        )
    return schema


def _table(formula: Formula, said: dict[str, Any]) -> SyncTable:
    """Make a table of what is a formula so far."""
    try:
        declared = said.get("schema")
        schema = None if declared is None else check_row_schema(declared_schema(declared))
        identity = _identity(said.get("identity_name"), schema, formula.name)
        if schema is not None:
            schema = check_schema(dataclasses.replace(schema, identity=identity))
        values = {field.name: getattr(formula, field.name) for field in dataclasses.fields(formula)}
        values |= said | {"identity_name": identity.name, "schema": schema, "result": rows_schema(schema)}
        return _checked(SyncTable(**values))
    except DeclarationError as error:
        raise error.placed(f"{_KIND} {formula.name}, ") from None


def _identity(name: Any, schema: Schema | None, table: str) -> Identity:
    """Return what the rows of a table are: as it says itself, else as its schema says, else its name."""
    there = None if schema is None else schema.identity
    if name is None:
        return there or Identity(table)
    identity = Identity(name)
    check_identity(identity)
    if there is not None and there.name != name:
        raise DeclarationError(f"identity_name {name!r} is not that of its schema, {there.name!r}")
    return there or identity


def _checked(table: SyncTable) -> SyncTable:
    """Return a table whose functions can be called with what they are given."""
    names = [parameter.name for parameter in (*table.parameters, *table.vararg_parameters)]
    if table.execute_update is not None:
        check_call(table.execute_update, "execute_update", ["the updates", *names])
    if table.execute_get_permissions is not None:
        check_call(table.execute_get_permissions, "execute_get_permissions", ["the request", *names])
    for field in dataclasses.fields(DynamicOptions) if table.dynamic is not None else ():
        function = getattr(table.dynamic, field.name)
        if function is not None or field.default is dataclasses.MISSING:
            check_call(function, field.name, ["the search"] if field.name == "search_dynamic_urls" else [])
    for what in ("max_update_batch_size", "max_permission_batch_size"):
        size = getattr(table, what)
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            raise DeclarationError(f"{what} {size!r} is not a whole number, 1 or more")
    return table
