"""One request over the network and its whole answer, through ``requests``.

Owns connections, proxies, certificates, deadlines and the size limit, and is the one place where the
errors of the libraries below become ours. It sends a request as it was signed: it may add headers that
no signature covers, and changes nothing else. It follows no redirect, repeats nothing, reads no netrc
and keeps no cookie. Importing it loads ``requests``: import it when there is something to send.
"""

from __future__ import annotations

import http.client
import ssl
import time
from concurrent.futures import Future, wait
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol, cast

import requests
from requests.adapters import HTTPAdapter
from requests.utils import should_bypass_proxies
from urllib3 import HTTPHeaderDict
from urllib3 import exceptions as urllib3_errors

from coda_cli import __version__
from coda_cli.errors import (
    ConnectionFailedError,
    DecodingError,
    RequestError,
    RequestTimeoutError,
    ResponseSizeTooLargeError,
)
from coda_cli.fetching.decoding import one_line
from coda_cli.wire import Url, WireRequest, WireResponse, is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

LARGEST_BODY = 25 * 1024 * 1024
"""Bytes, after decompression: what a pack may receive on the platform."""

CONNECT_TIMEOUT = 10.0
"""Seconds."""

_CA_BUNDLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_NO_PROXIES = ("no_proxy", "NO_PROXY")
_PIECE = 64 * 1024
_GRACE = 0.25  # seconds for a request to end by itself at its deadline, and to close what it opened


class Transport(Protocol):
    """Sends one request as it is."""

    def send(self, request: WireRequest, *, timeout: float, connect_to: Url | None = None) -> WireResponse:
        """Return the whole answer, decompressed.

        Args:
            request: sent with exactly this target, these headers and this body.
            timeout: seconds for everything, from looking up the name to the body's last byte.
            connect_to: an origin to connect to in place of the URL's own.

        Raises:
            ConnectionFailedError: no connection, or it broke before the answer was complete.
            RequestTimeoutError: the time is over.
            ResponseSizeTooLargeError: the body is over the limit.
            DecodingError: the body cannot be decompressed.
        """
        ...

    def close(self) -> None:
        """Close every connection."""
        ...


class HttpTransport:
    """Sends requests over connections that are kept open from one request to the next.

    Args:
        environ: where proxies and certificate bundles are named; read once.
        ca_bundle: the file of certificate authorities, where whoever authenticates has one configured.

    Raises:
        RequestError: a variable names a certificate bundle that does not exist.
    """

    def __init__(self, environ: Mapping[str, str], *, ca_bundle: str | None = None) -> None:
        self._verify = ca_bundle or _ca_bundle(environ)
        self._proxy = _first(environ, _PROXIES)
        self._no_proxy = _first(environ, _NO_PROXIES)
        self._adapter = _Adapter(max_retries=0)
        self._idle: list[_Worker] = []  # as many as requests were on their way at once

    def __enter__(self) -> HttpTransport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._adapter.close()
        while self._idle:
            self._idle.pop().end()

    def send(self, request: WireRequest, *, timeout: float, connect_to: Url | None = None) -> WireResponse:
        """Return the whole answer: see ``Transport``."""
        prepared = _prepare(request, connect_to)
        limit = _TimeLimit(_where(request.url, connect_to), timeout, time.monotonic() + timeout)
        try:
            return self._within(limit, lambda: self._exchange(prepared, limit))
        except (urllib3_errors.HTTPError, http.client.HTTPException, OSError, UnicodeError) as error:
            # requests' own errors are OSErrors.
            raise _translated(error, limit) from error

    def _within(self, limit: _TimeLimit, work: Callable[[], WireResponse]) -> WireResponse:
        """Wait for the work until its time is over; then it is left alone, and ends by itself."""
        worker = self._idle.pop() if self._idle else _Worker()
        try:
            future = worker.do(work, limit.left + _GRACE)
            if not future.done():
                raise limit.error()
        except BaseException:  # Ctrl-C too
            worker.end()
            raise
        self._idle.append(worker)
        return future.result()

    def _exchange(self, prepared: _Prepared, limit: _TimeLimit) -> WireResponse:
        response = self._adapter.send(
            prepared,
            stream=True,
            timeout=(min(CONNECT_TIMEOUT, limit.left), limit.left),
            verify=self._verify,
            proxies=self._proxies(prepared.destination),
        )
        with closing(response):
            body = _read(response.raw, limit)
            headers = tuple((str(name), str(value)) for name, value in response.raw.headers.items())
            return WireResponse(response.status_code, headers, body)

    def _proxies(self, destination: Url) -> dict[str, str]:
        if not self._proxy or is_loopback(destination.host):
            return {}
        if should_bypass_proxies(str(destination), no_proxy=self._no_proxy):
            return {}
        return {"all": self._proxy}


@dataclass(frozen=True, slots=True)
class _TimeLimit:
    """When one request must have ended, and what to say where it has not."""

    where: str
    seconds: float
    deadline: float

    @property
    def left(self) -> float:
        """Seconds, above zero since a socket takes no other timeout."""
        return max(self.deadline - time.monotonic(), 0.001)

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.deadline

    def error(self) -> RequestTimeoutError:
        return RequestTimeoutError(
            f"no whole answer of {self.where} within {round(self.seconds, 2):g} seconds",
            "--timeout gives it longer.",
        )


class _Prepared(requests.PreparedRequest):
    """A request that ``requests`` has not touched: its own ``prepare`` would change the signed URL."""

    destination: Url


class _Adapter(HTTPAdapter):
    """Connects to a request's destination, whatever host the request itself names."""

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: bool | str, cert: str | tuple[str, str] | None = None
    ) -> tuple[Any, Any]:
        """Name the connection pool: documented by ``requests`` as the method to override."""
        host, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        assert isinstance(request, _Prepared)
        url = request.destination
        host["scheme"], host["host"], host["port"] = url.scheme, url.host.strip("[]"), url.effective_port
        return host, tls


def _prepare(request: WireRequest, connect_to: Url | None) -> _Prepared:
    headers = HTTPHeaderDict()
    for name, value in request.headers:
        # http.client sends text as Latin-1: this makes it send the UTF-8 that was signed.
        headers.add(name, value.encode().decode("latin-1"))
    headers.setdefault("Host", request.url.authority)
    headers.setdefault("User-Agent", f"coda-cli/{__version__}")
    headers.setdefault("Accept-Encoding", "gzip, deflate")
    if request.body:
        headers["Content-Length"] = str(len(request.body))
    prepared = _Prepared()
    prepared.method = request.method
    prepared.url = str(request.url)
    prepared.headers = cast("Any", headers)  # as case-insensitive as requests' own, and names may repeat
    prepared.body = request.body or None
    prepared.destination = connect_to or request.url
    return prepared


def _read(raw: Any, limit: _TimeLimit) -> bytes:
    """Read a body to its end, decompressed; ``raw`` is urllib3's response."""
    pieces: list[bytes] = []
    size = 0
    while piece := raw.read1(_PIECE, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_BODY:
            raise ResponseSizeTooLargeError(
                f"the answer of {limit.where} is larger than {LARGEST_BODY // 1024 // 1024} MiB",
                "Ask for less: a page, a range, a filter.",
            )
        if limit.is_over:  # so that a thread that nobody waits for any more ends too
            raise limit.error()
    return b"".join(pieces)


class _Worker:
    """A thread that does one piece of work after another, each until its time is over.

    A socket's own timeout begins anew with every byte, and looking up a name has none at all: only
    somebody who does not wait on the socket can bound the whole. Threads are kept, since starting one
    costs as much as a request on a connection that is open.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        Thread(target=self._run, name="coda-request", daemon=True).start()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            del job  # nothing of a finished request is kept while waiting for the next

    def end(self) -> None:
        """End the thread, once it is done with what it was given."""
        self._jobs.put(None)

    def do(self, work: Callable[[], WireResponse], seconds: float) -> Future[WireResponse]:
        """Do the work; the result has come when this returns, or it did not come in time."""
        future: Future[WireResponse] = Future()

        def job() -> None:
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                future.set_exception(error)

        self._jobs.put(job)
        wait([future], seconds)
        return future


def _ca_bundle(environ: Mapping[str, str]) -> str | bool:
    for name in _CA_BUNDLES:
        if path := environ.get(name):
            if not Path(path).exists():
                raise RequestError(
                    f"{name} names a file of certificates that does not exist: {path}",
                    "Correct the variable or unset it.",
                )
            return path
    return True


def _first(environ: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((environ[name] for name in names if environ.get(name)), "")


def _where(url: Url, connect_to: Url | None) -> str:
    return url.authority if connect_to is None else f"{connect_to.origin} (in place of {url.authority})"


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
    ((http.client.IncompleteRead,), "the answer of {where} broke off before it was complete", ()),
)


def _translated(error: Exception, limit: _TimeLimit) -> RequestError:
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
    return limit.error()


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
