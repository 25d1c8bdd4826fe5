"""AWS authentication of a dry run: requests signed with placeholders, and whose credentials they stand for.

Owns saying whose without getting them: no STS, SSO, metadata service or ``credential_process`` is asked.
Everything else (regions, signers, the order of sources, roles and their errors) is a real run's.
"""

from __future__ import annotations

import logging
import shlex
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

from coda_cli.auth.aws import AwsAuthenticator
from coda_cli.auth.aws_credentials import AwsCredentials
from coda_cli.auth.aws_keys import Keys
from coda_cli.auth.aws_options import STORED
from coda_cli.auth.aws_placeholders import KEY_ID, SECRET, TOKEN, variables
from coda_cli.auth.aws_profiles import Profiles
from coda_cli.redaction import mask

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from botocore.credentials import Credentials

    from coda_cli.auth.aws_clock import CorrectedClock
    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.auth.aws_session import CodaSession
    from coda_cli.redaction import Redactor
    from coda_cli.wire import WireRequest

_STATIC = "shared-credentials-file"
_METHODS = {
    "sso_session": "sso",
    "sso_start_url": "sso",
    "aws_access_key_id": _STATIC,
    "login_session": "login",
    "credential_process": "custom-process",
}
"""Settings of a profile, and botocore's names of the providers that use them, in the order of its chain."""
_NOT_CONFIGURED = "not configured"


@dataclass(frozen=True, slots=True)
class UnfetchedCredentials:
    """Credentials of which only is known where they would come from, as botocore's name of the provider."""

    method: str
    has_token: bool

    def get_frozen_credentials(self) -> Keys:
        """Return placeholders."""
        return Keys(KEY_ID, SECRET, TOKEN if self.has_token else None)


class UnfetchedProfiles(Profiles):
    """The profile in use, with a session that names credentials and gets none."""

    @cached_property
    def session(self) -> CodaSession:
        """The botocore session for the profile in use.

        Raises:
            CredentialsError: the profile is unknown, or a file cannot be read.
        """
        session = super().session
        session.take_as_found(cast("Credentials", self.unfetched))
        return session

    @cached_property
    def unfetched(self) -> UnfetchedCredentials:
        """What botocore's chain would find."""
        settings = self.session.profile_values
        method = self._method(settings)
        return UnfetchedCredentials(method, method != _STATIC or "aws_session_token" in settings)

    def _method(self, settings: Mapping[str, str]) -> str:
        named = self._options.named_profile is not None
        by_variables = not named and self._options.variable("AWS_WEB_IDENTITY_TOKEN_FILE") is not None
        if "role_arn" in settings and "web_identity_token_file" not in settings:
            return "assume-role"
        if "role_arn" in settings or by_variables:
            return "assume-role-with-web-identity"
        return next((method for name, method in _METHODS.items() if name in settings), _NOT_CONFIGURED)


class UnfetchedAwsCredentials(AwsCredentials):
    """The credentials of one pack, known by whose they are."""

    def __init__(
        self, options: AwsOptions, profiles: UnfetchedProfiles, redactor: Redactor, *, assume_role: bool
    ) -> None:
        super().__init__(options, profiles, redactor, assume_role=assume_role)
        self._unfetched_profiles = profiles

    def keys(self, region: str | None = None) -> Keys:
        """Return placeholders, with a session token where there would be one.

        Raises:
            CredentialsError: the role or its external id is missing, or something is malformed.
            UsageError: the options contradict a profile.
        """
        if region is not None:
            self._check_partition(region)
        return UnfetchedCredentials("", self._has_token).get_frozen_credentials()

    @property
    def _has_token(self) -> bool:
        if self._role is not None:
            return True
        if self._source.profile is not None:
            return self._unfetched_profiles.unfetched.has_token
        return self._source.credentials.get_frozen_credentials().token is not None

    def whose(self) -> tuple[str, ...]:
        """Say whose credentials the placeholders stand for, and how they get into the environment."""
        names, source, role = variables(has_token=self._has_token), self._source, self._role
        if role is not None:
            return (
                f"{names} must be a session's of role {role.arn},",
                f"assumed with external id {mask(role.external_id)} by {source.origin}:",
                "`aws sts assume-role` gives them.",
            )
        if source.profile is None:
            are = f"must be {source.origin}" if STORED in source.origin else "are used as they are set now"
            return (f"{names} {are}.",)
        if self._unfetched_profiles.unfetched.method == _NOT_CONFIGURED:
            return (
                f"{names}: no credentials are configured here, but a container or EC2 instance has its own.",
            )
        of_role: tuple[str, ...] = ()
        if source.role is not None:
            external_id = source.role.external_id
            shown = f"external id {mask(external_id)}" if external_id else "no external id"
            of_role = (f"The role is {source.role.arn}, with {shown}.",)
        named = self._options.named_profile
        profile = f" --profile {shlex.quote(named.value)}" if named else ""
        return (
            f"{names} must be those of {source.origin}.",
            *of_role,
            f'To set them: eval "$(aws configure export-credentials{profile} --format env)"',
        )


class DryAwsAuthenticator(AwsAuthenticator):
    """Signs with placeholders, and shows with ``-v`` what it signs; a ``wire.Authenticator``.

    Args:
        tell: is told, line by line, whose credentials a request needs.
    """

    canonical_request_level = logging.INFO

    def __init__(
        self,
        service: str,
        options: AwsOptions,
        profiles: UnfetchedProfiles,
        redactor: Redactor,
        clock: CorrectedClock,
        *,
        assume_role: bool,
        tell: Callable[[tuple[str, ...]], None],
    ) -> None:
        super().__init__(service, options, profiles, redactor, clock, assume_role=assume_role)
        self._unfetched = UnfetchedAwsCredentials(options, profiles, redactor, assume_role=assume_role)
        self._tell = tell

    @property
    def _credentials(self) -> AwsCredentials:
        return self._unfetched

    def authenticate(self, request: WireRequest) -> WireRequest:
        """Return the request signed with placeholders.

        Raises:
            CredentialsError: as in a real run, as far as it is known without asking anybody.
            RequestError: as in a real run.
            UsageError: the options contradict a profile.
        """
        signed = super().authenticate(request)
        self._tell(self._unfetched.whose())
        return signed
