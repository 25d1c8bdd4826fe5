"""Schemas that contradict themselves."""

from __future__ import annotations

from typing import Any

import pytest

from coda_cli import sdk
from coda_cli.errors import DeclarationError

V = sdk.ValueType
H = sdk.ValueHintType
TEXT = sdk.make_schema(type=V.STRING)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"type": "string"}, "type 'string' is not a member of sdk.ValueType", id="type is text"),
        pytest.param({"coda_type": "url"}, "coda_type 'url' is not a member", id="hint is text"),
        pytest.param(
            {"coda_type": H.SLIDER}, "the hint slider does not go with the type string", id="hint of numbers"
        ),
        pytest.param({"coda_type": H.PERSON}, "the hint person does not go with", id="hint of objects"),
        pytest.param({"type": V.BOOLEAN, "coda_type": H.URL}, "does not go with the type boolean", id="url"),
        pytest.param(
            {"type": V.ARRAY, "items": TEXT, "coda_type": H.URL},
            "does not go with the type array",
            id="array",
        ),
        pytest.param({"precision": 1}, "precision does not go with the type string", id="precision of text"),
        pytest.param(
            {"coda_type": H.URL, "options": ["a"]},
            "options does not go with the type string with the hint url",
            id="options of a url",
        ),
        pytest.param({"items": TEXT}, "items does not go with the type string", id="items of text"),
        pytest.param({"type": V.ARRAY}, "the items of an array must be a schema, not None", id="no items"),
        pytest.param(
            {"type": V.ARRAY, "items": str}, "must be a schema, not <class 'str'>", id="items a class"
        ),
        pytest.param({"type": V.OBJECT}, "an object needs its properties", id="object"),
        pytest.param({"required": "yes"}, "required 'yes' is not True or False", id="required"),
        pytest.param({"from_key": ""}, "from_key '' is not text", id="empty from_key"),
        pytest.param({"description": None}, "description None is not text", id="description"),
        pytest.param(
            {"coda_type": H.SELECT_LIST, "options": "abc"}, "options 'abc' is not a list", id="options text"
        ),
        pytest.param(
            {"coda_type": H.SELECT_LIST, "options": [1]}, "the option 1 is not a text", id="option a number"
        ),
        pytest.param(
            {"coda_type": H.SELECT_LIST, "options": [{"value": "a"}]},
            "the option {'value': 'a'}",
            id="no display",
        ),
        pytest.param(
            {"coda_type": H.URL, "display": sdk.EmailDisplayType.ICON_ONLY},
            "is not a member of sdk.LinkDisplayType",
            id="display of an email",
        ),
        pytest.param(
            {"coda_type": H.IMAGE_REFERENCE, "width": 0}, "width 0 is not a number above 0", id="width"
        ),
        pytest.param({"coda_type": H.DATE, "format": ""}, "format '' is not text", id="format"),
    ],
)
def test_texts(given: dict[str, Any], said: str) -> None:
    """What does not go with a text, and values that a field cannot have."""
    with pytest.raises(DeclarationError) as caught:
        sdk.make_schema(**{"type": V.STRING, **given})
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param(
            {"coda_type": H.SLIDER, "minimum": 2, "maximum": 1},
            "the minimum 2 is greater than the maximum 1",
            id="bounds",
        ),
        pytest.param(
            {"coda_type": H.PROGRESS_BAR, "maximum": -1},
            "the minimum 0, which is 0 unless given, is greater than the maximum -1",
            id="below the default",
        ),
        pytest.param({"coda_type": H.SLIDER, "step": 0}, "step 0 is not a number above 0", id="step"),
        pytest.param({"coda_type": H.SLIDER, "minimum": True}, "minimum True is not a number", id="bool"),
        pytest.param(
            {"coda_type": H.SLIDER, "maximum": float("nan")}, "maximum nan is not a number", id="not a number"
        ),
        pytest.param(
            {"coda_type": H.SCALE, "maximum": 0}, "maximum 0 is not a whole number, 1", id="scale of 0"
        ),
        pytest.param(
            {"coda_type": H.SCALE, "maximum": "5"}, "maximum '5' is not a whole", id="scale by formula"
        ),
        pytest.param({"coda_type": H.SCALE, "minimum": 1}, "minimum does not go with", id="scale from"),
        pytest.param(
            {"coda_type": H.SCALE, "icon": "star"}, "is not a member of sdk.ScaleIconSet", id="icon"
        ),
        pytest.param({"precision": -1}, "precision -1 is not a whole number, 0 or more", id="precision"),
        pytest.param({"precision": 1.5}, "precision 1.5 is not a whole number", id="half a digit"),
        pytest.param({"coda_type": H.CURRENCY, "currency_code": "usd"}, "'usd' is not a code", id="currency"),
        pytest.param(
            {"coda_type": H.CURRENCY, "format": "accounting"},
            "not a member of sdk.CurrencyFormat",
            id="format",
        ),
        pytest.param({"coda_type": H.EMAIL}, "the hint email does not go with the type number", id="email"),
    ],
)
def test_numbers(given: dict[str, Any], said: str) -> None:
    """Bounds that cannot be met, and what does not go with a number."""
    with pytest.raises(DeclarationError) as caught:
        sdk.make_schema(type=V.NUMBER, **given)
    assert said in caught.value.message


def test_a_hint_of_another_type_says_which() -> None:
    """The types that a hint goes with stand in the message."""
    with pytest.raises(DeclarationError) as caught:
        sdk.make_schema(type=V.BOOLEAN, coda_type=H.SELECT_LIST)
    assert caught.value.details == ("It goes with string or object.",)


@pytest.mark.parametrize(
    "bounds",
    [
        pytest.param({"minimum": 1, "maximum": 1}, id="equal"),
        pytest.param({"minimum": -5, "maximum": -1}, id="negative"),
        pytest.param({"minimum": "[Least]", "maximum": 1}, id="formula"),
        pytest.param({"minimum": 7}, id="no maximum"),
    ],
)
def test_bounds_that_can_be_met(bounds: dict[str, Any]) -> None:
    """Bounds may meet, and a formula is not worked out."""
    assert sdk.make_schema(type=V.NUMBER, coda_type=H.SLIDER, **bounds).coda_type is H.SLIDER


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"properties": {"a": str}}, "property a is no schema but <class 'str'>", id="class"),
        pytest.param({"properties": {"a": {"a": TEXT}}}, "property a is no schema but {", id="mapping"),
        pytest.param(
            {"properties": {"": TEXT}}, "a property's name must be text, and '' is not", id="no name"
        ),
        pytest.param({"properties": {1: TEXT}}, "and 1 is not", id="number as name"),
        pytest.param({"identity": "Two words"}, "name 'Two words' must be letters", id="identity"),
        pytest.param({"identity": 7}, "identity 7 is no sdk.Identity", id="identity a number"),
        pytest.param({"attribution": ["From us"]}, "'From us' is no sdk.AttributionNode", id="attribution"),
        pytest.param(
            {"include_unknown_properties": 1}, "include_unknown_properties 1 is not True", id="flag"
        ),
        pytest.param(
            {
                "properties": {
                    name: sdk.make_schema(type=V.STRING, fixed_id="same") for name in ("first", "second")
                }
            },
            "properties first and second have the same fixed_id",
            id="fixed ids",
        ),
        pytest.param({"options": [{}]}, "options does not go with the type object", id="options"),
        pytest.param({"coda_type": H.SELECT_LIST, "options": ["a"]}, "'a' is not an object", id="option"),
    ],
)
def test_objects(given: dict[str, Any], said: str) -> None:
    """What does not go with an object."""
    with pytest.raises(DeclarationError) as caught:
        sdk.make_object_schema(**{"properties": {"name": TEXT}, **given})
    assert said in caught.value.message


def test_options_may_be_found_later() -> None:
    """A function, or the table's own, gives the options when they are wanted."""
    for options in (lambda context: ["a"], sdk.OptionsType.DYNAMIC):
        schema = sdk.make_schema(type=V.STRING, coda_type=H.SELECT_LIST, options=options)
        assert schema.options is options


def test_a_mapping_cannot_hold_itself() -> None:
    """Properties that refer to themselves are refused, since a mapping is no schema."""
    properties: dict[str, Any] = {}
    properties["again"] = properties
    with pytest.raises(DeclarationError, match="property again is no schema"):
        sdk.make_object_schema(properties=properties)
