"""A fetch from end to end: the order of its steps, redirects, corrections, errors, what is shown."""

from __future__ import annotations

import logging
from dataclasses import replace
from http.client import BadStatusLine
from typing import TYPE_CHECKING

import pytest

from coda_cli.errors import (
    CredentialsError,
    DecodingError,
    HostNotAllowedError,
    InvalidURLError,
    RequestError,
    RequestTimeoutError,
    StatusCodeError,
)
from coda_cli.fetching.policy import Endpoint, NetworkPolicy
from coda_cli.redaction import Redactor
from coda_cli.sdk import FetchRequest
from coda_cli.wire import Url, WireRequest, WireResponse
from tests.fetching.parts import HOST, SIGNATURE, Routes, ScriptedTransport, Signer, fetcher_of, never_opened
from tests.servers import Answer

if TYPE_CHECKING:
    from tests.servers import LoopbackServer, Received


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Capture what -v shows."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    return caplog


def test_fetch(server: LoopbackServer) -> None:
    """What a pack asks for arrives signed, and what comes back is decoded."""
    server.answer(Answer(201, (("X-A", "1"),), b'{"a": 1}'))
    with fetcher_of() as fetcher:
        response = fetcher.fetch("post", f"{server.url}/a b?c", headers={"X-B": "2"}, body="text")
    assert (response.status, response.body, response.headers["x-a"]) == (201, {"a": 1}, "1")
    (arrived,) = server.requests
    assert arrived.request_line == b"POST /a%20b?c= HTTP/1.1"
    assert (arrived.header("X-B"), arrived.body) == ("2", b"text")
    assert arrived.header("Authorization") == f"{SIGNATURE} 1"


def test_fetch_takes_a_request(server: LoopbackServer) -> None:
    """A request that a pack made is fetched as if it had passed its parts, options too."""
    signer = Signer()
    server.answer(Answer(302, (("Location", "/next"),)), Answer(body=b"{}"))
    request = FetchRequest("PUT", f"{server.url}/a", headers={"X-B": "2"}, body=b"b", is_binary_response=True)
    with fetcher_of(authenticator=signer) as fetcher:
        with pytest.raises(StatusCodeError):
            fetcher.fetch(replace(request, disable_authentication=True, ignore_redirects=True))
        assert not signer.signed
        assert fetcher.fetch(request).body == b"{}"
    assert [(one.request_line, one.header("X-B"), one.body) for one in server.requests] == [
        (b"PUT /a HTTP/1.1", "2", b"b")
    ] * 2


def test_binary_response(server: LoopbackServer) -> None:
    """A pack that asks for bytes gets bytes."""
    server.answer(Answer(body=b'{"a": "\xff"}'))
    with fetcher_of() as fetcher:
        assert fetcher.fetch("GET", server.url, is_binary_response=True).body == b'{"a": "\xff"}'


def test_cache_options_do_nothing(server: LoopbackServer) -> None:
    """Every fetch is sent, whatever the pack says of caching."""
    with fetcher_of() as fetcher:
        for _ in range(2):
            fetcher.fetch(method="GET", url=server.url, cache_ttl_secs=60, force_cache=True)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        pytest.param("https://other.example/", HostNotAllowedError, id="undeclared host"),
        pytest.param("https://user@127.0.0.1/", InvalidURLError, id="userinfo"),
        pytest.param("/relative", InvalidURLError, id="relative without an endpoint"),
    ],
)
def test_nothing_is_signed_before_the_policy_agreed(url: str, kind: type[RequestError]) -> None:
    """A URL that is refused costs neither a credential nor a connection."""
    signer = Signer()
    with pytest.raises(kind):
        fetcher_of(authenticator=signer, open_transport=never_opened).fetch("GET", url)
    assert not signer.signed


def test_bad_override_is_found_before_credentials() -> None:
    """An override that is refused is refused before anything is signed."""

    class Refusing:
        def connect_to(self, url: Url) -> Url | None:
            raise CredentialsError("AWS_ENDPOINT_URL is plain http")

    signer = Signer()
    with pytest.raises(CredentialsError):
        fetcher_of(authenticator=signer, router=Refusing()).fetch("GET", f"http://{HOST}/")
    assert not signer.signed


def test_no_fetch() -> None:
    """With --no-fetch every fetch fails, without naming what is in its query."""
    fetcher = fetcher_of(is_allowed=False, open_transport=never_opened)
    with pytest.raises(RequestError) as caught:
        fetcher.fetch("get", f"https://u:hunter22@{HOST}/path?token=secret")
    assert caught.value.message == f"unhandled fetch: GET https://{HOST}/path"
    assert any("--no-fetch" in line for line in caught.value.details)


def test_disabled_authentication_leaves_the_url_as_written(server: LoopbackServer) -> None:
    """An unsigned request keeps path and query, so that a pre-signed URL stays valid."""
    signer = Signer()
    with fetcher_of(authenticator=signer) as fetcher:
        fetcher.fetch("GET", f"{server.url}/a+b?x&y=1+2&z=a/b", disable_authentication=True)
    assert server.requests[0].target == b"/a+b?x&y=1+2&z=a/b"
    assert server.requests[0].header("Authorization") is None
    assert not signer.signed


def test_other_domains_get_unsigned_requests(server: LoopbackServer, log: pytest.LogCaptureFixture) -> None:
    """Credentials go to the authentication's domain only, and -v says so."""
    signer = Signer()
    policy = NetworkPolicy((HOST, "a.example"), "a.example", allow_multiple=True)
    with fetcher_of(authenticator=signer, policy=policy) as fetcher:
        fetcher.fetch("GET", server.url)
    assert not signer.signed
    assert (
        f"127.0.0.1:{server.port} gets an unsigned request: credentials go to a.example only" in log.messages
    )


def test_unauthenticated_pack(server: LoopbackServer, log: pytest.LogCaptureFixture) -> None:
    """A pack whose credentials go nowhere sends unsigned requests, without a word about it."""
    with fetcher_of(policy=NetworkPolicy((HOST,))) as fetcher:
        fetcher.fetch("GET", server.url)
    assert server.requests[0].header("Authorization") is None
    assert len(log.messages) == 1


def test_endpoint(server: LoopbackServer) -> None:
    """A relative URL goes to the endpoint, and a redirect may not leave its host."""
    server.answer(Answer(302, (("Location", "http://localhost:1/x"),)))
    policy = NetworkPolicy((HOST, "localhost"), HOST, allow_multiple=True)
    with (
        fetcher_of(endpoint=Endpoint(f"{server.url}/base"), policy=policy) as fetcher,
        pytest.raises(HostNotAllowedError) as caught,
    ):
        fetcher.fetch("GET", "/x?y=1")
    assert caught.value.message == f"{server.url} redirects to http://localhost:1, which is refused"
    assert caught.value.details[:2] == (
        "Nothing was sent there.",
        f"the pack may not call localhost:1: its endpoint is {server.url}",
    )
    assert [request.target for request in server.requests] == [b"/base/x?y=1"]


def test_override_is_used_and_looked_up_once(server: LoopbackServer) -> None:
    """Requests to an overridden host go elsewhere and stay its own."""
    asked: list[str] = []

    class Asked(Routes):
        def connect_to(self, url: Url) -> Url | None:
            asked.append(url.origin)
            return super().connect_to(url)

    elsewhere = Url("http", HOST, server.port, "/", "")
    policy = NetworkPolicy(("amazonaws.com",), "amazonaws.com")
    with fetcher_of(router=Asked({"s3.amazonaws.com": elsewhere}), policy=policy) as fetcher:
        for _ in range(2):
            fetcher.fetch("GET", "https://s3.amazonaws.com/")
    assert [request.header("Host") for request in server.requests] == ["s3.amazonaws.com"] * 2
    assert asked == ["https://s3.amazonaws.com"]


def test_each_request_is_told(server: LoopbackServer, log: pytest.LogCaptureFixture) -> None:
    """With -v there is a line a request, with the names of its query but not their values."""
    with fetcher_of() as fetcher:
        fetcher.fetch("GET", f"{server.url}/path?token=secret-value&acl")
    (line,) = log.messages
    start = f"GET {server.url}/path?token&acl 200 in 0."
    assert line.startswith(start)
    assert line.endswith(" s")


def test_transport_is_opened_when_needed_and_closed() -> None:
    """The transport is made by the first fetch, kept, and closed with the fetcher."""
    transport = ScriptedTransport([WireResponse(200), WireResponse(200)])
    opened: list[ScriptedTransport] = []

    def open_transport() -> ScriptedTransport:
        opened.append(transport)
        return transport

    with fetcher_of(open_transport=open_transport) as fetcher:
        assert not opened
        fetcher.fetch("GET", f"http://{HOST}/")
        fetcher.fetch("GET", f"http://{HOST}/")
    assert opened == [transport]
    assert transport.is_closed


def test_timeout_covers_redirects(server: LoopbackServer) -> None:
    """A chain of redirects has the time of one fetch."""
    server.answer(Answer(302, (("Location", "/next"),)), Answer(raw=server.stall()))
    with fetcher_of(timeout=2) as fetcher, pytest.raises(RequestTimeoutError):
        fetcher.fetch("GET", server.url)
    assert len(server.requests) == 2


def test_no_time_left_for_a_request() -> None:
    """A fetch whose time is over before it is sent is a timeout like another."""
    with pytest.raises(RequestTimeoutError, match="longer than 0 seconds"):
        fetcher_of(timeout=0, open_transport=lambda: ScriptedTransport([])).fetch("GET", f"http://{HOST}/x")


REDACTED = "[secret]"


def test_echoed_secrets_are_cut(server: LoopbackServer) -> None:
    """A service that echoes headers back gives away nothing: neither key, token nor signature."""
    redactor = Redactor()
    redactor.add_secret("SessionToken/+=")

    def echo(request: Received) -> Answer:
        sent = request.header("Authorization") or ""
        return Answer(
            headers=(("X-Echo", f"{sent} SessionToken/+="),), body=f"{sent} SessionToken/+=".encode()
        )

    server.answer(echo)
    with fetcher_of(redactor=redactor) as fetcher:
        response = fetcher.fetch("GET", server.url)
    assert response.body == response.headers["X-Echo"] == f"{REDACTED} 1 {REDACTED}"


SIGNED_QUERY = (
    "X-Amz-Signature=0123456789abcdef&x-amz-security-token=Token%2F0123&Signature=s&NextToken=page-0002"
)


def test_secrets_of_a_signed_url_are_cut(server: LoopbackServer) -> None:
    """What a pre-signed URL proves by is cut out of an answer; short values and tokens of pages stay."""
    server.answer(Answer(body=b"0123456789abcdef Token%2F0123 Token/0123 s page-0002"))
    with fetcher_of() as fetcher:
        answer = fetcher.fetch("GET", f"{server.url}?{SIGNED_QUERY}", disable_authentication=True)
    assert answer.body == f"{REDACTED} {REDACTED} {REDACTED} s page-0002"


def test_secrets_of_a_request_that_fails_are_known() -> None:
    """The libraries' own errors quote the URL, and what a server echoed: --debug shows neither."""
    redactor = Redactor()

    class Quoting(ScriptedTransport):
        def send(
            self, request: WireRequest, *, timeout: float, connect_to: Url | None = None
        ) -> WireResponse:
            try:
                raise BadStatusLine(request.headers[-1][1])
            except BadStatusLine as error:
                raise RequestError("the request failed") from error

    with (
        pytest.raises(RequestError),
        fetcher_of(redactor=redactor, open_transport=lambda: Quoting([])) as fetcher,
    ):
        fetcher.fetch("GET", f"http://{HOST}/?{SIGNED_QUERY}")
    assert redactor.text(f"{SIGNED_QUERY} Token/0123 {SIGNATURE}") == (
        f"X-Amz-Signature={REDACTED}&x-amz-security-token={REDACTED}&Signature=s&NextToken=page-0002"
        f" {REDACTED} {REDACTED}"
    )


def test_echoed_secrets_are_cut_from_errors(server: LoopbackServer) -> None:
    """An error's message, body and headers give away nothing either."""

    def echo(request: Received) -> Answer:
        sent = request.header("Authorization") or ""
        body = f"<Error><Code>{sent}</Code><Message>{sent}</Message><RequestId>{sent}</RequestId></Error>"
        return Answer(403, (("X-Echo", sent), ("Content-Type", "text/xml")), body.encode())

    server.answer(echo)
    with fetcher_of() as fetcher, pytest.raises(StatusCodeError) as caught:
        fetcher.fetch("GET", server.url)
    error = caught.value
    everything = [
        error.message,
        *error.details,
        repr(error.body),
        repr(error.headers),
        repr(error.error_code),
    ]
    assert not [text for text in everything if SIGNATURE in text]
    assert REDACTED in error.message


@pytest.mark.parametrize(
    ("answer", "reason", "code", "details"),
    [
        pytest.param(
            Answer(
                403,
                (("x-amz-request-id", "R1"),),
                b"<Error><Code>AccessDenied</Code><Message>No\nway.</Message></Error>",
            ),
            "403 AccessDenied",
            "AccessDenied",
            ("The service says: No way.", "Request id: R1"),
            id="AWS",
        ),
        pytest.param(Answer(404, body=b"nothing"), "404 Not Found", None, (), id="text"),
        pytest.param(
            Answer(400, body=b'{"message": "Bad"}'),
            "400 Bad Request",
            None,
            ("The service says: Bad",),
            id="a message",
        ),
        pytest.param(Answer(599), "599", None, (), id="unknown status"),
        pytest.param(Answer(304), "304 Not Modified", None, (), id="not modified"),
        pytest.param(Answer(302), "302 Found", None, (), id="a redirect to nowhere"),
        pytest.param(Answer(300, (("Location", "/x"),)), "300 Multiple Choices", None, (), id="choices"),
    ],
)
def test_status_errors(
    server: LoopbackServer, answer: Answer, reason: str, code: str | None, details: tuple[str, ...]
) -> None:
    """A status outside 2xx says in a line who answered what."""
    server.answer(answer)
    with fetcher_of() as fetcher, pytest.raises(StatusCodeError) as caught:
        fetcher.fetch("GET", f"{server.url}/path?token=secret")
    error = caught.value
    assert error.message == f"GET {server.url}/path answered {reason}"
    assert (error.error_code, error.details, error.exit_code) == (code, details, 5)
    assert error.status_code == answer.status


@pytest.mark.parametrize(
    ("body", "binary", "decoded"),
    [
        pytest.param(b'{"a": 1}', False, {"a": 1}, id="JSON"),
        pytest.param(b'{"a": 1}', True, b'{"a": 1}', id="bytes"),
        pytest.param(b"<Error><Code>X</Code", False, "<Error><Code>X</Code", id="broken XML"),
    ],
)
def test_status_error_has_the_body(
    server: LoopbackServer, body: bytes, binary: bool, decoded: object
) -> None:
    """A pack that catches the error finds the decoded body, and a broken one does not hide the status."""
    server.answer(Answer(500, (("Content-Type", "text/xml"), ("X-A", "1")), body))
    with fetcher_of() as fetcher, pytest.raises(StatusCodeError) as caught:
        fetcher.fetch("GET", server.url, is_binary_response=binary)
    assert caught.value.body == decoded
    assert caught.value.headers["x-a"] == "1"


def test_broken_body_of_a_success_is_an_error(server: LoopbackServer) -> None:
    """XML that is cut off is no result."""
    server.answer(Answer(headers=(("Content-Type", "text/xml"),), body=b"<a><b>"))
    with fetcher_of() as fetcher, pytest.raises(DecodingError):
        fetcher.fetch("GET", server.url)


def test_refused_credentials(server: LoopbackServer) -> None:
    """Where the authenticator explains a refusal, the exit code is 4 and its lines come first."""
    server.answer(Answer(403, (("x-amzn-requestid", "R1"),), b'{"__type": "SignatureDoesNotMatch"}'))
    with (
        fetcher_of(authenticator=Signer(refuses=("The secret is wrong.",))) as fetcher,
        pytest.raises(StatusCodeError) as caught,
    ):
        fetcher.fetch("GET", server.url)
    assert caught.value.exit_code == 4
    assert caught.value.details == ("The secret is wrong.", "Request id: R1")


def test_unsigned_requests_are_not_explained(server: LoopbackServer) -> None:
    """An authenticator is not asked about a request that it did not sign."""
    signer = Signer(refuses=("The secret is wrong.",))
    server.answer(Answer(403))
    with fetcher_of(authenticator=signer) as fetcher, pytest.raises(StatusCodeError) as caught:
        fetcher.fetch("GET", server.url, disable_authentication=True)
    assert (caught.value.exit_code, caught.value.details, signer.seen) == (5, (), [])
