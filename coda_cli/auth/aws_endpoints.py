"""Endpoint overrides: where to connect instead of AWS's own hosts, such as an emulator.

Owns AWS's order of places to look (``AWS_ENDPOINT_URL_<SERVICE>``, ``AWS_ENDPOINT_URL``, the profile's
``services`` section, the profile's ``endpoint_url``) and the check of what is found there. The request,
its ``Host`` and its signature stay those of the real host; nothing here connects. It reads no file: the
profile is handed in, as something to ask only when it may matter.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from coda_cli.auth.aws_options import Given
from coda_cli.auth.aws_regions import is_aws_host
from coda_cli.auth.aws_service_ids import as_variable, service_id
from coda_cli.errors import CredentialsError
from coda_cli.wire import DEFAULT_PORTS, Url, is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from coda_cli.auth.aws_options import AwsOptions

logger = logging.getLogger(__name__)

_ORIGIN = re.compile(
    r"(https?)://(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::([0-9]{1,5}))?/?", re.IGNORECASE
)
_VARIABLE = "AWS_ENDPOINT_URL"
_IGNORE_VARIABLE = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"


@dataclass(frozen=True, slots=True)
class ProfileConfig:
    """What the configuration files say of one profile, and the ``services`` section it refers to."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    services: Mapping[str, Any] = field(default_factory=dict, repr=False)


def names_of(service: str) -> tuple[str, ...]:
    """Return what a signing name is called in variables: its service id, failing that the word itself."""
    return tuple(dict.fromkeys((service_id(service), as_variable(service)))) if service else ()


def configured_endpoint(
    names: tuple[str, ...], options: AwsOptions, profile: Callable[[], ProfileConfig | None]
) -> Given | None:
    """Return the address configured for a service, as it is written, or None.

    Args:
        names: what the service is called in variables, the best name first; none for requests that are
            not signed, which only what is configured for all services concerns.
        options: the environment comes from here.
        profile: gives the profile in use, or None where no file speaks of endpoints.
    """
    ignored = options.variable(_IGNORE_VARIABLE)
    if _is_true(ignored):
        return None
    config = profile()
    if config is None:
        return _in_environment(names, options)
    if ignored is None and _is_true(config.values.get("ignore_configured_endpoint_urls")):
        return None
    return _in_environment(names, options) or _in_profile(names, config)


def _is_true(text: object) -> bool:
    return isinstance(text, str) and text.lower() == "true"


def _in_environment(names: tuple[str, ...], options: AwsOptions) -> Given | None:
    return options.first_variable(*(f"{_VARIABLE}_{name}" for name in names), _VARIABLE)


def _in_profile(names: tuple[str, ...], config: ProfileConfig) -> Given | None:
    for name in names:
        section = config.services.get(name.lower())
        if isinstance(section, dict) and section.get("endpoint_url"):
            origin = f"services section {config.values.get('services')!r} of profile {config.name!r}"
            return Given(section["endpoint_url"], origin)
    url = config.values.get("endpoint_url")
    return Given(url, f"endpoint_url of profile {config.name!r}") if url else None


def checked_endpoint(found: Given) -> Url:
    """Return the address as a URL.

    Raises:
        CredentialsError: it cannot be an endpoint, or is not safe to send credentials to.
    """
    match = _ORIGIN.fullmatch(found.value)
    if match is None or int(match[3] or 0) > 65535:
        # The value stays unsaid: a URL of another shape may hold a password.
        raise CredentialsError(
            f"{found.origin} is not an address to connect to",
            "It must be a scheme, a host and perhaps a port, like http://127.0.0.1:4566, without a path.",
        )
    scheme, host = match[1].lower(), match[2].lower()
    port = int(match[3]) if match[3] else None
    url = Url(scheme, host, None if port == DEFAULT_PORTS[scheme] else port, "/", "")
    if scheme == "http" and not is_loopback(host):
        raise CredentialsError(
            f"{found.origin} is plain http to another machine: {url.origin}",
            "Requests hold credentials: it must be https, or http to this machine.",
        )
    return url


class EndpointProfiles(Protocol):
    """What the router asks the configuration files."""

    @property
    def mention_endpoints(self) -> bool:
        """Whether a file speaks of endpoints at all; cheap to tell."""
        ...

    def endpoint_config(self) -> ProfileConfig | None:
        """Return the configuration of the profile in use, or None where no file speaks of endpoints."""
        ...


class AwsRouter:
    """Connects requests for AWS's hosts elsewhere if an override is configured; a ``wire.Router``."""

    def __init__(self, service: str, options: AwsOptions, profiles: EndpointProfiles) -> None:
        self._names = names_of(service)
        self._options = options
        self._profiles = profiles
        self._override: Url | None = None

    def connect_to(self, url: Url) -> Url | None:
        """Return the override's origin, or None to connect to the host itself.

        Raises:
            CredentialsError: the override is neither ``https`` nor ``http`` to loopback, or has a path.
        """
        # Which hosts are AWS's only botocore knows, and most runs have no override. The profile comes last:
        # what is wrong with it is no matter of other hosts.
        if not self._may_have_override or not is_aws_host(url.host):
            return None
        found = self._found
        if found is None:
            return None
        if self._override is None:
            self._override = checked_endpoint(found)
            logger.info("connecting to %s instead of AWS (%s)", self._override.origin, found.origin)
        return self._override

    @cached_property
    def _may_have_override(self) -> bool:
        return _in_environment(self._names, self._options) is not None or self._profiles.mention_endpoints

    @cached_property
    def _found(self) -> Given | None:
        return configured_endpoint(self._names, self._options, self._profiles.endpoint_config)
