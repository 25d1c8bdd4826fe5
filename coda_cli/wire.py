"""A request and a response as they are on the wire, and what joins fetching to authentication.

Owns the frozen values that ``fetching`` and ``auth`` hand to each other, since those two layers do not
know one another. It does no I/O and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    Clock = Callable[[], datetime]  # the time now, aware, in UTC: passed in, so that tests choose it

DEFAULT_PORTS = {"https": 443, "http": 80}


class PathStyle(Enum):
    """How a URL's path and query are brought into normal form before they are signed and sent."""

    AS_WRITTEN = "as written"
    """Only made legal: no signature depends on it, and pre-signed URLs must pass unchanged."""
    S3 = "s3"
    """Decoded to bytes and encoded once; ``//``, ``.`` and ``..`` are part of a key and stay."""
    ENCODED_TWICE = "encoded twice"
    """Existing escapes are kept; the signer normalises the path and encodes it a second time."""


@dataclass(frozen=True, slots=True)
class Url:
    """One URL in normal form: policy, signature, ``Host`` header and connection all use this value.

    ``host`` is lower-case, without a trailing dot, an IPv6 address in brackets; ``port`` is None where
    it is the scheme's default; ``path`` begins with ``/``; ``query`` is without its ``?``.
    """

    scheme: str
    host: str
    port: int | None
    path: str
    query: str

    @property
    def authority(self) -> str:
        """The host, and the port unless it is the scheme's default: the ``Host`` header's value."""
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @property
    def effective_port(self) -> int:
        """The port to connect to."""
        return self.port if self.port is not None else DEFAULT_PORTS[self.scheme]

    @property
    def origin(self) -> str:
        """Scheme and authority: what a person needs to see of a URL, without its secrets."""
        return f"{self.scheme}://{self.authority}"

    @property
    def target(self) -> str:
        """Path and query: the request target."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One request: what is signed, and sent as it was signed.

    ``headers`` keep their order and spelling, and may repeat a name. ``secrets`` are values of this one
    request, such as its signature, that must be cut out of an answer that echoes them. ``corrections`` names
    what was corrected already on the way to it, since each mistake is corrected once.
    """

    method: str
    url: Url
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = b""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    corrections: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ServiceError:
    """What a service says of an error, read from XML, JSON or a header. Empty text: it did not say.

    ``region`` is the one that S3 says the request should have been for.
    """

    code: str = ""
    message: str = ""
    request_id: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an authenticator makes of an error: lines for a person, and whether credentials were refused.

    Without ``of_credentials`` it is the request that was refused, of a caller that was recognised.
    """

    lines: tuple[str, ...] = ()
    of_credentials: bool = False


@dataclass(frozen=True, slots=True)
class WireResponse:
    """One response, its body complete and decompressed. ``error`` is set for statuses outside 2xx."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    error: ServiceError | None = None


class Authenticator(Protocol):
    """One way to authenticate requests."""

    @property
    def path_style(self) -> PathStyle:
        """The normal form that this way's signature is computed over."""
        ...

    def authenticate(self, request: WireRequest) -> WireRequest:
        """Return the request with what proves who is calling.

        It may go to another host, where an earlier correction has found what is asked for.

        Raises:
            CredentialsError: there is nothing to prove it with, or it was refused.
            RequestError: the request has a header that only the authenticator may set.
        """
        ...

    def retry(self, request: WireRequest, response: WireResponse) -> WireRequest | None:
        """Return the request authenticated anew if the response names a mistake that can be mended.

        Each is mended once: what was, the request's ``corrections`` tell. The new request may go to
        another host, which nobody has checked against a policy.

        Raises:
            CredentialsError: new credentials were needed, and could not be got.
        """
        ...

    def refusal(self, request: WireRequest, response: WireResponse) -> Refusal:
        """Explain a response that is about who is calling; an empty refusal where it is not."""
        ...


class Router(Protocol):
    """Where to connect for a URL: elsewhere than its host says if an endpoint override is configured."""

    def connect_to(self, url: Url) -> Url | None:
        """Return the override's origin, or None to connect to the host itself.

        Raises:
            CredentialsError: the override is neither ``https`` nor ``http`` to loopback, or has a path.
        """
        ...


def is_loopback(host: str) -> bool:
    """Tell whether a host in normal form is this machine: ``localhost``, ``127.0.0.0/8`` or ``::1``."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    from ipaddress import ip_address

    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
