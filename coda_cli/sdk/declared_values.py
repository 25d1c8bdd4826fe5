"""What a single value of a declaration must be: text, a list, a function. Each check names the value.

It knows no declaration: whoever makes one says what the value is called.
"""

from __future__ import annotations

import inspect
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


def check_call(value: object, what: str, given: Sequence[str]) -> None:
    """Refuse what is no function, or could not be called with the context and what is given.

    A surplus argument is an error in Python, where JavaScript drops it: it is told where it was written, and
    not when the function is first run.

    Raises:
        DeclarationError: it is none, it is async, or its parameters are others.
    """
    check_function(value, what)
    if inspect.iscoroutinefunction(value) or inspect.isasyncgenfunction(value):
        raise DeclarationError(f"{what} is an async function", "Write it with a plain `def`.")
    try:
        inspect.signature(value).bind(None, *given)  # type: ignore[arg-type]  # it can be called
    except ValueError:  # some functions written in C do not say
        return
    except TypeError as error:
        words = ", ".join(["the context", *given])
        raise DeclarationError(f"{what} cannot be called with {words}: {error}") from None


def checked_list(value: object, what: str) -> tuple[Any, ...]:
    """Return the items of a list or tuple.

    Raises:
        DeclarationError: it is neither: text, which is a sequence too, is no list of letters.
    """
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise DeclarationError(f"{what} must be a list, not {value!r}")
    return tuple(value)
