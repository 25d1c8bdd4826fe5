"""Run a command in the foreground: whose signal is whose, and what its end means as an exit code.

The command shares our process group, as under ``env`` or ``sudo``, so that a shell can have the terminal.
This module knows nothing of what the command is run for.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGHUP)
GRACE = 5.0
"""Seconds that a command has to end once it was told to."""


class Terminated(KeyboardInterrupt):
    """We were told to end, by SIGTERM or SIGHUP: everything is taken down as after Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextmanager
def terminable() -> Iterator[None]:
    """Let SIGTERM and SIGHUP raise ``Terminated``, as Ctrl-C raises ``KeyboardInterrupt``."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise Terminated(number)

    with _handled(ENDING, end):
        yield


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Keep signals waiting, so that a second Ctrl-C does not stop the taking down half way.

    Blocking them would not do: any thread may take a signal, and Python handles it in the main one.
    Other threads are not interrupted anyway.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    try:
        with _handled((*ENDING, signal.SIGINT), lambda number, _frame: came.append(number)):
            yield
    finally:
        if came:
            signal.raise_signal(came[0])


def run_in_foreground(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command, wait for it and return its exit code, 128 + N where signal N ended it.

    Raises:
        Terminated: SIGTERM or SIGHUP came; the command got it too and has ended.
        OSError: the command cannot be executed.
    """
    relay = _Relay()
    with _handled((*ENDING, signal.SIGINT), relay.receive):
        process = subprocess.Popen(command, env=environment)
        try:
            relay.start(process)
            process.wait()
        except Terminated as terminated:
            _end(process, terminated.number)
            raise
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    return exit_code_of_signal(-process.returncode) if process.returncode < 0 else process.returncode


def exit_code_of_signal(number: int) -> int:
    """Return what a shell reports for a program that a signal ended."""
    return 128 + number


def _end(process: subprocess.Popen[bytes], number: int) -> None:
    """Pass a signal on; an interactive shell for one ignores SIGTERM, and is killed after a while."""
    process.send_signal(number)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()


class _Relay:
    """What to do with a signal that we get while the command runs."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []

    def start(self, process: subprocess.Popen[bytes]) -> None:
        """Treat what came while the process was being made, which must not be interrupted, and go on."""
        self._process = process
        for number in self._early:
            self.receive(number, None)

    def receive(self, number: int, _frame: FrameType | None) -> None:
        if self._process is None:
            self._early.append(number)
        elif number != signal.SIGINT:
            raise Terminated(number)
        elif not _has_terminal():
            self._process.send_signal(number)


def _has_terminal() -> bool:
    """Tell whether Ctrl-C was typed for our whole group: the command then has it already."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


@contextmanager
def _handled(
    numbers: Sequence[signal.Signals], handler: Callable[[int, FrameType | None], None]
) -> Iterator[None]:
    """Handle signals for a while, except those that we were started to ignore (``nohup``)."""
    before = {number: signal.getsignal(number) for number in numbers}
    handled = [number for number in numbers if before[number] is not signal.SIG_IGN]
    try:
        for number in handled:
            signal.signal(number, handler)
        yield
    finally:
        for number in handled:
            signal.signal(number, before[number])
