"""An answer off the wire: whole, or an error.

Owns what makes an answer whole: its head, its length, its compression; and how large it may be. What
http.client and urllib3 let pass, a head that breaks off or compressed data without its end, would be a part
taken for the whole.
"""

from __future__ import annotations

import http.client
import io
import re
import zlib
from email.errors import MissingHeaderBodySeparatorDefect
from typing import TYPE_CHECKING, Any

from coda_cli.errors import DecodingError, ResponseSizeTooLargeError
from coda_cli.fetching.deadlines import TIME_LIMIT
from coda_cli.fetching.decoding import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from socket import socket

    from coda_cli.fetching.deadlines import TimeLimit

LARGEST_BODY = 25 * 1024 * 1024
"""Bytes, after decompression: what a pack may receive on the platform."""

_PIECE = 64 * 1024
_EXCERPT = 60
_LENGTH = re.compile(r"\s*[0-9]+\s*(?:,|$)")
_MOST_ENCODINGS = 5
_GZIP = ("gzip", "x-gzip")
_NO_ENCODING = ("", "identity", "aws-chunked")  # S3 gives back the last with an object that came in that way
_GZIP_MAGIC = 0x1F
_ZLIB_METHOD = 8


class _Received(io.RawIOBase):
    """What a connection receives until a request's time is over; ``file`` is http.client's hold on it."""

    def __init__(self, sock: socket, file: io.RawIOBase, limit: TimeLimit) -> None:
        self._socket = sock
        self._file = file
        self._limit = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        return self._limit.wait_for(self._socket, self._socket.recv_into, buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


class _Lines(io.BufferedReader):
    """Reads a connection, and notices where it ends within or between lines."""

    broke_off = False

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if not line.endswith(b"\n"):
            self.broke_off = True
        return line


class BrokenHeadError(http.client.HTTPException):
    """The head of an answer is not one: what follows it may be taken for something else."""


class Response(http.client.HTTPResponse):
    """A response whose head is whole, says for certain where the body ends, and comes in time."""

    def __init__(self, sock: socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._lines = self.fp = _Lines(_Received(sock, self.fp.detach(), TIME_LIMIT.get()))

    def begin(self) -> None:
        """Read the head.

        Raises:
            IncompleteRead: the connection ended in it.
            BrokenHeadError: it is broken.
        """
        super().begin()
        if self._lines.broke_off:  # http.client takes it for the end of the head
            raise http.client.IncompleteRead(b"")
        if any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in self.msg.defects):
            raise BrokenHeadError("a line is no header")  # and hides those that follow
        if not self.chunked:
            self._check_end()

    def _check_end(self) -> None:
        """Refuse a length that is none, lengths that differ, and an encoding that hides the end."""
        encoding = self.headers.get("transfer-encoding", "identity")
        if encoding.lower() != "identity":
            raise BrokenHeadError(f"its Transfer-Encoding is {one_line(encoding, _EXCERPT)!r}")
        lengths = self.headers.get_all("content-length")
        if lengths is not None and (self.length is None or len(lengths) > 1):
            given = ", ".join(lengths)
            if len({length.strip() for length in given.split(",")}) > 1 or not _LENGTH.match(given):
                raise BrokenHeadError(f"its Content-Length is {one_line(given, _EXCERPT)!r}")


def read_body(raw: Any, where: str) -> bytes:
    """Read a body to its end, decompressed; ``raw`` is urllib3's response, its head just read.

    Raises:
        ResponseSizeTooLargeError: there is more than ``LARGEST_BODY``.
        DecodingError: it is not compressed as it says, or not to its end.
        ReadTimeoutError: the time is over.
    """
    body = io.BytesIO()  # gives its own bytes away in the end: joining pieces would hold them twice
    try:
        for piece in _decompressed(raw, where):
            body.write(piece)
            if body.tell() > LARGEST_BODY:
                raise ResponseSizeTooLargeError(
                    f"the answer of {where} is larger than {LARGEST_BODY // 1024 // 1024} MiB",
                    "Ask for less: a page, a range, a filter.",
                )
    except zlib.error as error:
        raise _undecodable(where, f"{error}.") from error
    return body.getvalue()


def _undecodable(where: str, why: str) -> DecodingError:
    return DecodingError(f"the answer of {where} cannot be decompressed", why)


def _received(raw: Any) -> Iterator[bytes]:
    while piece := raw.read1(_PIECE, decode_content=False):
        yield piece
        if raw.length_remaining == 0:
            return


def _decompressed(raw: Any, where: str) -> Iterator[bytes]:
    """Undo the encodings, the last one first, up to one that is not known: it was not asked for."""
    pieces = _received(raw)
    encodings = raw.headers.get("content-encoding")
    if not encodings:
        return pieces
    names = [name.strip().lower() for name in encodings.split(",")]
    if len(names) > _MOST_ENCODINGS:
        raise _undecodable(where, f"It has {len(names)} encodings.")
    for name in reversed(names):
        if name in (*_GZIP, "deflate"):
            pieces = _inflated(pieces, where, is_gzip=name in _GZIP)
        elif name not in _NO_ENCODING:
            break
    return pieces


def _inflated(pieces: Iterator[bytes], where: str, *, is_gzip: bool) -> Iterator[bytes]:
    """Decompress gzip or deflate, no more than a piece at a time, whatever it would grow to.

    What follows the end and is no further member of gzip is padding. urllib3's own decoders take data that
    breaks off for a whole.
    """
    stream = None
    for piece in pieces:
        data = piece
        while data:
            if stream is None or stream.eof:
                if stream is not None and not (is_gzip and data[0] == _GZIP_MAGIC):
                    return
                stream = zlib.decompressobj(_window_bits(data[0], is_gzip=is_gzip))
            if inflated := stream.decompress(data, _PIECE):
                yield inflated
            data = stream.unconsumed_tail or stream.unused_data
    if stream is not None:
        yield stream.flush()
        if not stream.eof:
            raise _undecodable(where, "It breaks off.")


def _window_bits(first: int, *, is_gzip: bool) -> int:
    """Return zlib's word for a format: some servers leave out the head that deflate should have."""
    if is_gzip:
        return 16 + zlib.MAX_WBITS
    return zlib.MAX_WBITS if first & 0x0F == _ZLIB_METHOD else -zlib.MAX_WBITS
