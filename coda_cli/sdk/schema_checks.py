"""What a schema may not say: contradictions, found when it is made.

It looks at one schema whose own items and properties have been looked at before.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from coda_cli.errors import DeclarationError
from coda_cli.sdk.display_types import (
    AttributionNodeType,
    CurrencyFormat,
    DurationUnit,
    EmailDisplayType,
    ImageCornerStyle,
    ImageOutline,
    ImageShapeStyle,
    LinkDisplayType,
    OptionsType,
    ScaleIconSet,
)
from coda_cli.sdk.schema_parts import AttributionNode, Identity
from coda_cli.sdk.schema_references import check_references
from coda_cli.sdk.schemas import Schema
from coda_cli.sdk.value_types import HINTS, RENDERING_FIELDS, ValueHintType, ValueType

if TYPE_CHECKING:
    from enum import Enum

_DEFAULTS = {field.name: field.default for field in dataclasses.fields(Schema)}

Rule = tuple[Callable[[Any], bool], str]
"""Whether a field may have a value, and what it must be in words."""


def check_schema(schema: Schema) -> Schema:
    """Return a schema that does not contradict itself.

    Raises:
        DeclarationError: it does.
    """
    if not isinstance(schema.type, ValueType):
        raise DeclarationError(f"schema: type {schema.type!r} is not a member of sdk.ValueType")
    if schema.coda_type is not None and not isinstance(schema.coda_type, ValueHintType):
        raise DeclarationError(f"schema: coda_type {schema.coda_type!r} is not a member of sdk.ValueHintType")
    _check_fields(schema, schema.type)
    _check_values(schema)
    _check_bounds(schema)
    if schema.type is ValueType.ARRAY and not isinstance(schema.items, Schema):
        raise DeclarationError(
            f"schema: the items of an array must be a schema, not {schema.items!r}", "Use sdk.make_schema."
        )
    if schema.properties is not None:
        _check_object(schema, schema.properties)
    return schema


def _check_fields(schema: Schema, type_: ValueType) -> None:
    hints = HINTS[type_]
    if schema.coda_type not in hints:
        types = " or ".join(str(other) for other in ValueType if schema.coda_type in HINTS[other])
        raise DeclarationError(
            f"schema: the hint {schema.coda_type} does not go with the type {type_}", f"It goes with {types}."
        )
    allowed = hints[schema.coda_type]
    for name in sorted(RENDERING_FIELDS - set(allowed)):
        if getattr(schema, name) is not None:
            hint = f" with the hint {schema.coda_type}" if schema.coda_type else ""
            raise DeclarationError(
                f"schema: {name} does not go with the type {type_}{hint}",
                f"It can have {', '.join(allowed)}." if allowed else "It has no such fields.",
            )


def _check_values(schema: Schema) -> None:
    for name, (is_right, wanted) in {**_RULES, **_BY_HINT.get(schema.coda_type, {})}.items():
        value = getattr(schema, name)
        if value is not _DEFAULTS[name] and not is_right(value):
            raise DeclarationError(f"schema: {name} {value!r} is not {wanted}")
    if isinstance(schema.options, tuple):
        for option in schema.options:
            _check_option(option, schema.type)
    elif not (schema.options is None or isinstance(schema.options, OptionsType) or callable(schema.options)):
        raise DeclarationError(
            f"schema: options {schema.options!r} is not a list, a function or sdk.OptionsType.DYNAMIC"
        )


def _check_option(option: object, type_: ValueType | None) -> None:
    if type_ is ValueType.OBJECT:
        fits = isinstance(option, Mapping)
    elif isinstance(option, Mapping):
        fits = option.keys() == {"display", "value"} and all(map(_is_text, option.values()))
    else:
        fits = _is_text(option)
    if not fits:
        wanted = "an object" if type_ is ValueType.OBJECT else "a text, nor a text with another to display"
        raise DeclarationError(f"schema: the option {option!r} is not {wanted}")


def _check_bounds(schema: Schema) -> None:
    if schema.coda_type not in (ValueHintType.SLIDER, ValueHintType.PROGRESS_BAR):
        return
    minimum = 0 if schema.minimum is None else schema.minimum
    if isinstance(minimum, str) or schema.maximum is None or isinstance(schema.maximum, str):
        return  # a formula, which only the platform can work out
    if minimum > schema.maximum:
        unsaid = ", which is 0 unless given," if schema.minimum is None else ""
        raise DeclarationError(
            f"schema: the minimum {minimum}{unsaid} is greater than the maximum {schema.maximum}"
        )


def _check_object(schema: Schema, properties: Mapping[str, Schema]) -> None:
    fixed: dict[str, str] = {}
    for name, declared in properties.items():
        if not _is_text(name):
            raise DeclarationError(f"schema: a property's name must be text, and {name!r} is not")
        if not isinstance(declared, Schema):
            raise DeclarationError(
                f"schema: property {name} is no schema but {declared!r}", "Use sdk.make_schema."
            )
        if declared.fixed_id is not None:
            if declared.fixed_id in fixed:
                raise DeclarationError(
                    f"schema: properties {fixed[declared.fixed_id]} and {name} have the same fixed_id"
                )
            fixed[declared.fixed_id] = name
    if schema.identity is not None:
        check_identity(schema.identity)
    for node in schema.attribution:
        check_attribution(node)
    check_references(schema, properties)


def check_identity(identity: object) -> None:
    """Refuse what is no identity, or one whose name a document could not refer to.

    Raises:
        DeclarationError: it is.
    """
    if not isinstance(identity, Identity):
        raise DeclarationError(f"schema: identity {identity!r} is no sdk.Identity")
    if not _is_text(identity.name) or not re.fullmatch(r"[A-Za-z0-9_-]+", identity.name):
        raise DeclarationError(
            f"schema: the identity's name {identity.name!r} must be letters, digits, underscores and dashes"
        )


_NODES = {
    AttributionNodeType.TEXT: {"text"},
    AttributionNodeType.LINK: {"anchor_url", "anchor_text"},
    AttributionNodeType.IMAGE: {"anchor_url", "image_url"},
}


def check_attribution(node: object) -> None:
    """Refuse a part of an attribution that has not just what its type needs.

    Raises:
        DeclarationError: it has not.
    """
    if not isinstance(node, AttributionNode):
        raise DeclarationError(f"attribution: {node!r} is no sdk.AttributionNode")
    if not isinstance(node.type, AttributionNodeType):
        raise DeclarationError(f"attribution: type {node.type!r} is not a member of sdk.AttributionNodeType")
    given = {name for name in AttributionNode.__slots__ if name != "type" and _is_text(getattr(node, name))}
    if given != _NODES[node.type]:
        needed = " and ".join(sorted(_NODES[node.type]))
        raise DeclarationError(f"attribution: {node.type.name} needs {needed}, as text, and nothing else")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _member_of(enum: type[Enum]) -> Rule:
    return (lambda value: isinstance(value, enum)), f"a member of sdk.{enum.__name__}"


_TEXT: Rule = (_is_text, "text")
_FLAG: Rule = ((lambda value: isinstance(value, bool)), "True or False")
_AMOUNT: Rule = ((lambda value: _is_text(value) or _is_number(value)), "a number, nor a formula as text")
_POSITIVE: Rule = (
    (lambda value: _is_text(value) or (_is_number(value) and value > 0)),
    "a number above 0, nor a formula as text",
)

_RULES: dict[str, Rule] = {
    "description": ((lambda value: isinstance(value, str)), "text"),
    "from_key": _TEXT,
    "display_name": _TEXT,
    "required": _FLAG,
    "mutable": _FLAG,
    "fixed_id": _TEXT,
    "precision": ((lambda value: _is_whole(value, 0)), "a whole number, 0 or more"),
    "use_thousands_separator": _FLAG,
    "format": _TEXT,
    "date_format": _TEXT,
    "time_format": _TEXT,
    "max_unit": _member_of(DurationUnit),
    "currency_code": (
        (lambda value: isinstance(value, str) and re.fullmatch("[A-Z]{3}", value) is not None),
        "a code of three capital letters, such as USD",
    ),
    "minimum": _AMOUNT,
    "maximum": _AMOUNT,
    "step": _POSITIVE,
    "show_value": _FLAG,
    "icon": _member_of(ScaleIconSet),
    "display": _member_of(LinkDisplayType),
    "force": _FLAG,
    "image_outline": _member_of(ImageOutline),
    "image_corner_style": _member_of(ImageCornerStyle),
    "image_shape_style": _member_of(ImageShapeStyle),
    "width": _POSITIVE,
    "height": _POSITIVE,
    "allow_new_values": _FLAG,
    "require_for_updates": _FLAG,
    "include_unknown_properties": _FLAG,
}

_BY_HINT: dict[ValueHintType | None, dict[str, Rule]] = {
    ValueHintType.CURRENCY: {"format": _member_of(CurrencyFormat)},
    ValueHintType.EMAIL: {"display": _member_of(EmailDisplayType)},
    ValueHintType.SCALE: {"maximum": ((lambda value: _is_whole(value, 1)), "a whole number, 1 or more")},
}
"""Where a hint gives a field another meaning."""
