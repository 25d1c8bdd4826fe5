"""Make a JSON value of any Python value, and tell what is none, with the path to it.

It knows no schema: that is ``validation``'s, whose checks have the same form.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from enum import Enum
from functools import lru_cache

from coda_cli.redaction import excerpt

MOST_PROBLEMS = 20
"""How many problems are told; a list of problems gets no longer."""

MISSING = object()
"""What stands for a value that is not there."""

_SURELY_PRINTED = 2000
"""Bits of a whole number that every setting of Python writes as text: its limit is 640 digits or more."""


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One place of a value that is not as it must be: its path, what was expected, what came."""

    path: str
    expected: str
    came: str

    def __str__(self) -> str:
        """What a person reads."""
        return f"{self.path}: expected {self.expected}, came {self.came}"


Check = Callable[[object, str, list[Problem]], object]
"""Takes a value and its path, returns its JSON value, and adds to the list what is wrong with it."""


def add_problem(problems: list[Problem], path: str, expected: str, value: object) -> None:
    """Add what is wrong with a value to the problems, if there are not too many to be told."""
    if len(problems) < MOST_PROBLEMS:
        problems.append(Problem(path, expected, _came(value)))


def json_value_check(timezone: tzinfo) -> Check:
    """Return the check of any JSON value; dates without an offset are in ``timezone``."""

    def check(value: object, path: str, problems: list[Problem]) -> object:
        match value:
            case Enum():
                return check(value.value, path, problems)
            case None | bool():
                return value
            case str():
                return plain_text(value)
            case int() | float():
                return json_number(value, path, problems)
            case date():
                return iso_date(value, timezone)
            case list() | tuple():
                return [check(item, f"{path}[{at}]", problems) for at, item in enumerate(value)]
        members = members_of(value)
        if members is None:
            add_problem(problems, path, "a JSON value", value)
            return None
        return json_members(members, path, problems, check)

    return check


def json_members(
    members: Mapping[object, object], path: str, problems: list[Problem], check: Check
) -> dict[str, object]:
    """Make a JSON object of members that are each checked alike."""
    made: dict[str, object] = {}
    for key, item in members.items():
        if isinstance(key, str):
            made[str(key)] = check(item, f"{path}.{key}", problems)
        else:
            add_problem(problems, path, "keys that are text", key)
    return made


def json_number(value: float, path: str, problems: list[Problem]) -> float:
    """Return a number that JSON can hold."""
    if isinstance(value, int):
        if value.bit_length() > _SURELY_PRINTED and not _is_printed(value):
            add_problem(problems, path, "a number of no more digits than can be written", value)
    elif not math.isfinite(value):
        add_problem(problems, path, "a finite number", value)
    return value


def plain_text(value: str) -> str:
    """Return text without the class that a pack, or the sdk, gave it: a query would not take it for text."""
    return value if type(value) is str else str.__str__(value)


def iso_date(value: date, timezone: tzinfo) -> str:
    """Write a date, or a datetime with its offset, as ISO 8601."""
    if isinstance(value, datetime) and value.tzinfo is None:
        value = value.replace(tzinfo=timezone)
    return value.isoformat()


def members_of(value: object) -> Mapping[object, object] | None:
    """Return the members of a mapping or the fields of a dataclass's instance; None of anything else."""
    if isinstance(value, Mapping):
        return value
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return None
    found = {name: getattr(value, name, MISSING) for name in _field_names(type(value))}
    return {name: item for name, item in found.items() if item is not MISSING}


@lru_cache(maxsize=128)
def _field_names(cls: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(cls))


def _is_printed(value: int) -> bool:
    """Tell whether Python writes a whole number as text: it has a limit, 4300 digits unless it was set."""
    try:
        int.__repr__(value)
    except ValueError:
        return False
    return True


def _came(value: object) -> str:
    if value is MISSING:
        return "nothing"
    if value is None:
        return "nothing (None)"
    try:
        return f"{type(value).__name__} {excerpt(repr(value))}"
    except Exception:  # noqa: BLE001 - the __repr__ of a pack's own class may fail, that of a huge number does
        return f"{type(value).__name__} a value that cannot be shown"
