"""How long one request may take as a whole, and the threads that are held to it.

Owns the end of a request's time, and waiting for work no longer than that. It knows nothing of requests
and connections.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, wait
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from coda_cli.errors import RequestTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.wire import WireResponse

CONNECT_TIMEOUT = 10.0
"""Seconds for one connection, within the request's own time."""

GRACE = 0.25
"""Seconds for a request to end by itself at its deadline, and to close what it opened."""

_SLICE = 0.5
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


class Worker:
    """A thread that does one piece of work after another, each until its time is over.

    A socket's own timeout begins anew with every byte, and looking up a name has none at all: only
    somebody who does not wait on the socket can bound the whole. Threads are kept, since starting one
    costs as much as a request on a connection that is open.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        Thread(target=self._run, name="coda-request", daemon=True).start()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            del job  # nothing of a finished request is kept while waiting for the next

    def end(self) -> None:
        """End the thread, once it is done with what it was given."""
        self._jobs.put(None)

    def do(self, work: Callable[[], WireResponse], seconds: float) -> Future[WireResponse]:
        """Do the work; the result has come when this returns, or it did not come in time."""
        future: Future[WireResponse] = Future()

        def job() -> None:
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                future.set_exception(error)

        self._jobs.put(job)
        end = time.monotonic() + seconds
        while not future.done() and (left := end - time.monotonic()) > 0:
            wait([future], min(left, _SLICE))
        return future
