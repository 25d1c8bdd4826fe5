"""How values are shown: what a schema's fields beside its type and hint may be.

The strings are the reference's own. Which goes with which hint is in ``value_types``.
"""

from __future__ import annotations

from enum import Enum, StrEnum


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
