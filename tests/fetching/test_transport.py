"""One request over the network: what arrives, what comes back, and how it breaks off."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest

from coda_cli import __version__
from coda_cli.errors import (
    ConnectionFailedError,
    DecodingError,
    ResponseSizeTooLargeError,
)
from coda_cli.fetching.transport import HttpTransport
from coda_cli.fetching.transport_answers import LARGEST_BODY
from coda_cli.wire import WireRequest
from tests.fetching.parts import send, url_of
from tests.servers import Answer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import LoopbackServer


def test_request_arrives_as_it_is(server: LoopbackServer) -> None:
    """Target, headers and body arrive byte for byte; only what no signature covers is added."""
    send(
        f"{server.url}//a/../b%2F~?x&y=%20",
        ("X-A", "ü€"),
        ("Host", "real.example"),
        method="PUT",
        body=b"\x00\xff",
    )
    (arrived,) = server.requests
    assert arrived.request_line == b"PUT //a/../b%2F~?x&y=%20 HTTP/1.1"
    assert arrived.body == b"\x00\xff"
    assert sorted(arrived.headers) == [
        (b"Accept-Encoding", b"gzip, deflate"),
        (b"Content-Length", b"2"),
        (b"Host", b"real.example"),
        (b"User-Agent", f"coda-cli/{__version__}".encode()),
        (b"X-A", "ü€".encode()),
    ]


def test_repeated_headers_all_arrive(server: LoopbackServer) -> None:
    """A name that repeats arrives as often, in order: the signature covers each value."""
    send(server.url, ("X-A", "1"), ("x-a", "2"))
    assert server.requests[0].values("x-a") == [b"1", b"2"]


def test_own_headers_are_defaults(server: LoopbackServer) -> None:
    """What a pack sets itself is not replaced."""
    send(server.url, ("user-agent", "mine"), ("Accept-Encoding", "identity"))
    assert server.requests[0].header("User-Agent") == "mine"
    assert server.requests[0].header("Accept-Encoding") == "identity"
    assert server.requests[0].header("Host") == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize(
    ("method", "length"),
    [pytest.param(method, None, id=method) for method in ("GET", "HEAD", "DELETE")]
    + [pytest.param(method, "0", id=method) for method in ("POST", "PUT", "PATCH")],
)
def test_length_without_a_body(server: LoopbackServer, method: str, length: str | None) -> None:
    """A request without a body has a length only where its method expects a body."""
    send(server.url, method=method)
    assert server.requests[0].header("Content-Length") == length


def test_connections_are_kept(server: LoopbackServer) -> None:
    """Several requests to one host use one connection."""
    with HttpTransport({}) as transport:
        for method in ("GET", "HEAD", "POST", "GET"):
            transport.send(WireRequest(method, url_of(server.url)), timeout=20)
    assert [request.connection for request in server.requests] == [1, 1, 1, 1]


def test_no_cookie_is_kept(server: LoopbackServer) -> None:
    """A cookie that a server sets is not sent back."""
    server.answer(Answer(headers=(("Set-Cookie", "a=b; Path=/"),)))
    with HttpTransport({}) as transport:
        for _ in range(2):
            transport.send(WireRequest("GET", url_of(server.url)), timeout=20)
    assert server.requests[1].header("Cookie") is None


def test_netrc_is_not_read(server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password in ~/.netrc is not sent."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    send(server.url)
    assert server.requests[0].header("Authorization") is None


def test_redirects_are_not_followed(server: LoopbackServer) -> None:
    """A redirect is an answer like any other."""
    server.answer(Answer(302, (("Location", "/next"),)))
    assert send(server.url).status == 302
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        pytest.param(b"", "closed the connection without an answer", id="nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "broke off", id="short body"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", "broke off", id="short chunk"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "broke off",
            id="no last chunk",
        ),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", "failed", id="not HTTP"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 101 + b"\r\n", "failed", id="more than a hundred headers"
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 70_000 + b"\r\n\r\n", "failed", id="long header"),
    ],
)
def test_broken_answers(server: LoopbackServer, raw: bytes, says: str) -> None:
    """An answer that is not whole is an error, never a result."""
    server.answer(Answer(raw=raw))
    with pytest.raises(ConnectionFailedError, match=says) as caught:
        send(f"{server.url}/path?token=secret-value")
    assert f"127.0.0.1:{server.port}" in caught.value.message
    assert "secret-value" not in " ".join([caught.value.message, *caught.value.details])


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param("gzip", gzip.compress(b"text" * 1000), id="gzip"),
        pytest.param("deflate", zlib.compress(b"text" * 1000), id="deflate"),
        pytest.param("aws-chunked", b"text" * 1000, id="an encoding that is none"),
    ],
)
def test_body_is_decompressed(server: LoopbackServer, encoding: str, body: bytes) -> None:
    """A compressed body is given as it was before."""
    server.answer(Answer(headers=(("Content-Encoding", encoding),), body=body))
    assert send(server.url).body == b"text" * 1000


def test_body_that_cannot_be_decompressed(server: LoopbackServer) -> None:
    """A body that is not compressed as it says is an error."""
    server.answer(Answer(headers=(("Content-Encoding", "gzip"),), body=b"text"))
    with pytest.raises(DecodingError, match="decompressed"):
        send(server.url)


def test_largest_body(server: LoopbackServer) -> None:
    """A body of exactly the limit is received whole."""
    server.answer(Answer(body=bytes(LARGEST_BODY)))
    assert len(send(server.url).body) == LARGEST_BODY == 25 * 1024 * 1024


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(body=bytes(LARGEST_BODY + 1)), id="with a length"),
        pytest.param(Answer(body=[bytes(1024 * 1024)] * 26), id="without a length"),
        pytest.param(
            Answer(headers=(("Content-Encoding", "gzip"),), body=gzip.compress(bytes(LARGEST_BODY + 1))),
            id="once decompressed",
        ),
    ],
)
def test_body_over_the_limit(server: LoopbackServer, answer: Answer) -> None:
    """A body over the limit is an error found while it is read."""
    server.answer(answer)
    with pytest.raises(ResponseSizeTooLargeError, match="larger than 25 MiB"):
        send(server.url)


def test_endless_body_is_not_read_to_its_end(server: LoopbackServer) -> None:
    """What follows the limit is not waited for."""
    server.answer(Answer(body=server.stall(*[bytes(1024 * 1024)] * 26)))
    with pytest.raises(ResponseSizeTooLargeError):
        send(server.url)


def test_length_of_a_head_is_no_body(server: LoopbackServer) -> None:
    """HEAD on an object larger than the limit is fine."""
    server.answer(Answer(headers=(("Content-Length", str(LARGEST_BODY * 10)),)))
    assert send(server.url, method="HEAD").body == b""


def test_headers_come_back_in_order(server: LoopbackServer) -> None:
    """Headers are given as they came, repeated ones too."""
    headers = (("X-B", "1"), ("x-a", "2"), ("X-B", "3"))
    server.answer(Answer(headers=headers))
    assert [pair for pair in send(server.url).headers if pair[0].lower().startswith("x-")] == [
        ("X-B", "1"),
        ("X-B", "3"),
        ("x-a", "2"),
    ]
