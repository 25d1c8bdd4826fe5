"""What a schema says of its own properties: which is the id, which one a card shows where.

Owns how a property is named (also by a path, ``owner.email``) and which kind each place needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coda_cli.errors import DeclarationError
from coda_cli.sdk.declarations import Gathering
from coda_cli.sdk.schema_parts import IndexDefinition, PropertyIdentifierDetails
from coda_cli.sdk.value_types import ValueHintType, ValueType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from coda_cli.sdk.schemas import Schema

Kind = tuple["Callable[[Schema], bool]", str]
"""Whether a property is of the kind that a place needs, and the kind in words."""


def check_references(schema: Schema, properties: Mapping[str, Schema]) -> None:
    """Refuse an object schema that refers to a property which is not there, or of another kind.

    Raises:
        DeclarationError: it does; the message names the reference.
    """
    gathering = Gathering()
    for place, own in _own_properties(schema):
        with gathering:
            if not isinstance(own, str) or own not in properties:
                raise DeclarationError(f"schema: {place} {own!r} is not one of {_among(properties)}")
    for place, identifier, (is_right, wanted) in _identifiers(schema):
        with gathering:
            name = identifier.property if isinstance(identifier, PropertyIdentifierDetails) else identifier
            found = _at(name, properties) if isinstance(name, str) else None
            if found is None:
                raise DeclarationError(f"schema: {place} {name!r} is not one of {_among(properties)}")
            if not is_right(found):
                raise DeclarationError(f"schema: {place} {name!r} must be {wanted}, and it is {found}")
    gathering.end()
    if schema.coda_type in (ValueHintType.PERSON, ValueHintType.REFERENCE):
        _check_person_or_reference(schema, properties)


def _own_properties(schema: Schema) -> Iterator[tuple[str, object]]:
    if schema.id_property is not None:
        yield "id_property", schema.id_property
    if schema.display_property is not None:
        yield "display_property", schema.display_property
    for name in schema.featured_properties:
        yield "featured_properties", name


def _identifiers(schema: Schema) -> Iterator[tuple[str, object, Kind]]:
    for place, kind in _KINDS.items():
        given = getattr(schema, place)
        for identifier in given if isinstance(given, tuple) else () if given is None else (given,):
            yield place, identifier, kind
    if schema.index is not None:
        if not isinstance(schema.index, IndexDefinition):
            raise DeclarationError(f"schema: index {schema.index!r} is no sdk.IndexDefinition")
        for place, kind in _INDEX_KINDS.items():
            for identifier in getattr(schema.index, place):
                yield f"index {place}", identifier, kind


def _at(path: str, properties: Mapping[str, Schema]) -> Schema | None:
    """Find a property by its name, or by a path such as ``owner.email`` or ``tags[0].name``."""
    if path in properties:
        return properties[path]
    first, _, rest = path.partition(".")
    found = properties.get(first.partition("[")[0])
    for _index in range(first.count("[")):
        found = found.items if found is not None else None
    if found is None or not rest:
        return found
    return _at(rest, found.properties or {})


def _check_person_or_reference(schema: Schema, properties: Mapping[str, Schema]) -> None:
    needed = {"id_property": schema.id_property}
    if schema.coda_type is ValueHintType.REFERENCE:
        needed["display_property"] = schema.display_property
        if schema.identity is None:
            raise DeclarationError("schema: a reference needs an identity, that of the table it refers to")
    for place, name in needed.items():
        if name is None:
            raise DeclarationError(f"schema: a {schema.coda_type} needs the field {place}")
        if not properties[name].required:
            raise DeclarationError(f"schema: the {place} {name!r} of a {schema.coda_type} must be required")
    email = properties[schema.id_property or ""]
    if schema.coda_type is ValueHintType.PERSON and email.type is not ValueType.STRING:
        raise DeclarationError(
            f"schema: the id of a person is an email address, and {schema.id_property!r} is {email}"
        )


def _among(properties: Mapping[str, Schema]) -> str:
    return f"its properties ({', '.join(map(str, properties)) or 'it has none'})"


def _is_of(*types: ValueType) -> Callable[[Schema], bool]:
    return lambda schema: schema.type in types


def _is_hinted(*hints: ValueHintType) -> Callable[[Schema], bool]:
    return lambda schema: schema.coda_type in hints


def _is_text_or_texts(schema: Schema) -> bool:
    of = schema.items if schema.type is ValueType.ARRAY and schema.items is not None else schema
    return of.type is ValueType.STRING


def _is_no_picture(schema: Schema) -> bool:
    return schema.coda_type not in _PICTURES


def _is_filterable(schema: Schema) -> bool:
    of = schema.items if schema.type is ValueType.ARRAY and schema.items is not None else schema
    is_user = of.coda_type is ValueHintType.PERSON or of.user_email_property is not None
    return is_user or of.type in (ValueType.NUMBER, ValueType.STRING, ValueType.BOOLEAN)


_PICTURES = (
    *(ValueHintType.IMAGE_REFERENCE, ValueHintType.IMAGE_ATTACHMENT),
    *(ValueHintType.ATTACHMENT, ValueHintType.EMBED, ValueHintType.SCALE),
)
_MOMENT: Kind = (_is_hinted(ValueHintType.DATE, ValueHintType.DATE_TIME), "a date or datetime")
_SOMEBODY: Kind = (_is_hinted(ValueHintType.PERSON, ValueHintType.EMAIL), "a person or an email")
_SEARCHED: Kind = (_is_text_or_texts, "a string or an array of strings")

_KINDS: dict[str, Kind] = {
    "title_property": (_is_of(ValueType.STRING, ValueType.OBJECT), "a string or an object"),
    "link_property": (_is_hinted(ValueHintType.URL), "a url"),
    "subtitle_properties": (_is_no_picture, "no image, attachment, embed or scale"),
    "snippet_property": _SEARCHED,
    "image_property": (_is_hinted(*_PICTURES[:2]), "an image"),
    "created_at_property": _MOMENT,
    "created_by_property": _SOMEBODY,
    "modified_at_property": _MOMENT,
    "modified_by_property": _SOMEBODY,
    "user_email_property": _SOMEBODY,
}

_INDEX_KINDS: dict[str, Kind] = {
    "properties": _SEARCHED,
    "context_properties": ((lambda schema: schema is not None), "a property"),
    "filterable_properties": (_is_filterable, "a boolean, number, string, person or array of them"),
}
