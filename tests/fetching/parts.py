"""The parts that the tests put a fetcher together from: a marker instead of a signature, a script of answers.

Owns no rule of fetching: each part remembers what it was given, and does what the test says.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from coda_cli.fetching.deadlines import TIME_LIMIT, TimeLimit
from coda_cli.fetching.fetcher import HttpFetcher
from coda_cli.fetching.policy import NetworkPolicy
from coda_cli.fetching.transport import HttpTransport
from coda_cli.fetching.urls import normalise, split_url
from coda_cli.redaction import Redactor
from coda_cli.wire import PathStyle, Refusal, Url, WireRequest, WireResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HOST = "127.0.0.1"
SIGNATURE = "signature-of-this-request"


@dataclass
class Signer:
    """An authenticator that marks requests and remembers them."""

    path_style: PathStyle = PathStyle.S3
    correct: Callable[[WireRequest, WireResponse], WireRequest | None] = lambda request, response: None
    refuses: tuple[str, ...] = ()
    signed: list[WireRequest] = field(default_factory=list)
    seen: list[WireResponse] = field(default_factory=list)

    def authenticate(self, request: WireRequest) -> WireRequest:
        """Add a header that is secret."""
        self.signed.append(request)
        return replace(
            request,
            headers=(*request.headers, ("Authorization", f"{SIGNATURE} {len(self.signed)}")),
            secrets=(SIGNATURE,),
        )

    def retry(self, request: WireRequest, response: WireResponse) -> WireRequest | None:
        """Do what the test says."""
        self.seen.append(response)
        return self.correct(request, response)

    def refusal(self, request: WireRequest, response: WireResponse) -> Refusal:
        """Say what the test says."""
        return Refusal(self.refuses, of_credentials=bool(self.refuses))


@dataclass
class Routes:
    """A router with a fixed table."""

    table: dict[str, Url] = field(default_factory=dict)

    def connect_to(self, url: Url) -> Url | None:
        """Look the host up."""
        return self.table.get(url.host)


@dataclass
class ScriptedTransport:
    """A transport that answers from a list, and remembers what it was given."""

    answers: list[WireResponse]
    sent: list[tuple[WireRequest, Url | None]] = field(default_factory=list)
    is_closed: bool = False

    def send(self, request: WireRequest, *, timeout: float, connect_to: Url | None = None) -> WireResponse:
        """Give the next answer."""
        assert timeout > 0
        self.sent.append((request, connect_to))
        return self.answers.pop(0)

    def close(self) -> None:
        """Remember it."""
        self.is_closed = True


@dataclass
class Pauses:
    """Stands for waiting between tries: remembers how long it would have been."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        """Remember it."""
        self.seconds.append(seconds)


def never_opened() -> HttpTransport:
    """Stand for a transport where nothing may be sent."""
    raise AssertionError("something would have been sent")


def fetcher_of(**given: Any) -> HttpFetcher:
    """Make a fetcher for packs that talk to this machine, signing all they send."""
    defaults: dict[str, Any] = {
        "policy": NetworkPolicy((HOST,), HOST),
        "authenticator": Signer(),
        "router": Routes(),
        "open_transport": lambda: HttpTransport({}),
        "redactor": Redactor(),
        "timeout": 20,
        "wait": Pauses(),
    }
    return HttpFetcher(**(defaults | given))


def time_limit(seconds: float) -> TimeLimit:
    """Give a request some seconds from now."""
    return TimeLimit("a.example", seconds, time.monotonic() + seconds)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stand for a request that has some seconds, as connections know it."""
    token = TIME_LIMIT.set(time_limit(seconds))
    try:
        yield
    finally:
        TIME_LIMIT.reset(token)


def url_of(text: str) -> Url:
    """Take a URL apart and bring it into normal form."""
    return normalise(split_url(text), PathStyle.AS_WRITTEN)


def send(
    url: str,
    *headers: tuple[str, str],
    method: str = "GET",
    body: bytes = b"",
    environ: Mapping[str, str] | None = None,
    connect_to: str | None = None,
    timeout: float = 20,
) -> WireResponse:
    """Send one request over a transport of its own."""
    with HttpTransport(environ or {}) as transport:
        request = WireRequest(method, url_of(url), headers, body)
        elsewhere = None if connect_to is None else url_of(connect_to)
        return transport.send(request, timeout=timeout, connect_to=elsewhere)
