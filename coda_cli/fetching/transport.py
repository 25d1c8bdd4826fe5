"""One request over the network and its whole answer, through ``requests``.

Owns connections, proxies, certificates and the size limit. It sends a request as it was signed: it may
add headers that no signature covers, and changes nothing else. It follows no redirect, repeats nothing,
reads no netrc and keeps no cookie. Importing it loads ``requests``: import it when there is something to
send.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict

from coda_cli import __version__
from coda_cli.errors import RequestError
from coda_cli.fetching.deadlines import SLICE, TIME_LIMIT, TimeLimit
from coda_cli.fetching.transport_answers import read_body
from coda_cli.fetching.transport_connections import POOLS
from coda_cli.fetching.transport_failures import FAILURES, request_error
from coda_cli.proxies import Proxies
from coda_cli.wire import Url, WireRequest, WireResponse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

MOST_CONNECTIONS = 256
"""That are kept open to one host: as many as ``fetch_all`` sends requests at once."""

MOST_POOLS = 256
"""Hosts that connections are kept open to."""

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
        self._adapter = _Adapter(MOST_POOLS, MOST_CONNECTIONS, max_retries=0)
        self._chosen: dict[_Origin, dict[str, str]] = {}

    def __enter__(self) -> HttpTransport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._adapter.close()

    def send(self, request: WireRequest, *, timeout: float, connect_to: Url | None = None) -> WireResponse:
        """Return the whole answer: see ``Transport``."""
        prepared = _prepare(request, connect_to)
        limit = TimeLimit(_where(request.url, connect_to), timeout, time.monotonic() + timeout)
        limited = TIME_LIMIT.set(limit)
        try:
            return self._exchange(prepared, limit.where)
        except FAILURES as error:
            raise request_error(error, limit) from error
        finally:
            TIME_LIMIT.reset(limited)

    def _exchange(self, prepared: _Prepared, where: str) -> WireResponse:
        raw: Any = self._adapter.send(
            prepared,
            stream=True,
            timeout=SLICE,  # the connection counts them
            verify=self._verify,
            proxies=self._proxies_to(prepared.destination),
        )
        try:
            body = read_body(raw, where)
            return WireResponse(raw.status, tuple(raw.headers.items()), body)
        finally:
            raw.close()  # the connection too, unless the body was read to its end
            raw.release_conn()

    def _proxies_to(self, destination: _Origin) -> dict[str, str]:
        """Return the proxy to go through, as ``requests`` wants it told; it is chosen once for a host."""
        proxies = self._chosen.get(destination)
        if proxies is None:
            proxy = self._proxies.to_reach(destination.host, destination.port)
            proxies = self._chosen[destination] = {"all": proxy} if proxy else {}
        return proxies


class _Origin(NamedTuple):
    """Where a connection leads to: what makes two requests share one."""

    scheme: str
    host: str
    port: int


class _Prepared(requests.PreparedRequest):
    """A request that ``requests`` has not touched: its own ``prepare`` would change the signed URL."""

    destination: _Origin
    target: str


class _Adapter(HTTPAdapter):
    """Connects to a request's destination, whatever host it names, and takes no head that is not whole.

    What ``requests`` works out for each request anew, though it is the same for all to one destination, is
    kept: the pool of connections, and that its certificates are there.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the manager of direct connections."""
        self._pools: dict[tuple[_Origin, str | None], Any] = {}
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def close(self) -> None:
        """Close every connection: a pool closes its own when nobody has it any more."""
        self._pools.clear()
        super().close()

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """Return the manager of connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str | None,
        proxies: Mapping[str, str] | None = None,
        cert: str | tuple[str, str] | None = None,
    ) -> Any:
        """Return the pool of connections to the request's destination, made and checked when it is new."""
        assert isinstance(request, _Prepared)
        key = (request.destination, proxies.get("all") if proxies else None)
        pool = self._pools.get(key)
        if pool is None:
            if len(self._pools) == MOST_POOLS // 2:
                # urllib3 closes the pool that it was asked for longest ago: ask again for those in use.
                self._pools.clear()
            pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
            super().cert_verify(pool, request.destination.scheme, verify, cert)  # type: ignore[no-untyped-call] # requests'
            self._pools[key] = pool
        return pool

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Do nothing: this was done when the pool was made."""

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: bool | str, cert: str | tuple[str, str] | None = None
    ) -> tuple[Any, Any]:
        """Name the connection pool: documented by ``requests`` as the method to override."""
        host, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        assert isinstance(request, _Prepared)
        url = request.destination
        host["scheme"], host["host"], host["port"] = url.scheme, url.host.strip("[]"), url.port
        return host, tls

    def request_url(self, request: requests.PreparedRequest, proxies: Mapping[str, str] | None) -> str:
        """Return the target of the request line: the path, unless a proxy has to be told the host."""
        assert isinstance(request, _Prepared)
        return super().request_url(request, proxies) if proxies else request.target

    def build_response(self, _req: requests.PreparedRequest, resp: Any) -> Any:
        """Return urllib3's response as it is: nobody looks at cookies, an encoding, or a history."""
        return resp


def _prepare(request: WireRequest, connect_to: Url | None) -> _Prepared:
    defaults = {
        "Host": request.url.authority,
        "User-Agent": f"coda-cli/{__version__}",
        "Accept-Encoding": "gzip, deflate",
    }
    if request.body:
        defaults["Content-Length"] = str(len(request.body))
    given = {name.lower() for name, _ in request.headers}
    # http.client sends text as Latin-1: this makes it send the UTF-8 that was signed.
    headers = [(name, value.encode().decode("latin-1")) for name, value in request.headers]
    headers += (default for default in defaults.items() if default[0].lower() not in given)
    prepared = _Prepared()
    prepared.method = request.method
    prepared.url = str(request.url)
    # Where names repeat it takes a class that is much slower.
    prepared.headers = cast("Any", HTTPHeaderDict if len(given) < len(request.headers) else dict)(headers)
    prepared.body = request.body or None
    destination = connect_to or request.url
    prepared.destination = _Origin(destination.scheme, destination.host, destination.effective_port)
    prepared.target = request.url.target
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
