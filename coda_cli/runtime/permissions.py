"""Permissions of rows: which principals may see each of the rows that a person gives.

Owns what ``execute_get_permissions`` of a table is asked and what it must give back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from coda_cli.errors import ResultError, UsageError
from coda_cli.runtime.dynamic_tables import schema_of_rows, told_of_schema
from coda_cli.runtime.executor import failures_of, reading_failures_of
from coda_cli.runtime.json_values import MISSING, Problem, add_problem, members_of
from coda_cli.runtime.parameters import LastParameter
from coda_cli.runtime.results import problem_lines
from coda_cli.runtime.row_batches import (
    ANY_ROW,
    BatchFormula,
    Results,
    batch_formula,
    given_row_check,
    in_batches,
    one_spelling,
    read_json,
    refuse_problems,
    shown_type,
)
from coda_cli.runtime.validation import compiled
from coda_cli.sdk.schemas import Schema
from coda_cli.sdk.syncs import GetPermissionsRequest
from coda_cli.sdk.value_types import ValueType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from coda_cli.sdk.context import ExecutionContext
    from coda_cli.sdk.sync_tables import SyncTable

_ROWS = LastParameter("The rows, as the table gives them: JSON, a list; @FILE reads a file.", "rows")
_WHAT = "rows"

_TEXT = Schema(type=ValueType.STRING)
_ID = Schema()
"""Text or a number, for which a schema has no type."""

MOST_CALLS = 100
"""How often one batch may be continued."""


def _record(**properties: Schema) -> Schema:
    """Return the schema of an object whose properties have their names in TypeScript as keys, too."""
    named = {
        name: replace(one, from_key=first + "".join(part.capitalize() for part in rest))
        for name, one in properties.items()
        for first, *rest in [name.split("_")]
    }
    return Schema(type=ValueType.OBJECT, properties=named)


_OWN_FIELDS = {
    "user": "user_id",
    "group": "group_id",
    "domain": "domain",
    "anyone": None,
    "allUsers": None,
}
"""The types of principals, and what each must say of itself."""

_HOLDERS = {"direct": "principal", "delegated": "item"}
"""The types of permissions, and what each is held by."""

_DEFINITION = _record(
    row_id=_ID,
    permissions=Schema(
        type=ValueType.ARRAY,
        required=True,
        items=_record(
            permission_type=_TEXT,
            principal=_record(type=replace(_TEXT, required=True), user_id=_ID, group_id=_ID, domain=_TEXT),
            item=_record(
                id=_ID,
                sync_table_name=replace(_TEXT, required=True),
                identity_name=replace(_TEXT, required=True),
                dynamic_url=_TEXT,
            ),
        ),
    ),
)


def permissions_formula(
    name: str, table: SyncTable, execute_get_permissions: Callable[..., Any]
) -> BatchFormula:
    """Make a formula of the function that says who may see rows; its result has a definition for each."""

    def run(context: ExecutionContext, text: str, params: Sequence[object]) -> Results:
        request = _request(name, read_json(name, _WHAT, text))
        declared = schema_of_rows(table, context)
        request = _checked_rows(name, request, declared or ANY_ROW, context)
        context = told_of_schema(context, table, declared)
        contexts = request.permissions_context
        for start, batch in in_batches(request.rows, table.max_permission_batch_size):
            said = None if contexts is None else contexts[start : start + len(batch)]
            part = GetPermissionsRequest(list(batch), said)
            definitions: list[object] = []
            for page in _pages(name, execute_get_permissions, context, part, params):
                definitions += page
            if len(definitions) != len(batch):
                raise ResultError(
                    f"{name}: {len(definitions)} definitions came for {len(batch)} rows",
                    "Give one for each row, with an empty list of permissions if nobody has any.",
                )
            with reading_failures_of(name):
                checked = _checked(name, definitions, start, context)
            yield from checked

    return batch_formula(name, table, f"Say who may see rows of {table.name}.", _ROWS, _DEFINITION, run)


def _request(name: str, given: Any) -> GetPermissionsRequest:
    """Read the rows: a list, one row, or the request as the reference has it."""
    problems: list[Problem] = []
    context: Any = None
    if isinstance(given, dict) and isinstance(given.get("rows"), list):
        said = one_spelling(given, ("rows", "permissions_context"), "the request", problems)
        given, context = [_row_of(one) for one in said["rows"]], said.get("permissions_context")
    rows = [given] if isinstance(given, dict) else given
    refuse_problems(name, _WHAT, problems)
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise UsageError(
            f"{name}: the rows are no list of objects", "Give them as the table itself prints them."
        )
    if context is not None and (not isinstance(context, list) or len(context) != len(rows)):
        raise UsageError(f"{name}: permissionsContext is no list of one value for each row")
    return GetPermissionsRequest(rows, context)


def _row_of(given: Any) -> Any:
    """Return a row, which the reference wraps into an object."""
    return given["row"] if isinstance(given, dict) and set(given) == {"row"} else given


def _checked_rows(
    name: str, request: GetPermissionsRequest, schema: Schema, context: ExecutionContext
) -> GetPermissionsRequest:
    problems: list[Problem] = []
    check = given_row_check(schema, context.timezone)
    rows: list[Any] = [check(row, f"rows[{at}]", problems) for at, row in enumerate(request.rows)]
    refuse_problems(name, _WHAT, problems)
    return replace(request, rows=rows)


def _pages(
    name: str,
    execute_get_permissions: Callable[..., Any],
    context: ExecutionContext,
    request: GetPermissionsRequest,
    params: Sequence[object],
) -> Iterator[list[object]]:
    """Call the function for one batch until it gives no continuation, and yield its definitions.

    Raises:
        ResultError: it gives what is no list of definitions, or goes on for too long.
    """
    for _ in range(MOST_CALLS):
        with failures_of(name):
            given = execute_get_permissions(context, request, *params)
        definitions, continuation = given, None
        said = members_of(given)
        if said is not None:
            definitions = _member(said, "row_access_definitions", "rowAccessDefinitions")
            continuation = said.get("continuation")
        if not isinstance(definitions, list | tuple):
            raise ResultError(
                f"{name}: execute_get_permissions gave {shown_type(definitions)}, and no list of definitions",
                'Return for each row {"row_id": …, "permissions": […]}.',
            )
        yield list(definitions)
        if not continuation:
            return
        context = replace(context, sync=replace(context.sync, continuation=continuation))
    raise ResultError(f"{name}: execute_get_permissions still has a continuation after {MOST_CALLS} calls")


def _member(said: Mapping[Any, Any], *keys: str) -> Any:
    return next((said[key] for key in keys if key in said), None)


def _checked(
    name: str, definitions: list[object], start: int, context: ExecutionContext
) -> list[dict[str, object]]:
    """Return the definitions of one batch as JSON values.

    Raises:
        ResultError: one is not what a definition must be.
    """
    problems: list[Problem] = []
    check = compiled(_DEFINITION, context.timezone)
    made = []
    for at, one in enumerate(definitions, start):
        path = f"{name}[{at}]"
        before = len(problems)
        definition: Any = check(one, path, problems)
        if len(problems) == before:
            _check_id(definition, "row_id", path, problems)
            for number, permission in enumerate(definition["permissions"]):
                _check_permission(permission, f"{path}.permissions[{number}]", problems)
        made.append(definition)
    if problems:
        raise ResultError(f"{name}: the result is not of the declared type", *problem_lines(problems))
    return made


def _check_permission(permission: Mapping[str, Any], path: str, problems: list[Problem]) -> None:
    """Tell what is wrong with a permission: a direct one has a principal, a delegated one an item."""
    kind = permission.get("permission_type", "direct")
    if kind not in _HOLDERS:
        add_problem(problems, f"{path}.permission_type", " or ".join(_HOLDERS), kind)
        return
    holder = _HOLDERS[kind]
    held = permission.get(holder)
    if held is None:
        add_problem(problems, f"{path}.{holder}", "object", MISSING)
    elif holder == "item":
        _check_id(held, "id", f"{path}.item", problems)
    elif held["type"] not in _OWN_FIELDS:
        add_problem(problems, f"{path}.principal.type", f"one of {', '.join(_OWN_FIELDS)}", held["type"])
    elif (field := _OWN_FIELDS[held["type"]]) is not None:
        _check_id(held, field, f"{path}.principal", problems)


def _check_id(holder: Mapping[str, Any], key: str, path: str, problems: list[Problem]) -> None:
    found = holder.get(key, MISSING)
    if not isinstance(found, str | int | float) or isinstance(found, bool) or found == "":
        add_problem(problems, f"{path}.{key}", "text or a number that is not empty", found)
