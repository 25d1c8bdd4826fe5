"""The types of values, the hints that say how a value is read and shown, and what goes with which.

The strings are the reference's own. What a whole schema may say is in ``schema_checks``.
"""

from __future__ import annotations

from enum import StrEnum


class ValueType(StrEnum):
    """The types that a value can have."""

    BOOLEAN = "boolean"
    NUMBER = "number"
    STRING = "string"
    ARRAY = "array"
    OBJECT = "object"


class ValueHintType(StrEnum):
    """How a value of one of those types is to be read and shown."""

    DATE = "date"
    TIME = "time"
    DATE_TIME = "datetime"
    DURATION = "duration"
    EMAIL = "email"
    PERSON = "person"
    PERCENT = "percent"
    CURRENCY = "currency"
    IMAGE_REFERENCE = "image"
    IMAGE_ATTACHMENT = "imageAttachment"
    URL = "url"
    MARKDOWN = "markdown"
    HTML = "html"
    EMBED = "embed"
    REFERENCE = "reference"
    ATTACHMENT = "attachment"
    SLIDER = "slider"
    SCALE = "scale"
    PROGRESS_BAR = "progressBar"
    TOGGLE = "toggle"
    SELECT_LIST = "selectList"


_H = ValueHintType
_NUMERIC = ("precision", "use_thousands_separator")
_BAR = ("minimum", "maximum", "step", "show_value")
_IMAGE = ("image_outline", "image_corner_style", "image_shape_style", "width", "height")
_OPTIONS = ("options", "require_for_updates")

_DATES: dict[ValueHintType | None, tuple[str, ...]] = {
    _H.DATE: ("format",),
    _H.TIME: ("format",),
    _H.DATE_TIME: ("date_format", "time_format"),
    _H.DURATION: ("precision", "max_unit"),
}

HINTS: dict[ValueType, dict[ValueHintType | None, tuple[str, ...]]] = {
    ValueType.BOOLEAN: {None: (), _H.TOGGLE: ()},
    ValueType.NUMBER: {
        None: _NUMERIC,
        _H.PERCENT: _NUMERIC,
        _H.CURRENCY: ("precision", "currency_code", "format"),
        _H.SLIDER: _BAR,
        _H.PROGRESS_BAR: _BAR,
        _H.SCALE: ("maximum", "icon"),
        **_DATES,
    },
    ValueType.STRING: {
        None: (),
        _H.ATTACHMENT: (),
        _H.EMAIL: ("display",),
        _H.EMBED: ("force",),
        _H.HTML: (),
        _H.IMAGE_REFERENCE: _IMAGE,
        _H.IMAGE_ATTACHMENT: _IMAGE,
        _H.MARKDOWN: (),
        _H.SELECT_LIST: (*_OPTIONS, "allow_new_values"),
        _H.URL: ("display", "force"),
        **_DATES,
    },
    ValueType.ARRAY: {None: ("items",)},
    ValueType.OBJECT: {None: (), _H.PERSON: (), _H.REFERENCE: _OPTIONS, _H.SELECT_LIST: _OPTIONS},
}
"""For each type the hints that go with it, and for each of those the fields that a schema may then have."""

RENDERING_FIELDS = frozenset(
    field for hints in HINTS.values() for fields in hints.values() for field in fields
)
"""All fields of which the type and the hint decide whether a schema may have them."""
