"""What the hints ask of a text or a number: the shape of a URL, an email, a date, the bounds of a slider.

Text that is empty passes, as in the reference: it is a blank.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from coda_cli.sdk.context import TemporaryUrl
from coda_cli.sdk.value_types import ValueHintType

if TYPE_CHECKING:
    from coda_cli.sdk.schemas import Schema

TextFormat = tuple[Callable[[str], object], str]
"""Whether a text is of a format, as a true or false value, and the format in words."""

NumberFormat = tuple[Callable[[float], bool], str]

_URL = re.compile(r"https://[^\s/?#]|data:", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@<>,;]+@(?:[\w-]+\.)+[\w-]{2,}")


def _is_url(text: str) -> bool:
    """Tell whether it leads to what a document may show: the web's, its own data, or what this run stored."""
    return isinstance(text, TemporaryUrl) or _URL.match(text) is not None


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return _is_date_of_a_header(text)
    return True


def _is_date_of_a_header(text: str) -> bool:
    from email.utils import parsedate_to_datetime

    try:
        parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return False
    return True


_AS_URL: TextFormat = (_is_url, "an https: or data: URL")
_AS_DATE: TextFormat = (_is_date, "a date in ISO 8601, such as 2026-01-31T12:00:00Z")

EMAIL_FORMAT: TextFormat = (_EMAIL.fullmatch, "an email address")

_TEXT_FORMATS: dict[ValueHintType | None, TextFormat] = {
    ValueHintType.URL: _AS_URL,
    ValueHintType.IMAGE_REFERENCE: _AS_URL,
    ValueHintType.IMAGE_ATTACHMENT: _AS_URL,
    ValueHintType.EMBED: _AS_URL,
    ValueHintType.ATTACHMENT: _AS_URL,
    ValueHintType.EMAIL: EMAIL_FORMAT,
    ValueHintType.DATE: _AS_DATE,
    ValueHintType.DATE_TIME: _AS_DATE,
}


def text_format(schema: Schema) -> TextFormat | None:
    """Return the format that the schema's hint asks of a text; None if any text will do."""
    return _TEXT_FORMATS.get(schema.coda_type)


def number_format(schema: Schema) -> NumberFormat | None:
    """Return what the schema's hint asks of a number; None if any number will do.

    A bound that is a formula cannot be worked out here, and is not looked at.
    """
    if schema.coda_type not in (ValueHintType.SLIDER, ValueHintType.PROGRESS_BAR, ValueHintType.SCALE):
        return None
    minimum = 0 if schema.minimum is None else schema.minimum
    least = float("-inf") if isinstance(minimum, str) else minimum
    most = float("inf") if schema.maximum is None or isinstance(schema.maximum, str) else schema.maximum
    words = (
        f"{'' if least == float('-inf') else f' from {least}'}{'' if most == float('inf') else f' to {most}'}"
    )
    if schema.coda_type is ValueHintType.SCALE:
        return (lambda value: least <= value <= most and value % 1 == 0), f"a whole number{words}"
    return (lambda value: least <= value <= most), f"a number{words}"
