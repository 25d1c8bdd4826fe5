"""Which role the principal takes on: the levels that give one, and assuming it.

Owns the levels and their rule that a role's ARN and its external id come from the same one, so that one
tenant's id never goes to another tenant's role. Where the source credentials come from is
``aws_sources``'s question. STS is called on first use, once a session.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from coda_cli.auth.aws_failures import Attempt, RoleAttempt
from coda_cli.auth.aws_keys import HeldCredentials
from coda_cli.auth.aws_options import STORED, Given
from coda_cli.auth.aws_regions import partition_of_arn
from coda_cli.errors import CredentialsError, NoCredentialsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.auth.aws_profiles import Profiles
    from coda_cli.auth.aws_sources import Source
    from coda_cli.redaction import Redactor

logger = logging.getLogger(__name__)

_ROLE_ARN = re.compile(
    r"arn:[a-z0-9-]+:iam::[0-9]{12}:role/(?:[\x21-\x7e]{1,510}/)?[\w+=,.@-]{1,64}", re.ASCII
)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)

_ROLE_VARIABLE, _ID_VARIABLE = "CODA_ROLE_ARN", "CODA_EXTERNAL_ID"


@dataclass(frozen=True, slots=True)
class Role:
    """A role to assume, its external id, and the level that gave both."""

    arn: str
    external_id: str = field(repr=False)
    origin: str


def choose_role(options: AwsOptions, source: Callable[[], Source], redactor: Redactor) -> Role | None:
    """Return the role to assume, or None where the source credentials are that role's already.

    ``source`` is called when a profile may have a say; it may run a program or ask a metadata service.

    Raises:
        CredentialsError: no level gives a role, or the first that does gives no external id or a
            malformed one.
        UsageError: ``--external-id`` was given for a role that a profile configures.
    """
    redactor.add_masked(options.external_id)
    redactor.add_masked(options.variable(_ID_VARIABLE))
    option_id = None if options.external_id is None else Given(options.external_id, "--external-id")
    if options.role_arn is not None:
        return _role(Given(options.role_arn, "--role-arn"), option_id, "--external-id")
    found = source()
    if found.role is not None and options.profile is not None:
        _check_profile_role(found, option_id)
        return None
    variable = options.first_variable(_ROLE_VARIABLE)
    variable_id = options.first_variable(_ID_VARIABLE)
    if variable is not None:
        return _role(variable, option_id or variable_id, f"{_ID_VARIABLE} or --external-id")
    if variable_id is not None:
        logger.info("%s is ignored, since %s is not set", _ID_VARIABLE, _ROLE_VARIABLE)
    stored = options.stored()
    redactor.add_masked(stored.external_id)
    if stored.role_arn is not None:
        stored_id = (
            None if stored.external_id is None else Given(stored.external_id, f"the external id {STORED}")
        )
        stored_arn = Given(stored.role_arn, f"the role ARN {STORED}")
        return _role(stored_arn, option_id or stored_id, "coda auth or --external-id")
    if found.role is not None:
        _check_profile_role(found, option_id)
        return None
    raise _none_given(options, found)


def _none_given(options: AwsOptions, found: Source) -> CredentialsError:
    asked_for = options.external_id is not None or options.profile is not None
    return (CredentialsError if asked_for else NoCredentialsError)(
        "this pack assumes a role, and none was given",
        "Give its ARN and external id by --role-arn and --external-id,",
        f"or by the variables {_ROLE_VARIABLE} and {_ID_VARIABLE}, or store them by coda auth,",
        "or name a profile with a role_arn by --profile or AWS_PROFILE.",
        f"The credentials found come from {found.origin}.",
        *_unused_profile(options, found),
    )


def _unused_profile(options: AwsOptions, source: Source) -> tuple[str, ...]:
    if options.named_profile is None or source.profile is not None:
        return ()
    profile = options.named_profile.value
    return (f"Profile {profile!r} was not asked, since keys in the environment come before it.",)


def _check_profile_role(source: Source, option_id: Given | None) -> None:
    assert source.role is not None
    assert source.profile is not None
    profile = source.profile.value
    if option_id is not None:
        raise UsageError(
            f"--external-id does not go with the role of profile {profile!r}",
            "Set external_id in the profile, or give the role by --role-arn too.",
        )
    checked_role_arn(Given(source.role.arn, f"role_arn of profile {profile!r}"))
    if source.role.external_id is not None:
        checked_external_id(Given(source.role.external_id, f"external_id of profile {profile!r}"))
    logger.info("role: %s of profile %r", source.role.arn, profile)


def _role(arn: Given, external_id: Given | None, how: str) -> Role:
    checked_role_arn(arn)
    if external_id is None:
        raise CredentialsError(
            f"the role of {arn.origin} has no external id",
            f"Give the one of its trust policy by {how}: a role is never assumed without.",
        )
    checked_external_id(external_id)
    return Role(arn.value, external_id.value, f"{arn.origin} and {external_id.origin}")


def checked_role_arn(arn: Given) -> None:
    """Refuse what cannot be a role's ARN, in whatever partition.

    Raises:
        CredentialsError: it is not one.
    """
    if not _ROLE_ARN.fullmatch(arn.value):
        is_user = ":user/" in arn.value
        raise CredentialsError(
            f"{arn.origin} is not the ARN of a role: {arn.value!r}",
            *(("It is a user's: users are trusted by roles, and roles are assumed.",) if is_user else ()),
            "It is written like arn:aws:iam::123456789012:role/name.",
        )
    if partition_of_arn(arn.value) is None:
        raise CredentialsError(f"{arn.origin} names a partition that does not exist: {arn.value}")


def checked_external_id(external_id: Given) -> None:
    """Refuse what STS would not take as an external id.

    Raises:
        CredentialsError: it is not one.
    """
    if not _EXTERNAL_ID.fullmatch(external_id.value):
        raise CredentialsError(
            f"{external_id.origin} is not an external id",
            "It has 2 to 1224 letters, digits and characters of _+=,.@:/- in ASCII, and no blanks.",
        )


def assume(
    role: Role, source: Source, options: AwsOptions, profiles: Profiles, redactor: Redactor
) -> HeldCredentials:
    """Return credentials for the role; STS is called when they are first asked for."""
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    session = profiles.session
    region = session.sts_region(role.arn)
    if source.is_role:
        logger.info("role chaining: the source credentials are a role's; AWS ends the session after an hour")

    def create_client(service: str, **arguments: Any) -> Any:
        logger.info(
            "assuming role %s (%s) as session %s, by STS in %s",
            role.arn,
            role.origin,
            options.session_name,
            region,
        )
        return session.create_client(service, region, **arguments)

    fetcher = AssumeRoleCredentialFetcher(
        client_creator=create_client,
        source_credentials=source.credentials,
        role_arn=role.arn,
        extra_args={"RoleSessionName": options.session_name, "ExternalId": role.external_id},
    )

    def fetch() -> dict[str, Any]:
        session_keys: dict[str, Any] = fetcher.fetch_credentials()
        held.ends = session_keys["expiry_time"]
        return session_keys

    credentials = DeferredRefreshableCredentials(fetch, "assume-role")
    tried = RoleAttempt(role.arn, role.external_id)
    held = HeldCredentials(
        credentials, f"role {role.arn}", redactor, lambda: Attempt(source.caller(), role=tried)
    )
    return held
