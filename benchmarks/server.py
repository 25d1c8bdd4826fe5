"""The loopback server that everything measured talks to, in a process of its own.

Owns a handful of answers, made beforehand, so that whoever asks is the slower side. It checks no signature
and reads no more of a request than where it ends: that a signature is right is for the tests.

    python -m benchmarks.server      # prints its address, and serves until it is ended
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BODY_SIZE = 25 * 1024 * 1024
SLOW = 0.02
"""Seconds that ``/slow`` takes to answer."""

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_BUCKETS = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>1</ID></Owner>'
    b"<Buckets><Bucket><Name>logs</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket>"
    b"</Buckets></ListAllMyBucketsResult>"
)
_SESSION = (
    b'<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>'
    b"<AssumedRoleUser><AssumedRoleId>AROA1:coda</AssumedRoleId>"
    b"<Arn>arn:aws:sts::123456789012:assumed-role/reader/coda</Arn></AssumedRoleUser><Credentials>"
    b"<AccessKeyId>ASIAEXAMPLEROLE00003</AccessKeyId>"
    b"<SecretAccessKey>role-secret-of-the-benchmark-0000000003</SecretAccessKey>"
    b"<SessionToken>role-session-token-of-the-benchmark</SessionToken>"
    b"<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>"
    b"<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleResponse>"
)


def json_body(size: int = BODY_SIZE) -> bytes:
    """Return a JSON list of small objects of this many bytes; what is left at the end is blanks."""
    row = json.dumps({"id": 123456789, "name": "a name of usual length", "isOpen": True, "amount": 12.5})
    rows = ",".join([row] * ((size - 2) // (len(row) + 1)))
    return f"[{rows}]".ljust(size).encode()


def _answer(content_type: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (content_type, len(body))
    return head + body


class Conversation(asyncio.Protocol):
    """One connection: requests one after another, each answered by its path."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        """Answer when the request is whole."""
        self._received += data
        head_end = self._received.find(_HEAD_END)
        if head_end < 0:
            return
        length = _LENGTH.search(self._received, 0, head_end + 2)
        end = head_end + len(_HEAD_END) + (int(length[1]) if length else 0)
        if len(self._received) < end:
            return
        method, target, _ = self._received.split(b" ", 2)
        self._received = self._received[end:]
        if method == b"POST":
            self._transport.write(_ANSWERS[b"sts"])
        elif target == b"/slow":
            asyncio.get_running_loop().call_later(SLOW, self._transport.write, _ANSWERS[b"/small"])
        else:
            self._transport.write(_ANSWERS.get(target, _ANSWERS[b"/"]))


_ANSWERS = {
    b"/": _answer(b"application/xml", _BUCKETS),
    b"/small": _answer(b"application/json", b'{"id": 1, "name": "small"}'),
    b"sts": _answer(b"text/xml", _SESSION),
}


async def _serve() -> None:
    _ANSWERS[b"/large.json"] = _answer(b"application/json", json_body())
    _ANSWERS[b"/large.bin"] = _answer(b"application/octet-stream", bytes(BODY_SIZE))
    server = await asyncio.get_running_loop().create_server(Conversation, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}", flush=True)
    await server.serve_forever()


@contextmanager
def serving() -> Iterator[str]:
    """Run the server in a process of its own, and give its address."""
    with subprocess.Popen([sys.executable, "-m", "benchmarks.server"], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().decode().strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):  # Ctrl-C in a terminal reaches the harness, too
        asyncio.run(_serve())
