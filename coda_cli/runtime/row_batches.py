"""Functions of a table that get rows which a person gives as JSON, a batch at a time.

Owns reading that JSON and checking its rows. What is done with them is ``updates``' and ``permissions``'.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from coda_cli.errors import UsageError
from coda_cli.runtime.json_values import Problem, add_problem, members_of
from coda_cli.runtime.results import problem_lines
from coda_cli.runtime.spec import nearest
from coda_cli.runtime.validation import compiled
from coda_cli.sdk.formulas import Formula
from coda_cli.sdk.schemas import Schema
from coda_cli.sdk.value_types import ValueType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from coda_cli.runtime.json_values import Check
    from coda_cli.runtime.parameters import LastParameter
    from coda_cli.sdk.context import ExecutionContext
    from coda_cli.sdk.sync_tables import SyncTable

ANY_ROW = Schema(type=ValueType.OBJECT)
"""The schema of a row of a table that declares none."""

_BYTE_ORDER_MARK = "\ufeff"

Results = Generator[dict[str, object], None, None]
"""What comes back for the rows, one after another, as JSON values."""

Run = Callable[["ExecutionContext", str, Sequence[object]], Results]
"""Takes the context, the text of the JSON and the table's parameters; yields results as they come."""


@dataclass(frozen=True, slots=True)
class BatchFormula(Formula):
    """A formula of which ``execute`` yields the items of its result, as checked JSON values.

    What it has yielded is done: it is to be shown even if the next batch fails.
    """

    gives_rows: ClassVar[bool] = True


def batch_formula(
    name: str, table: SyncTable, description: str, given: LastParameter, result: Schema, run: Run
) -> BatchFormula:
    """Make a formula that takes the parameters of a table, and last the rows as JSON."""
    count = len(table.parameters)
    taken = {parameter.name for parameter in (*table.parameters, *table.vararg_parameters)}
    while given.name in taken:
        given = replace(given, name=f"{given.name}_")

    def execute(context: ExecutionContext, *values: Any) -> Results:
        return run(context, values[count], (*values[:count], *values[count + 1 :]))

    return BatchFormula(
        name,
        execute,
        description=description,
        parameters=(*table.parameters, given),
        vararg_parameters=table.vararg_parameters,
        result=Schema(type=ValueType.ARRAY, items=result),
    )


def read_json(name: str, what: str, text: str) -> Any:
    """Return what a JSON text says.

    Raises:
        UsageError: it is no JSON.
    """

    def refuse(constant: str) -> None:
        raise UsageError(f"{name}: the {what} are no JSON, which has no {constant}")

    try:
        return json.loads(text.removeprefix(_BYTE_ORDER_MARK), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        where = ""
        if isinstance(error, json.JSONDecodeError):
            where = f" (line {error.lineno}, column {error.colno})"
        raise UsageError(
            f"{name}: the {what} are no JSON{where}", "Write texts and keys with double quotes."
        ) from None


def one_spelling(
    given: Mapping[str, Any], names: Sequence[str], path: str, problems: list[Problem]
) -> dict[str, Any]:
    """Return the members of an object by the names they have in Python; ``newValue`` is ``new_value``, too.

    Members of other names are problems, and so is one that is given in both spellings.
    """
    spelled = {_camel_case(name): name for name in names} | {name: name for name in names}
    found: dict[str, Any] = {}
    for key, value in given.items():
        name = spelled.get(key)
        if name is None:
            add_problem(problems, f"{path}.{key}", f"one of {', '.join(map(_camel_case, names))}", value)
        elif name in found:
            add_problem(problems, f"{path}.{key}", f"{name} in one spelling only", value)
        else:
            found[name] = value
    return found


def given_row_check(schema: Schema, timezone: tzinfo) -> Check:
    """Return the check of a row that a person gives as JSON, in which dates are text.

    It returns the row with the properties' names, and does not leave out what the schema does not know: a
    mistyped name must not be lost.
    """
    check = compiled(schema_in_json(schema), timezone)

    def checked(value: object, path: str, problems: list[Problem]) -> object:
        for key, item in (members_of(value) or {}).items():
            if property_name(str(key), schema) is None:
                add_problem(problems, f"{path}.{key}", expected_property(key, schema), item)
        return check(value, path, problems)

    return checked


def property_name(key: str, schema: Schema) -> str | None:
    """Return the name of a property that is given by its name or its ``from_key``; None if there is none."""
    if schema.properties is None or schema.include_unknown_properties or key in schema.properties:
        return key
    return next((name for name, one in schema.properties.items() if one.from_key == key), None)


def expected_property(key: object, schema: Schema) -> str:
    """Say what was expected where a property is named that the table does not have."""
    close = nearest(str(key), list(schema.properties or ()))
    return f"the property {' or '.join(close)}" if close else "a property of the table"


def schema_in_json(schema: Schema) -> Schema:
    """Return a schema of what stands in JSON where a pack's own values may be dates."""
    properties = schema.properties
    if properties is not None:
        properties = {name: schema_in_json(one) for name, one in properties.items()}
    return replace(
        schema,
        python_type=int if schema.python_type is int else None,
        items=None if schema.items is None else schema_in_json(schema.items),
        properties=properties,
    )


def refuse_problems(name: str, what: str, problems: list[Problem]) -> None:
    """Refuse what a person gave, if anything is wrong with it."""
    if problems:
        raise UsageError(f"{name}: the {what} are not what they must be", *problem_lines(problems))


def in_batches(items: Sequence[Any], size: int) -> Iterator[tuple[int, Sequence[Any]]]:
    """Yield batches of so many items, each with the position of its first one."""
    for start in range(0, len(items), size):
        yield start, items[start : start + size]


def shown_type(value: object) -> str:
    """Say what came in place of a list."""
    return "nothing" if value is None else type(value).__name__


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return "".join([first, *(part.capitalize() for part in rest)])
