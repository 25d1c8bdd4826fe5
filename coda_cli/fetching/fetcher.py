"""A fetch: from what a pack asks for to what it receives, one named step after another.

Owns the order of the steps: endpoint, normal form, network policy, authentication, sending, redirects,
redaction, decoding. No credential is touched before the policy agreed. How a request is authenticated,
and how it is sent, is passed in.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from coda_cli.errors import (
    DecodingError,
    HostNotAllowedError,
    InvalidURLError,
    RequestError,
    RequestTimeoutError,
    StatusCodeError,
)
from coda_cli.fetching.decoding import decode, service_error
from coda_cli.fetching.pack_request import PackRequest, check_request
from coda_cli.fetching.urls import RawUrl, join, normalise, split_url
from coda_cli.redaction import SHORTEST
from coda_cli.sdk.context import FetchResponse, Headers
from coda_cli.wire import Authenticator, PathStyle, Url, WireRequest, WireResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from coda_cli.fetching.policy import Endpoint, NetworkPolicy
    from coda_cli.fetching.transport import Transport
    from coda_cli.redaction import Redactor
    from coda_cli.wire import Router

logger = logging.getLogger(__name__)

MOST_REDIRECTS = 10

_SECRET_PARAMETERS = ("signature", "security-token")  # X-Amz-Signature, and S3's older Signature
_REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A request as it was sent, what authenticated it, and the answer."""

    request: WireRequest
    authenticator: Authenticator | None
    response: WireResponse


class HttpFetcher:
    """Sends the requests of one run; ``sdk.context.Fetcher`` says what ``fetch`` does.

    Args:
        policy: which hosts may be called, and which get credentials.
        authenticator: how requests to those are authenticated.
        router: where to connect to.
        open_transport: makes the transport on first use, so that a formula that fetches nothing does
            not load it.
        redactor: cuts secrets out of what is received.
        timeout: seconds for a fetch with all its redirects; finding credentials is not counted.
        endpoint: of a pack that requires one.
        is_allowed: False refuses every fetch.
    """

    def __init__(
        self,
        *,
        policy: NetworkPolicy,
        authenticator: Authenticator,
        router: Router,
        open_transport: Callable[[], Transport],
        redactor: Redactor,
        timeout: float,
        endpoint: Endpoint | None = None,
        is_allowed: bool = True,
    ) -> None:
        self._policy = policy
        self._authenticator = authenticator
        self._router = router
        self._open_transport = open_transport
        self._redactor = redactor
        self._endpoint = endpoint
        self._timeout = timeout
        self._is_allowed = is_allowed
        self._transport: Transport | None = None
        self._shared = Lock()  # a pack may fetch from several threads: credentials are found once for all
        self._overrides: dict[str, Url | None] = {}

    def __enter__(self) -> HttpFetcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: str | bytes | None = None,
        form: Mapping[str, str] | None = None,
        is_binary_response: bool = False,
        disable_authentication: bool = False,
        ignore_redirects: bool = False,
        cache_ttl_secs: float | None = None,
        force_cache: bool = False,
    ) -> FetchResponse:
        """Send one request and return its answer: see ``sdk.context.Fetcher``."""
        del cache_ttl_secs, force_cache  # nothing is cached where a pack is run locally
        asked = check_request(method, url, headers, body, form)
        if not self._is_allowed:
            raise RequestError(
                f"unhandled fetch: {asked.method} {_without_query(asked.url)}",
                "Requests are switched off by --no-fetch.",
            )
        exchange = self._exchange(asked, sign=not disable_authentication, follow=not ignore_redirects)
        if exchange.response.error is not None:
            raise self._status_error(exchange, binary=is_binary_response)
        response = exchange.response
        return FetchResponse(
            response.status, Headers(response.headers), decode(response, binary=is_binary_response)
        )

    def _exchange(self, asked: PackRequest, *, sign: bool, follow: bool) -> _Exchange:
        """Send a request, correct it once if the authenticator can, and follow its redirects."""
        came_from: Url | None = None
        deadline: float | None = None
        corrected = False
        for _ in range(MOST_REDIRECTS + 1):
            with self._shared:
                request, authenticator = self._prepare(asked, came_from, sign=sign)
                transport = self._opened_transport()
            if deadline is None:
                deadline = time.monotonic() + self._timeout
            exchange = self._send(request, authenticator, transport, deadline)
            if not corrected and (again := self._correction(exchange)):
                exchange, corrected = self._send(again, authenticator, transport, deadline), True
            if not follow or (location := _location(exchange.response)) is None:
                return exchange
            came_from = exchange.request.url
            asked = _redirected(asked, exchange, location)
        raise RequestError(
            f"{asked.method} {_shown(exchange.request.url)} was redirected more than {MOST_REDIRECTS} times"
        )

    def _prepare(
        self, asked: PackRequest, came_from: Url | None, *, sign: bool
    ) -> tuple[WireRequest, Authenticator | None]:
        """Make the request that is sent: resolve, normalise, check, and only then authenticate."""
        raw = self._endpoint.resolve(asked.url) if self._endpoint else asked.url
        url = normalise(raw, PathStyle.AS_WRITTEN)
        self._check(url, came_from)
        authenticator = self._authenticator_for(url) if sign else None
        if authenticator is not None:
            url = normalise(raw, authenticator.path_style)
        self._connect_to(url)  # an override that is refused is refused before credentials are looked for
        request = WireRequest(asked.method, url, asked.headers, asked.body)
        if authenticator is None:
            return request, None
        signed = authenticator.authenticate(request)
        if signed.url.host != url.host:
            self._check_moved(signed.url, url)
        return signed, authenticator

    def _check(self, url: Url, came_from: Url | None) -> None:
        """Refuse a URL that the pack may not call, or may not be led to by the one that it came from."""
        try:
            if self._endpoint is not None:
                self._endpoint.check(url)
            self._policy.check(url)
            if came_from is not None:
                self._policy.check_redirect(came_from, url)
        except HostNotAllowedError as error:
            if came_from is None:
                raise
            raise HostNotAllowedError(
                f"{came_from.origin} redirects to {url.origin}, which is refused",
                "Nothing was sent there.",
                error.message,
                *error.details,
            ) from error

    def _authenticator_for(self, url: Url) -> Authenticator | None:
        if self._policy.may_authenticate(url):
            return self._authenticator
        if self._policy.authenticated_domain is not None:
            logger.info(
                "%s gets an unsigned request: credentials go to %s only",
                url.authority,
                self._policy.authenticated_domain,
            )
        return None

    def _connect_to(self, url: Url) -> Url | None:
        if url.origin not in self._overrides:
            self._overrides[url.origin] = self._router.connect_to(url)
        return self._overrides[url.origin]

    def _opened_transport(self) -> Transport:
        """Return the transport, loaded and opened before the clock of its first request runs."""
        if self._transport is None:
            self._transport = self._open_transport()
        return self._transport

    def _send(
        self,
        request: WireRequest,
        authenticator: Authenticator | None,
        transport: Transport,
        deadline: float,
    ) -> _Exchange:
        """Send a request over the network, and take its secrets out of the answer."""
        with self._shared:
            connect_to = self._connect_to(request.url)
        secrets = (*request.secrets, *_secrets_of(request.url))
        started = time.monotonic()
        if started >= deadline:
            raise RequestTimeoutError(
                f"{request.method} {_shown(request.url)} took longer than {self._timeout:g} seconds",
                "--timeout gives it longer.",
            )
        try:
            response = transport.send(request, timeout=deadline - started, connect_to=connect_to)
        except Exception:
            # The libraries' own texts, which --debug shows, quote the URL.
            for secret in secrets:
                self._redactor.add_secret(secret)
            raise
        seconds = time.monotonic() - started
        logger.info("%s %s %d in %.3f s", request.method, _shown(request.url), response.status, seconds)
        response = self._redacted(response, secrets)
        if not 200 <= response.status < 300:
            response = replace(response, error=service_error(response))
        return _Exchange(request, authenticator, response)

    def _redacted(self, response: WireResponse, secrets: tuple[str, ...]) -> WireResponse:
        headers = tuple(
            (name, self._redactor.body(value.encode(), also=secrets).decode())
            for name, value in response.headers
        )
        return replace(response, headers=headers, body=self._redactor.body(response.body, also=secrets))

    def _correction(self, exchange: _Exchange) -> WireRequest | None:
        """Ask the authenticator to mend a refused request, and check where that would go."""
        if exchange.authenticator is None or exchange.response.error is None:
            return None
        with self._shared:
            again = exchange.authenticator.retry(exchange.request, exchange.response)
        if again is not None:
            self._check_moved(again.url, exchange.request.url)
        return again

    def _check_moved(self, url: Url, came_from: Url) -> None:
        """Refuse a URL that the authenticator found another one to stand for, as a redirect would be."""
        self._check(url, came_from)
        if not self._policy.may_authenticate(url):
            raise HostNotAllowedError(
                f"the request would have to go to {url.authority}, which gets no credentials",
                f"They go to {self._policy.authenticated_domain} only.",
            )

    def _status_error(self, exchange: _Exchange, *, binary: bool) -> StatusCodeError:
        request, response, error = exchange.request, exchange.response, exchange.response.error
        assert error is not None
        with self._shared:
            refusal = exchange.authenticator.refusal(request, response) if exchange.authenticator else None
        logger.debug("the whole answer:\n%s", response.body.decode("utf-8", "replace"))
        reason = error.code or _phrase(response.status)
        message = (
            f"{request.method} {request.url.origin}{request.url.path} answered {response.status} {reason}"
        )
        said = (f"The service says: {error.message}",) if error.message else ()
        request_id = (f"Request id: {error.request_id}",) if error.request_id else ()
        return StatusCodeError(
            message.rstrip(),
            *said,
            *(refusal.lines if refusal else ()),
            *request_id,
            status_code=response.status,
            body=_decoded_anyway(response, binary=binary),
            headers=Headers(response.headers),
            error_code=error.code or None,
            credentials_refused=refusal is not None and refusal.of_credentials,
        )


def _location(response: WireResponse) -> str | None:
    """Return where a redirect points; None where the answer is none, or does not say."""
    if response.status not in _REDIRECTS:
        return None
    location = Headers(response.headers).get("location")
    if not location:
        return None
    try:
        return location.encode("latin-1").decode()  # servers send UTF-8, http.client reads Latin-1
    except UnicodeError:
        return location


def _redirected(asked: PackRequest, exchange: _Exchange, location: str) -> PackRequest:
    """Make the request that the answer's ``Location`` asks for; nothing is checked against a policy."""
    came_from = exchange.request.url
    try:
        raw = join(came_from, split_url(location))
        target = normalise(raw, PathStyle.AS_WRITTEN)
    except InvalidURLError as error:
        raise InvalidURLError(
            f"{came_from.origin} redirects to a URL that is refused", error.message, *error.details
        ) from error
    same_origin = target.origin == came_from.origin
    return asked.redirected(exchange.response.status, raw, same_origin=same_origin)


def _decoded_anyway(response: WireResponse, *, binary: bool) -> Any:
    try:
        return decode(response, binary=binary)
    except DecodingError:  # the status is the news; a broken body must not hide it
        return response.body.decode("utf-8", "replace")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _shown(url: Url) -> str:
    """Show a URL with the names of its query's parameters: the values may be secrets, if pre-signed."""
    names = "&".join(pair.partition("=")[0] for pair in url.query.split("&"))
    return f"{url.origin}{url.path}?{names}" if names else f"{url.origin}{url.path}"


def _secrets_of(url: Url) -> tuple[str, ...]:
    """Return what a pre-signed URL proves by, as it is written and as it is meant.

    Other tokens stay: services repeat those that name a page, and packs need them.
    """
    pairs = (pair.partition("=") for pair in url.query.split("&"))
    written = [value for name, _, value in pairs if name.lower().endswith(_SECRET_PARAMETERS)]
    return tuple(value for value in (*written, *map(unquote, written)) if len(value) >= SHORTEST)


def _without_query(raw: RawUrl) -> str:
    scheme = f"{raw.scheme}:" if raw.scheme else ""
    authority = f"//{raw.authority.rpartition('@')[2]}" if raw.authority is not None else ""
    return f"{scheme}{authority}{raw.path}"
