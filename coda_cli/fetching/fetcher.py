"""A fetch: from what a pack asks for to what it receives, one named step after another.

Owns the order of the steps: endpoint, normal form, network policy, authentication, sending, corrections,
repeats, redirects, redaction, decoding. No credential is touched before the policy agreed. How a request
is authenticated, and how it is sent, is passed in.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from coda_cli.errors import (
    CredentialsError,
    HostNotAllowedError,
    RequestError,
    RequestTimeoutError,
)
from coda_cli.fetching.batches import Batch
from coda_cli.fetching.decoding import content_of, service_error
from coda_cli.fetching.legs import Exchange, Leg, location_of
from coda_cli.fetching.pack_request import checked_request
from coda_cli.fetching.repeats import Tries
from coda_cli.fetching.status_errors import status_error
from coda_cli.fetching.url_secrets import secrets_of, shown, without_query
from coda_cli.fetching.urls import normalise
from coda_cli.sdk.exchanges import FetchResponse, Headers
from coda_cli.sdk.fetch_requests import fetch_request, first_page
from coda_cli.wire import PathStyle, WireRequest, WireResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import TracebackType

    from coda_cli.fetching.policy import Endpoint, NetworkPolicy
    from coda_cli.fetching.transport import Transport
    from coda_cli.redaction import Redactor
    from coda_cli.sdk.exchanges import FetchRequest
    from coda_cli.wire import Authenticator, Refusal, Router, Url

logger = logging.getLogger(__name__)

CONCURRENCY = 16
"""How many requests ``fetch_all`` sends at once, where nobody says."""

MOST_REDIRECTS = 10
MOST_CORRECTIONS = 5
"""Of one request: more than there are mistakes to correct, each once."""

Prepared = tuple["WireRequest", "Authenticator | None"]
"""A request that was checked, and what authenticated it."""


class HttpFetcher:
    """Sends the requests of one run; ``sdk.context.Fetcher`` says what its methods do.

    Args:
        policy: which hosts may be called, and which get credentials.
        authenticator: how requests to those are authenticated.
        router: where to connect to.
        open_transport: makes the transport on first use, so that a formula that fetches nothing does
            not load it.
        redactor: cuts secrets out of what is received.
        timeout: seconds for a fetch with all its tries, pauses and redirects; finding credentials for the
            first is not counted.
        retries: how often a request that failed may be sent again.
        wait: lets seconds pass between two tries.
        endpoint: of a pack that requires one.
        is_allowed: False refuses every fetch.
        most_concurrent: requests at once; 1 where it matters which is the first.
        on_request: is called for each request that the pack asks for.
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
        retries: int = 0,
        wait: Callable[[float], None] = time.sleep,
        endpoint: Endpoint | None = None,
        is_allowed: bool = True,
        most_concurrent: int | None = None,
        on_request: Callable[[], None] | None = None,
    ) -> None:
        self._policy = policy
        self._authenticator = authenticator
        self._router = router
        self._open_transport = open_transport
        self._redactor = redactor
        self._endpoint = endpoint
        self._timeout = timeout
        self._retries = retries
        self._wait = wait
        self._is_allowed = is_allowed
        self._most_concurrent = most_concurrent
        self._on_request = on_request
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

    def fetch(self, method: str | FetchRequest, url: str | None = None, **options: Any) -> FetchResponse:
        """Send one request and return its answer: see ``sdk.context.Fetcher``.

        Nothing is cached where a pack is run locally.
        """
        return self._begin(fetch_request(method, url, options), Batch())()

    def fetch_all(
        self, requests: Any, *, concurrency: int = CONCURRENCY, return_errors: bool = False
    ) -> list[Any]:
        """Send requests, some of them at once: see ``sdk.context.Fetcher``."""
        from coda_cli.fetching.concurrency import fetch_all

        return fetch_all(
            self._begin,
            requests,
            concurrency=concurrency,
            most=self._most_concurrent,
            return_errors=return_errors,
        )

    def pages(self, request: Any, next: Any) -> Generator[FetchResponse, None, None]:  # noqa: A002 - public name
        """Fetch page after page of a listing, one ahead: see ``sdk.context.Fetcher``."""
        from coda_cli.fetching.paging import Listing

        return Listing(self._begin, next).pages(first_page(request, next))

    def _begin(self, request: FetchRequest, batch: Batch) -> Callable[[], FetchResponse]:
        """Check and authenticate a request, and return what sends it; nothing was sent yet."""
        asked = checked_request(request)
        if not self._is_allowed:
            raise RequestError(
                f"unhandled fetch: {asked.method} {without_query(asked.url)}",
                "Requests are switched off by --no-fetch.",
            )
        if self._on_request is not None:
            self._on_request()
        leg = Leg(asked, not request.disable_authentication, batch)
        prepared = self._prepare(leg)
        return lambda: self._finish(request, leg, prepared)

    def _finish(self, request: FetchRequest, leg: Leg, prepared: Prepared) -> FetchResponse:
        """Send a request that was prepared, and return its answer."""
        tries = Tries(self._retries, self._timeout, self._wait)
        exchange = self._exchange(leg, prepared, tries, follow=not request.ignore_redirects)
        response = exchange.response
        headers = Headers(response.headers)
        if response.error is not None:
            logger.debug("the whole answer:\n%s", response.body.decode("utf-8", "replace"))
            raise status_error(
                exchange.request,
                response,
                refusal=self._refusal(exchange),
                tries=tries.told,
                binary=request.is_binary_response,
            )
        status, content = response.status, content_of(response, binary=request.is_binary_response)
        del exchange, response  # a large body is not held as bytes while its text is parsed
        return FetchResponse(status, headers, content.parsed())

    def _exchange(self, leg: Leg, prepared: Prepared, tries: Tries, *, follow: bool) -> Exchange:
        """Send a request, and those that redirects ask for in its place."""
        for _ in range(MOST_REDIRECTS + 1):
            exchange = self._answered(leg, prepared, tries)
            if not follow or (location := location_of(exchange.response)) is None:
                return exchange
            leg = exchange.leg.redirected(exchange.response, exchange.request.url, location)
            prepared = self._prepare(leg)
        raise RequestError(
            f"{exchange.request.method} {shown(exchange.request.url)} was redirected"
            f" more than {MOST_REDIRECTS} times"
        )

    def _answered(self, leg: Leg, prepared: Prepared, tries: Tries) -> Exchange:
        """Send a request, mended as the authenticator can and repeated as long as that may help.

        Every repeat is signed afresh, and keeps what was corrected. A correction comes before a redirect is
        followed: S3 says in a 301 that has no usable ``Location`` which region it wants.
        """
        request, authenticator = prepared
        corrected = 0
        while True:
            leg.batch.check_wanted()
            tries.begin()
            try:
                response = self._send(request, tries)
            except RequestError as error:
                if not tries.again(request.method, error, shown(request.url)):
                    error.details = (*error.details, *tries.told)
                    raise
                request, authenticator = self._prepare(leg)
                continue
            if response.error is None:
                return Exchange(leg, request, authenticator, response)
            request = replace(request, corrections=leg.corrections)
            exchange = Exchange(leg, request, authenticator, response)
            if corrected < MOST_CORRECTIONS and (mended := self._mended(exchange)):
                corrected += 1
                leg = replace(leg, url=mended.url, corrections=leg.corrections | mended.corrections)
                request = mended
            elif tries.again(request.method, response, shown(request.url)):
                request, authenticator = self._prepare(leg)
            else:
                return exchange

    def _prepare(self, leg: Leg) -> Prepared:
        """Make the request that is sent: resolve, normalise, check, and only then authenticate."""
        asked = leg.asked
        raw = self._endpoint.resolve(asked.url) if self._endpoint else asked.url
        url = leg.url or normalise(raw, PathStyle.AS_WRITTEN)
        self._check(url, leg.came_from)
        authenticator = self._authenticator_for(url) if leg.is_signed else None
        if authenticator is not None and leg.url is None:
            url = normalise(raw, authenticator.path_style)
        request = WireRequest(asked.method, url, asked.headers, asked.body, corrections=leg.corrections)
        with self._shared:
            # An override that is refused, or certificates that are not there, are told before credentials are
            # looked for; and the clock of the first request does not run while the transport is loaded.
            self._connect_to(url)
            self._opened_transport()
            signed = _authenticated(request, authenticator, leg.batch) if authenticator else request
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

    def _send(self, request: WireRequest, tries: Tries) -> WireResponse:
        """Send a request over the network, and take its secrets out of the answer."""
        with self._shared:
            transport, connect_to = self._opened_transport(), self._connect_to(request.url)
        secrets = (*request.secrets, *secrets_of(request.url))
        timeout = tries.seconds_left
        if timeout <= 0:
            raise RequestTimeoutError(
                f"{request.method} {shown(request.url)} took longer than {tries.timeout:g} seconds",
                "--timeout gives it longer.",
            )
        started = time.monotonic()
        try:
            response = transport.send(request, timeout=timeout, connect_to=connect_to)
        except Exception as error:
            # The libraries' own texts, which --debug shows, quote the URL, and may quote what servers echo.
            # What nobody quotes is not kept: each value is looked for in everything from then on.
            from coda_cli.fetching.transport_failures import causes

            told = "\n".join(
                text for one in causes(error) for text in (str(one), *getattr(one, "details", ()))
            )
            for secret in (*secrets_of(request.url), *(one for one in request.secrets if one in told)):
                self._redactor.add_secret(secret)
            raise
        seconds = time.monotonic() - started
        if logger.isEnabledFor(logging.INFO):
            logger.info("%s %s %d in %.3f s", request.method, shown(request.url), response.status, seconds)
        response = self._redacted(response, secrets)
        if not 200 <= response.status < 300:
            response = replace(response, error=service_error(response))
        return response

    def _redacted(self, response: WireResponse, secrets: tuple[str, ...]) -> WireResponse:
        def redacted(value: bytes) -> bytes:
            return self._redactor.body(value, also=secrets)

        headers, body = response.headers, redacted(response.body)
        # Nearly never is there a secret among them: one look at all of them is enough then.
        together = "\n".join(value for _, value in headers).encode()
        if redacted(together) != together:
            headers = tuple((name, redacted(value.encode()).decode()) for name, value in headers)
        return WireResponse(response.status, headers, body, response.error)

    def _mended(self, exchange: Exchange) -> WireRequest | None:
        """Ask the authenticator to mend a refused request, and check where that would go."""
        if exchange.authenticator is None:
            return None
        with self._shared:
            mended = exchange.authenticator.retry(exchange.request, exchange.response)
        if mended is not None:
            self._check_moved(mended.url, exchange.request.url)
        return mended

    def _check_moved(self, url: Url, came_from: Url) -> None:
        """Refuse a URL that the authenticator found another one to stand for, as a redirect would be."""
        self._check(url, came_from)
        if not self._policy.may_authenticate(url):
            raise HostNotAllowedError(
                f"the request would have to go to {url.authority}, which gets no credentials",
                f"They go to {self._policy.authenticated_domain} only.",
            )

    def _refusal(self, exchange: Exchange) -> Refusal | None:
        if exchange.authenticator is None:
            return None
        with self._shared:
            return exchange.authenticator.refusal(exchange.request, exchange.response)


def _authenticated(request: WireRequest, authenticator: Authenticator, batch: Batch) -> WireRequest:
    """Authenticate a request, unless its batch has met before that this cannot be done."""
    host = request.url.authority
    batch.check_wanted()
    batch.check_credentials(host)
    try:
        return authenticator.authenticate(request)
    except CredentialsError as error:
        batch.refuse(host, error)
        raise
