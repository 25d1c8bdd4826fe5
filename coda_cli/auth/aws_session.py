"""The one botocore session: the gate that every client of botocore's passes.

Owns what holds for all of them, ours and those that botocore makes for a profile's role, SSO or login:
the endpoint override, checked before a client exists; the region of STS; proxy, certificates, timeouts
and user agent; and that their secrets are known to the redactor. It holds what botocore's chain finds, and
chooses no credentials and no role. Importing this module loads ``botocore.session``: do it lazily.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import botocore.session
from botocore.config import Config

from coda_cli import __version__
from coda_cli.auth.aws_chain import credential_chain
from coda_cli.auth.aws_clock import CorrectedClock
from coda_cli.auth.aws_endpoints import ProfileConfig, checked_endpoint, configured_endpoint
from coda_cli.auth.aws_failures import FAILURES
from coda_cli.auth.aws_keys import Keys
from coda_cli.auth.aws_options import Given, checked_region, existing_file
from coda_cli.auth.aws_regions import partitions
from coda_cli.auth.aws_service_ids import as_variable
from coda_cli.auth.aws_sts import sts_region
from coda_cli.auth.aws_sts_clock import keep_time
from coda_cli.errors import CredentialsError
from coda_cli.proxies import Proxies

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from botocore.client import BaseClient
    from botocore.credentials import Credentials

    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.redaction import Redactor

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 10
ATTEMPTS = 2
"""Of one call in all: a connection may break once, but nobody waits longer than twice the timeout."""

_FOR_A_MESSAGE = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 1})
"""Seconds: what only makes a message better is not waited for long."""

_SESSION_VARIABLES: dict[str, tuple[Any, Any, Any, Any]] = {
    # The profile is named by us: botocore reads the two variables in the other order, and an empty one
    # as a name. Its retry mode of old would wait for 15 seconds where nobody listens; a configured one
    # still counts.
    "profile": (None, None, None, None),
    "retry_mode": ("retry_mode", "AWS_RETRY_MODE", "standard", None),
    # Where there is no metadata service, two requests wait for an answer: two seconds at most in all.
    "metadata_service_timeout": ("metadata_service_timeout", "AWS_METADATA_SERVICE_TIMEOUT", 0.9, float),
    # Overrides are looked up by us alone, so that none escapes the check.
    "ignore_configured_endpoint_urls": (None, None, True, None),
}
_BEGUN = "coda_begun"
_SECRET_PARAMETERS = ("WebIdentityToken", "accessToken", "refreshToken", "clientSecret")


class CodaSession(botocore.session.Session):
    """A botocore session whose clients all pass one gate.

    Attributes:
        caller: the access key id of the last client that was made with keys, for error messages.
        asked_for: the role that STS was last asked for, and the external id that was sent.
        clock: what requests to STS are signed by, too.
    """

    def __init__(self, options: AwsOptions, redactor: Redactor, clock: CorrectedClock | None = None) -> None:
        profile = options.named_profile
        super().__init__(session_vars=_SESSION_VARIABLES, profile=profile.value if profile else None)
        self.user_agent_name = "coda-cli"
        self.user_agent_version = __version__
        self.caller: str | None = None
        self.asked_for: tuple[str, str | None] | None = None
        self._last_sts: tuple[str | None, dict[str, Any]] | None = None
        self._options = options
        self._redactor = redactor
        self.clock = clock or CorrectedClock()
        self._proxies = Proxies.from_environment(options.environ)
        self._found: Credentials | None = None
        self._answers: dict[str, Any] = {}
        self._check_name(profile)
        region = self.chosen_region()
        if region is not None:
            self.set_config_variable("region", region.value)
        self.set_default_client_config(
            Config(
                connect_timeout=min(CONNECT_SECONDS, options.timeout),
                read_timeout=options.timeout,
                retries={"total_max_attempts": ATTEMPTS},
                proxies={},  # chosen below; botocore alone reads the variables in another way
            )
        )
        self.register("before-parameter-build", self._look_at_parameters)
        self.register("before-call", _begin)
        self.register("after-call", _tell)

    def _check_name(self, profile: Given | None) -> None:
        known = self.available_profiles
        if profile is None or profile.value in known:
            return
        files = " and ".join(self.get_config_variable(name) for name in ("config_file", "credentials_file"))
        raise CredentialsError(
            f"there is no profile {profile.value!r} (named by {profile.giver})",
            f"Profiles in {files}: {', '.join(sorted(known)) or 'none'}",
        )

    @property
    def profile_values(self) -> dict[str, str]:
        """The settings of the profile in use; what is written as an indented section is none of these."""
        config = self.get_scoped_config()
        return {name: value for name, value in config.items() if isinstance(value, str)}

    @property
    def profile_config(self) -> ProfileConfig:
        """What the files say of the profile in use.

        Raises:
            CredentialsError: it refers to a ``services`` section that is not there.
        """
        values = self.profile_values
        name = self.profile or "default"
        section = values.get("services")
        if section is None:
            return ProfileConfig(name, values)
        services = self.full_config.get("services", {}).get(section)
        if services is None:
            raise CredentialsError(f"profile {name!r} names a services section that is not there: {section}")
        return ProfileConfig(name, values, services)

    def chosen_region(self) -> Given | None:
        """Return the region of the option, the environment or the profile, in this order."""
        options = self._options
        return options.explicit_region or options.environment_region or self.profile_region()

    def profile_region(self) -> Given | None:
        """Return the region that the profile is configured for."""
        config = self.profile_config
        region = config.values.get("region")
        return checked_region(Given(region, f"region of profile {config.name!r}")) if region else None

    def sts_region(self, role_arn: str | None) -> str:
        """Return the region whose STS is asked for a role: one of the role's partition."""
        return sts_region(role_arn, self._options, self.profile_region)

    def get_credentials(self) -> Credentials | None:
        """Return what botocore's chain finds, looked for once; None where it finds nothing."""
        if self._found is None:
            chain = credential_chain(self, self._answers, self._options.timeout, self._redactor)
            self._found = chain.load_credentials()
        return self._found

    def take_as_found(self, credentials: Credentials) -> None:
        """Look for no credentials: these are what the chain would find."""
        self._found = credentials

    def forget_credentials(self) -> None:
        """Look for credentials again when they are next asked for, as if none had been found."""
        self._found = None
        self._answers.clear()

    def end_of(self, access_key: str) -> datetime:
        """Return when the session of a role ends that the chain was given this access key id for."""
        given = (answer["Credentials"] for answer in self._answers.values())
        end: datetime = next(one["Expiration"] for one in given if one["AccessKeyId"] == access_key)
        return end

    def create_client(
        self, service_name: str, region_name: str | None = None, *args: Any, **kwargs: Any
    ) -> BaseClient:
        """Create a client as botocore does, with what holds for all of coda's.

        Raises:
            CredentialsError: an endpoint override is configured that must not be used.
        """
        self._remember(kwargs)
        if service_name == "sts":
            self._last_sts = region_name, dict(kwargs)
        names = (as_variable(service_name),)  # a client's name, unlike a signing name, is its service id
        override = configured_endpoint(names, self._options, lambda: self.profile_config)
        if override is not None:
            url = checked_endpoint(override)
            logger.info("connecting to %s for %s (%s)", url.origin, service_name, override.origin)
            kwargs["endpoint_url"] = url.origin
        kwargs.setdefault("verify", self._ca_bundle())
        if service_name == "sts":
            region_name = region_name or self.sts_region(self._role_of_profile())
            _warn_of_unknown_region(region_name)
        client = super().create_client(service_name, region_name, *args, **kwargs)
        proxy = self._proxy_of(client)
        if proxy is not None:
            client.close()  # which host it asks is known only now
            given, through = kwargs.get("config"), Config(proxies={"https": proxy})
            kwargs["config"] = through if given is None else given.merge(through)
            client = super().create_client(service_name, region_name, *args, **kwargs)
        key, secret = kwargs.get("aws_access_key_id"), kwargs.get("aws_secret_access_key")
        if service_name == "sts" and key and secret:
            keep_time(client, Keys(key, secret, kwargs.get("aws_session_token")), self.clock)
        return client

    def caller_arn(self) -> str | None:
        """Ask STS who called it last, once and not for long; None where it does not say, for any reason."""
        if self._last_sts is None:
            return None
        region, arguments = self._last_sts
        given = arguments.get("config")
        config = _FOR_A_MESSAGE if given is None else given.merge(_FOR_A_MESSAGE)
        try:
            client: Any = self.create_client("sts", region, **{**arguments, "config": config})
            return str(client.get_caller_identity()["Arn"])
        except FAILURES:
            return None

    def _proxy_of(self, client: BaseClient) -> str | None:
        endpoint = urlsplit(client.meta.endpoint_url)
        return self._proxies.to_reach(endpoint.hostname or "", endpoint.port or 443)

    def _ca_bundle(self) -> str | None:
        """Return the file of certificates, as it is chosen for data; botocore does not know the last one."""
        of_profile = self.profile_values.get("ca_bundle")
        name = self.profile or "default"
        found = (
            self._options.first_variable("AWS_CA_BUNDLE")
            or (Given(of_profile, f"ca_bundle of profile {name!r}") if of_profile else None)
            or self._options.first_variable("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
        )
        return None if found is None else existing_file(found)

    def _role_of_profile(self) -> str | None:
        return self.profile_values.get("role_arn") or self._options.variable("AWS_ROLE_ARN")

    def _remember(self, arguments: Mapping[str, Any]) -> None:
        key = arguments.get("aws_access_key_id")
        if key is not None:
            self.caller = key
            self._redactor.add_masked(key)
            self._redactor.add_secret(arguments.get("aws_secret_access_key"))
            self._redactor.add_secret(arguments.get("aws_session_token"))

    def _look_at_parameters(self, **event: Any) -> None:
        params = event["params"]
        for name in _SECRET_PARAMETERS:
            value = params.get(name)
            if isinstance(value, str):
                self._redactor.add_secret(value)
        external_id = params.get("ExternalId")
        if isinstance(external_id, str):
            self._redactor.add_masked(external_id)
        if "RoleArn" in params:
            self.asked_for = (params["RoleArn"], external_id)


def _begin(**event: Any) -> None:
    event["context"][_BEGUN] = time.monotonic()


def _tell(**event: Any) -> None:
    """Tell a call with its status and time, as each request of a pack is told."""
    model, seconds = event["model"], time.monotonic() - event["context"][_BEGUN]
    service, status = model.service_model.service_name, event["http_response"].status_code
    logger.info("%s %s %d in %.3f s", service, model.name, status, seconds)


def _warn_of_unknown_region(region: str) -> None:
    """Say that a region may not exist, before its STS cannot be found; botocore's list may be the older."""
    if not any(region in one.regions for one in partitions()):
        logger.warning("STS is asked in %s, which is no region that botocore knows", region)
