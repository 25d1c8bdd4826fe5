"""The time of a request as a whole, whatever takes it, and Ctrl-C at any moment."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import ssl
import threading
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest
from urllib3.connection import HTTPConnection

from coda_cli.errors import RequestTimeoutError
from coda_cli.fetching.deadlines import Outcome
from coda_cli.fetching.transport import HttpTransport
from coda_cli.fetching.transport_connections import Connection
from coda_cli.wire import WireRequest
from tests.certificates import AUTHORITY, server_context
from tests.fetching.parts import limited, send, time_limit, url_of
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.servers import Received

THREAD = "coda-request"
TRUST = {"REQUESTS_CA_BUNDLE": str(AUTHORITY)}


@pytest.fixture(params=["http", "https"])
def server(request: pytest.FixtureRequest) -> Iterator[LoopbackServer]:
    """Start a server, of each kind in turn."""
    with LoopbackServer(tls=server_context() if request.param == "https" else None) as running:
        yield running


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([], id="nothing"),
        pytest.param([b"HTTP/1.1 200 OK\r\n"], id="a status line"),
        pytest.param([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"], id="half a body"),
    ],
)
def test_silence_is_a_timeout(server: LoopbackServer, pieces: list[bytes]) -> None:
    """A server that falls silent, wherever in its answer, is given up on."""
    server.answer(Answer(raw=server.stall(*pieces)))
    with pytest.raises(RequestTimeoutError, match=f"127.0.0.1:{server.port} within 0.2 seconds") as caught:
        send(server.url, timeout=0.2, environ=TRUST)
    assert any("--timeout" in line for line in caught.value.details)


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nX: ", b"x", id="a header"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", b"x", id="a body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", id="chunks"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x", id="a chunk's length"),
    ],
)
def test_dripping_answer_is_a_timeout(server: LoopbackServer, start: bytes, drop: bytes) -> None:
    """A server that sends a byte now and then does not hold the request beyond its time."""
    server.answer(Answer(raw=dripping(server, start, drop)))
    with pytest.raises(RequestTimeoutError):
        send(server.url, timeout=0.3, environ=TRUST)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_request_that_nobody_reads_is_a_timeout(scheme: str) -> None:
    """A server that takes a connection, and nothing of a large body, is given up on."""
    with listening() as (port, accepted):

        def accept() -> socket.socket:
            connection = accepted()
            return secured(connection) if scheme == "https" else connection

        with in_thread(accept), pytest.raises(RequestTimeoutError, match=r"within 0\.3 seconds"):
            send(
                f"{scheme}://127.0.0.1:{port}/", method="POST", body=bytes(2**25), timeout=0.3, environ=TRUST
            )


def test_request_that_is_read_in_drops_is_a_timeout() -> None:
    """A server that reads a little now and then does not hold the request beyond its time."""
    ended = threading.Event()
    with listening() as (port, accepted):

        def read() -> socket.socket:
            connection = accepted()
            while not ended.wait(0.02) and connection.recv(65536):
                pass
            return connection

        with in_thread(read):
            try:
                with pytest.raises(RequestTimeoutError):
                    send(f"http://127.0.0.1:{port}/", method="POST", body=bytes(2**26), timeout=0.3)
            finally:
                ended.set()


def test_connection_that_hangs() -> None:
    """A host that takes no connection is given up when the time is over, and nothing was answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        try:
            for one in waiting:  # what fills the queue that nobody accepts from
                one.settimeout(0)
                one.connect_ex(("127.0.0.1", port))
            with pytest.raises(RequestTimeoutError, match=f"127.0.0.1:{port} within 0.2 seconds"):
                send(f"http://127.0.0.1:{port}/", timeout=0.2)
        finally:
            for one in waiting:
                one.close()


def test_handshake_that_hangs() -> None:
    """A host that never answers the TLS handshake is given up, too."""
    with listening() as (port, _), pytest.raises(RequestTimeoutError, match=r"within 0\.2 seconds"):
        send(f"https://127.0.0.1:{port}/", timeout=0.2)


def test_name_that_is_looked_up_for_ever() -> None:
    """What no timeout ends, as the system's resolver, is left to its thread."""
    ended = threading.Event()

    class Hanging(HTTPConnection):
        def connect(self) -> None:
            ended.wait(20)

    class Hung(Connection, Hanging):
        pass

    with limited(0.05), pytest.raises(RequestTimeoutError, match=r"a\.example within 0\.05 seconds"):
        Hung("a.example").connect()
    (thread,) = requesting()
    ended.set()
    thread.join(timeout=20)
    assert not thread.is_alive()


@pytest.mark.parametrize("drop", [b"", b"x"], ids=["nothing", "drops"])
def test_proxy_that_hangs(drop: bytes) -> None:
    """So is a proxy that says nothing, or has no end, when it is asked for a tunnel."""
    with LoopbackServer() as proxy:
        proxy.answer(Answer(raw=dripping(proxy, b"HTTP/1.1 200 OK\r\nX: ", drop)))
        with pytest.raises(RequestTimeoutError, match=r"a\.example within 0\.3 seconds"):
            send("https://a.example/", timeout=0.3, environ={"HTTPS_PROXY": proxy.url})


def test_ctrl_c_while_waiting_for_an_answer(server: LoopbackServer) -> None:
    """A request that is interrupted leaves no connection behind, and no thread."""

    def interrupt(_: Received) -> Answer:
        os.kill(os.getpid(), signal.SIGINT)
        return Answer(raw=itertools.chain([b"HTTP/1.1 200 OK\r\n\r\n"], itertools.repeat(b"x")))

    server.answer(interrupt)
    with HttpTransport(TRUST) as transport:
        with pytest.raises(KeyboardInterrupt):
            transport.send(WireRequest("GET", url_of(server.url)), timeout=20)
        server.wait_closed(1)
    assert not requesting()


def test_ctrl_c_while_connecting() -> None:
    """The thread that connects is left alone; it closes what it opened when that succeeds after all."""
    is_left = threading.Event()
    is_closed = threading.Event()
    with listening() as (port, accepted):

        def interrupt() -> socket.socket:
            connection = accepted()
            os.kill(os.getpid(), signal.SIGINT)
            is_left.wait(20)
            with contextlib.suppress(OSError):  # it may be gone before it was told that it is secure
                connection = secured(connection)
                connection.recv(1)
            is_closed.set()
            return connection

        with in_thread(interrupt), HttpTransport(TRUST) as transport:
            with pytest.raises(KeyboardInterrupt):
                transport.send(WireRequest("GET", url_of(f"https://127.0.0.1:{port}/")), timeout=20)
            (thread,) = requesting()
            is_left.set()
            thread.join(timeout=20)
            assert not thread.is_alive()
            assert is_closed.wait(20)


def test_open_connection_needs_no_thread(server: LoopbackServer) -> None:
    """A thread connects; what is sent over the connection then, and received, is waited for here."""
    with HttpTransport(TRUST) as transport:
        transport.send(WireRequest("GET", url_of(server.url)), timeout=20)
        for thread in requesting():
            thread.join(timeout=20)
        threads: list[threading.Thread] = []

        def look(_: Received) -> Answer:
            threads.extend(requesting())
            return Answer()

        server.answer(look)
        transport.send(WireRequest("GET", url_of(server.url)), timeout=20)
    assert (server.connections, threads) == (1, [])


def test_socket_is_waited_for_in_slices() -> None:
    """What was not there at once is asked for again, as long as there is time."""
    here, there = socket.socketpair()
    with here, there:
        here.settimeout(0.01)

        def receive(buffer: bytearray) -> int:
            try:
                return here.recv_into(buffer)
            except TimeoutError:
                there.sendall(b"late")
                raise

        buffer = bytearray(10)
        assert time_limit(20).wait_for(here, receive, buffer) == len(b"late")
        there.sendall(b"in time, but for one who has none left")
        with pytest.raises(TimeoutError):
            time_limit(-1).wait_for(here, here.recv_into, buffer)


def test_last_slice_ends_with_the_time() -> None:
    """A socket that would wait longer than there is time waits that long only."""
    here, there = socket.socketpair()
    with here, there:
        here.settimeout(None)
        with pytest.raises(TimeoutError):
            time_limit(0.1).wait_for(here, here.recv_into, bytearray(1))


def test_tls_is_waited_for_in_slices() -> None:
    """Half of an encrypted record, and one of which half was sent, are gone on with after a slice."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        here = socket.create_connection(listener.getsockname())
        wire, _ = listener.accept()
    context = ssl.create_default_context(cafile=AUTHORITY)
    with (
        wire,
        context.wrap_socket(here, server_hostname="127.0.0.1", do_handshake_on_connect=False) as client,
    ):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        other = server_context().wrap_bio(incoming, outgoing, server_side=True)
        with in_thread(lambda: _shake_hands(other, incoming, outgoing, wire)):
            client.do_handshake()
        client.settimeout(0.01)
        other.write(b"an answer")
        record = outgoing.read()
        wire.sendall(record[:7])

        def receive(buffer: bytearray) -> int:
            try:
                return client.recv_into(buffer)
            except TimeoutError:
                wire.sendall(record[7:])
                raise

        buffer = bytearray(100)
        count = time_limit(20).wait_for(client, receive, buffer)
        assert buffer[:count] == b"an answer"

        wire.settimeout(0)
        late = 0

        def send_some(data: memoryview) -> int:
            nonlocal late
            try:
                return client.send(data)
            except TimeoutError:
                late += 1
                _take(wire, incoming)
                raise

        body = os.urandom(2**23)
        rest = memoryview(body)
        while rest:
            rest = rest[time_limit(20).wait_for(client, send_some, rest) :]
        assert late
        received = bytearray()
        while len(received) < len(body):
            _take(wire, incoming)
            with contextlib.suppress(ssl.SSLWantReadError):
                received += other.read(2**24)
        assert received == body


def dripping(server: LoopbackServer, start: bytes, drop: bytes) -> Iterator[bytes]:
    """Give the start, and then a drop now and then, for much longer than any request waits."""
    yield start
    for _ in range(400):
        if server.closing.wait(0.02):
            return
        yield drop


def requesting() -> list[threading.Thread]:
    """Return the threads that do something for a request."""
    return [thread for thread in threading.enumerate() if thread.name == THREAD]


@contextmanager
def listening() -> Iterator[tuple[int, Callable[[], socket.socket]]]:
    """Listen; the port, and what waits for a connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1], lambda: listener.accept()[0]


def secured(connection: socket.socket) -> ssl.SSLSocket:
    """Take the TLS handshake of whoever connected."""
    return server_context().wrap_socket(connection, server_side=True)


@contextmanager
def in_thread(work: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Do something beside the block, and close the connection that comes of it after both."""
    outcomes: SimpleQueue[Outcome[socket.socket | None]] = SimpleQueue()
    thread = threading.Thread(target=lambda: outcomes.put(Outcome.of(work)), daemon=True)
    thread.start()
    try:
        yield
    finally:
        if (connection := outcomes.get(timeout=20).get()) is not None:
            connection.close()
        thread.join(timeout=20)


def _shake_hands(
    other: ssl.SSLObject, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, wire: socket.socket
) -> None:
    while True:
        try:
            other.do_handshake()
        except ssl.SSLWantReadError:
            wire.sendall(outgoing.read())
            incoming.write(wire.recv(65536))
        else:
            wire.sendall(outgoing.read())
            return


def _take(wire: socket.socket, incoming: ssl.MemoryBIO) -> None:
    """Take from the wire what there is."""
    with contextlib.suppress(BlockingIOError):
        while piece := wire.recv(65536):
            incoming.write(piece)
