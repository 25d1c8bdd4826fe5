"""What a parameter is: its type, its name, whether it may be left out.

Owns the table from annotations to parameter types. Reading values from the command line is the
runtime's.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from inspect import Parameter as SignatureParameter
from typing import Annotated, Any, NewType, Union

from coda_cli.errors import DeclarationError
from coda_cli.sdk.autocomplete import Autocomplete, checked_autocomplete
from coda_cli.sdk.declarations import Declaring
from coda_cli.sdk.declared_values import check_text

Class = type[Any]

Html = NewType("Html", str)
Markdown = NewType("Markdown", str)
Email = NewType("Email", str)
Image = NewType("Image", str)
File = NewType("File", str)


class ParameterType(StrEnum):
    """The types that a parameter can have; the values are the reference's own strings."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    HTML = "html"
    IMAGE = "image"
    FILE = "file"
    MARKDOWN = "markdown"
    EMAIL = "email"
    STRING_ARRAY = "stringArray"
    SPARSE_STRING_ARRAY = "sparseStringArray"
    NUMBER_ARRAY = "numberArray"
    SPARSE_NUMBER_ARRAY = "sparseNumberArray"
    BOOLEAN_ARRAY = "booleanArray"
    SPARSE_BOOLEAN_ARRAY = "sparseBooleanArray"
    EMAIL_ARRAY = "emailArray"
    SPARSE_EMAIL_ARRAY = "sparseEmailArray"
    DATE_ARRAY = "dateArray"
    SPARSE_DATE_ARRAY = "sparseDateArray"
    HTML_ARRAY = "htmlArray`"  # the backquote is the reference's
    SPARSE_HTML_ARRAY = "sparseHtmlArray"
    IMAGE_ARRAY = "imageArray"
    SPARSE_IMAGE_ARRAY = "sparseImageArray"
    FILE_ARRAY = "fileArray"
    SPARSE_FILE_ARRAY = "sparseFileArray"
    MARKDOWN_ARRAY = "markdownArray`"  # as above
    SPARSE_MARKDOWN_ARRAY = "sparseMarkdownArray"

    @property
    def is_array(self) -> bool:
        """Whether the value is a list."""
        return self.name.endswith("_ARRAY")

    @property
    def is_sparse(self) -> bool:
        """Whether items of the list that cannot be read become None."""
        return self.name.startswith("SPARSE_")

    @property
    def item(self) -> ParameterType:
        """The type of the list's items; of a scalar, itself."""
        return ParameterType[self.name.removeprefix("SPARSE_").removesuffix("_ARRAY")]

    def array(self, *, sparse: bool = False) -> ParameterType:
        """Return the type of a list of this."""
        return ParameterType[f"{'SPARSE_' if sparse else ''}{self.name}_ARRAY"]

    def __str__(self) -> str:
        """What a person reads: ``number``, ``list of string``, ``list of date or nothing``."""
        name = self.item.name.lower()
        return f"list of {name}{' or nothing' if self.is_sparse else ''}" if self.is_array else name


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a formula.

    In ``Annotated[T, Parameter(...)]`` the type and whether it is optional come from the signature, and
    the name too unless it is given. ``default`` is what the function gets where it is left out.
    ``python_type`` is the number or date class that the annotation asks for; None passes an ``int``
    where a number is whole, and dates as ``datetime``. ``autocomplete`` is a list of texts, of numbers or of
    ``{"display": …, "value": …}``, or ``fn(context, search, parameters)`` that gives one.
    """

    description: str = ""
    name: str = ""
    type: ParameterType = ParameterType.STRING
    optional: bool = False
    default: object = None
    python_type: Class | None = None
    autocomplete: Autocomplete | Sequence[Any] | None = field(default=None, hash=False)


def make_parameter(
    *,
    type: ParameterType,
    name: str,
    description: str = "",
    optional: bool = False,
    autocomplete: Sequence[Any] | Callable[..., Any] | None = None,
) -> Parameter:
    """Spell out one parameter for ``Pack.add_formula``; ``Parameter`` says what an autocomplete is.

    Raises:
        DeclarationError: the type is no ``ParameterType``, the name is not one word, the description no text,
            or the autocomplete gives no values of this type.
    """
    with Declaring():
        if not isinstance(type, ParameterType):
            raise DeclarationError(f"parameter {name!r}: type {type!r} is not a member of sdk.ParameterType")
        check_parameter_name(name)
        made = Parameter(description=description, name=name, type=type, optional=optional)
        return checked_parameter(replace(made, autocomplete=autocomplete))
    makes_sense = re.sub(r"\W", "_", str(name)) or "_"
    known = next((one for one in ParameterType if one == type), ParameterType.STRING)
    return Parameter(description=str(description), name=makes_sense, type=known, optional=optional)


_AUTOCOMPLETED = (
    ParameterType.STRING,
    ParameterType.NUMBER,
    ParameterType.STRING_ARRAY,
    ParameterType.SPARSE_STRING_ARRAY,
)
"""The types for which the platform suggests values."""


def checked_parameter(parameter: Parameter) -> Parameter:
    """Return a parameter whose description is text, and whose autocomplete has one form.

    Raises:
        DeclarationError: they are not what they must be.
    """
    place = f"parameter {parameter.name}"
    check_text(parameter.description, f"{place}: its description")
    if parameter.autocomplete is None:
        return parameter
    if parameter.type not in _AUTOCOMPLETED:
        raise DeclarationError(
            f"{place}: autocomplete does not go with the type {parameter.type}",
            f"It goes with {', '.join(map(str, _AUTOCOMPLETED[:3]))}.",
        )
    of_numbers = parameter.type is ParameterType.NUMBER
    try:
        return replace(
            parameter, autocomplete=checked_autocomplete(parameter.autocomplete, of_numbers=of_numbers)
        )
    except DeclarationError as error:
        raise DeclarationError(f"{place}: {error.message}", *error.details) from None


def check_parameter_name(name: object) -> None:
    """Refuse names that ``--param NAME=VALUE`` could not take."""
    if not isinstance(name, str) or not re.fullmatch(r"\w+", name):
        raise DeclarationError(f"parameter name {name!r} is not one word of letters, digits and underscores")


_SCALARS: dict[object, tuple[ParameterType, Class | None]] = {
    SignatureParameter.empty: (ParameterType.STRING, None),
    str: (ParameterType.STRING, None),
    int: (ParameterType.NUMBER, int),
    float: (ParameterType.NUMBER, float),
    bool: (ParameterType.BOOLEAN, None),
    datetime: (ParameterType.DATE, datetime),
    date: (ParameterType.DATE, date),
    Html: (ParameterType.HTML, None),
    Markdown: (ParameterType.MARKDOWN, None),
    Email: (ParameterType.EMAIL, None),
    Image: (ParameterType.IMAGE, None),
    File: (ParameterType.FILE, None),
}


def parameter_of(name: str, annotation: Any, default: object, *, vararg: bool = False) -> Parameter:
    """Read one parameter from a function's signature.

    Raises:
        DeclarationError: the annotation is none of the types that a parameter can have.
    """
    described, annotation = _described(annotation)
    annotation, nullable = without_none(annotation)
    if nullable and described == Parameter():  # Annotated[T, "text"] | None
        described, annotation = _described(annotation)
    found = type_of(annotation)
    if found is None:
        raise DeclarationError(
            f"parameter {name}: {name_of(annotation)} is not a type that a parameter can have",
            "Use str, int, float, bool, datetime, date, sdk.Html, sdk.Markdown, sdk.Email, sdk.Image, "
            "sdk.File, a list of one of them, or one of them `| None`.",
        )
    type_, python_type = found
    if described.type is not ParameterType.STRING and described.type is not type_:
        raise DeclarationError(
            f"parameter {name}: the annotation says {type_}, its sdk.Parameter says {described.type}"
        )
    check_parameter_name(described.name or name)
    has_default = default is not SignatureParameter.empty
    if has_default and not (nullable and default is None) and not _is_default(default, type_, annotation):
        raise DeclarationError(
            f"parameter {name}: its default {default!r} is not of type {name_of(annotation)}",
            *(["Write `| None` behind the type if it may be None."] if default is None else []),
        )
    return checked_parameter(
        replace(
            described,
            name=described.name or name,
            type=type_,
            optional=(has_default or nullable) and not vararg,
            default=default if has_default else None,
            python_type=python_type,
        )
    )


def _is_default(default: object, type_: ParameterType, annotation: Any) -> bool:
    if annotation is SignatureParameter.empty:
        return True
    if type_.is_array:
        return isinstance(default, list | tuple)
    expected: Any = {float: (int, float)}.get(annotation, annotation)
    if isinstance(annotation, NewType):
        expected = str
    is_other_kind = isinstance(default, bool) and annotation is not bool  # True is an int in Python
    return isinstance(default, expected) and not is_other_kind


def _described(annotation: Any) -> tuple[Parameter, Any]:
    """Take the description off ``Annotated[T, "text"]`` or ``Annotated[T, Parameter(...)]``."""
    if typing.get_origin(annotation) is not Annotated:
        return Parameter(), annotation
    bare, *notes = typing.get_args(annotation)
    for note in notes:
        if isinstance(note, Parameter):
            return note, bare
        if isinstance(note, str):
            return Parameter(description=note), bare
    return Parameter(), bare


def without_none(annotation: Any) -> tuple[Any, bool]:
    """Take ``| None`` off an annotation, and tell whether it was there."""
    if typing.get_origin(annotation) not in (Union, types.UnionType):
        return annotation, False
    members = typing.get_args(annotation)
    others = [member for member in members if member is not types.NoneType]
    if len(others) == 1 and len(members) > 1:
        return others[0], True
    return annotation, False


def type_of(annotation: Any) -> tuple[ParameterType, Class | None] | None:
    """Return the parameter type of an annotation, and the Python class it asks for; None if it has none."""
    try:
        if annotation in _SCALARS:
            return _SCALARS[annotation]
    except TypeError:  # unhashable, so no type of ours
        return None
    if typing.get_origin(annotation) not in (list, Sequence) or not typing.get_args(annotation):
        return None
    (item,) = typing.get_args(annotation)
    item, sparse = without_none(_described(item)[1])
    found = _SCALARS.get(item) if isinstance(item, type | NewType) else None
    return None if found is None else (found[0].array(sparse=sparse), found[1])


def name_of(annotation: Any) -> str:
    """Name a type as a pack's author wrote it."""
    if isinstance(annotation, type) and not typing.get_args(annotation):
        return annotation.__qualname__
    return str(annotation).removeprefix("typing.")
