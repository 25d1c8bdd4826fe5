"""What went wrong on the way, in our words.

Owns the one translation of the errors of requests, urllib3 and Python's sockets to ours, and which of them
may pass by themselves. It quotes no URL: those of the libraries' own messages may hold secrets.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import TYPE_CHECKING

import requests
from urllib3 import exceptions as urllib3_errors

from coda_cli.errors import ConnectionFailedError
from coda_cli.fetching.deadlines import CONNECT_TIMEOUT
from coda_cli.fetching.decoding import one_line
from coda_cli.fetching.transport_answers import BrokenHeadError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coda_cli.errors import RequestError
    from coda_cli.fetching.deadlines import TimeLimit

FAILURES = (urllib3_errors.HTTPError, http.client.HTTPException, OSError, UnicodeError)
"""What the libraries raise; requests' own errors are among the OSErrors."""

_PROXY = "HTTPS_PROXY or ALL_PROXY names the proxy; NO_PROXY lists the hosts to reach without it."
_CERTIFICATES = (
    "Where a proxy or a company's own authority signs certificates, name a file of them in "
    "REQUESTS_CA_BUNDLE, or for AWS in AWS_CA_BUNDLE or the profile's ca_bundle."
)
_Kinds = tuple[type[BaseException], ...]
_EXPLANATIONS: tuple[tuple[_Kinds, str, tuple[str, ...]], ...] = (
    (
        (ssl.SSLCertVerificationError,),
        "the certificate of {where} cannot be verified",
        ("{reason}.", _CERTIFICATES),
    ),
    (
        (ssl.SSLError, urllib3_errors.SSLError),
        "no secure connection to {where}",
        ("{reason}.", _CERTIFICATES),
    ),
    (
        # No reason: it quotes the proxy's URL, with its password. The request's own URL was checked before.
        (urllib3_errors.LocationValueError, requests.exceptions.InvalidURL),
        "the URL of the proxy is malformed",
        (_PROXY,),
    ),
    (
        (requests.exceptions.ProxyError, requests.exceptions.InvalidSchema),
        "no connection to {where} through the proxy",
        ("{reason}.", _PROXY),
    ),
    (
        (urllib3_errors.NameResolutionError,),
        "the host name of {where} cannot be found",
        ("Check its spelling (and the region in it), and that this machine is online.",),
    ),
    (
        (ConnectionRefusedError,),
        "{where} refused the connection",
        ("Check the port, and that something listens there.",),
    ),
    ((http.client.RemoteDisconnected,), "{where} closed the connection without an answer", ()),
    ((ConnectionError,), "{where} broke off the connection", ("{reason}.",)),
    ((http.client.IncompleteRead,), "the answer of {where} broke off before it was complete", ()),
    ((BrokenHeadError,), "the head of the answer of {where} is broken", ("{reason}.",)),
)

_UNSENT: _Kinds = (urllib3_errors.NewConnectionError, urllib3_errors.ConnectTimeoutError)
_BROKEN: _Kinds = (ConnectionError, http.client.IncompleteRead, ssl.SSLEOFError, ssl.SSLZeroReturnError)


def request_error(error: Exception, limit: TimeLimit) -> RequestError:
    """Say in our words what went wrong, by the first of these that is among what the libraries wrapped."""
    found = list(causes(error))

    def caused_by(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in found)

    is_unsent = caused_by(*_UNSENT)
    is_transient = (is_unsent or caused_by(*_BROKEN)) and not any(map(_is_unknown_name, found))

    def failed(message: str, *details: str) -> ConnectionFailedError:
        return ConnectionFailedError(message, *details, is_transient=is_transient, is_unsent=is_unsent)

    said = {"where": limit.where, "reason": _reason(found[-1])}
    for kinds, message, details in _EXPLANATIONS:
        if caused_by(*kinds):
            return failed(message.format_map(said), *(detail.format_map(said) for detail in details))
    if not caused_by(TimeoutError, requests.exceptions.Timeout, urllib3_errors.ReadTimeoutError):
        return failed(f"the request to {limit.where} failed", f"{said['reason']}.")
    if limit.is_over:
        return limit.timeout_error()
    # It was the time for a connection; a TLS handshake that takes too long is a read timeout.
    is_unsent = is_transient = True
    return failed(f"no connection to {limit.where} within {CONNECT_TIMEOUT:g} seconds")


def _is_unknown_name(cause: BaseException) -> bool:
    """Tell whether a name was looked up, and there is none: a spelling does not mend itself."""
    return isinstance(cause, socket.gaierror) and cause.errno != socket.EAI_AGAIN


def causes(error: BaseException) -> Iterator[BaseException]:
    """Give an error and all that it wraps, the way that requests, urllib3 and Python do, outermost first."""
    todo, seen = [error], set[int]()
    while todo:
        current = todo.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = (getattr(current, "reason", None), *current.args, current.__cause__, current.__context__)
        todo.extend(cause for cause in inner if isinstance(cause, BaseException))


def _reason(innermost: BaseException) -> str:
    """Say what went wrong at the bottom; the wrappers' own texts repeat URLs, and with them secrets."""
    text = innermost.strerror if isinstance(innermost, OSError) and innermost.strerror else str(innermost)
    return f"{type(innermost).__name__}: {one_line(text)}"
