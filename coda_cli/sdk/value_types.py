"""The types of values, the hints that say how a value is read and shown, and what goes with which.

The strings are the reference's own. What a whole schema may say is in ``schema_checks``.
"""

from __future__ import annotations

from enum import Enum, StrEnum


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


class CurrencyFormat(StrEnum):
    """How an amount of money is written."""

    CURRENCY = "currency"
    ACCOUNTING = "accounting"
    FINANCIAL = "financial"


class ScaleIconSet(StrEnum):
    """What a scale is drawn with."""

    STAR = "star"
    CIRCLE = "circle"
    FIRE = "fire"
    BUG = "bug"
    DIAMOND = "diamond"
    BELL = "bell"
    THUMBS_UP = "thumbsup"
    HEART = "heart"
    CHILI = "chili"
    SMILEY = "smiley"
    LIGHTNING = "lightning"
    CURRENCY = "currency"
    COFFEE = "coffee"
    PERSON = "person"
    BATTERY = "battery"
    COCKTAIL = "cocktail"
    CLOUD = "cloud"
    SUN = "sun"
    CHECKMARK = "checkmark"
    LIGHT_BULB = "lightbulb"


class EmailDisplayType(StrEnum):
    """How an email address is shown."""

    ICON_AND_EMAIL = "iconAndEmail"
    ICON_ONLY = "iconOnly"
    EMAIL_ONLY = "emailOnly"


class LinkDisplayType(StrEnum):
    """How a URL is shown."""

    ICON_ONLY = "iconOnly"
    URL = "url"
    TITLE = "title"
    CARD = "card"
    EMBED = "embed"


class ImageOutline(StrEnum):
    """Whether an image has an outline."""

    DISABLED = "disabled"
    SOLID = "solid"


class ImageCornerStyle(StrEnum):
    """The corners of an image."""

    ROUNDED = "rounded"
    SQUARE = "square"


class ImageShapeStyle(StrEnum):
    """The shape of an image."""

    AUTO = "auto"
    CIRCLE = "circle"


class DurationUnit(StrEnum):
    """The largest unit that a duration is shown in."""

    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"
    SECONDS = "seconds"


class OptionsType(StrEnum):
    """Where the options of a select list come from, if they are not listed."""

    DYNAMIC = "__coda_dynamic__"


class AttributionNodeType(Enum):
    """What one part of an attribution is."""

    TEXT = 1
    LINK = 2
    IMAGE = 3


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
