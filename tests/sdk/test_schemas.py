"""What a schema is, and what a person reads of it."""

from __future__ import annotations

import dataclasses

import pytest

from coda_cli import sdk
from coda_cli.sdk.schemas import Schema

V = sdk.ValueType
H = sdk.ValueHintType
TEXT = sdk.make_schema(type=V.STRING)


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        pytest.param(Schema(), "any", id="any"),
        pytest.param(TEXT, "string", id="type"),
        pytest.param(sdk.make_schema(type=V.STRING, coda_type=H.URL), "url", id="hint"),
        pytest.param(sdk.make_schema(type=V.STRING, coda_type=H.DATE_TIME), "datetime", id="datetime"),
        pytest.param(
            sdk.make_schema(type=V.NUMBER, coda_type=H.DATE_TIME),
            "datetime as a number",
            id="numeric datetime",
        ),
        pytest.param(sdk.make_schema(type=V.NUMBER, coda_type=H.CURRENCY), "currency", id="currency"),
        pytest.param(Schema(type=V.NUMBER, python_type=int), "whole number", id="int"),
        pytest.param(sdk.make_schema(type=V.ARRAY, items=TEXT), "array of string", id="array"),
        pytest.param(Schema(type=V.ARRAY), "array", id="array of anything"),
        pytest.param(sdk.make_object_schema(properties={}), "object", id="object"),
        pytest.param(Schema(type=V.STRING, nullable=True), "string or nothing", id="nullable"),
        pytest.param(Schema(nullable=True), "any", id="nothing"),
    ],
)
def test_what_a_person_reads(schema: Schema, shown: str) -> None:
    """The hint says more than the type; arrays name their items."""
    assert str(schema) == shown


def test_schemas_are_frozen() -> None:
    """Neither a schema nor the mapping of its properties can be changed."""
    given = {"a": TEXT}
    schema = sdk.make_object_schema(properties=given)
    with pytest.raises(dataclasses.FrozenInstanceError):
        schema.id_property = "a"  # type: ignore[misc]  # what must not work
    assert schema.properties is not None
    with pytest.raises(TypeError):
        schema.properties["b"] = TEXT  # type: ignore[index]  # what must not work
    given["b"] = TEXT
    assert list(schema.properties) == ["a"]


def test_schemas_can_be_looked_up() -> None:
    """Equal schemas hash alike, so that what is compiled for one may be kept."""
    one, other = (
        sdk.make_object_schema(properties={"a": sdk.make_schema(type=V.STRING)}, id_property="a")
        for _ in "12"
    )
    assert one == other
    assert len({one, other}) == 1


def test_messages_quote_what_a_schema_says() -> None:
    """The fields that say nothing are left out."""
    assert repr(sdk.make_schema(type=V.STRING, required=True)) == (
        "Schema(type=<ValueType.STRING: 'string'>, required=True)"
    )
