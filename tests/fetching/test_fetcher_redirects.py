"""Redirects: each hop is checked and signed again, and nothing is sent where it may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coda_cli.errors import HostNotAllowedError, InvalidURLError, RequestError, StatusCodeError
from coda_cli.fetching.policy import NetworkPolicy
from coda_cli.wire import Url, WireRequest, WireResponse
from tests.fetching.parts import HOST, SIGNATURE, ScriptedTransport, Signer, fetcher_of
from tests.servers import Answer

if TYPE_CHECKING:
    from tests.servers import LoopbackServer, Received


def redirect(status: int, location: str) -> Answer:
    """Make an answer that points elsewhere."""
    return Answer(status, (("Location", location),))


def test_each_hop_is_signed_again(server: LoopbackServer) -> None:
    """A redirect is followed with a signature of its own over its own URL."""
    server.answer(redirect(302, "../x y?b=1+2"), redirect(307, "?c"), Answer(body=b"there"))
    signer = Signer()
    with fetcher_of(authenticator=signer) as fetcher:
        assert fetcher.fetch("GET", f"{server.url}/a/b").body == "there"
    assert [request.target for request in server.requests] == [b"/a/b", b"/x%20y?b=1%202", b"/x%20y?c="]
    assert [request.header("Authorization") for request in server.requests] == [
        f"{SIGNATURE} {number}" for number in (1, 2, 3)
    ]
    assert [request.url.target.encode() for request in signer.signed] == [r.target for r in server.requests]
    assert all(len(request.headers) == 0 for request in signer.signed)


@pytest.mark.parametrize(
    ("status", "method", "body"),
    [
        pytest.param(302, b"GET", b"", id="302"),
        pytest.param(303, b"GET", b"", id="303"),
        pytest.param(308, b"POST", b"a=b", id="308"),
    ],
)
def test_method_and_body(server: LoopbackServer, status: int, method: bytes, body: bytes) -> None:
    """What becomes a GET is sent without body, length and content type."""
    server.answer(redirect(status, "/next"), Answer())
    with fetcher_of() as fetcher:
        fetcher.fetch("POST", server.url, form={"a": "b"}, headers={"X-A": "1"})
    arrived = server.requests[1]
    assert (arrived.method, arrived.body, arrived.header("X-A")) == (method, body, "1")
    assert (arrived.header("Content-Type") is None) == (method == b"GET")
    assert arrived.header("Content-Length") == (str(len(body)) if body else None)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_location_that_is_not_ascii(server: LoopbackServer, encoding: str) -> None:
    """A Location that some server sends raw is read as UTF-8, or as Latin-1 where it is none."""
    server.answer(Answer(raw="HTTP/1.1 302 Found\r\nLocation: /ü\r\n\r\n".encode(encoding)), Answer())
    with fetcher_of() as fetcher:
        fetcher.fetch("GET", server.url)
    assert server.requests[1].target == b"/%C3%BC"


def test_ten_redirects_and_no_more(server: LoopbackServer) -> None:
    """Ten redirects are followed; the eleventh is an error."""
    server.answer(*[redirect(302, f"/{number}") for number in range(10)], Answer(body=b"there"))
    with fetcher_of() as fetcher:
        assert fetcher.fetch("GET", server.url).body == "there"
    server.answer(redirect(302, "/again?token=secret"))
    with fetcher_of() as fetcher, pytest.raises(RequestError, match="more than 10 times") as caught:
        fetcher.fetch("GET", server.url)
    assert len(server.requests) == 22
    assert "secret" not in caught.value.message


def test_ignored_redirect_is_a_status_error(server: LoopbackServer) -> None:
    """A redirect that a pack wants to see is a StatusCodeError with its Location."""
    server.answer(redirect(302, "/next"))
    with fetcher_of() as fetcher, pytest.raises(StatusCodeError) as caught:
        fetcher.fetch("GET", server.url, ignore_redirects=True)
    assert (caught.value.status_code, caught.value.headers["Location"]) == (302, "/next")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        pytest.param("https://evil.example/?token=secret", HostNotAllowedError, id="undeclared host"),
        pytest.param("//evil.example/", HostNotAllowedError, id="scheme-relative"),
        pytest.param("http://127.0.0.1:1/", HostNotAllowedError, id="another port"),
        pytest.param("https://127.0.0.1@evil.example/", InvalidURLError, id="userinfo"),
        pytest.param("https://evil.example\\@127.0.0.1/", InvalidURLError, id="backslash"),
        pytest.param("ftp://127.0.0.1/", InvalidURLError, id="another scheme"),
        pytest.param("/a\tb", InvalidURLError, id="control character"),
    ],
)
def test_redirects_that_are_refused(server: LoopbackServer, location: str, kind: type[RequestError]) -> None:
    """A redirect that leaves what is declared is an error; nothing is signed or sent for it."""
    server.answer(redirect(302, location))
    signer = Signer()
    with fetcher_of(authenticator=signer) as fetcher, pytest.raises(kind) as caught:
        fetcher.fetch("GET", server.url)
    assert caught.value.message.startswith(f"{server.url} redirects to ")
    assert "secret" not in " ".join([caught.value.message, *caught.value.details])
    assert len(server.requests) == len(signer.signed) == 1


def test_https_is_not_left() -> None:
    """A redirect from https to plain http is refused, on this machine too."""
    transport = ScriptedTransport([WireResponse(302, (("Location", f"http://{HOST}/"),))])
    with pytest.raises(HostNotAllowedError, match="redirects to http:") as caught:
        fetcher_of(open_transport=lambda: transport).fetch("GET", f"https://{HOST}/")
    assert "from https to plain http is refused" in caught.value.details
    assert len(transport.sent) == 1


def test_credentials_stay_at_their_domain() -> None:
    """A redirect to a declared domain that gets no credentials goes there unsigned, as it is written."""
    transport = ScriptedTransport(
        [WireResponse(307, (("Location", "https://b.example/x?y+z&Signature=abc"),)), WireResponse(200)]
    )
    policy = NetworkPolicy(("a.example", "b.example"), "a.example", allow_multiple=True)
    fetcher = fetcher_of(policy=policy, open_transport=lambda: transport)
    fetcher.fetch("PUT", "https://a.example/", body="text", headers={"Cookie": "a=b", "X-A": "1"})
    (first, _), (second, _) = transport.sent
    assert dict(first.headers)["Authorization"].startswith(SIGNATURE)
    assert second == WireRequest(
        "PUT", Url("https", "b.example", None, "/x", "y+z&Signature=abc"), (("X-A", "1"),), b"text"
    )


def test_secrets_of_each_hop_are_cut(server: LoopbackServer) -> None:
    """An answer after a redirect gives away the signature of neither request."""
    server.answer(redirect(302, "/next"), lambda request: Answer(body=echoed(request)))
    with fetcher_of() as fetcher:
        assert fetcher.fetch("GET", server.url).body == "[secret] 2"


def echoed(request: Received) -> bytes:
    """Give back what proved who was calling."""
    return (request.header("Authorization") or "").encode()
