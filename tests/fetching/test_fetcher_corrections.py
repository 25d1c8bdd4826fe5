"""Requests that the authenticator corrects: where they go, how often, and what later ones keep of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from coda_cli.errors import ConnectionFailedError, HostNotAllowedError, StatusCodeError
from coda_cli.fetching.fetcher import MOST_CORRECTIONS
from coda_cli.fetching.policy import NetworkPolicy
from coda_cli.wire import Url, WireRequest, WireResponse
from tests.fetching.parts import HOST, SIGNATURE, Routes, ScriptedTransport, Signer, fetcher_of
from tests.servers import Answer

if TYPE_CHECKING:
    from tests.servers import LoopbackServer

BUSY = Answer(503)
SKEWED = Answer(403, body=b"<Error><Code>RequestTimeTooSkewed</Code></Error>")
ELSEWHERE = Answer(301, (("Location", "/no/usable/location"),))
EXPIRED = Answer(400, body=b'{"__type": "ExpiredTokenException"}')


@dataclass
class Correcting(Signer):
    """Corrects each of three mistakes once in a fetch, as AWS's authenticator does."""

    asked: list[frozenset[str]] = field(default_factory=list)

    def retry(self, request: WireRequest, response: WireResponse) -> WireRequest | None:
        """Sign anew, with what was corrected noted, and the path changed where the region was wrong."""
        self.asked.append(request.corrections)
        mistake = {301: "region", 403: "skew", 400: "expiry"}.get(response.status)
        if mistake is None or mistake in request.corrections:
            return None
        url = replace(request.url, path="/corrected") if mistake == "region" else request.url
        unsigned = WireRequest(request.method, url, (), request.body)
        return replace(self.authenticate(unsigned), corrections=request.corrections | {mistake})


def authorizations(server: LoopbackServer) -> list[str | None]:
    """What proved who was calling, request by request."""
    return [request.header("Authorization") for request in server.requests]


def signatures(number: int) -> list[str]:
    """The first so many signatures, each made once."""
    return [f"{SIGNATURE} {count}" for count in range(1, number + 1)]


def test_corrections_in_sequence(server: LoopbackServer) -> None:
    """One mistake after another is corrected, and each answer with an error is shown to the authenticator."""
    server.answer(SKEWED, ELSEWHERE, EXPIRED, Answer(body=b"there"))
    signer = Correcting()
    with fetcher_of(authenticator=signer) as fetcher:
        assert fetcher.fetch("PUT", f"{server.url}/a", body="text").body == "there"
    assert [(request.target, request.body) for request in server.requests] == [
        (b"/a", b"text"),
        (b"/a", b"text"),
        (b"/corrected", b"text"),
        (b"/corrected", b"text"),
    ]
    assert signer.asked == [frozenset(), {"skew"}, {"skew", "region"}]
    assert authorizations(server) == signatures(4)


def test_each_mistake_is_corrected_once(server: LoopbackServer) -> None:
    """A mistake that comes again is the error, with all that was corrected before it known."""
    server.answer(SKEWED, EXPIRED, SKEWED)
    signer = Correcting()
    with fetcher_of(authenticator=signer) as fetcher, pytest.raises(StatusCodeError) as caught:
        fetcher.fetch("GET", server.url)
    assert len(server.requests) == 3
    assert signer.asked == [frozenset(), {"skew"}, {"skew", "expiry"}]
    assert caught.value.error_code == "RequestTimeTooSkewed"


def test_corrections_have_an_end(server: LoopbackServer) -> None:
    """An authenticator that never gives up is asked no more than a few times."""
    server.answer(Answer(403))
    signer = Signer(correct=lambda request, response: request)
    with fetcher_of(authenticator=signer) as fetcher, pytest.raises(StatusCodeError):
        fetcher.fetch("GET", server.url)
    assert len(server.requests) == MOST_CORRECTIONS + 1
    assert len(signer.seen) == MOST_CORRECTIONS


def test_correction_comes_before_a_redirect(server: LoopbackServer) -> None:
    """A redirect that tells of a mistake is corrected; the answer to that may be one to follow."""
    server.answer(ELSEWHERE, Answer(302, (("Location", "next?a"),)), Answer(body=b"there"))
    with fetcher_of(authenticator=Correcting()) as fetcher:
        assert fetcher.fetch("GET", f"{server.url}/a/b").body == "there"
    assert [request.target for request in server.requests] == [b"/a/b", b"/corrected", b"/next?a="]


def test_corrections_are_kept_by_redirects(server: LoopbackServer) -> None:
    """What was corrected before a redirect is not corrected again after it."""
    server.answer(SKEWED, Answer(302, (("Location", "/next"),)), SKEWED)
    signer = Correcting()
    with fetcher_of(authenticator=signer) as fetcher, pytest.raises(StatusCodeError):
        fetcher.fetch("GET", server.url)
    assert [request.target for request in server.requests] == [b"/", b"/", b"/next"]
    assert signer.asked == [frozenset(), {"skew"}, {"skew"}]
    assert signer.signed[-1].corrections == {"skew"}


@pytest.mark.parametrize(
    "failure", [pytest.param(BUSY, id="busy"), pytest.param(Answer(raw=b""), id="connection")]
)
def test_corrections_are_kept_by_repeats(server: LoopbackServer, failure: Answer) -> None:
    """A corrected request that then fails in passing is repeated corrected, and signed afresh."""
    server.answer(ELSEWHERE, failure, SKEWED, failure, Answer(body=b"there"))
    signer = Correcting()
    with fetcher_of(authenticator=signer, retries=3) as fetcher:
        assert fetcher.fetch("GET", f"{server.url}/a", headers={"X-A": "1"}).body == "there"
    assert [request.target for request in server.requests] == [b"/a"] + [b"/corrected"] * 4
    assert authorizations(server) == signatures(5)
    assert server.requests[-1].header("X-A") == "1"
    assert signer.signed[-1].corrections == {"region", "skew"}
    assert signer.signed[-1].url.path == "/corrected"


def test_correction_comes_before_a_repeat(server: LoopbackServer) -> None:
    """An error that could be either is corrected first, and does not cost a try."""
    server.answer(
        Answer(400, body=b'{"__type": "ThrottlingException"}'), BUSY, Answer(body=b"there")
    )  # 400 is what Correcting takes for an expired token
    signer = Correcting()
    with fetcher_of(authenticator=signer, retries=1) as fetcher:
        assert fetcher.fetch("GET", server.url).body == "there"
    assert signer.asked == [frozenset(), {"expiry"}]
    assert len(server.requests) == 3


def test_a_failed_correction_is_told_as_it_failed(server: LoopbackServer) -> None:
    """What breaks after a correction is the error, not what was corrected."""
    server.answer(SKEWED, Answer(raw=b""))
    with fetcher_of(authenticator=Correcting()) as fetcher, pytest.raises(ConnectionFailedError):
        fetcher.fetch("GET", server.url)
    assert len(server.requests) == 2


def test_unsigned_requests_are_not_corrected(server: LoopbackServer) -> None:
    """An authenticator is not asked about a request that it did not sign."""
    server.answer(SKEWED)
    signer = Correcting()
    with fetcher_of(authenticator=signer) as fetcher, pytest.raises(StatusCodeError):
        fetcher.fetch("GET", server.url, disable_authentication=True)
    assert (len(server.requests), signer.asked) == (1, [])


def test_correction_of_an_ignored_redirect(server: LoopbackServer) -> None:
    """A pack that wants to see redirects still gets its region corrected."""
    server.answer(ELSEWHERE, Answer(302, (("Location", "/next"),)))
    with fetcher_of(authenticator=Correcting()) as fetcher, pytest.raises(StatusCodeError) as caught:
        fetcher.fetch("GET", server.url, ignore_redirects=True)
    assert (len(server.requests), caught.value.status_code) == (2, 302)


def test_corrections_see_what_the_service_said(server: LoopbackServer) -> None:
    """The authenticator gets the error's code, and is not asked about a success."""
    body = b"<Error><Code>RequestTimeTooSkewed</Code></Error>"
    server.answer(Answer(), Answer(403, body=body))
    signer = Signer()
    with fetcher_of(authenticator=signer) as fetcher:
        fetcher.fetch("GET", server.url)
        with pytest.raises(StatusCodeError):
            fetcher.fetch("GET", server.url)
    assert [response.error.code for response in signer.seen if response.error] == ["RequestTimeTooSkewed"]


@pytest.mark.parametrize(
    "host",
    [pytest.param("evil.example", id="undeclared"), pytest.param("b.example", id="gets no credentials")],
)
def test_correction_may_not_go_elsewhere(host: str) -> None:
    """A correction to a host that may not be called, or gets no credentials, is not sent."""
    transport = ScriptedTransport([WireResponse(400)])
    signer = Signer(correct=lambda request, _: replace(request, url=replace(request.url, host=host)))
    policy = NetworkPolicy(("a.example", "b.example"), "a.example", allow_multiple=True)
    with pytest.raises(HostNotAllowedError, match=host):
        fetcher_of(policy=policy, authenticator=signer, open_transport=lambda: transport).fetch(
            "GET", "https://a.example/"
        )
    assert len(transport.sent) == 1


def test_corrected_host_is_routed_too() -> None:
    """A correction that changes the host is connected to where that host's override says."""
    elsewhere = Url("http", HOST, 1, "/", "")
    transport = ScriptedTransport([WireResponse(400), WireResponse(200)])
    signer = Signer(correct=lambda request, _: replace(request, url=replace(request.url, host="b.a.example")))
    fetcher_of(
        policy=NetworkPolicy(("a.example",), "a.example"),
        router=Routes({"b.a.example": elsewhere}),
        authenticator=signer,
        open_transport=lambda: transport,
    ).fetch("GET", "https://a.example/")
    assert [(request.url.host, connect_to) for request, connect_to in transport.sent] == [
        ("a.example", None),
        ("b.a.example", elsewhere),
    ]
