"""Two-way sync: rows that a person changed go to ``execute_update`` of a table, in batches.

Owns what an update may say, and what the function must give back for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from coda_cli.errors import CodaError, ResultError, UsageError
from coda_cli.runtime.dynamic_tables import schema_of_rows, told_of_schema
from coda_cli.runtime.executor import failures_of, reading_failures_of, summary
from coda_cli.runtime.json_values import MISSING, Problem, add_problem
from coda_cli.runtime.parameters import LastParameter
from coda_cli.runtime.results import problem_lines
from coda_cli.runtime.row_batches import (
    ANY_ROW,
    BatchFormula,
    Results,
    batch_formula,
    expected_property,
    given_row_check,
    in_batches,
    one_spelling,
    property_name,
    read_json,
    refuse_problems,
    schema_in_json,
    shown_type,
)
from coda_cli.runtime.validation import compiled
from coda_cli.sdk.syncs import SyncUpdate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import tzinfo

    from coda_cli.runtime.json_values import Check
    from coda_cli.sdk.context import ExecutionContext
    from coda_cli.sdk.schemas import Schema
    from coda_cli.sdk.sync_tables import SyncTable

_UPDATES = LastParameter(
    "The changed rows: JSON, a list of {previousValue, newValue, updatedFields}; @FILE reads a file.",
    "updates",
)
_WHAT = "updates"
_MEMBERS = ("previous_value", "new_value", "updated_fields")


def update_formula(name: str, table: SyncTable, execute_update: Callable[..., Any]) -> BatchFormula:
    """Make a formula of the function that updates rows.

    Its result has for each update the row as it is now, or ``{"error": …}`` where it was refused.
    """

    def run(context: ExecutionContext, text: str, params: Sequence[object]) -> Results:
        given = _objects(name, read_json(name, _WHAT, text))
        declared = schema_of_rows(table, context)
        schema = declared or ANY_ROW
        updates = _read_updates(name, given, schema, context.timezone)
        context = told_of_schema(context, table, declared)
        check = compiled(schema_in_json(schema), context.timezone)  # a new value may be given back
        for start, batch in in_batches(updates, table.max_update_batch_size):
            with failures_of(name):
                results = _listed(execute_update(context, list(batch), *params))
            with reading_failures_of(name):
                rows = _checked(name, results, start, len(batch), check)
            yield from rows

    row = table.schema or ANY_ROW
    return batch_formula(name, table, f"Update rows of {table.name}.", _UPDATES, row, run)


def _objects(name: str, given: Any) -> list[dict[str, Any]]:
    """Return the updates, of which one can be given without a list."""
    listed = [given] if isinstance(given, dict) else given
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise UsageError(
            f"{name}: the updates are no list of objects",
            'Write them like [{"previousValue": {…}, "newValue": {…}}].',
        )
    return listed


def _read_updates(
    name: str, given: Sequence[Mapping[str, Any]], schema: Schema, timezone: tzinfo
) -> list[SyncUpdate]:
    """Return the updates as the function gets them.

    Raises:
        UsageError: something is missing in one, unknown, or not as the schema says; all of it is told.
    """
    problems: list[Problem] = []
    check = given_row_check(schema, timezone)
    updates = [_read_update(one, f"updates[{at}]", schema, check, problems) for at, one in enumerate(given)]
    refuse_problems(name, _WHAT, problems)
    return updates


def _read_update(
    given: Mapping[str, Any], path: str, schema: Schema, check: Check, problems: list[Problem]
) -> SyncUpdate:
    said = one_spelling(given, _MEMBERS, path, problems)
    values: list[Any] = []
    for key in ("previous_value", "new_value"):
        if isinstance(said.get(key), dict):
            values.append(check(said[key], f"{path}.{key}", problems))
        else:
            add_problem(problems, f"{path}.{key}", "a row", said.get(key, MISSING))
            values.append({})
    previous, new = values
    if "updated_fields" in said:
        fields = _named_fields(said["updated_fields"], f"{path}.updated_fields", schema, problems)
    else:
        names = dict.fromkeys((*(previous or ()), *(new or ())))
        fields = [one for one in names if previous.get(one, MISSING) != new.get(one, MISSING)]
    return SyncUpdate(previous, new, fields)


def _named_fields(given: object, path: str, schema: Schema, problems: list[Problem]) -> list[str]:
    """Return the names of properties that were given by their names or keys."""
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        add_problem(problems, path, "a list of the names of properties", given)
        return []
    found = []
    for at, key in enumerate(given):
        name = property_name(key, schema)
        if name is None:
            add_problem(problems, f"{path}[{at}]", expected_property(key, schema), key)
        else:
            found.append(name)
    return found


def _listed(given: Any) -> Any:
    """Return the results as a list, if they are yielded, or wrapped as in the reference."""
    results = given["result"] if isinstance(given, Mapping) and set(given) == {"result"} else given
    return list(results) if isinstance(results, Iterator) else results


def _checked(name: str, results: Any, start: int, expected: int, check: Check) -> list[dict[str, object]]:
    """Return the results of one batch as JSON values.

    Raises:
        ResultError: they are no list, not one for each update, or a row is not of the table's schema.
    """
    if not isinstance(results, list | tuple):
        raise ResultError(
            f"{name}: execute_update gave {shown_type(results)}, and no list of results",
            "Return for each update a row or an exception.",
        )
    if len(results) != expected:
        raise ResultError(
            f"{name}: execute_update gave {len(results)} results for {expected} updates",
            "Return for each update, in the same order, a row or an exception.",
        )
    problems: list[Problem] = []
    rows: list[Any] = [
        {"error": _message(one)} if isinstance(one, Exception) else check(one, f"{name}[{at}]", problems)
        for at, one in enumerate(results, start)
    ]
    if problems:
        raise ResultError(f"{name}: the result is not of the declared type", *problem_lines(problems))
    return rows


def _message(error: Exception) -> str:
    """Say why a row was refused, as it would be said if the exception were raised."""
    return error.message if isinstance(error, CodaError) else summary(error)
