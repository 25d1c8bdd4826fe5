"""The functions that declare a schema, one to one with the TypeScript SDK.

Each returns a schema that does not contradict itself, or fails where it is called.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from coda_cli.errors import DeclarationError
from coda_cli.sdk.declarations import Declaring
from coda_cli.sdk.display_types import AttributionNodeType
from coda_cli.sdk.schema_checks import check_attribution, check_schema
from coda_cli.sdk.schema_parts import (
    AttributionNode,
    Identity,
    IndexDefinition,
    PropertyIdentifier,
    PropertyIdentifierDetails,
)
from coda_cli.sdk.schemas import Schema
from coda_cli.sdk.value_types import ValueHintType, ValueType

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.sdk.display_types import (
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


def make_schema(
    *,
    type: ValueType,
    coda_type: ValueHintType | None = None,
    description: str = "",
    items: Schema | None = None,
    from_key: str | None = None,
    display_name: str | None = None,
    required: bool = False,
    mutable: bool = False,
    fixed_id: str | None = None,
    precision: int | None = None,
    use_thousands_separator: bool | None = None,
    format: str | CurrencyFormat | None = None,
    date_format: str | None = None,
    time_format: str | None = None,
    max_unit: DurationUnit | None = None,
    currency_code: str | None = None,
    minimum: float | str | None = None,
    maximum: float | str | None = None,
    step: float | str | None = None,
    show_value: bool | None = None,
    icon: ScaleIconSet | None = None,
    display: EmailDisplayType | LinkDisplayType | None = None,
    force: bool | None = None,
    image_outline: ImageOutline | None = None,
    image_corner_style: ImageCornerStyle | None = None,
    image_shape_style: ImageShapeStyle | None = None,
    width: float | str | None = None,
    height: float | str | None = None,
    options: Sequence[object] | Callable[..., Any] | OptionsType | None = None,
    allow_new_values: bool | None = None,
    require_for_updates: bool | None = None,
) -> Schema:
    """Declare the schema of a value, of an array's items, or of an object's property.

    Raises:
        DeclarationError: it contradicts itself, or has a field that does not go with its type and hint.
    """
    fields = dict(locals())  # the parameters are the fields of Schema
    with Declaring():
        if type is ValueType.OBJECT:
            raise DeclarationError("schema: an object needs its properties", "Use sdk.make_object_schema.")
        return schema_of_fields(fields)
    return _what_makes_sense(fields)


def make_object_schema(
    *,
    properties: Mapping[str, Schema],
    type: ValueType = ValueType.OBJECT,
    coda_type: ValueHintType | None = None,
    description: str = "",
    id_property: str | None = None,
    display_property: str | None = None,
    featured_properties: Sequence[str] = (),
    identity: Identity | Mapping[str, Any] | str | None = None,
    attribution: Sequence[AttributionNode | Mapping[str, Any]] = (),
    include_unknown_properties: bool = False,
    title_property: PropertyIdentifier | Mapping[str, Any] | None = None,
    link_property: PropertyIdentifier | Mapping[str, Any] | None = None,
    subtitle_properties: Sequence[PropertyIdentifier | Mapping[str, Any]] = (),
    snippet_property: PropertyIdentifier | Mapping[str, Any] | None = None,
    image_property: PropertyIdentifier | Mapping[str, Any] | None = None,
    created_at_property: PropertyIdentifier | Mapping[str, Any] | None = None,
    created_by_property: PropertyIdentifier | Mapping[str, Any] | None = None,
    modified_at_property: PropertyIdentifier | Mapping[str, Any] | None = None,
    modified_by_property: PropertyIdentifier | Mapping[str, Any] | None = None,
    user_email_property: PropertyIdentifier | Mapping[str, Any] | None = None,
    index: IndexDefinition | Mapping[str, Any] | None = None,
    from_key: str | None = None,
    display_name: str | None = None,
    required: bool = False,
    mutable: bool = False,
    fixed_id: str | None = None,
    options: Sequence[object] | Callable[..., Any] | OptionsType | None = None,
    require_for_updates: bool | None = None,
) -> Schema:
    """Declare the schema of an object by its properties.

    Where an ``Identity``, ``PropertyIdentifierDetails``, ``AttributionNode`` or ``IndexDefinition`` is
    wanted, a mapping of its fields will do, and for an identity its name.

    Raises:
        DeclarationError: it contradicts itself, or refers to a property that is not there.
    """
    fields = dict(locals())  # the parameters are the fields of Schema
    with Declaring():
        if type is not ValueType.OBJECT:
            raise DeclarationError(f"schema: the type of an object schema is OBJECT, not {type!r}")
        return schema_of_fields(fields)
    return _what_makes_sense(fields)


def make_attribution_node(
    *,
    type: AttributionNodeType,
    text: str | None = None,
    anchor_url: str | None = None,
    anchor_text: str | None = None,
    image_url: str | None = None,
) -> AttributionNode:
    """Declare one part of what a schema says about where its data comes from.

    Raises:
        DeclarationError: it has not just what its type needs.
    """
    node = AttributionNode(type, text, anchor_url, anchor_text, image_url)
    with Declaring():
        check_attribution(node)
        return node
    return AttributionNode(AttributionNodeType.TEXT, "refused")


def make_reference_schema_from_object_schema(schema: Schema, identity_name: str | None = None) -> Schema:
    """Make the schema of a reference to objects of another schema: their id and what is displayed.

    Raises:
        DeclarationError: the schema lacks an id, a property to display, or an identity.
    """
    kept = dict.fromkeys(name for name in (schema.id_property, schema.display_property) if name is not None)
    properties = schema.properties or {}
    return make_object_schema(
        coda_type=ValueHintType.REFERENCE,
        properties={name: properties[name] for name in kept},
        id_property=schema.id_property,
        display_property=schema.display_property,
        identity=schema.identity if schema.identity is not None else identity_name,
        mutable=schema.mutable,
        options=schema.options,
        require_for_updates=schema.require_for_updates,
    )


def with_identity(schema: Schema, identity_name: str) -> Schema:
    """Return the same object schema with an identity: the result of an action is then that table's row.

    Raises:
        DeclarationError: it is no object schema, or the name is not one word.
    """
    with Declaring():
        if schema.properties is None:
            raise DeclarationError(f"schema: an identity goes with an object schema, and this is {schema}")
        return check_schema(dataclasses.replace(schema, identity=Identity(identity_name)))
    return schema


def generate_schema(example: object) -> Schema:
    """Make the schema of values that look like an example; None stands for text.

    Raises:
        DeclarationError: the example has an empty list or something that is no JSON value.
    """
    if isinstance(example, bool):
        return make_schema(type=ValueType.BOOLEAN)
    if isinstance(example, int | float):
        return make_schema(type=ValueType.NUMBER)
    if example is None or isinstance(example, str):
        return make_schema(type=ValueType.STRING)
    if isinstance(example, list | tuple) and example:
        return make_schema(type=ValueType.ARRAY, items=generate_schema(example[0]))
    if isinstance(example, Mapping):
        return make_object_schema(properties={key: generate_schema(item) for key, item in example.items()})
    with Declaring():
        raise DeclarationError(f"schema: {example!r} is no example of what a schema describes")
    return Schema()


def get_effective_property_keys_from_schema(schema: Schema) -> list[str] | None:
    """List the keys that the properties of an object, or of an array's objects, are read from."""
    described = schema.items if schema.type is ValueType.ARRAY else schema
    if described is None or described.properties is None:
        return None
    return list(dict.fromkeys(one.from_key or name for name, one in described.properties.items()))


_LISTS: dict[str, type[Any]] = {
    "featured_properties": str,
    "subtitle_properties": PropertyIdentifierDetails,
    "attribution": AttributionNode,
}


def schema_of_fields(given: Mapping[str, Any]) -> Schema:
    """Make a schema of its fields, where records may be mappings still.

    Raises:
        DeclarationError: it contradicts itself, even where a listener hears of what is refused.
    """
    fields = dict(given)
    for name, value in given.items():
        if name in _LISTS:
            fields[name] = _list(_LISTS[name], value, name)
        elif name == "properties":
            fields[name] = _properties(value)
        elif name.endswith("_property"):
            fields[name] = _record(PropertyIdentifierDetails, value, name)
        elif name == "options" and isinstance(value, list | tuple):
            fields[name] = tuple(value)
        elif name == "identity":
            fields[name] = Identity(value) if isinstance(value, str) else _record(Identity, value, name)
        elif name == "index":
            fields[name] = _index(value)
    return check_schema(Schema(**fields))


_SHAPE = ("type", "required", "items", "properties")
_KEPT = (
    (*_SHAPE, "coda_type", "id_property", "display_property", "identity"),
    (*_SHAPE, "coda_type"),
    _SHAPE,
)
"""The fields that remain of a refused schema, as many as make sense together."""


def _what_makes_sense(fields: Mapping[str, Any]) -> Schema:
    """Return what remains of a refused schema, so that what is made of it is not refused for that."""
    for kept in _KEPT:
        with suppress(DeclarationError):
            return schema_of_fields({name: fields[name] for name in kept if name in fields})
    return Schema(type=next((one for one in ValueType if one == fields["type"]), None))


def _properties(value: object) -> Mapping[str, Schema]:
    if not isinstance(value, Mapping):
        raise DeclarationError(f"schema: properties must be a mapping of names to schemas, not {value!r}")
    return MappingProxyType(dict(value))


def _record(kind: type[Any], value: object, name: str) -> Any:
    """Make of a mapping the record that it spells out."""
    if not isinstance(value, Mapping):
        return value
    try:
        return kind(**value)
    except TypeError:
        fields = ", ".join(field.name for field in dataclasses.fields(kind))
        raise DeclarationError(f"schema: {name} {dict(value)!r} has not the fields {fields}") from None


def _list(kind: type[Any], value: object, name: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise DeclarationError(f"schema: {name} must be a list, not {value!r}")
    return tuple(value if kind is str else (_record(kind, one, name) for one in value))


def _index(value: object) -> object:
    made = _record(IndexDefinition, value, "index")
    if not isinstance(made, IndexDefinition):
        return made
    lists = {
        field.name: _list(PropertyIdentifierDetails, getattr(made, field.name), f"index {field.name}")
        for field in dataclasses.fields(made)
    }
    return IndexDefinition(**lists)
