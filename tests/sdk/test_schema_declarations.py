"""The functions that declare schemas, one to one with the TypeScript SDK."""

from __future__ import annotations

from typing import Any

import pytest

from coda_cli import sdk
from coda_cli.errors import DeclarationError
from coda_cli.sdk.schemas import Schema
from coda_cli.sdk.value_types import HINTS

V = sdk.ValueType
H = sdk.ValueHintType
TEXT = sdk.make_schema(type=V.STRING)
MUST = sdk.make_schema(type=V.STRING, required=True)

VALUES: dict[str, Any] = {
    "precision": 2,
    "use_thousands_separator": True,
    "format": "MMM D",
    "date_format": "MMM D",
    "time_format": "HH:mm",
    "max_unit": sdk.DurationUnit.HOURS,
    "currency_code": "EUR",
    "minimum": 1,
    "maximum": 5,
    "step": 0.5,
    "show_value": False,
    "icon": sdk.ScaleIconSet.STAR,
    "display": sdk.LinkDisplayType.CARD,
    "force": True,
    "image_outline": sdk.ImageOutline.SOLID,
    "image_corner_style": sdk.ImageCornerStyle.SQUARE,
    "image_shape_style": sdk.ImageShapeStyle.CIRCLE,
    "width": 100,
    "height": "[Column] * 2",
    "options": ["a", {"display": "Bee", "value": "b"}],
    "allow_new_values": True,
    "require_for_updates": True,
}
OTHER_VALUES: dict[tuple[H | None, str], Any] = {
    (H.CURRENCY, "format"): sdk.CurrencyFormat.ACCOUNTING,
    (H.EMAIL, "display"): sdk.EmailDisplayType.ICON_ONLY,
}


@pytest.mark.parametrize(
    ("type_", "hint"),
    [
        pytest.param(type_, hint, id=f"{type_} {hint}")
        for type_, hints in HINTS.items()
        for hint in hints
        if type_ not in (V.ARRAY, V.OBJECT)
    ],
)
def test_every_hint_has_its_fields(type_: sdk.ValueType, hint: sdk.ValueHintType | None) -> None:
    """A schema keeps all fields that its type and hint can have, lists as tuples."""
    fields = {name: OTHER_VALUES.get((hint, name), VALUES[name]) for name in HINTS[type_][hint]}
    schema = sdk.make_schema(type=type_, coda_type=hint, **fields)
    assert (schema.type, schema.coda_type) == (type_, hint)
    for name, value in fields.items():
        assert getattr(schema, name) == (tuple(value) if isinstance(value, list) else value)


def test_every_hint_goes_with_a_type() -> None:
    """There is no hint that no schema could have."""
    assert {hint for hints in HINTS.values() for hint in hints} == {None, *H}


def test_what_goes_with_any_property() -> None:
    """A property says what it is read from and how it is called, whatever its type."""
    said: dict[str, Any] = {
        "description": "What it is called.",
        "from_key": "title",
        "display_name": "Name",
        "required": True,
        "mutable": True,
        "fixed_id": "name",
    }
    for schema in (
        sdk.make_schema(type=V.BOOLEAN, **said),
        sdk.make_schema(type=V.ARRAY, items=TEXT, **said),
        sdk.make_object_schema(properties={}, **said),
    ):
        assert {name: getattr(schema, name) for name in said} == said


def test_object_schemas() -> None:
    """An object schema keeps what it says of its properties, in the order in which they were written."""
    schema = sdk.make_object_schema(
        properties={
            "name": MUST,
            "link": sdk.make_schema(type=V.STRING, coda_type=H.URL),
            "picture": sdk.make_schema(type=V.STRING, coda_type=H.IMAGE_REFERENCE),
            "made": sdk.make_schema(type=V.NUMBER, coda_type=H.DATE),
            "maker": sdk.make_schema(type=V.STRING, coda_type=H.EMAIL),
        },
        id_property="name",
        display_property="name",
        featured_properties=["link", "made"],
        title_property="name",
        link_property="link",
        image_property="picture",
        snippet_property="name",
        subtitle_properties=["made", {"property": "maker", "label": "by {VALUE}"}],
        created_at_property="made",
        created_by_property="maker",
        modified_at_property="made",
        modified_by_property="maker",
        user_email_property="maker",
        include_unknown_properties=True,
        identity="Thing",
        attribution=[sdk.make_attribution_node(type=sdk.AttributionNodeType.TEXT, text="From Things")],
        index={"properties": ["name"], "filterable_properties": ["maker"]},
    )
    assert list(schema.properties or {}) == ["name", "link", "picture", "made", "maker"]
    assert (schema.type, schema.identity) == (V.OBJECT, sdk.Identity("Thing"))
    assert schema.featured_properties == ("link", "made")
    assert schema.subtitle_properties == (
        "made",
        sdk.PropertyIdentifierDetails("maker", label=f"by {sdk.PROPERTY_LABEL_VALUE_TEMPLATE}"),
    )
    assert schema.attribution == (sdk.AttributionNode(sdk.AttributionNodeType.TEXT, "From Things"),)
    assert schema.index == sdk.IndexDefinition(("name",), filterable_properties=("maker",))


@pytest.mark.parametrize(
    "identity",
    [
        pytest.param("Thing", id="name"),
        pytest.param({"name": "Thing"}, id="mapping"),
        pytest.param(sdk.Identity("Thing"), id="Identity"),
    ],
)
def test_an_identity_in_three_spellings(identity: Any) -> None:
    """Its name, a mapping as in TypeScript, or the record itself are the same identity."""
    assert sdk.make_object_schema(properties={}, identity=identity).identity == sdk.Identity("Thing")


THING = sdk.make_object_schema(
    properties={"key": MUST, "name": MUST, "size": sdk.make_schema(type=V.NUMBER)},
    id_property="key",
    display_property="name",
)


def test_references() -> None:
    """A reference to a schema has its id and what is displayed, and nothing else."""
    reference = sdk.make_reference_schema_from_object_schema(THING, "Thing")
    assert reference.coda_type is H.REFERENCE
    assert reference.identity == sdk.Identity("Thing")
    assert list(reference.properties or {}) == ["key", "name"]
    assert sdk.make_reference_schema_from_object_schema(sdk.with_identity(THING, "Thing")) == reference


def test_references_need_an_identity() -> None:
    """What a reference refers to must be said somewhere."""
    with pytest.raises(DeclarationError, match="a reference needs an identity"):
        sdk.make_reference_schema_from_object_schema(THING)


def test_identities_go_with_objects() -> None:
    """An identity changes nothing else, and goes with no other type."""
    assert sdk.with_identity(THING, "Thing").properties == THING.properties
    with pytest.raises(DeclarationError, match="goes with an object schema, and this is string"):
        sdk.with_identity(TEXT, "Thing")
    with pytest.raises(DeclarationError, match="name 'A thing' must be letters"):
        sdk.with_identity(THING, "A thing")


def test_schemas_from_examples() -> None:
    """An example gives the types; None stands for text."""
    generated = sdk.generate_schema({"a": "x", "b": [1.5], "c": True, "d": None, "e": {"f": 1}})
    assert generated == sdk.make_object_schema(
        properties={
            "a": TEXT,
            "b": sdk.make_schema(type=V.ARRAY, items=sdk.make_schema(type=V.NUMBER)),
            "c": sdk.make_schema(type=V.BOOLEAN),
            "d": TEXT,
            "e": sdk.make_object_schema(properties={"f": sdk.make_schema(type=V.NUMBER)}),
        }
    )


@pytest.mark.parametrize("example", [pytest.param([], id="empty list"), pytest.param({"a": b""}, id="bytes")])
def test_examples_that_show_nothing(example: object) -> None:
    """What shows no type is refused."""
    with pytest.raises(DeclarationError, match="is no example"):
        sdk.generate_schema(example)


@pytest.mark.parametrize(
    ("schema", "keys"),
    [
        pytest.param(
            sdk.make_object_schema(
                properties={
                    "a": sdk.make_schema(type=V.STRING, from_key="x"),
                    "b": sdk.make_schema(type=V.STRING, from_key="x"),
                    "c": TEXT,
                }
            ),
            ["x", "c"],
            id="object",
        ),
        pytest.param(sdk.make_schema(type=V.ARRAY, items=THING), ["key", "name", "size"], id="array"),
        pytest.param(TEXT, None, id="text"),
        pytest.param(Schema(type=V.OBJECT), None, id="any object"),
    ],
)
def test_keys_that_properties_are_read_from(schema: Schema, keys: list[str] | None) -> None:
    """The keys to ask a service for, each once."""
    assert sdk.get_effective_property_keys_from_schema(schema) == keys


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param(
            {"identity": {"id": "x"}}, "identity {'id': 'x'} has not the fields name", id="identity"
        ),
        pytest.param({"title_property": {"label": "x"}}, "title_property {'label': 'x'} has not", id="card"),
        pytest.param({"attribution": {"type": 1}}, "attribution must be a list", id="attribution no list"),
        pytest.param(
            {"featured_properties": "name"}, "featured_properties must be a list", id="text as list"
        ),
        pytest.param({"index": {"properties": "name"}}, "index properties must be a list", id="index"),
        pytest.param({"index": "name"}, "index 'name' is no sdk.IndexDefinition", id="index is text"),
        pytest.param(
            {"properties": [TEXT]},
            "properties must be a mapping of names to schemas, not [Schema(type=",
            id="properties",
        ),
        pytest.param({"type": V.STRING}, "the type of an object schema is OBJECT", id="type"),
    ],
)
def test_what_is_of_another_form(given: dict[str, Any], said: str) -> None:
    """A part of another form than its own is refused by its name."""
    with pytest.raises(DeclarationError) as caught:
        sdk.make_object_schema(**{"properties": {"name": TEXT}, **given})
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"type": sdk.AttributionNodeType.TEXT}, "TEXT needs text", id="nothing"),
        pytest.param(
            {"type": sdk.AttributionNodeType.LINK, "anchor_url": "https://a.com"},
            "LINK needs anchor_text and anchor_url",
            id="too little",
        ),
        pytest.param(
            {"type": sdk.AttributionNodeType.TEXT, "text": "x", "image_url": "y"}, "TEXT needs", id="too much"
        ),
        pytest.param({"type": 1, "text": "x"}, "type 1 is not a member", id="number"),
    ],
)
def test_attributions_have_what_their_type_needs(given: dict[str, Any], said: str) -> None:
    """A text, a link and an image have their own fields."""
    with pytest.raises(DeclarationError) as caught:
        sdk.make_attribution_node(**given)
    assert said in caught.value.message
