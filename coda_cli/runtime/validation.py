"""Check values against a schema, and make JSON values of them.

A schema is compiled once into a function that is called for each result, or each row of a table. It
returns the JSON value and adds to a list of problems what is wrong: a value after which the list has grown
is not to be used. What to do with the problems is the caller's.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING

from coda_cli.runtime.json_values import (
    MISSING,
    MOST_PROBLEMS,
    Check,
    Problem,
    add_problem,
    iso_date,
    json_members,
    json_number,
    json_value_check,
    members_of,
    plain_text,
)
from coda_cli.runtime.value_formats import number_format, text_format
from coda_cli.sdk.value_types import ValueHintType, ValueType

if TYPE_CHECKING:
    from datetime import tzinfo

    from coda_cli.sdk.schemas import Schema

_HOLDS_DATES = (None, ValueHintType.DATE, ValueHintType.DATE_TIME, ValueHintType.TIME)


def compiled(schema: Schema, timezone: tzinfo) -> Check:
    """Return the function that checks values against a schema.

    It maps keys from ``from_key``, leaves out what is not declared, makes objects of dataclasses and ISO
    8601 of dates; those without an offset are in ``timezone``.
    """
    check = _compiled(schema, timezone)

    def bounded(value: object, path: str, problems: list[Problem]) -> object:
        try:
            return check(value, path, problems)
        except RecursionError:
            add_problem(
                problems, path, "a value that is not nested too deeply and does not contain itself", value
            )
            return None

    return bounded


def _compiled(schema: Schema, timezone: tzinfo) -> Check:
    match schema.type:
        case ValueType.STRING:
            check = _string(schema, timezone)
        case ValueType.NUMBER:
            check = _number(schema)
        case ValueType.BOOLEAN:
            check = _boolean
        case ValueType.ARRAY:
            check = _array(schema, timezone)
        case ValueType.OBJECT:
            check = _object(schema, timezone)
        case _:
            check = _nothing if schema.nullable else json_value_check(timezone)
    if not schema.nullable:
        return check
    return lambda value, path, problems: None if value is None else check(value, path, problems)


def _nothing(value: object, path: str, problems: list[Problem]) -> object:
    add_problem(problems, path, "nothing", value)
    return None


def _string(schema: Schema, timezone: tzinfo) -> Check:
    is_right, words = text_format(schema) or (None, "")
    expected = str(schema)

    def takes_object(value: object) -> bool:
        if schema.python_type is datetime:
            return isinstance(value, datetime)
        if schema.python_type is date:
            return isinstance(value, date) and not isinstance(value, datetime)
        return isinstance(value, date) and schema.coda_type in _HOLDS_DATES

    def check(value: object, path: str, problems: list[Problem]) -> object:
        if isinstance(value, Enum):
            return check(value.value, path, problems)
        if isinstance(value, str) and schema.python_type is None:
            if value and is_right is not None and not is_right(value):
                add_problem(problems, path, words, value)
            return plain_text(value)
        if isinstance(value, date) and takes_object(value):
            return iso_date(value, timezone)
        add_problem(problems, path, expected, value)
        return None

    return check


def _number(schema: Schema) -> Check:
    kinds = int if schema.python_type is int else (int, float)
    is_right, words = number_format(schema) or (None, "")
    expected = str(schema)

    def check(value: object, path: str, problems: list[Problem]) -> object:
        if isinstance(value, Enum):
            return check(value.value, path, problems)
        if not isinstance(value, kinds) or isinstance(value, bool):
            add_problem(problems, path, expected, value)
        elif is_right is not None and not is_right(value):
            add_problem(problems, path, words, value)
        else:
            return json_number(value, path, problems)
        return None

    return check


def _boolean(value: object, path: str, problems: list[Problem]) -> object:
    if not isinstance(value, bool):
        add_problem(problems, path, "boolean", value)
    return value


def _array(schema: Schema, timezone: tzinfo) -> Check:
    item_check = json_value_check(timezone) if schema.items is None else _compiled(schema.items, timezone)
    expected = str(schema)

    def check(value: object, path: str, problems: list[Problem]) -> object:
        if not isinstance(value, list | tuple):
            add_problem(problems, path, expected, value)
            return None
        made = []
        for at, item in enumerate(value):
            made.append(item_check(item, f"{path}[{at}]", problems))
            if len(problems) >= MOST_PROBLEMS:
                break
        return made

    return check


@dataclasses.dataclass(frozen=True, slots=True)
class _Member:
    """How one property is read: ``keys`` are tried in turn, ``needed`` says what is to be there, or None."""

    name: str
    keys: tuple[str, ...]
    needed: str | None
    check: Check


def _object(schema: Schema, timezone: tzinfo) -> Check:
    plan = _plan(schema, timezone)
    known = {key for member in plan for key in member.keys}
    keeps_unknown = schema.properties is None or schema.include_unknown_properties
    unknown_check = json_value_check(timezone) if keeps_unknown else None
    expected = str(schema)

    def check(value: object, path: str, problems: list[Problem]) -> object:
        members = members_of(value)
        if members is None:
            add_problem(problems, path, expected, value)
            return None
        made: dict[str, object] = {}
        for member in plan:
            item = next((members[key] for key in member.keys if key in members), MISSING)
            if item is not None and item is not MISSING:
                made[member.name] = member.check(item, f"{path}.{member.name}", problems)
            elif member.needed is not None:
                add_problem(problems, f"{path}.{member.name}", member.needed, item)
            elif item is None:
                made[member.name] = None
        if unknown_check is not None:
            unknown = {key: item for key, item in members.items() if key not in known}
            made |= json_members(unknown, path, problems, unknown_check)
        return made

    return check


def _plan(schema: Schema, timezone: tzinfo) -> list[_Member]:
    properties = schema.properties or {}
    read_by_others = {declared.from_key for declared in properties.values()}
    plan = []
    for name, declared in properties.items():
        keys: tuple[str, ...] = (name,)
        if declared.from_key is not None:
            keys = (declared.from_key,) if name in read_by_others else (declared.from_key, name)
        if name == schema.id_property:
            id_schema = _email(declared) if schema.coda_type is ValueHintType.PERSON else declared
            plan.append(_Member(name, keys, f"{id_schema} that is not empty", _id(id_schema, timezone)))
        else:
            needed = str(declared) if declared.required else None
            plan.append(_Member(name, keys, needed, _compiled(declared, timezone)))
    return plan


def _email(schema: Schema) -> Schema:
    return dataclasses.replace(schema, coda_type=ValueHintType.EMAIL)


def _id(schema: Schema, timezone: tzinfo) -> Check:
    check = _compiled(schema, timezone)

    def not_empty(value: object, path: str, problems: list[Problem]) -> object:
        if isinstance(value, str) and not value:
            add_problem(problems, path, f"{schema} that is not empty", value)
            return None
        return check(value, path, problems)

    return not_empty
