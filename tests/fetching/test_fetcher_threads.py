"""Packs that fetch from several threads: what is costly is made once for all of them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from coda_cli.fetching.transport import HttpTransport
from tests.fetching.parts import Signer, fetcher_of
from tests.servers import Answer

if TYPE_CHECKING:
    from coda_cli.wire import WireRequest
    from tests.servers import LoopbackServer, Received


def test_fetches_of_several_threads(server: LoopbackServer) -> None:
    """A pack may fetch from several threads at once, and each gets its own answer."""
    together = threading.Barrier(4)

    def answer(request: Received) -> Answer:
        together.wait(timeout=20)  # passes only when four requests are on their way at the same time
        return Answer(body=request.target)

    server.answer(answer)
    with fetcher_of() as fetcher, ThreadPoolExecutor(4) as threads:
        bodies = threads.map(lambda number: fetcher.fetch("GET", f"{server.url}/{number}").body, range(8))
        assert list(bodies) == [f"/{number}" for number in range(8)]


class Crowd:
    """Waits, where one thread is, for a second one, and remembers whether it came."""

    def __init__(self) -> None:
        self.met = False
        self._two = threading.Barrier(2)

    def enter(self) -> None:
        """Wait a little for another thread."""
        with suppress(threading.BrokenBarrierError):
            self._two.wait(timeout=0.2)
            self.met = True


def test_credentials_and_transport_are_made_once(server: LoopbackServer) -> None:
    """One thread at a time finds credentials, and one transport is opened for all."""
    signing, opening = Crowd(), Crowd()
    opened: list[HttpTransport] = []

    class Slow(Signer):
        def authenticate(self, request: WireRequest) -> WireRequest:
            signing.enter()
            return super().authenticate(request)

    def open_transport() -> HttpTransport:
        opening.enter()
        opened.append(HttpTransport({}))
        return opened[-1]

    with (
        fetcher_of(authenticator=Slow(), open_transport=open_transport) as fetcher,
        ThreadPoolExecutor(2) as threads,
    ):
        list(threads.map(lambda _: fetcher.fetch("GET", server.url), range(2)))
    assert (signing.met, opening.met, len(opened)) == (False, False, 1)
