"""Which hosts a pack may call, and which of them may see its credentials.

Owns the rules of declared network domains, ports, schemes, redirects and configured endpoints. It
decides from values alone: it holds no credentials and opens no connection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from coda_cli.errors import CredentialsError, HostNotAllowedError, InvalidURLError
from coda_cli.fetching.urls import RawUrl, append, normalise, split_authority, split_url
from coda_cli.wire import PathStyle, Url, is_loopback

_ADDRESS = re.compile(r"\[.*\]|[0-9.]+")


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """The network domains that a pack declared, each perhaps with a port.

    ``authenticated_domain`` is the one whose hosts get the pack's credentials; None sends them nowhere.
    """

    domains: tuple[str, ...]
    authenticated_domain: str | None = None
    allow_multiple: bool = False

    def check(self, url: Url) -> None:
        """Refuse a URL that the pack may not call.

        Raises:
            HostNotAllowedError: its host, port or scheme is not declared, or the pack declares several
                domains and nobody allowed that.
        """
        if len(self.domains) > 1 and not self.allow_multiple:
            raise HostNotAllowedError(
                f"the pack declares {len(self.domains)} network domains: {', '.join(self.domains)}",
                "Several can carry what one of them answers to another.",
                "If you trust the pack with that, add --allow-multiple-network-domains.",
            )
        if not any(_covers(domain, url) for domain in self.domains):
            declared = ", ".join(self.domains) or "none"
            raise HostNotAllowedError(
                f"the pack may not call {url.authority}: it is not under a declared network domain",
                f"Declared: {declared}.",
                f'If the pack should, add pack.add_network_domain("{url.authority}") to it.',
            )
        if url.scheme != "https" and not is_loopback(url.host):
            raise HostNotAllowedError(
                f"plain http to {url.authority} is refused: it could be read and changed on its way",
                "Use https://. Only addresses of this machine, such as 127.0.0.1, may be called by http://.",
            )

    def check_redirect(self, origin: Url, target: Url) -> None:
        """Refuse to go on from one URL to another that may be called, where it is less safe or on no account.

        Raises:
            HostNotAllowedError: the target is plain http after https, or another port that is not declared.
        """
        if origin.scheme == "https" and target.scheme != "https":
            raise HostNotAllowedError("from https to plain http is refused")
        if origin.port != target.port and not any(
            _covers(domain, target) and _domain(domain)[1] is not None for domain in self.domains
        ):
            raise HostNotAllowedError(
                "another port is refused",
                f'If the pack may call it, declare the port: pack.add_network_domain("{target.host}:'
                f'{target.effective_port}").',
            )

    def may_authenticate(self, url: Url) -> bool:
        """Tell whether requests to this URL get the pack's credentials."""
        return self.authenticated_domain is not None and _covers(self.authenticated_domain, url)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The endpoint of a pack that requires one: where its relative URLs lead, and all it may call.

    ``url`` is what the person configured, None where nobody did; ``domain`` is what the pack says that
    every endpoint is under, None where it does not say.
    """

    url: str | None = field(repr=False)
    domain: str | None = None

    def resolve(self, raw: RawUrl) -> RawUrl:
        """Append a relative URL to the endpoint; return an absolute one as it is.

        Raises:
            CredentialsError: no endpoint is configured, or not one that this pack can use.
            InvalidURLError: the URL names a host without a scheme.
        """
        base, _ = self.configured()
        if raw.scheme is None and raw.authority is not None:
            raise InvalidURLError(
                "the URL begins with //, which names a host",
                "Begin it with one slash to append it to the endpoint.",
            )
        return raw if raw.is_absolute else append(base, raw)

    def check(self, url: Url) -> None:
        """Refuse a URL that is elsewhere than the endpoint.

        Raises:
            CredentialsError: as for ``resolve``.
            HostNotAllowedError: the URL has another host or port than the endpoint.
        """
        _, endpoint = self.configured()
        if (url.host, url.port) != (endpoint.host, endpoint.port):
            raise HostNotAllowedError(
                f"the pack may not call {url.authority}: its endpoint is {endpoint.origin}",
                "Use a URL without scheme and host, which is appended to the endpoint.",
            )

    def configured(self) -> tuple[RawUrl, Url]:
        """Return the endpoint as it is written and in normal form.

        Raises:
            CredentialsError: none is configured, or not one that this pack can use.
        """
        if not self.url:
            raise CredentialsError(
                "this pack requires an endpoint URL, and none is configured",
                "Store one by coda auth, or set CODA_ENDPOINT_URL, for example "
                "CODA_ENDPOINT_URL=https://example.com/api.",
            )
        try:
            base = split_url(self.url)
            url = normalise(base, PathStyle.AS_WRITTEN)
        except InvalidURLError as error:
            raise CredentialsError(
                "the endpoint URL cannot be used", error.message, *error.details
            ) from error
        if base.query is not None:
            raise CredentialsError("the endpoint URL cannot be used", "It has a query; give it without.")
        if url.scheme != "https" and not is_loopback(url.host):
            raise CredentialsError(
                f"the endpoint {url.origin} cannot be used",
                "It must be https, unless it is on this machine.",
            )
        if self.domain is not None and not _covers(self.domain, url):
            raise CredentialsError(
                f"the endpoint {url.origin} cannot be used", f"This pack's endpoints are under {self.domain}."
            )
        return base, url


def _covers(domain: str, url: Url) -> bool:
    """Tell whether the URL's host equals the domain or ends in a dot and it, at the port it names."""
    host, port = _domain(domain)
    if port is not None and port != url.effective_port:
        return False
    if url.host == host:
        return True
    return not _ADDRESS.fullmatch(url.host) and url.host.endswith(f".{host}")


@lru_cache(maxsize=64)
def _domain(domain: str) -> tuple[str, int | None]:
    return split_authority(domain)
