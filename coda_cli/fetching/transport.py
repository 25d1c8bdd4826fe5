"""One request over the network and its whole answer, through ``requests``.

Owns connections, proxies, certificates and the size limit. It sends a request as it was signed: it may
add headers that no signature covers, and changes nothing else. It follows no redirect, repeats nothing,
reads no netrc and keeps no cookie. Importing it loads ``requests``: import it when there is something to
send.
"""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict

from coda_cli import __version__
from coda_cli.errors import RequestError
from coda_cli.fetching.deadlines import CONNECT_TIMEOUT, GRACE, TimeLimit, Worker
from coda_cli.fetching.transport_answers import POOLS, read_body
from coda_cli.fetching.transport_failures import FAILURES, request_error
from coda_cli.proxies import Proxies
from coda_cli.wire import Url, WireRequest, WireResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

_CA_BUNDLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


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
        self._proxies = Proxies.from_environment(environ)
        self._adapter = _Adapter(max_retries=0)
        self._idle: list[Worker] = []  # as many as requests were on their way at once

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
        limit = TimeLimit(_where(request.url, connect_to), timeout, time.monotonic() + timeout)
        try:
            return self._within(limit, lambda: self._exchange(prepared, limit))
        except FAILURES as error:
            raise request_error(error, limit) from error

    def _within(self, limit: TimeLimit, work: Callable[[], WireResponse]) -> WireResponse:
        """Wait for the work until its time is over; then it is left alone, and ends by itself."""
        worker = self._idle.pop() if self._idle else Worker()
        try:
            future = worker.do(work, limit.left + GRACE)
            if not future.done():
                raise limit.timeout_error()
        except BaseException:  # Ctrl-C too
            worker.end()
            raise
        self._idle.append(worker)
        return future.result()

    def _exchange(self, prepared: _Prepared, limit: TimeLimit) -> WireResponse:
        proxy = self._proxies.to_reach(prepared.destination.host, prepared.destination.effective_port)
        response = self._adapter.send(
            prepared,
            stream=True,
            timeout=(min(CONNECT_TIMEOUT, limit.left), limit.left),
            verify=self._verify,
            proxies={"all": proxy} if proxy else None,
        )
        with closing(response):
            body = read_body(response.raw, limit)
            headers = tuple((str(name), str(value)) for name, value in response.raw.headers.items())
            return WireResponse(response.status_code, headers, body)


class _Prepared(requests.PreparedRequest):
    """A request that ``requests`` has not touched: its own ``prepare`` would change the signed URL."""

    destination: Url


class _Adapter(HTTPAdapter):
    """Connects to a request's destination, whatever host it names, and takes no head that is not whole."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the manager of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """Return the manager of connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager

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


def _where(url: Url, connect_to: Url | None) -> str:
    return url.authority if connect_to is None else f"{connect_to.origin} (in place of {url.authority})"
