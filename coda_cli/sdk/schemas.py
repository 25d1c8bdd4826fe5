"""What a formula gives back: the value types, and reading one from a return annotation.

Checking a value against its type is the runtime's.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from coda_cli.errors import DeclarationError
from coda_cli.sdk.parameters import Class, Email, File, Html, Image, Markdown, name_of, without_none


class ValueType(StrEnum):
    """The types that a result can have; the values are the reference's own strings."""

    BOOLEAN = "boolean"
    NUMBER = "number"
    STRING = "string"
    ARRAY = "array"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class ResultType:
    """The declared type of a result. ``type`` None is any JSON value.

    ``python_type`` narrows it to what the annotation says: ``int`` for a whole number, ``datetime`` or
    ``date`` for text with that hint, a dataclass. ``items`` is the type of an array's items.
    """

    type: ValueType | None = None
    items: ResultType | None = None
    python_type: Class | None = None
    nullable: bool = False

    def __str__(self) -> str:
        """What a person reads: ``string``, ``array of object``."""
        if self.type is None:
            text = "any"
        elif self.python_type in (date, datetime):
            text = "date" if self.python_type is date else "datetime"
        elif self.python_type is int:
            text = "whole number"
        else:
            text = self.type.value
        if self.items is not None and self.items.type is not None:
            text = f"{text} of {self.items}"
        return f"{text} or nothing" if self.nullable and self.type is not None else text


_SCALARS: dict[object, ResultType] = {
    str: ResultType(ValueType.STRING),
    int: ResultType(ValueType.NUMBER, python_type=int),
    float: ResultType(ValueType.NUMBER),
    bool: ResultType(ValueType.BOOLEAN),
    datetime: ResultType(ValueType.STRING, python_type=datetime),
    date: ResultType(ValueType.STRING, python_type=date),
    dict: ResultType(ValueType.OBJECT),
    list: ResultType(ValueType.ARRAY),
    Any: ResultType(),
    object: ResultType(),
    None: ResultType(nullable=True),
    types.NoneType: ResultType(nullable=True),
    **{text: ResultType(ValueType.STRING) for text in (Html, Markdown, Email, Image, File)},
}


def result_type_of(annotation: Any) -> ResultType:
    """Read the type of a result from a return annotation.

    Raises:
        DeclarationError: a result cannot have this type.
    """
    if typing.get_origin(annotation) is Annotated:
        annotation = typing.get_args(annotation)[0]
    annotation, nullable = without_none(annotation)
    found = _plain_type_of(annotation)
    if found is None:
        raise DeclarationError(
            f"result: {name_of(annotation)} is not a type that a formula can return",
            "Use str, int, float, bool, datetime, date, a list, dict, dataclass or TypedDict, "
            "one of them `| None`, or no annotation for any JSON value.",
        )
    return dataclasses.replace(found, nullable=True) if nullable else found


def _plain_type_of(annotation: Any) -> ResultType | None:
    origin = typing.get_origin(annotation)
    if origin in (list, Sequence) or annotation is Sequence:
        items = [result_type_of(item) for item in typing.get_args(annotation)]
        return ResultType(ValueType.ARRAY, items=items[0] if items else None)
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        return ResultType(ValueType.OBJECT, python_type=annotation)
    if origin in (dict, Mapping) or annotation is Mapping or typing.is_typeddict(annotation):
        return ResultType(ValueType.OBJECT)
    try:
        return _SCALARS.get(annotation)
    except TypeError:  # unhashable, so no type of ours
        return None
