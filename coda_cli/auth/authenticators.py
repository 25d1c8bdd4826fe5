"""The authenticators that exist, and which one a declared authentication gets.

Owns the choice by type, and what they share in one run: options, profiles, clock, redactor. It loads
nothing that costs; a run whose formula does not fetch never loads botocore.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from coda_cli.auth.aws import AwsAuthenticator
from coda_cli.auth.aws_clock import CorrectedClock
from coda_cli.auth.aws_endpoints import AwsRouter
from coda_cli.auth.aws_profiles import Profiles
from coda_cli.errors import NoCredentialsError
from coda_cli.sdk.authentication import AuthenticationType
from coda_cli.wire import PathStyle, Refusal, WireRequest, WireResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.redaction import Redactor
    from coda_cli.sdk.authentication import Authentication
    from coda_cli.wire import Authenticator, Clock, Router

logger = logging.getLogger(__name__)


class Anonymous:
    """Sends requests as they are; a ``wire.Authenticator``."""

    @property
    def path_style(self) -> PathStyle:
        """As written: pre-signed URLs must pass unchanged."""
        return PathStyle.AS_WRITTEN

    def authenticate(self, request: WireRequest) -> WireRequest:
        """Return the request itself."""
        return request

    def retry(self, request: WireRequest, response: WireResponse) -> WireRequest | None:  # noqa: ARG002 - protocol
        """Return None: there is nothing to mend."""
        return None

    def refusal(self, request: WireRequest, response: WireResponse) -> Refusal:  # noqa: ARG002 - protocol
        """Return nothing: no credentials were sent that could be refused."""
        return Refusal()


class IfThereAreCredentials:
    """Authenticates requests where there are credentials, and sends them as they are where there are none.

    A ``wire.Authenticator``. Credentials that are there and cannot be used are an error as ever.
    """

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator
        self._has_told = False

    @property
    def path_style(self) -> PathStyle:
        """That of the signature, with or without one."""
        return self._authenticator.path_style

    def authenticate(self, request: WireRequest) -> WireRequest:
        """Return the request with what proves who is calling, or as it is."""
        try:
            return self._authenticator.authenticate(request)
        except NoCredentialsError as error:
            if not self._has_told:
                why = error.message.partition(";")[0]
                logger.info("requests go without an account, which is optional: %s", why)
                self._has_told = True
            return request

    def retry(self, request: WireRequest, response: WireResponse) -> WireRequest | None:
        """Return what the authenticator makes of it."""
        return self._authenticator.retry(request, response)

    def refusal(self, request: WireRequest, response: WireResponse) -> Refusal:
        """Return what the authenticator says; it explains signed requests only."""
        return self._authenticator.refusal(request, response)


class Authenticators:
    """Makes what authenticates and routes the requests of one run; cheap to make, used or not.

    Args:
        options: what the person said about AWS.
        redactor: learns what is secret.
        clock: the time that signatures are made with.
        tell: of a dry run only: nobody is asked for credentials, and this is told whose would be used.
    """

    def __init__(
        self,
        options: AwsOptions,
        redactor: Redactor,
        clock: Clock,
        tell: Callable[[tuple[str, ...]], None] | None = None,
    ) -> None:
        self._options = options
        self._redactor = redactor
        self._tell = tell
        self._clock = CorrectedClock(clock)
        self._profiles = Profiles(options, redactor, self._clock)

    def authenticator(
        self, authentication: Authentication | None, *, is_optional: bool = False
    ) -> Authenticator:
        """Return the authenticator of a declared authentication; None declares none."""
        if authentication is None or authentication.type is AuthenticationType.NONE:
            return Anonymous()
        service, assume_role = (
            authentication.service or "",
            authentication.type is AuthenticationType.AWS_ASSUME_ROLE,
        )
        made: Authenticator
        if self._tell is not None:
            from coda_cli.auth.aws_dry_run import DryAwsAuthenticator, UnfetchedProfiles

            profiles = UnfetchedProfiles(self._options, self._redactor, self._clock)
            made = DryAwsAuthenticator(
                service,
                self._options,
                profiles,
                self._redactor,
                self._clock,
                assume_role=assume_role,
                tell=self._tell,
            )
        else:
            made = AwsAuthenticator(
                service, self._options, self._profiles, self._redactor, self._clock, assume_role=assume_role
            )
        return IfThereAreCredentials(made) if is_optional else made

    def router(self, authentication: Authentication | None) -> Router:
        """Return what says where to connect: AWS's hosts may be overridden for any pack."""
        service = authentication.service if authentication else None
        return AwsRouter(service or "", self._options, self._profiles)

    def ca_bundle(self) -> str | None:
        """Return the file of certificate authorities configured for AWS, or None.

        Raises:
            CredentialsError: there is no such file.
        """
        return self._profiles.ca_bundle()
