"""The libraries' errors in our words, and which of them may pass by themselves."""

from __future__ import annotations

import http.client
import socket
import ssl

import pytest
import requests
from urllib3 import exceptions as urllib3_errors
from urllib3.connection import HTTPConnection

from coda_cli.errors import ConnectionFailedError, RequestError, RequestTimeoutError
from coda_cli.fetching.transport import HttpTransport
from coda_cli.fetching.transport_failures import FAILURES, request_error
from coda_cli.wire import WireRequest
from tests.certificates import AUTHORITY, server_context
from tests.fetching.parts import time_limit, url_of
from tests.servers import Answer, LoopbackServer

CONNECTION = HTTPConnection("a.example")


def translated(error: Exception, seconds: float = 60) -> RequestError:
    """Translate an error of a request that had some seconds."""
    assert isinstance(error, FAILURES)
    return request_error(error, time_limit(seconds))


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
