"""What went wrong on the way, in our words.

Owns the one translation of the errors of requests, urllib3 and Python's sockets to ours. It quotes no URL:
those of the libraries' own messages may hold secrets.
"""

from __future__ import annotations

import http.client
import ssl
from typing import TYPE_CHECKING

import requests
from urllib3 import exceptions as urllib3_errors

from coda_cli.errors import ConnectionFailedError, DecodingError
from coda_cli.fetching.deadlines import CONNECT_TIMEOUT
from coda_cli.fetching.decoding import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coda_cli.errors import RequestError
    from coda_cli.fetching.deadlines import TimeLimit

FAILURES = (urllib3_errors.HTTPError, http.client.HTTPException, OSError, UnicodeError)
"""What the libraries raise; requests' own errors are among the OSErrors."""

_PROXY = "HTTPS_PROXY or ALL_PROXY names the proxy; NO_PROXY lists the hosts to reach without it."
_CERTIFICATES = (
    "Where a proxy or a company's own authority signs certificates, name a file of them in "
    "REQUESTS_CA_BUNDLE, or for AWS in AWS_CA_BUNDLE."
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
    ((http.client.IncompleteRead,), "the answer of {where} broke off before it was complete", ()),
)


def request_error(error: Exception, limit: TimeLimit) -> RequestError:
    """Say in our words what went wrong, by the first of these that is among what the libraries wrapped."""
    causes = list(_causes(error))

    def caused_by(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    said = {"where": limit.where, "reason": _reason(causes[-1])}
    if caused_by(urllib3_errors.DecodeError):
        return DecodingError(f"the answer of {limit.where} cannot be decompressed")
    for kinds, message, details in _EXPLANATIONS:
        if caused_by(*kinds):
            return ConnectionFailedError(
                message.format_map(said), *(detail.format_map(said) for detail in details)
            )
    if not caused_by(requests.exceptions.Timeout, urllib3_errors.ReadTimeoutError):
        return ConnectionFailedError(f"the request to {limit.where} failed", f"{said['reason']}.")
    if not limit.is_over:  # a TLS handshake that takes too long is a read timeout
        return ConnectionFailedError(f"no connection to {limit.where} within {CONNECT_TIMEOUT:g} seconds")
    return limit.timeout_error()


def _causes(error: BaseException) -> Iterator[BaseException]:
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
