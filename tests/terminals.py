"""``coda`` on a terminal of its own, driven as a person drives it: read until it asks, then type.

Owns the pseudo-terminal, which is the program's controlling one, so that a hidden question finds it and
Ctrl-C interrupts. It knows nothing of what any test expects. What is waited for is text, never time, and a
program that does not say it fails the test.
"""

from __future__ import annotations

import os
import pty
import select
import struct
import subprocess
import sys
from fcntl import ioctl
from termios import TIOCSWINSZ
from typing import TYPE_CHECKING

from tests.programs import environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import IO

CTRL_C, CTRL_D = "\x03", "\x04"

_START = (
    "import fcntl, sys, termios\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "from coda_cli.__main__ import main\n"
    "sys.exit(main())\n"
)
_PATIENCE = 60
"""Seconds after which a program that says nothing has failed; never reached by one that works."""
_A_MOMENT = 1
"""Seconds after which a person presses the key again."""


class Terminal:
    """A running ``coda`` with a terminal before it.

    Args:
        arguments: of the command line.
        cwd: the folder to run in.
        env: more environment; colour is off unless ``NO_COLOR`` is set empty here.
        stdout: where standard output goes instead, as by ``> FILE``.
        columns: how wide the terminal is.
    """

    def __init__(
        self,
        *arguments: str | Path,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        stdout: IO[bytes] | None = None,
        columns: int = 80,
    ) -> None:
        self._received = b""
        self._unread = 0
        self._ours, theirs = pty.openpty()
        ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, *map(str, arguments)],
            cwd=cwd,
            env=environment({"TERM": "xterm-256color", "NO_COLOR": "1", **(env or {})}),
            stdin=theirs,
            stdout=theirs if stdout is None else stdout,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._ours)

    @property
    def shown(self) -> str:
        """All that was shown so far."""
        return self._received.decode(errors="ignore").replace("\r\n", "\n")  # its end may be half a character

    def until(self, text: str) -> str:
        """Read until this was shown; return what was shown since the last time, up to its end."""
        while (found := self.shown.find(text, self._unread)) < 0:
            assert self._read(), f"{text!r} was not shown after:\n{self.shown}"
        start, self._unread = self._unread, found + len(text)
        return self.shown[start : self._unread]

    def type(self, text: str) -> None:
        """Type this, without Enter."""
        os.write(self._ours, text.encode())

    def answer(self, question: str, answer: str = "") -> str:
        """Wait for a question, which ends in a colon, answer it and press Enter; return what came before."""
        before = self.until(question)
        # A hidden question throws away what was typed before it was asked: all of it has to be there.
        before += self.until(": ")
        self.type(f"{answer}\n")
        return before

    def break_off(self, key: str) -> int:
        """Press Ctrl-C, or Ctrl-D, and read to the end; return the exit code.

        Whoever presses Ctrl-C in the instant before the program reads presses it again: Python takes a signal
        that came before a read only after it.
        """
        self.type(key)
        while "Interrupted" not in self.shown:
            readable, _, _ = select.select([self._ours], [], [], _A_MOMENT)
            if not readable:
                self.type(key)
            elif not self._read():
                break
        return self.end()

    def end(self) -> int:
        """Read to the end; return the exit code."""
        while self._read():
            pass
        return self._process.wait(_PATIENCE)

    def _read(self) -> bool:
        readable, _, _ = select.select([self._ours], [], [], _PATIENCE)
        assert readable, f"nothing more was shown after:\n{self.shown}"
        try:
            part = os.read(self._ours, 65536)
        except OSError:  # Linux's way of telling that the other end was closed
            return False
        self._received += part
        return bool(part)
