"""What becomes of a declaration that makes no sense: it fails where it is made, or a listener hears of it.

Owns the one place where hearing of a failure takes the place of failing, and how the contradictions of one
declaration are kept together. It knows neither what is declared nor in which file.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, Protocol

from coda_cli.errors import DeclarationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType


Arguments = ParamSpec("Arguments")


class Kind(StrEnum):
    """What is declared, as far as another declaration can lack it."""

    AUTHENTICATION = "authentication"
    FORMULA = "formula"
    OTHER = "other"


class Listener(Protocol):
    """Hears of declarations while a pack is loaded, each at the moment in which it is made."""

    def accepted(self, owner: object, declared: object) -> None:
        """Hear of what a pack, the owner, took in."""
        ...

    def refused(self, error: DeclarationError, kind: Kind) -> None:
        """Hear of what would have failed; the pack goes on without it."""
        ...


_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Let a listener hear of everything that is declared inside, so that no declaration fails."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def accept(owner: object, declared: object) -> None:
    """Say that a pack took something in."""
    listener = _LISTENER.get()
    if listener is not None:
        listener.accepted(owner, declared)


class Declaring:
    """The body of what declares something: it fails, or ends there if a listener hears of it."""

    def __init__(self, kind: Kind = Kind.OTHER) -> None:
        self._kind = kind

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        """Hand an error over, if there is somebody who hears of it."""
        listener = _LISTENER.get()
        if listener is None or not isinstance(error, DeclarationError):
            return False
        listener.refused(error, self._kind)
        return True


def declares(
    kind: Kind = Kind.OTHER,
) -> Callable[[Callable[Arguments, None]], Callable[Arguments, None]]:
    """Let a function declare something, of which nothing remains where it is refused."""

    def decorate(function: Callable[Arguments, None]) -> Callable[Arguments, None]:
        @wraps(function)
        def declare(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
            with Declaring(kind):
                function(*args, **kwargs)

        return declare

    return decorate


class Gathering:
    """The contradictions of one declaration: what is inside may fail, and the rest is looked at all the same.

    ``end`` raises the first that was found. It has the others with it, for a listener.
    """

    def __init__(self) -> None:
        self._found: list[DeclarationError] = []

    def __enter__(self) -> None:
        """Begin with one part of the declaration."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        """Keep the part's contradictions."""
        if not isinstance(error, DeclarationError):
            return False
        self._found += (error, *error.others)
        return True

    def end(self) -> None:
        """Fail if a part did.

        Raises:
            DeclarationError: the first contradiction.
        """
        if self._found:
            first, *others = self._found
            first.others = tuple(others)
            raise first
