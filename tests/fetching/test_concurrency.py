"""Many requests at once: their order, their number, and what a failure means for the others."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.errors import (
    CredentialsError,
    HostNotAllowedError,
    InvalidURLError,
    RequestTimeoutError,
    StatusCodeError,
)
from coda_cli.fetching.concurrency import most_concurrent
from coda_cli.fetching.policy import NetworkPolicy
from coda_cli.fetching.transport import HttpTransport
from coda_cli.sdk import FetchRequest
from tests.fetching.parts import HOST, SIGNATURE, Signer, fetcher_of, never_opened
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coda_cli.wire import WireRequest, WireResponse
    from tests.servers import Received


def urls(server: LoopbackServer, count: int) -> list[str]:
    """URLs whose last part is their position."""
    return [f"{server.url}/{number}" for number in range(count)]


def targets(server: LoopbackServer) -> list[str]:
    """The paths that arrived, sorted."""
    return sorted(request.target.decode() for request in server.requests)


def test_some_at_once_and_answers_in_order(server: LoopbackServer) -> None:
    """As many as were asked for are on their way together; the order of the answers is the requests'."""
    together = threading.Barrier(4)

    def answer(request: Received) -> Answer:
        together.wait(timeout=20)  # passes only when four requests are on their way at the same time
        return Answer(body=request.target)

    server.answer(answer)
    with fetcher_of() as fetcher:
        answers = fetcher.fetch_all(urls(server, 8), concurrency=4)
    assert [one.body for one in answers] == [f"/{number}" for number in range(8)]
    assert server.connections == 4, "each is used again"


def test_a_late_answer_keeps_its_place(server: LoopbackServer) -> None:
    """The first request may be the last to be answered."""
    last = threading.Event()

    def answer(request: Received) -> Answer:
        if request.target == b"/0":
            assert last.wait(20)
        if request.target == b"/5":
            last.set()
        return Answer(body=request.target)

    server.answer(answer)
    with fetcher_of() as fetcher:
        answers = fetcher.fetch_all(urls(server, 6), concurrency=2)
    assert [one.body for one in answers] == [f"/{number}" for number in range(6)]


def test_never_more_at_once(server: LoopbackServer) -> None:
    """There are never more on their way than was asked for."""
    counting, now, most = threading.Lock(), 0, 0

    def answer(request: Received) -> Answer:
        nonlocal now, most
        with counting:
            now += 1
            most = max(most, now)
        with counting:
            now -= 1
        return Answer(body=request.target)

    server.answer(answer)
    with fetcher_of() as fetcher:
        fetcher.fetch_all(urls(server, 30), concurrency=3)
    assert 1 <= most <= 3
    assert server.connections <= 3


def test_threads_are_kept(server: LoopbackServer) -> None:
    """There are no more threads than requests at once, however many requests there are."""
    threads = set()

    class Watched(HttpTransport):
        def send(self, *request: Any, **options: Any) -> WireResponse:
            threads.add(threading.current_thread())
            return super().send(*request, **options)

    with fetcher_of(open_transport=lambda: Watched({})) as fetcher:
        fetcher.fetch_all(urls(server, 30), concurrency=3)
    assert 1 <= len(threads) <= 3
    assert threading.current_thread() not in threads


def test_none(server: LoopbackServer) -> None:
    """No requests have no answers, and open nothing."""
    with fetcher_of(open_transport=never_opened) as fetcher:
        assert fetcher.fetch_all([]) == []
        assert fetcher.fetch_all(iter(())) == []
    assert not server.requests


def test_requests_of_every_kind(server: LoopbackServer) -> None:
    """A request goes out as ``fetch`` would send it, and a URL as a GET."""
    server.answer(lambda request: Answer(body=request.request_line + b"|" + request.body))
    post = FetchRequest("POST", f"{server.url}/a", form={"b": "c d"}, is_binary_response=True)
    with fetcher_of() as fetcher:
        get, posted = fetcher.fetch_all((f"{server.url}/x", post))
    assert get.body == "GET /x HTTP/1.1|"
    assert posted.body == b"POST /a HTTP/1.1|b=c+d"


@pytest.mark.parametrize("concurrency", [0, -1, 2.0, "4", True])
def test_bad_concurrency(server: LoopbackServer, concurrency: Any) -> None:
    """What is no number of requests is refused before anything is sent."""
    with fetcher_of(open_transport=never_opened) as fetcher, pytest.raises(ValueError, match="concurrency"):
        fetcher.fetch_all(urls(server, 3), concurrency=concurrency)


def test_too_much_concurrency(server: LoopbackServer, caplog: pytest.LogCaptureFixture) -> None:
    """More than there may be is as much as there may be, which ``-v`` tells."""
    with caplog.at_level(logging.INFO, "coda_cli"), fetcher_of() as fetcher:
        assert len(fetcher.fetch_all(urls(server, 3), concurrency=10_000)) == 3
    assert caplog.messages[0] == f"fetch_all sends {most_concurrent()} requests at once, not 10000"


def test_something_that_is_no_request(server: LoopbackServer) -> None:
    """It is found before anything is sent."""
    with fetcher_of(open_transport=never_opened) as fetcher, pytest.raises(TypeError, match="position 3"):
        fetcher.fetch_all([*urls(server, 3), None])


def test_requests_are_taken_when_there_is_room(server: LoopbackServer) -> None:
    """A generator runs in the thread of its pack, and is asked for a request when that one can be sent."""
    answered = 0
    threads = set()
    counting = threading.Lock()

    def answer(_: Received) -> Answer:
        nonlocal answered
        with counting:
            answered += 1
        return Answer()

    def requests() -> Iterator[str]:
        for number, url in enumerate(urls(server, 20)):
            assert number <= answered + 2
            threads.add(threading.get_ident())
            yield url

    server.answer(answer)
    with fetcher_of() as fetcher:
        assert len(fetcher.fetch_all(requests(), concurrency=3)) == 20
    assert threads == {threading.get_ident()}


def test_a_generator_that_fails(server: LoopbackServer) -> None:
    """What the pack's own generator raises is raised, and ends the others."""

    def requests() -> Iterator[Any]:
        yield f"{server.url}/0"
        raise KeyError("of the pack")

    with fetcher_of() as fetcher, pytest.raises(KeyError, match="of the pack"):
        fetcher.fetch_all(requests())


def test_a_failure_ends_the_others(server: LoopbackServer) -> None:
    """The first error is raised at once: nothing is waited for, and nothing more is sent."""
    arrived = threading.Event()

    def answer(request: Received) -> Answer:
        if request.target == b"/1":
            arrived.set()
            return Answer(raw=server.stall())
        assert arrived.wait(20)
        return Answer(404)

    server.answer(answer)
    with fetcher_of(timeout=3600) as fetcher, pytest.raises(StatusCodeError, match="answered 404"):
        fetcher.fetch_all(urls(server, 9), concurrency=2)
    assert targets(server) == ["/0", "/1"]


class Pause:
    """Stands for the pause before a request is repeated, which lasts until a test ends it."""

    def __init__(self) -> None:
        self.begun, self.over = threading.Event(), threading.Event()
        self.thread = threading.current_thread()

    def __call__(self, _: float) -> None:
        """Tell that it has begun, and wait."""
        self.thread = threading.current_thread()
        self.begun.set()
        assert self.over.wait(20)


def test_nothing_is_repeated_that_was_given_up(server: LoopbackServer) -> None:
    """A request that waits to be sent again is not, once another one has failed."""
    pause = Pause()

    def answer(request: Received) -> Answer:
        if request.target == b"/0":
            return Answer(503)
        assert pause.begun.wait(20)
        return Answer(404)

    server.answer(answer)
    signer = Signer()
    with fetcher_of(wait=pause, retries=3, authenticator=signer) as fetcher:
        with pytest.raises(StatusCodeError, match="answered 404"):
            fetcher.fetch_all(urls(server, 2), concurrency=2)
        pause.over.set()
        pause.thread.join(20)
        assert not pause.thread.is_alive()
    assert targets(server) == ["/0", "/1"]
    assert len(signer.signed) == 2, "nor is it signed"


def test_errors_in_their_places(server: LoopbackServer) -> None:
    """Where errors are asked for, each stands in the place of its answer, and the others are sent."""
    server.answer(lambda request: Answer(404 if request.target == b"/1" else 200, body=request.target))
    elsewhere = FetchRequest("GET", "https://example.com/")
    broken = FetchRequest("GET", server.url, headers={"": ""})
    with fetcher_of() as fetcher:
        answers = fetcher.fetch_all([*urls(server, 3), elsewhere, broken], return_errors=True)
    assert [getattr(one, "body", None) for one in answers[:3]] == ["/0", "/1", "/2"]
    assert [type(one).__name__ for one in answers] == [
        *("FetchResponse", "StatusCodeError", "FetchResponse"),
        *("HostNotAllowedError", "RequestError"),
    ]


def test_request_that_cannot_be_sent_is_told_by_its_position(server: LoopbackServer) -> None:
    """Of many URLs, nobody would find the one that has a line end in it."""
    with fetcher_of() as fetcher, pytest.raises(InvalidURLError) as caught:
        fetcher.fetch_all([*urls(server, 3), f"{server.url}/\n"])
    assert caught.value.details[-1] == "It is at position 3 of the requests."


def test_a_bug_is_no_error_in_a_place(server: LoopbackServer) -> None:
    """What nobody expects is raised, whatever was asked for."""

    class Broken(Signer):
        def authenticate(self, request: WireRequest) -> WireRequest:
            raise ZeroDivisionError

    with fetcher_of(authenticator=Broken()) as fetcher, pytest.raises(ZeroDivisionError):
        fetcher.fetch_all(urls(server, 3), return_errors=True)


def test_servers_that_hang(server: LoopbackServer) -> None:
    """Each request has its own time: when all hang, all time out, and the next ones are sent."""
    server.answer(lambda request: Answer() if request.target == b"/9" else Answer(raw=server.stall()))
    with fetcher_of(timeout=2) as fetcher:  # what is answered has to be answered in that time, too
        answers = fetcher.fetch_all([*urls(server, 2), f"{server.url}/9"], concurrency=2, return_errors=True)
    assert [type(one) for one in answers[:-1]] == [RequestTimeoutError] * 2
    assert answers[-1].status == 200


@pytest.mark.parametrize("return_errors", [False, True])
def test_credentials_are_refused_once(server: LoopbackServer, return_errors: bool) -> None:
    """Nobody is asked again for what was refused: not STS, and no person for a code."""
    asked = []

    class Refused(Signer):
        def authenticate(self, request: WireRequest) -> WireRequest:
            asked.append(request.url.host)
            raise CredentialsError("refused", "by STS")

    elsewhere = urls(server, 1)[0].replace(HOST, "localhost")
    given = [*urls(server, 3), elsewhere, *urls(server, 3)]
    policy = NetworkPolicy((HOST, "localhost"), HOST, allow_multiple=True)
    with fetcher_of(authenticator=Refused(), policy=policy) as fetcher:
        if not return_errors:
            with pytest.raises(CredentialsError, match="refused"):
                fetcher.fetch_all(given)
        else:
            *before, unsigned, _, _, _ = answers = fetcher.fetch_all(given, return_errors=True)
            assert unsigned.status == 200
            assert [one.details for one in answers if one is not unsigned] == [("by STS",)] * 6
            assert len({id(one) for one in before}) == 3, "each has a traceback of its own"
    assert asked == [HOST]


def test_secrets_are_cut_out(server: LoopbackServer) -> None:
    """Signatures that a service echoes are in none of the answers."""
    server.answer(lambda request: Answer(body=repr(request.values("Authorization")).encode()))
    with fetcher_of() as fetcher:
        answers = fetcher.fetch_all(urls(server, 20), concurrency=5)
    assert SIGNATURE not in "".join(one.body for one in answers)
    assert all("[secret]" in one.body for one in answers)


def test_the_policy_is_that_of_fetch(server: LoopbackServer) -> None:
    """A host that is not declared is refused before credentials are touched."""
    signer = Signer()
    with (
        fetcher_of(authenticator=signer, open_transport=never_opened) as fetcher,
        pytest.raises(HostNotAllowedError, match=r"example\.com"),
    ):
        fetcher.fetch_all(["https://example.com/", *urls(server, 2)])
    assert not signer.signed


def test_one_after_another_where_the_first_matters(server: LoopbackServer) -> None:
    """A run that shows its first request sends none beside it."""
    with fetcher_of(most_concurrent=1) as fetcher:
        fetcher.fetch_all(urls(server, 5), concurrency=5)
    assert [request.target.decode() for request in server.requests] == [f"/{n}" for n in range(5)]
    assert server.connections == 1
