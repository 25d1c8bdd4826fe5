"""Requests that fail and are sent again: each signed afresh, within the time of one fetch."""

from __future__ import annotations

import logging
import socket
from contextlib import ExitStack

import pytest

from coda_cli.errors import (
    ConnectionFailedError,
    DecodingError,
    RequestError,
    RequestTimeoutError,
    ResponseSizeTooLargeError,
    StatusCodeError,
)
from coda_cli.redaction import Redactor
from tests.certificates import server_context
from tests.fetching.parts import HOST, SIGNATURE, Pauses, ScriptedTransport, Signer, fetcher_of
from tests.servers import Answer, LoopbackServer

BUSY = Answer(503)
THROTTLED = Answer(400, body=b'{"__type": "com.amazonaws#ThrottlingException", "message": "Rate exceeded"}')
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"


def test_twice_500_and_then_fine(server: LoopbackServer) -> None:
    """A server that fails twice costs two pauses and no error; each try is signed for itself."""
    server.answer(Answer(500), Answer(500), Answer(body=b"there"))
    signer, pauses = Signer(), Pauses()
    with fetcher_of(authenticator=signer, retries=3, wait=pauses) as fetcher:
        assert fetcher.fetch("PUT", f"{server.url}/a?b", headers={"X-A": "1"}, body="text").body == "there"
    assert [request.header("Authorization") for request in server.requests] == [
        f"{SIGNATURE} {number}" for number in (1, 2, 3)
    ]
    assert {(r.method, r.target, r.body, r.header("X-A")) for r in server.requests} == {
        (b"PUT", b"/a?b=", b"text", "1")
    }
    assert len(signer.signed) == 3
    assert len(pauses.seconds) == 2


@pytest.mark.parametrize(
    ("answer", "method", "tries"),
    [
        pytest.param(THROTTLED, "POST", 4, id="throttled, JSON"),
        pytest.param(
            Answer(503, body=b"<Error><Code>SlowDown</Code><Message>Slow.</Message></Error>"),
            "POST",
            4,
            id="throttled, XML",
        ),
        pytest.param(
            Answer(400, (("x-amzn-errortype", "RequestLimitExceeded:http://x"),)),
            "PATCH",
            4,
            id="throttled, header",
        ),
        pytest.param(Answer(429, (("Retry-After", "3"),)), "POST", 4, id="429 with Retry-After"),
        pytest.param(Answer(429), "GET", 4, id="429 without"),
        pytest.param(Answer(502, (("Content-Type", "text/html"),), b"<html>"), "GET", 4, id="a proxy's page"),
        pytest.param(Answer(500), "HEAD", 4, id="HEAD"),
        pytest.param(Answer(500), "POST", 1, id="POST"),
        pytest.param(Answer(500), "PATCH", 1, id="PATCH"),
        pytest.param(Answer(404), "GET", 1, id="404"),
        pytest.param(Answer(302), "GET", 1, id="a redirect to nowhere"),
    ],
)
def test_statuses(server: LoopbackServer, answer: Answer, method: str, tries: int) -> None:
    """An error that may pass is asked for again as often as chosen; in the end its message says how often."""
    server.answer(answer)
    with fetcher_of(retries=3) as fetcher, pytest.raises(StatusCodeError) as caught:
        fetcher.fetch(method, server.url)
    assert len(server.requests) == tries
    assert caught.value.status_code == answer.status
    assert ("Tried 4 times." in caught.value.details) is (tries == 4)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param(Answer(raw=b""), "without an answer", id="no answer"),
        pytest.param(Answer(raw=b"", is_reset=True), "broke off the connection", id="reset before"),
        pytest.param(Answer(raw=HEAD, is_reset=True), "broke off the connection", id="reset after the head"),
        pytest.param(Answer(raw=HEAD + b"abc", is_reset=True), "broke off", id="reset in the body"),
        pytest.param(Answer(raw=HEAD + b"abc"), "broke off before it was complete", id="truncated"),
        pytest.param(Answer(raw=HEAD[:20]), "broke off before it was complete", id="truncated in the head"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_broken_connections(server: LoopbackServer, answer: Answer, says: str, method: str) -> None:
    """A request that may have arrived is sent again only where that changes nothing."""
    server.answer(answer)
    with fetcher_of(retries=3) as fetcher, pytest.raises(ConnectionFailedError, match=says) as caught:
        fetcher.fetch(method, f"{server.url}/?token=secret-value")
    assert len(server.requests) == (4 if method == "GET" else 1)
    told = "Tried 4 times." if method == "GET" else "A POST is not tried again, since it may have been"
    assert caught.value.details[-1].startswith(told)
    assert "secret-value" not in " ".join([caught.value.message, *caught.value.details])


def test_broken_once_and_then_fine(server: LoopbackServer) -> None:
    """A body that breaks off is no part of the result of the next try."""
    server.answer(Answer(raw=HEAD + b"abc"), Answer(body=b"whole"))
    with fetcher_of(retries=3) as fetcher:
        assert fetcher.fetch("GET", server.url).body == "whole"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_refused_connection(method: str) -> None:
    """Where nobody listens nothing was sent, and any method is tried again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    pauses = Pauses()
    with (
        fetcher_of(retries=3, wait=pauses) as fetcher,
        pytest.raises(ConnectionFailedError, match=f":{port} refused") as caught,
    ):
        fetcher.fetch(method, f"http://127.0.0.1:{port}/")
    assert len(pauses.seconds) == 3
    assert caught.value.details[-1] == "Tried 4 times."


def test_server_that_starts_late() -> None:
    """A connection that is refused at first, and then not, is no error."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with ExitStack() as running:

        def start(_: float) -> None:
            running.enter_context(LoopbackServer(Answer(body=b"there"), port=port))

        with fetcher_of(retries=3, wait=start) as fetcher:
            assert fetcher.fetch("POST", f"http://127.0.0.1:{port}/").body == "there"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(Answer(raw=b"SSH-2.0-x\r\n\r\n"), ConnectionFailedError, id="not HTTP"),
        pytest.param(
            Answer(headers=(("Content-Encoding", "gzip"),), body=b"text"), DecodingError, id="not gzip"
        ),
        pytest.param(Answer(headers=(("Content-Type", "text/xml"),), body=b"<a>"), DecodingError, id="XML"),
        pytest.param(Answer(body=[bytes(1024 * 1024)] * 26), ResponseSizeTooLargeError, id="too large"),
    ],
)
def test_lasting_failures(server: LoopbackServer, answer: Answer, kind: type[RequestError]) -> None:
    """An answer that would be as bad the next time is not asked for again."""
    server.answer(answer)
    with fetcher_of(retries=3) as fetcher, pytest.raises(kind) as caught:
        fetcher.fetch("GET", server.url)
    assert len(server.requests) == 1
    assert not any("ried" in line for line in caught.value.details)


def test_untrusted_certificate_is_not_tried_again() -> None:
    """A certificate does not become trusted in a second."""
    pauses = Pauses()
    with (
        LoopbackServer(tls=server_context()) as server,
        fetcher_of(retries=3, wait=pauses) as fetcher,
        pytest.raises(ConnectionFailedError, match="certificate"),
    ):
        fetcher.fetch("GET", server.url)
    assert (pauses.seconds, server.requests) == ([], [])


def test_closed_keep_alive(server: LoopbackServer) -> None:
    """A connection that the server closed after its answer is not used for the next request, POST or not."""
    server.answer(Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"), Answer(body=b"def"))
    with fetcher_of(retries=0) as fetcher:
        assert fetcher.fetch("GET", server.url).body == "abc"
        server.wait_closed(1)
        assert fetcher.fetch("POST", server.url, body="x").body == "def"
    assert [request.connection for request in server.requests] == [1, 2]


def test_keep_alive_that_closes_under_a_request(server: LoopbackServer) -> None:
    """A connection that is closed while a request is on its way is a try of a GET, and an error of a POST."""
    server.answer(Answer(), Answer(raw=b""), Answer(body=b"there"), Answer(raw=b""))
    with fetcher_of(retries=3) as fetcher:
        fetcher.fetch("GET", server.url)
        assert fetcher.fetch("GET", server.url).body == "there"
        with pytest.raises(ConnectionFailedError, match="without an answer"):
            fetcher.fetch("POST", server.url)
    assert [request.connection for request in server.requests] == [1, 1, 2, 2]


def test_redirects_share_the_tries(server: LoopbackServer) -> None:
    """The repeats of all parts of a fetch are counted together."""
    server.answer(BUSY, BUSY, Answer(302, (("Location", "/next"),)), BUSY)
    with fetcher_of(retries=3) as fetcher, pytest.raises(StatusCodeError) as caught:
        fetcher.fetch("GET", server.url)
    assert [request.target for request in server.requests] == [b"/", b"/", b"/", b"/next", b"/next"]
    assert caught.value.details == ("Tried 4 times.",)


def test_each_fetch_has_its_own_tries(server: LoopbackServer) -> None:
    """What one fetch used up is not missing to the next."""
    server.answer(BUSY, Answer(), BUSY, Answer())
    with fetcher_of(retries=1) as fetcher:
        for _ in range(2):
            fetcher.fetch("GET", server.url)
    assert len(server.requests) == 4


def test_no_retries(server: LoopbackServer) -> None:
    """With none, the first failure is the error."""
    server.answer(BUSY)
    with fetcher_of(retries=0) as fetcher, pytest.raises(StatusCodeError) as caught:
        fetcher.fetch("GET", server.url)
    assert (len(server.requests), caught.value.details) == (1, ())


def test_timeout_covers_all_tries(server: LoopbackServer) -> None:
    """A later try has the time that the earlier ones left; the error says which try it was."""
    server.answer(BUSY, Answer(raw=server.stall()))
    with fetcher_of(retries=3, timeout=2) as fetcher, pytest.raises(RequestTimeoutError) as caught:
        fetcher.fetch("GET", server.url)
    assert len(server.requests) == 2
    assert "Tried 2 times." in caught.value.details


def test_pause_past_the_deadline(server: LoopbackServer) -> None:
    """A server that wants to be left alone for longer than the fetch has is told, not waited for."""
    server.answer(Answer(429, (("Retry-After", "30"),)))
    pauses = Pauses()
    with fetcher_of(retries=3, wait=pauses) as fetcher, pytest.raises(StatusCodeError) as caught:
        fetcher.fetch("GET", server.url)
    assert (len(server.requests), pauses.seconds) == (1, [])
    assert caught.value.details == ("The next try would be 30 s from now, past the 20 s of --timeout.",)


def test_ctrl_c_ends_a_pause(server: LoopbackServer) -> None:
    """What interrupts the waiting ends the fetch."""
    server.answer(BUSY)

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    with fetcher_of(retries=3, wait=interrupted) as fetcher, pytest.raises(KeyboardInterrupt):
        fetcher.fetch("GET", server.url)
    assert len(server.requests) == 1


def test_repeats_are_told(server: LoopbackServer, caplog: pytest.LogCaptureFixture) -> None:
    """With -v each try and each repeat has its line, and nothing secret is in one."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    server.answer(BUSY, Answer())
    with fetcher_of(retries=3) as fetcher:
        fetcher.fetch("GET", f"{server.url}/?token=secret-value")
    first, again, second = caplog.messages
    assert first.startswith(f"GET {server.url}/?token 503 in ")
    assert again.startswith("trying again in 0.")
    assert again.endswith(f" s (1 of 3): 503 (GET {server.url}/?token)"), "many may be on their way"
    assert second.startswith(f"GET {server.url}/?token 200 in ")


def test_requests_that_fail_leave_nothing_to_look_for() -> None:
    """A signature that no error quotes is not looked for from then on: there may be thousands."""
    redactor = Redactor()
    with (
        pytest.raises(IndexError),
        fetcher_of(redactor=redactor, open_transport=lambda: ScriptedTransport([])) as fetcher,
    ):
        fetcher.fetch("GET", f"http://{HOST}/")
    assert not redactor.may_change(SIGNATURE)
