"""A loopback HTTP server that keeps the raw bytes of every request and answers as it is told.

Owns reading a request off a socket without interpreting it: what arrived is compared byte for byte
with what was signed, so no library may decode, fold or reorder it first. It listens on 127.0.0.1 only
and knows nothing of coda.

::

    with LoopbackServer(Answer(403, body=b"no"), Answer(body=b"yes")) as server:
        ...                                   # talk to server.url
        assert server.requests[0].target == b"/x"
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import ssl
    from types import TracebackType


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived. Header names and values are the bytes between the line ends."""

    request_line: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    connection: int = 0
    """The number of the connection it came over, from 1."""

    @property
    def method(self) -> bytes:
        """The first word of the request line."""
        return self.request_line.split(b" ", 1)[0]

    @property
    def target(self) -> bytes:
        """The request target: everything between the method and the protocol."""
        return self.request_line.split(b" ", 1)[1].rsplit(b" ", 1)[0]

    def values(self, name: str) -> list[bytes]:
        """Every value of a header, its name in any case, in order of arrival."""
        wanted = name.lower().encode()
        return [value for key, value in self.headers if key.lower() == wanted]

    def header(self, name: str) -> str | None:
        """The one value of a header, as text; None where there is none; an error where there are more."""
        values = self.values(name)
        assert len(values) < 2, f"{name} arrived {len(values)} times"
        return values[0].decode() if values else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer. A ``Content-Length`` is added unless ``headers`` name one or a transfer encoding.

    Attributes:
        body: bytes, or pieces that are sent one by one; pieces get no ``Content-Length``, and the
            connection is closed after them.
        raw: bytes, or pieces, sent as they are instead of everything else; the connection is closed
            after them.
        is_reset: closes the connection in the middle of things: the other side sees a reset, not an end.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | Iterable[bytes] = b""
    raw: bytes | Iterable[bytes] | None = None
    is_reset: bool = False


Responder = Callable[[Received], Answer]


class LoopbackServer:
    """Answers requests on 127.0.0.1, on a free port, one thread a connection.

    Args:
        answers: given in turn, the last one again and again; or one function from the request to its
            answer. Without any, every request is answered with an empty 200.
        tls: makes it an ``https`` server.
        port: of one that was free; any other.

    Attributes:
        requests: what arrived, in order of arrival.
        closing: is set when the server is being closed; a piece that waits for something waits for this.
    """

    def __init__(
        self, *answers: Answer | Responder, tls: ssl.SSLContext | None = None, port: int = 0
    ) -> None:
        self.requests: list[Received] = []
        self.closing = threading.Event()
        self._answers = list(answers) or [Answer()]
        self._tls = tls
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._sockets: dict[int, socket.socket] = {}
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        """The origin, without a slash at its end."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        """How many connections were made so far."""
        return len(self._sockets)

    def answer(self, *answers: Answer | Responder) -> None:
        """Answer like this from now on."""
        with self._lock:
            self._answers = list(answers)

    def wait_closed(self, number: int) -> None:
        """Wait until the server has closed one of its connections, counted from 1."""
        self._threads[number].join(timeout=10)
        assert not self._threads[number].is_alive(), "the connection is still open"

    def stall(self, *before: bytes) -> Iterator[bytes]:
        """Give these pieces, and then none until the server closes: for ``body`` or ``raw``."""
        yield from before
        self.closing.wait()

    def __enter__(self) -> LoopbackServer:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        # A thread blocked in accept() is woken by a connection, on every system.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        accepting, *conversations = self._threads
        accepting.join(timeout=10)
        self._listener.close()
        for connection in self._sockets.values():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in conversations:
            thread.join(timeout=10)

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self.closing.is_set():
                connection.close()
                return
            # Head and body are sent apart: without this the second would wait 40 ms for the first's receipt.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            number = len(self._sockets) + 1
            self._sockets[number] = connection
            self._start(partial(self._serve, connection, number))

    def _serve(self, connection: socket.socket, number: int) -> None:
        # A client that hangs up early is part of many a test, and no error here.
        with contextlib.suppress(OSError), connection:
            if self._tls is None:
                self._converse(connection, number)
            else:
                with self._tls.wrap_socket(connection, server_side=True) as secured:
                    self._sockets[number] = secured
                    self._converse(secured, number)

    def _converse(self, connection: socket.socket, number: int) -> None:
        with connection.makefile("rb") as incoming:
            while (request := _read_request(incoming, number)) is not None:
                with self._lock:
                    self.requests.append(request)
                    answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                if callable(answer):
                    answer = answer(request)
                if not _write_answer(connection, request, answer):
                    return


def _read_request(incoming: BinaryIO, number: int) -> Received | None:
    request_line = incoming.readline().rstrip(b"\r\n")
    if not request_line:
        return None
    headers = []
    while (line := incoming.readline().rstrip(b"\r\n")) != b"":
        name, _, value = line.partition(b":")
        headers.append((name, value.removeprefix(b" ")))
    lengths = [value for name, value in headers if name.lower() == b"content-length"]
    body = incoming.read(int(lengths[0])) if lengths else b""
    return Received(request_line, tuple(headers), body, number)


def _write_answer(connection: socket.socket, request: Received, answer: Answer) -> bool:
    """Send an answer; False where the connection ends with it."""
    if answer.raw is not None:
        for piece in _pieces(answer.raw):
            connection.sendall(piece)
        if answer.is_reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False
    names = {name.lower() for name, _ in answer.headers}
    headers = list(answer.headers)
    if not isinstance(answer.body, bytes):
        headers.append(("Connection", "close"))
    elif not names & {"content-length", "transfer-encoding"}:
        headers.append(("Content-Length", str(len(answer.body))))
    lines = [f"HTTP/1.1 {answer.status} {_phrase(answer.status)}", *(f"{n}: {v}" for n, v in headers)]
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    if request.method != b"HEAD":
        for piece in _pieces(answer.body):
            connection.sendall(piece)
    return isinstance(answer.body, bytes) and "connection" not in names


def _pieces(content: bytes | Iterable[bytes]) -> Iterable[bytes]:
    return (content,) if isinstance(content, bytes) else content


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
