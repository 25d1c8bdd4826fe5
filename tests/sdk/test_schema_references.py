"""What an object schema says of its own properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import DeclarationError

if TYPE_CHECKING:
    from coda_cli.sdk.schemas import Schema

V = sdk.ValueType
H = sdk.ValueHintType
TEXT = sdk.make_schema(type=V.STRING)
NUMBER = sdk.make_schema(type=V.NUMBER)
EMAIL = sdk.make_schema(type=V.STRING, coda_type=H.EMAIL, required=True)
PROPERTIES = {
    "name": TEXT,
    "size": NUMBER,
    "owner": sdk.make_object_schema(properties={"email": EMAIL}),
    "tags": sdk.make_schema(type=V.ARRAY, items=sdk.make_object_schema(properties={"label": TEXT})),
    "dotted.name": TEXT,
    "stars": sdk.make_schema(type=V.NUMBER, coda_type=H.SCALE),
}


def declared(**given: Any) -> Schema:
    """Declare an object schema with those properties."""
    return sdk.make_object_schema(**{"properties": PROPERTIES, **given})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param(
            {"id_property": "nam"}, "id_property 'nam' is not one of its properties (name, s", id="id"
        ),
        pytest.param({"display_property": "x"}, "display_property 'x' is not one of", id="display"),
        pytest.param({"featured_properties": ["name", "x"]}, "featured_properties 'x' is", id="featured"),
        pytest.param({"id_property": "owner.email"}, "id_property 'owner.email' is not one", id="id by path"),
        pytest.param({"id_property": ["name"]}, "id_property ['name'] is not one", id="id is a list"),
        pytest.param({"title_property": "x"}, "title_property 'x' is not one of", id="title"),
        pytest.param({"title_property": 7}, "title_property 7 is not one of", id="title is a number"),
        pytest.param({"subtitle_properties": ["x"]}, "subtitle_properties 'x' is not one of", id="subtitle"),
        pytest.param({"title_property": "owner.name"}, "'owner.name' is not one of", id="path that ends"),
        pytest.param({"title_property": "name.first"}, "'name.first' is not one of", id="path below a text"),
        pytest.param({"title_property": "name[0]"}, "'name[0]' is not one of", id="item of a text"),
        pytest.param(
            {"title_property": "size"}, "'size' must be a string or an object, and it is n", id="kind"
        ),
        pytest.param(
            {"link_property": "name"}, "link_property 'name' must be a url, and it is string", id="link"
        ),
        pytest.param({"image_property": "name"}, "image_property 'name' must be an image", id="image"),
        pytest.param({"snippet_property": "size"}, "must be a string or an array of strings", id="snippet"),
        pytest.param(
            {"subtitle_properties": ["stars"]}, "must be no image, attachment", id="subtitle a scale"
        ),
        pytest.param({"created_at_property": "name"}, "must be a date or datetime", id="created at"),
        pytest.param({"modified_by_property": "name"}, "must be a person or an email", id="modified by"),
        pytest.param({"user_email_property": "name"}, "must be a person or an email", id="user"),
        pytest.param(
            {"index": {"properties": ["size"]}}, "index properties 'size' must be a string", id="index"
        ),
        pytest.param(
            {"index": {"properties": [], "filterable_properties": ["tags"]}},
            "must be a boolean",
            id="filterable",
        ),
        pytest.param(
            {"properties": {}, "id_property": "a"}, "one of its properties (it has none)", id="none"
        ),
    ],
)
def test_references_that_lead_nowhere(given: dict[str, Any], said: str) -> None:
    """A property that is not there, or of a kind that cannot stand in that place, is refused by name."""
    with pytest.raises(DeclarationError) as caught:
        declared(**given)
    assert said in caught.value.message


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"title_property": "owner"}, id="object"),
        pytest.param({"created_by_property": "owner.email"}, id="path"),
        pytest.param({"title_property": "tags[0].label"}, id="path through an array"),
        pytest.param({"title_property": "dotted.name"}, id="a name with a dot"),
        pytest.param({"subtitle_properties": ["size", {"property": "name"}]}, id="subtitles"),
        pytest.param({"index": {"properties": ["name"], "context_properties": ["size"]}}, id="index"),
    ],
)
def test_references_that_lead_somewhere(given: dict[str, Any]) -> None:
    """A property is named by its name, or by a path to it."""
    assert declared(**given).type is V.OBJECT


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"coda_type": H.PERSON}, "a person needs the field id_property", id="person without id"),
        pytest.param(
            {"coda_type": H.PERSON, "id_property": "name"},
            "the id_property 'name' of a person must be required",
            id="id of a person not required",
        ),
        pytest.param(
            {
                "coda_type": H.PERSON,
                "id_property": "id",
                "properties": {"id": sdk.make_schema(type=V.NUMBER, required=True)},
            },
            "the id of a person is an email address, and 'id' is number",
            id="id of a person a number",
        ),
        pytest.param({"coda_type": H.REFERENCE}, "a reference needs an identity", id="no identity"),
        pytest.param(
            {"coda_type": H.REFERENCE, "identity": "A", "properties": {"e": EMAIL}, "id_property": "e"},
            "a reference needs the field display_property",
            id="nothing to display",
        ),
        pytest.param(
            {
                "coda_type": H.REFERENCE,
                "identity": "A",
                "properties": {"e": EMAIL, "name": TEXT},
                "id_property": "e",
                "display_property": "name",
            },
            "the display_property 'name' of a reference must be required",
            id="display not required",
        ),
    ],
)
def test_persons_and_references_need_more(given: dict[str, Any], said: str) -> None:
    """They are found by an id that is always there."""
    with pytest.raises(DeclarationError) as caught:
        declared(**given)
    assert said in caught.value.message
