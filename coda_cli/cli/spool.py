"""A thread that writes what it is handed: at once where little comes, in large pieces where much does.

Owns that nothing is written in halves. Ctrl-C reaches the main thread alone, which only ever hands over whole
pieces; and what a slow producer gave is written while it works on the next.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_EVERY = 0.05
"""Seconds after which what has come is written, however little."""

_SLICE = 0.5
"""Seconds of one wait for the thread."""

_A_LOT = 1 << 16
_TOO_MUCH = 1 << 20
"""Characters that wait to be written: the thread is woken; and the main thread waits for it."""


_PATIENCE = 3
"""Seconds after Ctrl-C in which somebody has to read, or what was handed over is given up."""


class Ending(Enum):
    """How pieces ended: all of them came, something failed, or somebody pressed Ctrl-C."""

    WHOLE = "whole"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands before, between and after pieces; ``empty`` is all that stands where there are none."""

    opening: str = ""
    separator: str = ""
    closing: str = ""
    empty: str = ""


class Spool:
    """Writes pieces of text in the order in which they come.

    Args:
        write: what writes; it is called by the spool's thread only.
        layout: what stands around the pieces.
    """

    def __init__(self, write: Callable[[str], None], layout: Layout) -> None:
        self._write = write
        self._layout = layout
        self._waiting: deque[str] = deque()
        self._given = 0
        self._taken = 0
        self._error: BaseException | None = None
        self._is_wanted = Event()  # there is a lot to write, or nothing will follow
        self._has_room = Event()
        self._ending: Ending | None = None
        self._thread = Thread(target=self._run, name="spool", daemon=True)
        self._thread.start()

    def put(self, piece: str) -> None:
        """Hand a piece over.

        Raises:
            OSError: an earlier one could not be written; or whatever else ``write`` raised.
        """
        self._waiting.append(piece)
        self._given += len(piece)
        if self._error is not None or self._given - self._taken > _A_LOT:
            self._make_room()

    def end(self, ending: Ending) -> None:
        """Wait until everything is written, and end the thread.

        Where nothing came, only a whole result is written: an empty one. After Ctrl-C nobody is waited for
        who does not read.

        Raises:
            OSError: as for ``put``.
        """
        self._ending = ending
        self._is_wanted.set()
        taken, waited = self._taken, 0.0
        while self._thread.is_alive():  # in slices: Ctrl-C just before a wait is seen after it only
            self._thread.join(_SLICE)
            waited = waited + _SLICE if self._taken == taken else 0
            taken = self._taken
            if ending is Ending.INTERRUPTED and waited >= _PATIENCE:
                return
        if self._error is not None:
            raise self._error

    def _make_room(self) -> None:
        if not self._is_wanted.is_set():
            self._is_wanted.set()
        while self._error is None and self._given - self._taken > _TOO_MUCH:
            self._has_room.clear()
            if self._given - self._taken > _TOO_MUCH:
                self._has_room.wait(_EVERY)
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._write_all()
        except BaseException as error:  # noqa: BLE001 - raised in the main thread
            self._error = error
        self._has_room.set()

    def _write_all(self) -> None:
        layout = self._layout
        has_written = False
        ending: Ending | None = None
        while ending is None:
            self._is_wanted.wait(_EVERY)
            self._is_wanted.clear()
            ending = self._ending  # read before the pieces, so that none is left behind
            pieces = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if pieces:
                before = layout.separator if has_written else layout.opening
                has_written = True
                self._write(before + layout.separator.join(pieces))
                self._taken += sum(map(len, pieces))
                self._has_room.set()
        last = layout.closing if has_written else layout.empty if ending is Ending.WHOLE else ""
        if last:
            self._write(last)
