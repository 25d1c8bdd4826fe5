"""The libraries' errors in our words, and which of them may pass by themselves."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from typing import TYPE_CHECKING

import pytest
import requests
from urllib3 import exceptions as urllib3_errors
from urllib3.connection import HTTPConnection

from coda_cli.errors import ConnectionFailedError, RequestError, RequestTimeoutError
from coda_cli.fetching.deadlines import TimeLimit
from coda_cli.fetching.transport import HttpTransport
from coda_cli.fetching.transport_failures import FAILURES, request_error
from coda_cli.wire import WireRequest
from tests.certificates import AUTHORITY, server_context
from tests.fetching.parts import send, url_of
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECTION = HTTPConnection("a.example")


def translated(error: Exception, seconds: float = 60) -> RequestError:
    """Translate an error of a request that had some seconds."""
    assert isinstance(error, FAILURES)
    return request_error(error, TimeLimit("a.example", seconds, time.monotonic() + seconds))


def unresolved(errno: int) -> Exception:
    """What requests raises where a name cannot be looked up."""
    reason = socket.gaierror(errno, "Name or service not known")
    inner = urllib3_errors.NameResolutionError("a.example", CONNECTION, reason)
    inner.__cause__ = reason
    return requests.ConnectionError(urllib3_errors.MaxRetryError(None, "/?secret", inner))  # type: ignore[arg-type] # no pool is made


@pytest.mark.parametrize(
    ("error", "says", "is_transient", "is_unsent"),
    [
        pytest.param(unresolved(socket.EAI_NONAME), "host name", False, True, id="no such name"),
        pytest.param(unresolved(socket.EAI_AGAIN), "host name", True, True, id="no name server"),
        pytest.param(
            requests.ConnectionError(urllib3_errors.NewConnectionError(CONNECTION, "No route to host")),
            "failed",
            True,
            True,
            id="no route",
        ),
        pytest.param(
            requests.ConnectTimeout(urllib3_errors.ConnectTimeoutError("late")),
            "no connection to a.example within 10 seconds",
            True,
            True,
            id="no connection in time",
        ),
        pytest.param(
            requests.ReadTimeout(urllib3_errors.ReadTimeoutError(None, "/", "late")),  # type: ignore[arg-type] # no pool is made
            "no connection to a.example within 10 seconds",
            True,
            True,
            id="no handshake in time",
        ),
        pytest.param(
            requests.exceptions.ProxyError(urllib3_errors.ProxyError("x", ConnectionRefusedError("no"))),
            "through the proxy",
            True,
            False,
            id="a proxy's connection",
        ),
        pytest.param(
            requests.exceptions.ProxyError(urllib3_errors.ProxyError("x", OSError("Tunnel … 407"))),
            "through the proxy",
            False,
            False,
            id="a proxy's refusal",
        ),
        pytest.param(
            requests.exceptions.SSLError(ssl.SSLCertVerificationError("self-signed")),
            "certificate",
            False,
            False,
            id="certificate",
        ),
        pytest.param(requests.exceptions.SSLError(ssl.SSLError("x")), "no secure", False, False, id="TLS"),
        pytest.param(
            requests.exceptions.SSLError(ssl.SSLEOFError("x")), "no secure", True, False, id="TLS ends"
        ),
        pytest.param(
            urllib3_errors.ProtocolError("x", ConnectionResetError(104, "reset")),
            "broke off the connection",
            True,
            False,
            id="reset",
        ),
        pytest.param(
            urllib3_errors.ProtocolError("x", http.client.BadStatusLine("SSH")),
            "failed",
            False,
            False,
            id="not HTTP",
        ),
    ],
)
def test_kinds(error: Exception, says: str, is_transient: bool, is_unsent: bool) -> None:
    """Each failure is told for what it is; it may pass, and nothing was sent, only where that is certain."""
    failure = translated(error)
    assert isinstance(failure, ConnectionFailedError)
    assert says in failure.message
    assert (failure.is_transient, failure.is_unsent) == (is_transient, is_unsent)
    assert "secret" not in " ".join([failure.message, *failure.details])


def test_time_that_is_over() -> None:
    """A timeout at the end of the request's time is that, whichever part of the request it was in."""
    for error in (
        requests.ConnectTimeout(urllib3_errors.ConnectTimeoutError("late")),
        requests.ReadTimeout(urllib3_errors.ReadTimeoutError(None, "/", "late")),  # type: ignore[arg-type] # no pool is made
    ):
        assert isinstance(translated(error, seconds=-1), RequestTimeoutError)


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


def test_handshake_that_hangs(server_of_nothing: str) -> None:
    """A host that never answers the TLS handshake is given up, too."""
    with pytest.raises(RequestTimeoutError, match=r"within 0\.2 seconds"):
        send(server_of_nothing, timeout=0.2)


@pytest.fixture
def server_of_nothing() -> Iterator[str]:
    """The https address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(raw=b""), id="end"),
        pytest.param(Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), id="end in the body"),
        pytest.param(Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Le"), id="end in the head"),
    ],
)
def test_broken_off_over_tls(answer: Answer) -> None:
    """A secured connection that breaks off is the same failure as another."""
    with (
        LoopbackServer(answer, tls=server_context()) as server,
        HttpTransport({"REQUESTS_CA_BUNDLE": str(AUTHORITY)}) as transport,
        pytest.raises(ConnectionFailedError) as caught,
    ):
        transport.send(WireRequest("GET", url_of(server.url)), timeout=20)
    assert (caught.value.is_transient, caught.value.is_unsent) == (True, False)
