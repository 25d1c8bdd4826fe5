"""What a formula can return, as its annotation says it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, List, TypedDict  # noqa: UP035 - authors still write List

import pytest

from coda_cli import sdk
from coda_cli.errors import DeclarationError
from coda_cli.sdk.schemas import ResultType, result_type_of

V = sdk.ValueType
TEXT = ResultType(V.STRING)


@dataclasses.dataclass
class Point:
    """A result that is a dataclass."""

    x: int


class Row(TypedDict):
    """A result that is a TypedDict."""

    name: str


@pytest.mark.parametrize(
    ("annotation", "expected", "shown"),
    [
        pytest.param(str, TEXT, "string", id="str"),
        pytest.param(int, ResultType(V.NUMBER, python_type=int), "whole number", id="int"),
        pytest.param(float, ResultType(V.NUMBER), "number", id="float"),
        pytest.param(bool, ResultType(V.BOOLEAN), "boolean", id="bool"),
        pytest.param(datetime, ResultType(V.STRING, python_type=datetime), "datetime", id="datetime"),
        pytest.param(date, ResultType(V.STRING, python_type=date), "date", id="date"),
        pytest.param(sdk.Html, TEXT, "string", id="Html"),
        pytest.param(list[str], ResultType(V.ARRAY, items=TEXT), "array of string", id="list"),
        pytest.param(Sequence[str], ResultType(V.ARRAY, items=TEXT), "array of string", id="Sequence"),
        pytest.param(list, ResultType(V.ARRAY), "array", id="bare list"),
        pytest.param(List, ResultType(V.ARRAY), "array", id="bare List"),  # noqa: UP006 - as above
        pytest.param(Sequence, ResultType(V.ARRAY), "array", id="bare Sequence"),
        pytest.param(list[Any], ResultType(V.ARRAY, items=ResultType()), "array", id="list of Any"),
        pytest.param(dict, ResultType(V.OBJECT), "object", id="dict"),
        pytest.param(dict[str, int], ResultType(V.OBJECT), "object", id="dict of something"),
        pytest.param(Mapping[str, Any], ResultType(V.OBJECT), "object", id="Mapping"),
        pytest.param(Point, ResultType(V.OBJECT, python_type=Point), "object", id="dataclass"),
        pytest.param(Row, ResultType(V.OBJECT), "object", id="TypedDict"),
        pytest.param(
            list[Row], ResultType(V.ARRAY, items=ResultType(V.OBJECT)), "array of object", id="rows"
        ),
        pytest.param(Any, ResultType(), "any", id="Any"),
        pytest.param(None, ResultType(nullable=True), "any", id="None"),
        pytest.param(str | None, dataclasses.replace(TEXT, nullable=True), "string or nothing", id="or None"),
        pytest.param(Annotated[str, "x"], TEXT, "string", id="Annotated"),
    ],
)
def test_results(annotation: Any, expected: ResultType, shown: str) -> None:
    """Each annotation that a result can have, and what a person reads of it."""
    assert result_type_of(annotation) == expected
    assert str(result_type_of(annotation)) == shown


@pytest.mark.parametrize(
    "annotation",
    [
        pytest.param(bytes, id="bytes"),
        pytest.param(set[str], id="set"),
        pytest.param(list[bytes], id="list of bytes"),
        pytest.param(int | str, id="union"),
        pytest.param(complex, id="complex"),
        pytest.param([1], id="no type"),
    ],
)
def test_what_no_result_can_be(annotation: Any) -> None:
    """Anything else is a declaration error."""
    with pytest.raises(DeclarationError, match="result: "):
        result_type_of(annotation)
