"""Which role the principal takes on: the levels that give one, and assuming it.

Owns the levels and their rule that a role's ARN and its external id come from the same one, so that one
tenant's id never goes to another tenant's role. Where the source credentials come from is
``aws_sources``'s question. STS is called on first use, once a session, unless the session of an earlier run
was kept.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from coda_cli.auth.aws_failures import Attempt, RoleAttempt
from coda_cli.auth.aws_kept_session import KeptSession
from coda_cli.auth.aws_keys import HeldCredentials, Keys
from coda_cli.auth.aws_options import STORED, Given
from coda_cli.auth.aws_regions import partition_of_arn, partitions
from coda_cli.auth.aws_session_cache import RoleSession, SessionRequest
from coda_cli.auth.aws_sts import sts_endpoint
from coda_cli.errors import CredentialsError, NoCredentialsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.auth.aws_found_source import Source
    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.auth.aws_profiles import Profiles
    from coda_cli.auth.aws_session_cache import SessionCache
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
        UsageError: an option for the session was given with a role that a profile configures.
    """
    redactor.add_masked(options.external_id)
    redactor.add_masked(options.variable(_ID_VARIABLE))
    option_id = None if options.external_id is None else Given(options.external_id, "--external-id")
    if options.role_arn is not None:
        return _role(Given(options.role_arn, "--role-arn"), option_id, "--external-id")
    found = source()
    if found.role is not None and options.profile is not None:
        _check_profile_role(found, options)
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
        _check_profile_role(found, options)
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


def _check_profile_role(source: Source, options: AwsOptions) -> None:
    assert source.role is not None
    assert source.profile is not None
    profile = source.profile.value
    for option, value, setting in (
        ("--external-id", options.external_id, "external_id"),
        ("--session-name", options.chosen_session_name, "role_session_name"),
        ("--duration", options.duration, "duration_seconds"),
    ):
        if value is not None:
            raise UsageError(
                f"{option} does not go with the role of profile {profile!r}",
                f"Set {setting} in the profile, or give the role by --role-arn too.",
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


def check_partition(role_arn: str, region: str) -> None:
    """Refuse to sign with a role's session where it is unknown: partitions share no credentials.

    Raises:
        CredentialsError: the region is one of another partition than the role's.
    """
    home = partition_of_arn(role_arn)
    if home is None or home.has_region(region):
        return
    other = next((one for one in partitions() if one.has_region(region)), None)
    if other is not None:
        raise CredentialsError(
            f"the role is of partition {home.id}, and the request is signed for {region}, in {other.id}",
            f"role: {role_arn}",
            f"Partitions share no credentials: name a role of {other.id}, or ask a host of {home.id}.",
        )


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
    role: Role,
    source: Source,
    options: AwsOptions,
    profiles: Profiles,
    redactor: Redactor,
    sessions: SessionCache,
) -> HeldCredentials:
    """Return credentials for the role; STS is called when they are first asked for, and none is kept."""
    logger.info("role: %s, from %s", role.arn, role.origin)
    endpoint = sts_endpoint(role.arn, options, profiles)
    name = options.chosen_session_name or options.session_name
    request = None
    if source.principal is not None:
        request = SessionRequest(
            role.arn, role.external_id, source.principal, endpoint, name, options.duration
        )
    kept = KeptSession(request, lambda: _assumed(role, source, options, profiles, name), sessions)

    def load_anew(access_key: str) -> KeptSession:
        kept.forget(access_key)
        return kept

    def attempt() -> Attempt:
        tried = RoleAttempt(role.arn, role.external_id)
        return Attempt(source.caller(), role=tried, caller_arn=profiles.session.caller_arn)

    return HeldCredentials(kept, f"role {role.arn}", redactor, attempt, load_anew)


def _assumed(role: Role, source: Source, options: AwsOptions, profiles: Profiles, name: str) -> RoleSession:
    """Have STS give a session of the role."""
    from botocore.credentials import AssumeRoleCredentialFetcher

    session = profiles.session
    region = session.sts_region(role.arn)
    if source.is_role:
        logger.info("role chaining: the source credentials are a role's; AWS ends the session after an hour")
    logger.info("assuming role %s as session %s, by STS in %s", role.arn, name, region)
    more = {} if options.duration is None else {"DurationSeconds": options.duration}
    fetched = AssumeRoleCredentialFetcher(
        client_creator=partial(session.create_client, region_name=region),
        source_credentials=source.credentials,
        role_arn=role.arn,
        extra_args={"RoleSessionName": name, "ExternalId": role.external_id, **more},
    ).fetch_credentials()
    keys = Keys(fetched["access_key"], fetched["secret_key"], fetched["token"])
    return RoleSession(keys, datetime.fromisoformat(fetched["expiry_time"]))
