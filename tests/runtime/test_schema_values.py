"""Schemas as JSON values."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated, Any

import pytest

from coda_cli import sdk
from coda_cli.runtime.schema_values import record_value, schema_value
from coda_cli.sdk.schema_annotations import schema_of

T, H = sdk.ValueType, sdk.ValueHintType


def choices(context: object) -> list[str]:
    """The options of a list."""
    return []


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        pytest.param(sdk.Schema(), {}, id="any"),
        pytest.param(schema_of(int), {"type": "number", "python_type": "int"}, id="int"),
        pytest.param(
            schema_of(list[datetime | None]),
            {
                "type": "array",
                "items": {
                    "type": "string",
                    "coda_type": "datetime",
                    "nullable": True,
                    "python_type": "datetime",
                },
            },
            id="list",
        ),
        pytest.param(
            schema_of(Annotated[str, H.URL, "Where."]),
            {"type": "string", "coda_type": "url", "description": "Where."},
            id="described",
        ),
        pytest.param(
            sdk.make_schema(type=T.NUMBER, coda_type=H.SLIDER, minimum=0, maximum="Max", show_value=False),
            {"type": "number", "coda_type": "slider", "minimum": 0, "maximum": "Max", "show_value": False},
            id="what is falsy is said",
        ),
        pytest.param(
            sdk.make_schema(type=T.STRING, coda_type=H.SELECT_LIST, options=choices),
            {"type": "string", "coda_type": "selectList", "options": "choices"},
            id="function",
        ),
        pytest.param(
            sdk.make_schema(
                type=T.STRING, coda_type=H.SELECT_LIST, options=["a", {"display": "B", "value": "b"}]
            ),
            {"type": "string", "coda_type": "selectList", "options": ["a", {"display": "B", "value": "b"}]},
            id="options",
        ),
        pytest.param(
            sdk.make_schema(type=T.STRING, coda_type=H.SELECT_LIST, options=sdk.OptionsType.DYNAMIC),
            {"type": "string", "coda_type": "selectList", "options": "__coda_dynamic__"},
            id="dynamic options",
        ),
        pytest.param(
            sdk.make_object_schema(
                properties={"id": sdk.make_schema(type=T.STRING, required=True, from_key="ID")},
                id_property="id",
                featured_properties=["id"],
                identity="Rows",
                title_property=sdk.PropertyIdentifierDetails("id", label="No."),
                subtitle_properties=["id"],
                attribution=[sdk.make_attribution_node(type=sdk.AttributionNodeType.TEXT, text="By us.")],
                index={"properties": ["id"]},
                options=[{"id": date(2026, 1, 2)}],
                coda_type=H.SELECT_LIST,
            ),
            {
                "type": "object",
                "coda_type": "selectList",
                "options": [{"id": "2026-01-02"}],
                "properties": {"id": {"type": "string", "from_key": "ID", "required": True}},
                "id_property": "id",
                "featured_properties": ["id"],
                "identity": {"name": "Rows"},
                "attribution": [{"type": 1, "text": "By us."}],
                "title_property": {"property": "id", "label": "No."},
                "subtitle_properties": ["id"],
                "index": {"properties": ["id"]},
            },
            id="object",
        ),
    ],
)
def test_what_is_set_is_there(schema: sdk.Schema, value: dict[str, Any]) -> None:
    """Every field that says something, by its name in the sdk, and no other; all of it is JSON."""
    assert schema_value(schema) == value
    assert json.loads(json.dumps(schema_value(schema))) == value


def test_an_authentication() -> None:
    """Other records of the sdk are written alike; functions are their names."""
    pack = sdk.new_pack()
    pack.set_user_authentication(
        type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="s3", get_connection_name=choices
    )
    assert record_value(pack.authentication) == {
        "type": "AWSAccessKey",
        "service": "s3",
        "get_connection_name": "choices",
    }
