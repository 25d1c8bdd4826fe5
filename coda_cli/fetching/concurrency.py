"""Many requests at once: a bounded number of threads, and their answers in order.

Owns the threads, how far a pack's iterable is read ahead, and what becomes of the others when a request
fails. Requests are checked and authenticated in the thread of the caller, where a person may be asked
something; the threads send them, and wait.
"""

from __future__ import annotations

import logging
import sys
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING

from coda_cli.errors import CredentialsError, RequestError
from coda_cli.fetching.batches import Batch
from coda_cli.fetching.deadlines import Outcome, Worker, waited_for
from coda_cli.sdk.fetch_requests import checked_concurrency, requests_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coda_cli.fetching.batches import Begin
    from coda_cli.sdk.exchanges import FetchRequest, FetchResponse

logger = logging.getLogger(__name__)

MOST_CONCURRENT = 256
"""Requests at once, whatever a pack asks for."""


def most_concurrent() -> int:
    """Return how many requests may be on their way at once in this process.

    Each has a connection, which is an open file, and half of the files that a process may open are left to
    everything else. macOS allows 256 unless told otherwise.
    """
    if sys.platform == "win32":
        return MOST_CONCURRENT
    import resource

    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONCURRENT if files == resource.RLIM_INFINITY else max(1, min(MOST_CONCURRENT, files // 2))


class Crew:
    """Sends the requests of one ``fetch_all``.

    Args:
        begin: checks and authenticates a request, and returns what sends it and waits for the answer.
        size: how many requests are on their way at once.
        return_errors: a request that fails leaves its exception in its place, and ends nothing.
    """

    def __init__(self, begin: Begin, size: int, *, return_errors: bool) -> None:
        self._begin = begin
        self._size = size
        self._return_errors = return_errors
        self._batch = Batch()
        self._idle: list[Worker] = []
        self._busy: dict[int, Worker] = {}
        self._done: SimpleQueue[tuple[int, Outcome[FetchResponse]]] = SimpleQueue()
        self._answers: dict[int, FetchResponse | Exception] = {}

    def run(self, requests: Iterable[FetchRequest]) -> list[FetchResponse | Exception]:
        """Return the answers in the order of the requests.

        Raises:
            Exception: what the first request to fail raised, or the iterable did. The others are given up:
                what is on its way is not waited for, and nothing more is sent.
        """
        try:
            for position, request in enumerate(requests):
                self._start(position, request)
                while len(self._busy) == self._size or not self._done.empty():
                    self._settle()
            while self._busy:
                self._settle()
        finally:
            self._batch.give_up()
            for worker in (*self._idle, *self._busy.values()):
                worker.end()
        return [self._answers[position] for position in range(len(self._answers))]

    def _start(self, position: int, request: FetchRequest) -> None:
        try:
            send = self._begin(request, self._batch)
        except (RequestError, CredentialsError) as error:
            if isinstance(error, RequestError):
                error.details = (*error.details, f"It is at position {position} of the requests.")
            self._keep(position, Outcome(error=error))
            return
        worker = self._busy[position] = self._idle.pop() if self._idle else Worker()
        worker.do(send, partial(self._tell, position))

    def _tell(self, position: int, outcome: Outcome[FetchResponse]) -> None:
        self._done.put((position, outcome))

    def _settle(self) -> None:
        """Wait for any one of the requests that are on their way."""
        done = waited_for(self._done)
        assert done is not None, "there is no end to the time it waits"
        position, outcome = done
        self._idle.append(self._busy.pop(position))
        self._keep(position, outcome)

    def _keep(self, position: int, outcome: Outcome[FetchResponse]) -> None:
        error = outcome.error
        if self._return_errors and isinstance(error, RequestError | CredentialsError):
            self._answers[position] = error
        else:
            self._answers[position] = outcome.get()


def fetch_all(
    begin: Begin, requests: object, *, concurrency: int, most: int | None, return_errors: bool
) -> list[FetchResponse | Exception]:
    """Send requests, some of them at once: see ``sdk.context.Fetcher``.

    Raises:
        ValueError: the concurrency is no whole number above zero.
        TypeError: there is something among the requests that is none.
    """
    size = checked_concurrency(concurrency)
    if size > (allowed := most_concurrent()):
        logger.info("fetch_all sends %d requests at once, not %d", allowed, size)
        size = allowed
    return Crew(begin, min(size, most or size), return_errors=return_errors).run(requests_of(requests))
