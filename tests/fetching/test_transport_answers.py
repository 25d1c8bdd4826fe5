"""Answers that are not whole, or not what they say: none of them is taken for a result."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest

from coda_cli.errors import (
    ConnectionFailedError,
    DecodingError,
    RequestTimeoutError,
    ResponseSizeTooLargeError,
)
from coda_cli.fetching.transport import HttpTransport
from coda_cli.fetching.transport_answers import LARGEST_BODY
from coda_cli.wire import WireRequest
from tests.fetching.parts import send, url_of
from tests.servers import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers import LoopbackServer

MIB = 1024 * 1024
TEXT = b"text of some length, " * 100
GZIPPED = gzip.compress(TEXT)


def raw_deflate(data: bytes) -> bytes:
    """Compress without the head that deflate should have."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


def answer(head: str, body: bytes = b"") -> Answer:
    """Make an answer from the lines of its head as they are, and close the connection after it."""
    return Answer(raw=f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body)


def encoded(encoding: str, body: bytes) -> Answer:
    """Make a whole answer that says how its body is compressed."""
    return Answer(headers=(("Content-Encoding", encoding),), body=body)


@pytest.mark.parametrize(
    ("head", "body", "says"),
    [
        pytest.param("Content-Length: abc", b"abc", "head .* is broken", id="length no number"),
        pytest.param("Content-Length: -3", b"abc", "head .* is broken", id="length below zero"),
        pytest.param("Content-Length: 3.0", b"abc", "head .* is broken", id="length a fraction"),
        pytest.param("Content-Length:", b"abc", "head .* is broken", id="length empty"),
        pytest.param("Content-Length: 3\r\nContent-Length: 5", b"abcde", "is broken", id="two lengths"),
        pytest.param("Content-Length: 3, 5", b"abcde", "is broken", id="two lengths in one"),
        pytest.param("Content-Length: 9", b"abc", "broke off", id="length too large"),
        pytest.param("Transfer-Encoding: gzip", b"abc", "head .* is broken", id="not chunked"),
        pytest.param(
            "Transfer-Encoding: gzip, chunked", b"3\r\nabc\r\n0\r\n\r\n", "is broken", id="and chunked"
        ),
        pytest.param("Transfer-Encoding: chunked", b"xyz\r\nabc\r\n0\r\n\r\n", "broke off", id="no chunk"),
        pytest.param("Transfer-Encoding: chunked", b"-3\r\nabc\r\n0\r\n\r\n", "broke off", id="negative"),
        pytest.param("Transfer-Encoding: chunked", b"f" * 70_000, "failed", id="endless chunk length"),
        pytest.param("no header\r\nContent-Length: 9", b"abc", "head .* is broken", id="no header"),
        pytest.param("X-A: b\r\n" * 10_000, b"", "failed", id="ten thousand headers"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_bodies_without_a_certain_end(
    server: LoopbackServer, method: str, head: str, body: bytes, says: str
) -> None:
    """An answer whose end is not certain is an error: what came of it may be a part."""
    server.answer(answer(head, body))
    with pytest.raises(ConnectionFailedError, match=says) as caught:
        send(f"{server.url}/?token=secret-value", method=method)
    assert f"127.0.0.1:{server.port}" in caught.value.message
    assert max(map(len, caught.value.details), default=0) < 200


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"HTTP/1.1 200 O", id="status line"),
        pytest.param(b"HTTP/1.1 200 OK\r\n", id="no header yet"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Le", id="name"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-A: b", id="value"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-A: b\r\n", id="no empty line"),
        pytest.param(b"HTTP/1.1 204 No Content\r\nX-A: b\r\n", id="no body expected"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-A: b\r\n", id="second head"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_head_that_breaks_off(server: LoopbackServer, method: str, head: bytes) -> None:
    """A connection that ends in the head is no empty answer."""
    server.answer(Answer(raw=head))
    with pytest.raises(ConnectionFailedError, match="broke off before it was complete") as caught:
        send(server.url, method=method)
    assert caught.value.is_transient


@pytest.mark.parametrize(
    ("head", "body"),
    [
        pytest.param("Connection: close", b"abc", id="neither length nor chunks"),
        pytest.param("Content-Length: 3\r\nContent-Length: 3", b"abc", id="the same length twice"),
        pytest.param("Content-Length: 3, 3", b"abc", id="the same length in one"),
        pytest.param("Content-Length: 3", b"abcdef", id="more than the length"),
        pytest.param("Transfer-Encoding: CHUNKED", b"3;x=y\r\nabc\r\n0\r\nX-T: 1\r\n\r\n", id="chunks"),
        pytest.param("Transfer-Encoding: identity\r\nContent-Length: 3", b"abc", id="identity"),
        pytest.param("Content-Type: multipart/mixed\r\nContent-Length: 3", b"abc", id="multipart"),
        pytest.param("X-A: b\r\n  c\r\nContent-Length: 3", b"abc", id="a folded header"),
    ],
)
def test_bodies_with_an_end(server: LoopbackServer, head: str, body: bytes) -> None:
    """What HTTP allows, however seldom it is seen, is received."""
    server.answer(answer(head, body))
    assert send(server.url).body == b"abc"


def test_surplus_is_no_part_of_the_next_answer(server: LoopbackServer) -> None:
    """What a server sends beyond its length is dropped, an answer in it too."""
    surplus = b"abcHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    server.answer(Answer(headers=(("Content-Length", "3"),), body=surplus), Answer(body=b"good"))
    with HttpTransport({}) as transport:
        bodies = [transport.send(WireRequest("GET", url_of(server.url)), timeout=20).body for _ in range(2)]
    assert bodies == [b"abc", b"good"]


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param("gzip", GZIPPED, id="gzip"),
        pytest.param(" GZip ", GZIPPED, id="in any case"),
        pytest.param("x-gzip", GZIPPED, id="x-gzip"),
        pytest.param("gzip", gzip.compress(TEXT[:500]) + gzip.compress(TEXT[500:]), id="two members"),
        pytest.param("gzip", GZIPPED + bytes(512), id="padding"),
        pytest.param("deflate", zlib.compress(TEXT), id="deflate"),
        pytest.param("deflate", raw_deflate(TEXT), id="deflate without its head"),
        pytest.param("gzip, deflate", zlib.compress(GZIPPED), id="one in another"),
        pytest.param("aws-chunked,gzip", GZIPPED, id="what S3 keeps of an upload"),
        pytest.param("identity", TEXT, id="none"),
        pytest.param("br", TEXT, id="one that was not asked for"),
        pytest.param("gzip, br", TEXT, id="below one that was not asked for"),
    ],
)
@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_compressed_bodies(server: LoopbackServer, encoding: str, body: bytes, step: int) -> None:
    """A body is decompressed, in whatever pieces it arrives; what is not known is left as it is."""
    pieces = [body[start : start + step] for start in range(0, len(body), step)]
    server.answer(Answer(headers=(("Content-Encoding", encoding),), body=pieces))
    assert send(server.url).body == TEXT


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, deflate"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_compressed(server: LoopbackServer, encoding: str, method: str) -> None:
    """An empty body is empty, whatever it is said to be."""
    server.answer(encoded(encoding, b""))
    assert send(server.url, method=method).body == b""


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param("gzip", TEXT, id="not gzip"),
        pytest.param("gzip", b"\x1f", id="one byte"),
        pytest.param("gzip", GZIPPED[:-1], id="gzip without its last byte"),
        pytest.param("gzip", GZIPPED[:20], id="gzip that breaks off"),
        pytest.param("gzip", GZIPPED[:-8] + bytes(8), id="gzip with another checksum"),
        pytest.param("gzip", GZIPPED + GZIPPED[:-1], id="second member breaks off"),
        pytest.param("gzip", GZIPPED + b"\x1f\x8b" + bytes(20), id="second member broken"),
        pytest.param("deflate", zlib.compress(TEXT)[:-1], id="deflate that breaks off"),
        pytest.param("deflate", b"\xff" * 20, id="not deflate"),
        pytest.param("gzip, gzip", gzip.compress(GZIPPED[:-1]), id="inner one breaks off"),
        pytest.param(", ".join(["gzip"] * 6), GZIPPED, id="too many"),
    ],
)
def test_bodies_that_cannot_be_decompressed(server: LoopbackServer, encoding: str, body: bytes) -> None:
    """Compressed data that is broken, or not all there, is an error and not its first part."""
    server.answer(encoded(encoding, body))
    with pytest.raises(DecodingError, match="cannot be decompressed") as caught:
        send(server.url)
    assert caught.value.details


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param("gzip", gzip.compress(bytes(16 * MIB)) * 64, id="a gigabyte in a megabyte"),
        pytest.param("deflate", zlib.compress(bytes(200 * MIB)), id="deflate"),
        pytest.param("gzip, gzip", gzip.compress(gzip.compress(bytes(16 * MIB)) * 64), id="twice"),
    ],
)
def test_bomb_does_not_fill_the_memory(server: LoopbackServer, encoding: str, body: bytes) -> None:
    """What would grow beyond the limit is given up there: little more than the limit is ever held."""
    server.answer(encoded(encoding, body))
    tracemalloc.start()
    try:
        with pytest.raises(ResponseSizeTooLargeError):
            send(server.url)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < LARGEST_BODY + 8 * MIB


def test_compressed_data_of_nothing_ends_in_time(server: LoopbackServer) -> None:
    """Data that decompresses to nothing for ever is held to the time, and to the memory, of any other."""

    def empty_blocks() -> Iterator[bytes]:
        compressor = zlib.compressobj(wbits=31)
        yield compressor.compress(b"")
        while not server.closing.is_set():
            yield compressor.flush(zlib.Z_FULL_FLUSH) or b"\x00\x00\x00\xff\xff"

    server.answer(Answer(headers=(("Content-Encoding", "gzip"),), body=empty_blocks()))
    with pytest.raises(RequestTimeoutError):
        send(server.url, timeout=0.3)
