"""A schema, or another record of the sdk, as a JSON value: the fields that it sets, by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coda_cli.sdk.schemas import Schema


def schema_value(schema: Schema) -> dict[str, object]:
    """Return what a schema says; an ``options`` that is a function is its name."""
    return record_value(schema)


def record_value(record: Any) -> dict[str, object]:
    """Return the fields of a dataclass that are not as they are unless set; a function is its name."""
    values = {field.name: (getattr(record, field.name), field.default) for field in fields(record)}
    return {name: _value(value) for name, (value, default) in values.items() if value != default}


def _value(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(name): _value(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_value(one) for one in value]
    if is_dataclass(value):
        return record_value(value)
    if callable(value):
        return getattr(value, "__name__", str(value))
    return value if value is None or isinstance(value, str | int | float) else str(value)
