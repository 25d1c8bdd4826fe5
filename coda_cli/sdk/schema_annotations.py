"""Schemas from Python types: scalars, lists, dataclasses, TypedDicts, with hints and texts in ``Annotated``.

Owns the table from annotations to schemas, and what ``@sdk.schema`` says about a class.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import MISSING
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, NotRequired, Required, TypeVar

from coda_cli.errors import DeclarationError
from coda_cli.sdk.declarations import Declaring, Gathering
from coda_cli.sdk.parameters import Class, Email, File, Html, Image, Markdown, name_of, without_none
from coda_cli.sdk.schemas import Schema
from coda_cli.sdk.value_types import ValueHintType, ValueType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coda_cli.sdk.schema_parts import AttributionNode, Identity, IndexDefinition, PropertyIdentifier

Decorated = TypeVar("Decorated", bound=Class)

_SAID = "__coda_schema__"
"""The attribute of a class that holds what ``@sdk.schema`` says about it; None where that was refused."""

_SCALARS: dict[object, Schema] = {
    str: Schema(type=ValueType.STRING),
    int: Schema(type=ValueType.NUMBER, python_type=int),
    float: Schema(type=ValueType.NUMBER),
    bool: Schema(type=ValueType.BOOLEAN),
    datetime: Schema(type=ValueType.STRING, coda_type=ValueHintType.DATE_TIME, python_type=datetime),
    date: Schema(type=ValueType.STRING, coda_type=ValueHintType.DATE, python_type=date),
    Html: Schema(type=ValueType.STRING, coda_type=ValueHintType.HTML),
    Markdown: Schema(type=ValueType.STRING, coda_type=ValueHintType.MARKDOWN),
    Email: Schema(type=ValueType.STRING, coda_type=ValueHintType.EMAIL),
    Image: Schema(type=ValueType.STRING, coda_type=ValueHintType.IMAGE_REFERENCE),
    File: Schema(type=ValueType.STRING, coda_type=ValueHintType.ATTACHMENT),
    dict: Schema(type=ValueType.OBJECT),
    Mapping: Schema(type=ValueType.OBJECT),
    list: Schema(type=ValueType.ARRAY),
    Sequence: Schema(type=ValueType.ARRAY),
    Any: Schema(),
    object: Schema(),
    None: Schema(nullable=True),
    types.NoneType: Schema(nullable=True),
}


def schema(
    *,
    id: str | None = None,
    display: str | None = None,
    featured: Sequence[str] = (),
    description: str = "",
    coda_type: ValueHintType | None = None,
    identity: Identity | Mapping[str, Any] | str | None = None,
    attribution: Sequence[AttributionNode | Mapping[str, Any]] = (),
    include_unknown_properties: bool = False,
    title: PropertyIdentifier | Mapping[str, Any] | None = None,
    link: PropertyIdentifier | Mapping[str, Any] | None = None,
    subtitle: Sequence[PropertyIdentifier | Mapping[str, Any]] = (),
    snippet: PropertyIdentifier | Mapping[str, Any] | None = None,
    image: PropertyIdentifier | Mapping[str, Any] | None = None,
    created_at: PropertyIdentifier | Mapping[str, Any] | None = None,
    created_by: PropertyIdentifier | Mapping[str, Any] | None = None,
    modified_at: PropertyIdentifier | Mapping[str, Any] | None = None,
    modified_by: PropertyIdentifier | Mapping[str, Any] | None = None,
    user_email: PropertyIdentifier | Mapping[str, Any] | None = None,
    index: IndexDefinition | Mapping[str, Any] | None = None,
) -> Callable[[Decorated], Decorated]:
    """Say of a dataclass or ``TypedDict`` what ``make_object_schema`` says of its properties.

    The arguments are those of ``make_object_schema`` without ``_property`` and ``_properties``: ``id`` is
    ``id_property``, ``featured`` is ``featured_properties``. It stands above ``@dataclass``.

    Raises:
        DeclarationError: the class is neither, or the schema of the class contradicts itself.
    """
    given = dict(locals())
    said = {_LONG_NAMES.get(name, name): value for name, value in given.items()}

    def decorate(cls: Decorated) -> Decorated:
        with Declaring():
            if not _is_object_class(cls):
                raise DeclarationError(
                    f"schema: {name_of(cls)} is no dataclass and no TypedDict",
                    "Write @sdk.schema(...) above @dataclass, since the lower one is applied first.",
                )
            setattr(cls, _SAID, said)
            with suppress(
                NameError
            ):  # a class that is defined further down: looked at where this one is used
                _read(cls, name_of(cls), ())
            return cls
        if _is_object_class(cls):
            setattr(cls, _SAID, None)  # refused once, and not again wherever it is used
        return cls

    return decorate


_LONG_NAMES = {
    **{name: f"{name}_property" for name in ("id", "display", "title", "link", "snippet", "image")},
    **{name: f"{name}_property" for name in ("created_at", "created_by", "modified_at", "modified_by")},
    "user_email": "user_email_property",
    "featured": "featured_properties",
    "subtitle": "subtitle_properties",
}


def declared_schema(declared: object, place: str = "schema") -> Schema:
    """Return what is given as ``schema=``: a schema, or a Python type that is read as one.

    Raises:
        DeclarationError: it is neither.
    """
    return declared if isinstance(declared, Schema) else schema_of(declared, place)


def schema_of(annotation: Any, place: str = "result") -> Schema:
    """Read the schema of a Python type, such as a return annotation; ``place`` is what messages call it.

    Raises:
        DeclarationError: no schema has this type, it contradicts itself or holds itself.
    """
    try:
        return _read(annotation, place, ())
    except NameError as error:
        raise DeclarationError(
            f"{place}: {error}", "Define or import the name above the formula, not in a function."
        ) from None
    except (AttributeError, TypeError, SyntaxError) as error:
        raise DeclarationError(f"{place}: {error}") from None


def _read(annotation: Any, place: str, inside: tuple[Class, ...]) -> Schema:
    """Read a type inside the classes whose properties are being read, from the outermost on.

    An annotation that names what is not there raises what Python raises.
    """
    written = _unwrapped(annotation)
    found = _bare_schema(written.bare, place, inside)
    if found is None:
        raise DeclarationError(
            f"{place}: {name_of(written.bare)} is not a type that a result can have",
            "Use str, int, float, bool, datetime, date, a list, dict, dataclass or TypedDict, "
            "one of them `| None`, or no annotation for any JSON value.",
        )
    for note in written.notes:
        with _placed(place):
            found = _noted(found, note)
    return dataclasses.replace(found, nullable=True) if written.nullable else found


@dataclasses.dataclass(frozen=True, slots=True)
class _Annotation:
    """An annotation, taken apart. ``required`` is what ``Required`` and ``NotRequired`` say."""

    bare: Any
    notes: tuple[object, ...] = ()
    nullable: bool = False
    required: bool | None = None


def _unwrapped(annotation: Any) -> _Annotation:
    notes: list[object] = []
    nullable, required = False, None
    while True:
        origin = typing.get_origin(annotation)
        bare, has_none = without_none(annotation)
        if origin is Annotated:
            bare, *more = typing.get_args(annotation)
            notes += more
        elif origin in (Required, NotRequired):
            (bare,) = typing.get_args(annotation)
            required = origin is Required
        elif not has_none:
            return _Annotation(annotation, tuple(notes), nullable, required)
        nullable = nullable or has_none
        annotation = bare


def _bare_schema(bare: Any, place: str, inside: tuple[Class, ...]) -> Schema | None:
    origin = typing.get_origin(bare)
    if origin in (list, Sequence):
        items = [_read(item, place, inside) for item in typing.get_args(bare)]
        return Schema(type=ValueType.ARRAY, items=items[0] if items else None)
    if origin in (dict, Mapping):
        return Schema(type=ValueType.OBJECT)
    if _is_object_class(bare):
        return _object_schema(bare, place, inside)
    try:
        return _SCALARS.get(bare)
    except TypeError:  # unhashable, so no type of ours
        return None


def _is_object_class(bare: Any) -> bool:
    return isinstance(bare, type) and (dataclasses.is_dataclass(bare) or typing.is_typeddict(bare))


def _object_schema(cls: Class, place: str, inside: tuple[Class, ...]) -> Schema:
    if cls in inside:
        raise DeclarationError(
            f"{place}: {name_of(cls)} holds itself, and a schema cannot",
            "Give the property the type dict, which is an object of any keys.",
        )
    said = getattr(cls, _SAID, {})
    if said is None:
        return Schema(type=ValueType.OBJECT)
    hints = typing.get_type_hints(cls, include_extras=True)
    properties = {}
    gathering = Gathering()
    for name, required in _keys(cls):
        with gathering:
            below = _below(place, name)
            properties[name] = _property(hints[name], below, (*inside, cls), required=required)
    gathering.end()
    from coda_cli.sdk.schema_declarations import schema_of_fields

    with _placed(place):
        return schema_of_fields({"type": ValueType.OBJECT, "properties": properties, **said})


def _keys(cls: Class) -> Iterator[tuple[str, bool]]:
    """Yield the names of a class's properties, and whether an object can do without."""
    if not dataclasses.is_dataclass(cls):
        yield from ((name, name in cls.__required_keys__) for name in cls.__annotations__)
        return
    for field in dataclasses.fields(cls):
        has_default = field.default is not MISSING or field.default_factory is not MISSING
        yield field.name, not has_default


def _property(annotation: Any, place: str, inside: tuple[Class, ...], *, required: bool) -> Schema:
    """Read the schema of a property: one that may be None need not be there, and the other way round."""
    found = _read(annotation, place, inside)
    said = _unwrapped(annotation).required
    is_required = (required if said is None else said) and not found.nullable and found.type is not None
    return dataclasses.replace(found, required=found.required or is_required, nullable=False)


def _noted(found: Schema, note: object) -> Schema:
    """Add what one note of ``Annotated`` says; notes for others are left alone."""
    if isinstance(note, str) and not isinstance(note, ValueHintType):
        return dataclasses.replace(found, description=note)
    if isinstance(note, ValueHintType):
        if found.type is None:
            raise DeclarationError(f"the hint {note} needs a type that it goes with")
        from coda_cli.sdk.schema_checks import check_schema

        return check_schema(dataclasses.replace(found, coda_type=note))
    if not isinstance(note, Schema):
        return found
    if found.type not in (note.type, None):
        raise DeclarationError(f"the annotation says {found}, its schema says {note}")
    description = note.description or found.description
    return dataclasses.replace(note, python_type=found.python_type, description=description)


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if ", property " in place else f"{place}, property {name}"


@contextmanager
def _placed(place: str) -> Iterator[None]:
    """Let errors of a schema say where it stands."""
    try:
        yield
    except DeclarationError as error:
        raise error.placed(f"{place}: ", instead_of="schema: ") from None
