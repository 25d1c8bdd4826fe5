"""Which part of a traceback a pack's author needs to see: from the pack's first frame on, none of ours.

It only reads exceptions; printing is the command line's.
"""

from __future__ import annotations

import os
import traceback
from dataclasses import dataclass
from functools import cache
from itertools import dropwhile, takewhile
from pathlib import Path
from sysconfig import get_path
from typing import TYPE_CHECKING

from coda_cli.errors import CodaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType

_PACKAGE = Path(__file__).parent.parent
_NOT_THE_PACK = (f"{_PACKAGE}{os.sep}", "<frozen importlib")
_SDK = (f"{_PACKAGE / 'sdk'}{os.sep}", "<frozen importlib")


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, which has the name that Python gave it; None where it is the file as a whole."""

    filename: str
    line: int | None

    def __str__(self) -> str:
        """What messages call it."""
        return self.filename if self.line is None else f"{self.filename}, line {self.line}"


def pack_traceback(error: BaseException) -> tuple[str, ...]:
    """Return the lines of the error's traceback without frames of the runner and of the import system.

    Causes, contexts and the exceptions of a group keep theirs, cut in the same way. An error that coda
    raised ends where the pack called it: what lies below is ours, down to the libraries that we use.
    """
    report = traceback.TracebackException.from_exception(error)
    reports: list[tuple[traceback.TracebackException | None, BaseException | None]] = [(report, error)]
    for one, raised in reports:  # grows while it is gone through
        if one is None or raised is None:
            continue
        if isinstance(raised, CodaError) and one.stack and _is_ours(one.stack[-1]):
            one.__cause__ = None
            frames = list(takewhile(_is_not_ours, dropwhile(_is_ours, one.stack)))
        else:
            frames = list(filter(_is_not_ours, one.stack))
        one.stack = traceback.StackSummary.from_list(frames)
        reports += (one.__cause__, raised.__cause__), (one.__context__, raised.__context__)
        reports += zip(one.exceptions or (), getattr(raised, "exceptions", ()), strict=False)
    return tuple("".join(report.format()).rstrip().splitlines())


def pack_location(error: BaseException) -> str | None:
    """Return ``file.py, line 3`` for the innermost frame that is the pack's, no library's, or None."""
    place = pack_place(error)
    return str(place) if place else None


def pack_place(error: BaseException) -> Place | None:
    """Return the innermost line of the error's traceback that is the pack's, no library's, or None."""
    return _innermost(_places(traceback.walk_tb(error.__traceback__)))


def calling_place() -> Place | None:
    """Return the line of the pack that calls the sdk now, or None where no pack is being loaded."""
    inwards = dropwhile(_is_ours, _places(traceback.walk_stack(None)))
    loaded = takewhile(lambda place: not _is_ours(place) or place.filename.startswith(_SDK), inwards)
    return _innermost(reversed(list(loaded)))


def _places(frames: Iterable[tuple[FrameType, int]]) -> Iterator[Place]:
    return (Place(frame.f_code.co_filename, line) for frame, line in frames)


def _innermost(places: Iterable[Place]) -> Place | None:
    found = [place for place in places if not _is_ours(place) and not place.filename.startswith("<")]
    found = [place for place in found if not place.filename.endswith(".c")]  # as pyexpat names its own
    found = [place for place in found if not _is_library(place)] or found
    return found[-1] if found else None


def raised_by_coda(error: BaseException) -> bool:
    """Tell whether an exception that came out of a pack began below it, in the runner: a bug of ours.

    Libraries are whose code called them. The sdk is not the runner: what its functions raise is meant for the
    pack. Nor is what a function of the pack raises that we call, such as a generator of requests.
    """
    below_the_pack = dropwhile(_is_ours, traceback.extract_tb(error.__traceback__))
    no_library = [frame for frame in below_the_pack if _is_ours(frame) or not _is_library(frame)]
    return bool(no_library) and _is_ours(no_library[-1]) and not no_library[-1].filename.startswith(_SDK)


def _is_library(frame: traceback.FrameSummary | Place) -> bool:
    return frame.filename.startswith(_libraries())


@cache
def _libraries() -> tuple[str, ...]:
    return tuple(f"{get_path(name)}{os.sep}" for name in ("stdlib", "purelib", "platlib"))


def _is_ours(frame: traceback.FrameSummary | Place) -> bool:
    return frame.filename.startswith(_NOT_THE_PACK)


def _is_not_ours(frame: traceback.FrameSummary) -> bool:
    return not _is_ours(frame)
