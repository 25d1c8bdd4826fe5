"""How long one request may take as a whole, and waiting no longer than that.

Owns the end of a request's time, and waiting for a socket or for another thread's work until then and so
that Ctrl-C ends it. It knows nothing of requests and connections.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, replace
from math import inf
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Generic, TypeVar

from coda_cli.errors import RequestTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket

T = TypeVar("T")

CONNECT_TIMEOUT = 10.0
"""Seconds for one connection, within the request's own time."""

GRACE = 0.25
"""Seconds for another thread to say by itself, at the deadline, what took so long."""

SLICE = 0.5
"""Seconds of one wait: Ctrl-C that comes just before a wait is seen after it only."""


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """When one request must have ended, and what to say where it has not."""

    where: str
    seconds: float
    deadline: float

    @property
    def left(self) -> float:
        """Seconds, above zero since a socket takes no other timeout."""
        return max(self.deadline - time.monotonic(), 0.001)

    @property
    def is_over(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() > self.deadline

    def timeout_error(self) -> RequestTimeoutError:
        """Return what is raised when it is."""
        return RequestTimeoutError(
            f"no whole answer of {self.where} within {round(self.seconds, 2):g} seconds",
            "--timeout gives it longer.",
        )

    def connecting(self) -> TimeLimit:
        """Return the limit for a connection, within this one."""
        return replace(self, deadline=min(self.deadline, time.monotonic() + CONNECT_TIMEOUT))

    def wait_for(self, sock: socket, operation: Callable[[T], int], data: T) -> int:
        """Receive or send data once a socket can do that, in waits of the socket's own timeout.

        That one begins anew with every byte, and bounds nothing.

        Raises:
            TimeoutError: the time is over.
            ConnectionAbortedError: the system gave the connection up.
        """
        while not self.is_over:
            if (left := self.left) < SLICE:
                sock.settimeout(left)
            try:
                return operation(data)
            except TimeoutError as error:
                if error.errno is not None:  # a socket's own has none
                    raise ConnectionAbortedError(*error.args) from error
        raise TimeoutError


TIME_LIMIT: ContextVar[TimeLimit] = ContextVar("TIME_LIMIT")
"""That of the request which this thread sends: no library between here and its connection passes it on."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What a piece of work came to: its value, or what it raised."""

    value: T | None = None
    error: BaseException | None = None

    @staticmethod
    def of(work: Callable[[], T]) -> Outcome[T]:
        """Do the work."""
        try:
            return Outcome(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            return Outcome(error=error)

    def get(self) -> T:
        """Return the value, or raise what was raised."""
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]  # there is one where nothing was raised


_THREAD = "coda-request"


def in_thread(work: Callable[[], T]) -> SimpleQueue[Outcome[T]]:
    """Do one piece of work in a thread of its own, and return where it tells what that came to.

    It can be left alone, whatever it waits for, and does not keep the process from ending.
    """
    outcomes: SimpleQueue[Outcome[T]] = SimpleQueue()
    Thread(target=lambda: outcomes.put(Outcome.of(work)), name=_THREAD, daemon=True).start()
    return outcomes


class Worker:
    """A thread that does one piece of work after another, until it is told to end.

    It can be left alone, whatever it waits for, and does not keep the process from ending.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        Thread(target=self._run, name=_THREAD, daemon=True).start()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            del job  # nothing of a finished request is kept while waiting for the next

    def do(self, work: Callable[[], T], done: Callable[[Outcome[T]], None]) -> None:
        """Do the work in the thread, and tell there what it came to."""
        self._jobs.put(lambda: done(Outcome.of(work)))

    def end(self) -> None:
        """End the thread, once it is done with what it was given."""
        self._jobs.put(None)


def waited_for(queue: SimpleQueue[T], seconds: float = inf) -> T | None:
    """Return what a thread puts into a queue; None where nothing comes in time."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        try:
            return queue.get(timeout=min(left, SLICE))
        except Empty:
            continue
    return None
