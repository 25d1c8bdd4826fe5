"""Where a request connects to: overrides, certificates, proxies, and ports where nothing listens."""

from __future__ import annotations

import os
import socket
import ssl
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest
from urllib3.connection import HTTPConnection
from urllib3.util.ssltransport import SSLTransport

from coda_cli.errors import ConnectionFailedError, RequestError, RequestTimeoutError
from coda_cli.fetching.transport import MOST_POOLS, HttpTransport
from coda_cli.fetching.transport_connections import Connection
from coda_cli.wire import WireRequest
from tests.certificates import AUTHORITY, server_context
from tests.fetching.parts import limited, send, url_of
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator

CERTIFICATE = Path(__file__).with_name("loopback.pem")


@pytest.fixture
def tls_server() -> Iterator[LoopbackServer]:
    """Start a server of https, with a certificate that nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with LoopbackServer(tls=context) as running:
        yield running


def test_override_keeps_the_request(server: LoopbackServer) -> None:
    """With an override the connection goes there, and the request stays that of the real host."""
    response = send("https://s3.us-east-1.amazonaws.com/b%2Fc?d=", connect_to=server.url)
    assert response.status == 200
    assert server.requests[0].target == b"/b%2Fc?d="
    assert server.requests[0].header("Host") == "s3.us-east-1.amazonaws.com"


def test_override_over_tls(tls_server: LoopbackServer) -> None:
    """An override that is https is verified under its own name."""
    environ = {"REQUESTS_CA_BUNDLE": str(CERTIFICATE)}
    response = send("https://s3.us-east-1.amazonaws.com/", environ=environ, connect_to=tls_server.url)
    assert response.status == 200
    assert tls_server.requests[0].header("Host") == "s3.us-east-1.amazonaws.com"


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_ca_bundle(tls_server: LoopbackServer, variable: str) -> None:
    """Each of the variables names the certificates that are trusted."""
    assert send(tls_server.url, environ={variable: str(CERTIFICATE)}).status == 200


def test_ca_bundle_of_the_authentication_comes_first(tls_server: LoopbackServer, tmp_path: Path) -> None:
    """What is configured for AWS wins over the environment's variables, as in the AWS CLI."""
    other = tmp_path / "other.pem"
    other.write_text("")
    with HttpTransport({"REQUESTS_CA_BUNDLE": str(other)}, ca_bundle=str(CERTIFICATE)) as transport:
        assert transport.send(WireRequest("GET", url_of(tls_server.url)), timeout=20).status == 200


def test_ca_bundle_that_does_not_exist(tmp_path: Path) -> None:
    """A variable that names no file is named."""
    with pytest.raises(RequestError, match="REQUESTS_CA_BUNDLE"):
        HttpTransport({"REQUESTS_CA_BUNDLE": str(tmp_path / "none.pem")})


def test_untrusted_certificate(tls_server: LoopbackServer) -> None:
    """A certificate that cannot be verified is an error that names the remedies."""
    with pytest.raises(ConnectionFailedError, match=r"certificate of 127\.0\.0\.1") as caught:
        send(tls_server.url)
    text = " ".join(caught.value.details)
    assert "self-signed" in text
    assert "AWS_CA_BUNDLE" in text
    assert "REQUESTS_CA_BUNDLE" in text
    assert not tls_server.requests


def test_certificate_of_another_name(tls_server: LoopbackServer) -> None:
    """A certificate for another name than the one connected to is refused, trusted or not."""
    environ = {"REQUESTS_CA_BUNDLE": str(CERTIFICATE)}
    with pytest.raises(ConnectionFailedError, match="cannot be verified"):
        send(f"https://127.1:{tls_server.port}/", environ=environ)  # the same machine


def test_tls_that_fails_otherwise() -> None:
    """A server that wants a client's certificate, which coda has none of, is an error that says so."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    context.verify_mode = ssl.CERT_REQUIRED
    with (
        LoopbackServer(tls=context) as server,
        pytest.raises(ConnectionFailedError, match="no secure connec"),
    ):
        send(server.url, environ={"REQUESTS_CA_BUNDLE": str(CERTIFICATE)})


def closed_port() -> int:
    """Find a port where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_closed_port() -> None:
    """A port where nothing listens is named."""
    port = closed_port()
    with pytest.raises(ConnectionFailedError, match=f"127.0.0.1:{port} refused the connection"):
        send(f"http://127.0.0.1:{port}/")


def test_more_hosts_than_are_kept(server: LoopbackServer) -> None:
    """Of many hosts, the connections to one that is asked for again and again stay open."""
    with ExitStack() as opened, HttpTransport({}) as transport:
        for number in range(MOST_POOLS + 50):
            if number % 100 == 0:
                transport.send(WireRequest("GET", url_of(server.url)), timeout=20)
            bound = opened.enter_context(socket.socket())
            bound.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else can
            with pytest.raises(ConnectionFailedError, match="refused the connection"):
                transport.send(
                    WireRequest("GET", url_of(f"http://127.0.0.1:{bound.getsockname()[1]}/")), timeout=20
                )
        transport.send(WireRequest("GET", url_of(server.url)), timeout=20)
    assert len(server.requests) == 5
    assert server.connections == 1


def test_override_is_named_in_errors() -> None:
    """Where an override cannot be reached, both it and the real host are named."""
    port = closed_port()
    with pytest.raises(ConnectionFailedError) as caught:
        send("https://s3.amazonaws.com/", connect_to=f"http://127.0.0.1:{port}")
    assert f"http://127.0.0.1:{port} (in place of s3.amazonaws.com)" in caught.value.message


def test_proxy_is_asked_for_a_tunnel(server: LoopbackServer) -> None:
    """An https request goes through the proxy of the environment, by CONNECT, and fails as it fails."""
    server.answer(Answer(407))
    environ = {"HTTPS_PROXY": f"http://user:hunter22@127.0.0.1:{server.port}"}
    with pytest.raises(ConnectionFailedError, match="through the proxy") as caught:
        send("https://a.example/?x=1", environ=environ)
    assert server.requests[0].request_line.startswith(b"CONNECT a.example:443 ")
    assert server.requests[0].header("Proxy-Authorization") == "Basic dXNlcjpodW50ZXIyMg=="
    assert "407" in caught.value.details[0]
    assert "hunter22" not in " ".join([caught.value.message, *caught.value.details])


def test_malformed_proxy_does_not_show_its_password() -> None:
    """A proxy's URL that cannot be read is not quoted."""
    with pytest.raises(ConnectionFailedError, match="URL of the proxy is malformed") as caught:
        send("https://a.example/", environ={"https_proxy": "http://u:hunter22@[127.0.0.1:1"})
    assert "hunter22" not in " ".join([caught.value.message, *caught.value.details])


def test_no_proxy_to_this_machine(server: LoopbackServer) -> None:
    """Requests to loopback, an override's too, go there directly, whatever proxy is set."""
    environ = {"HTTPS_PROXY": f"http://127.0.0.1:{closed_port()}", "ALL_PROXY": "http://127.0.0.1:1"}
    send("https://s3.amazonaws.com/", environ=environ, connect_to=server.url)
    send(server.url, environ=environ)
    assert len(server.requests) == 2


@pytest.mark.parametrize("no_proxy", ["*", "localhost", ".localdomain,127.1", "127.1"])
def test_no_proxy_lists_hosts(server: LoopbackServer, no_proxy: str) -> None:
    """Hosts that NO_PROXY lists are reached without the proxy; an address of this machine stands for one."""
    listed = f"https://127.1:{closed_port()}/"  # loopback, but not in a form that always goes direct
    server.answer(Answer(407))
    environ = {"HTTPS_PROXY": server.url, "NO_PROXY": no_proxy}
    with pytest.raises(ConnectionFailedError):
        send(listed, environ=environ)
    assert bool(server.requests) == ("127.1" not in no_proxy and no_proxy != "*")


def test_tls_within_tls_is_sent_whole() -> None:
    """What is sent to a proxy with TLS arrives as it is, though it is not read for a while."""
    here, there = socket.socketpair()
    body, received = os.urandom(2**22), bytearray()

    def read() -> None:
        with server_context().wrap_socket(there, server_side=True) as connection:
            threading.Event().wait(0.1)
            while len(received) < len(body) and (piece := connection.recv(2**16)):
                received.extend(piece)

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    context = ssl.create_default_context(cafile=AUTHORITY)
    with limited(20), here:
        connection = Connection("127.0.0.1")
        connection.sock = SSLTransport(here, context, server_hostname="127.0.0.1")
        connection.sock.settimeout(0.01)
        connection.send(body)
        reading.join(timeout=20)
    assert received == body


@pytest.mark.parametrize("error", [ssl.SSLEOFError, BrokenPipeError])
def test_server_that_reads_no_more_may_have_answered(error: type[OSError]) -> None:
    """A service that refuses an upload before it has read it closes the connection; over TLS, too."""

    class Closed(socket.socket):
        def send(self, *_: object) -> int:
            raise error

    with limited(20), Closed() as sock:
        connection = Connection("a.example")
        connection.sock = sock
        with pytest.raises(BrokenPipeError):  # what urllib3 reads the answer after
            connection.send(b"body")


def test_closed_transport_has_no_connections(server: LoopbackServer) -> None:
    """The connections that are kept are closed with the transport, and not with the process."""
    transport = HttpTransport({})
    transport.send(WireRequest("GET", url_of(server.url)), timeout=20)
    transport.close()
    server.wait_closed(1)


def test_connection_that_is_being_made_is_closed_by_its_thread() -> None:
    """Whoever gives it up closes nothing that the thread works with: its number could be another file's."""
    here, there = socket.socketpair()
    is_connecting, is_given_up = threading.Event(), threading.Event()
    numbers: SimpleQueue[int] = SimpleQueue()

    class Slow(HTTPConnection):
        def connect(self) -> None:
            self.sock = here
            is_connecting.set()
            is_given_up.wait(20)
            numbers.put(here.fileno())

    class Made(Connection, Slow):
        pass

    connection = Made("a.example")
    with limited(0.05), there:
        with pytest.raises(RequestTimeoutError):
            connection.connect()
        assert is_connecting.wait(20)
        connection.close()
        is_given_up.set()
        assert numbers.get(timeout=20) != -1
        assert not there.recv(1)


def test_open_connection_takes_no_lock_that_ctrl_c_leaves_locked(server: LoopbackServer) -> None:
    """Python's own conditions can be interrupted between being taken and the block that gives them back."""
    called: set[str] = set()
    with HttpTransport({}) as transport:
        transport.send(WireRequest("GET", url_of(server.url)), timeout=20)
        sys.setprofile(lambda frame, *_: called.add(frame.f_globals["__name__"]))
        try:
            transport.send(WireRequest("GET", url_of(server.url)), timeout=20)
        finally:
            sys.setprofile(None)
    assert "urllib3.connectionpool" in called
    assert not called & {"queue", "threading"}
