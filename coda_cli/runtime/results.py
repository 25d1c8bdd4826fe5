"""Check what a formula returned against what it declares, and make a JSON value of it.

It knows types and values only; showing a result is the command line's.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from enum import Enum

from coda_cli.errors import ResultError
from coda_cli.redaction import excerpt
from coda_cli.sdk.schemas import ResultType, ValueType

_SURELY_PRINTED = 2000
"""Bits of a whole number that every setting of Python writes as text: its limit is 640 digits or more."""


def json_result(value: object, declared: ResultType, name: str, timezone: tzinfo) -> object:
    """Return the result as a JSON value: dict, list, str, int, float, bool or None.

    Dataclasses become dicts, dates ISO 8601 text with an offset, where they have none that of
    ``timezone``.

    Raises:
        ResultError: it is of another type than declared, or no JSON value; the message has the path.
    """
    _check(value, declared, name)
    try:
        return _json_value(value, name, timezone)
    except RecursionError:
        raise ResultError(f"{name}: the result is nested too deeply, or contains itself") from None


def _check(value: object, declared: ResultType, path: str) -> None:
    if declared.type is None:
        if declared.nullable and value is not None:
            raise _wrong(path, "nothing", value)
        return
    if value is None and declared.nullable:
        return
    if not _fits(value, declared):
        raise _wrong(path, str(declared), value)
    if declared.items is not None and isinstance(value, list | tuple):
        for position, item in enumerate(value):
            _check(item, declared.items, f"{path}[{position}]")


def _fits(value: object, declared: ResultType) -> bool:
    match declared.type:
        case ValueType.STRING if declared.python_type is datetime:
            return isinstance(value, datetime)
        case ValueType.STRING if declared.python_type is date:
            return isinstance(value, date) and not isinstance(value, datetime)
        case ValueType.STRING:
            return isinstance(value, str | date)
        case ValueType.NUMBER:
            number = int if declared.python_type is int else (int, float)
            return isinstance(value, number) and not isinstance(value, bool)
        case ValueType.BOOLEAN:
            return isinstance(value, bool)
        case ValueType.ARRAY:
            return isinstance(value, list | tuple)
        case _:
            return isinstance(value, Mapping) or _is_instance_of_dataclass(value)


def _is_instance_of_dataclass(value: object) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def _json_value(value: object, path: str, timezone: tzinfo) -> object:
    match value:
        case Enum():
            return _json_value(value.value, path, timezone)
        case None | bool() | str():
            return value
        case int() | float():
            return _json_number(value, path)
        case datetime():
            return (value if value.tzinfo is not None else value.replace(tzinfo=timezone)).isoformat()
        case date():
            return value.isoformat()
        case list() | tuple():
            return [_json_value(item, f"{path}[{position}]", timezone) for position, item in enumerate(value)]
        case Mapping():
            return _json_object(value, path, timezone)
        case _ if _is_instance_of_dataclass(value):
            fields = dataclasses.fields(value)  # type: ignore[arg-type]  # checked in the line above
            named: dict[object, object] = {field.name: _field(value, field.name, path) for field in fields}
            return _json_object(named, path, timezone)
        case _:
            raise ResultError(
                f"{path}: the result is of type {type(value).__name__}, which is no JSON value",
                f"It is {_shown(value)}",
            )


def _field(value: object, name: str, path: str) -> object:
    try:
        return getattr(value, name)
    except AttributeError:
        raise ResultError(f"{path}.{name}: the result has no value for this field") from None


def _json_number(value: float, path: str) -> float:
    if isinstance(value, int):
        if value.bit_length() > _SURELY_PRINTED and not _is_printed(value):
            raise ResultError(f"{path}: the result is a whole number of too many digits to be written")
    elif not math.isfinite(value):
        raise ResultError(f"{path}: the result {value} is not a number that JSON has")
    return value


def _json_object(value: Mapping[object, object], path: str, timezone: tzinfo) -> dict[str, object]:
    made: dict[str, object] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            kind = type(key).__name__
            raise ResultError(f"{path}: the key {_shown(key)} is of type {kind}, and JSON's are text")
        made[str(key)] = _json_value(item, f"{path}.{key}", timezone)
    return made


def _wrong(path: str, expected: str, value: object) -> ResultError:
    came = "nothing (None)" if value is None else f"{type(value).__name__} {_shown(value)}"
    return ResultError(
        f"{path}: the result is not of the declared type", f"Expected {expected}, came {came}."
    )


def _is_printed(value: int) -> bool:
    """Tell whether Python writes a whole number as text: it has a limit, 4300 digits unless it was set."""
    try:
        int.__repr__(value)
    except ValueError:
        return False
    return True


def _shown(value: object) -> str:
    try:
        return excerpt(repr(value))
    except Exception:  # noqa: BLE001 - the __repr__ of a pack's own class may fail, that of a huge number does
        return "a value that cannot be shown"
