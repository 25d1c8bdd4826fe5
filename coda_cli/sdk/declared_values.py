"""What a single value of a declaration must be: text, a list, a function. Each check names the value.

It knows no declaration: whoever makes one says what the value is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coda_cli.errors import DeclarationError


def check_text(value: object, what: str, *, filled: bool = False) -> None:
    """Refuse a value that is no text, or is empty where ``filled``.

    Raises:
        DeclarationError: it is.
    """
    if not isinstance(value, str):
        raise DeclarationError(f"{what} {value!r} is not text")
    if filled and not value.strip():
        raise DeclarationError(f"{what} is empty")


def check_function(value: object, what: str) -> None:
    """Refuse a value that cannot be called.

    Raises:
        DeclarationError: it cannot.
    """
    if not callable(value):
        raise DeclarationError(f"{what} is no function but {value!r}")


def checked_list(value: object, what: str) -> tuple[Any, ...]:
    """Return the items of a list or tuple.

    Raises:
        DeclarationError: it is neither: text, which is a sequence too, is no list of letters.
    """
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise DeclarationError(f"{what} must be a list, not {value!r}")
    return tuple(value)
