"""The source credentials that botocore finds: a profile's, or what the rest of its chain has.

Owns asking botocore's session, and telling from its answer where they come from, which role is behind them
and how they are renewed. When botocore is asked at all is ``aws_sources``' decision.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from coda_cli.auth.aws_advice import Caller
from coda_cli.auth.aws_failures import Attempt, RoleAttempt, another_code_needed, translated
from coda_cli.auth.aws_found_source import Source
from coda_cli.auth.aws_kept_session import KeptSession
from coda_cli.auth.aws_keys import HeldCredentials, frozen_keys
from coda_cli.auth.aws_options import Given
from coda_cli.auth.aws_principals import principal_of_keys, principal_of_profile, profiles_behind
from coda_cli.auth.aws_session_cache import RoleSession, SessionRequest
from coda_cli.auth.aws_source_advice import KINDS, STATIC, nothing_found, renewal_of_profile
from coda_cli.auth.aws_sts import sts_endpoint
from coda_cli.errors import CredentialsError
from coda_cli.redaction import mask

if TYPE_CHECKING:
    from coda_cli.auth.aws_keys import SomeCredentials
    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.auth.aws_principals import Principal
    from coda_cli.auth.aws_profiles import Profiles
    from coda_cli.auth.aws_session import CodaSession
    from coda_cli.auth.aws_session_cache import SessionCache
    from coda_cli.redaction import Redactor

logger = logging.getLogger(__name__)

_WEB_IDENTITY = "assume-role-with-web-identity"
_WEB_IDENTITY_VARIABLES = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN")
_CONTAINER_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105 - a variable's name
_ROLE_KINDS = frozenset({"assume-role", _WEB_IDENTITY, "sso", "container-role", "iam-role"})
_OUTSIDE_PROFILES = frozenset({"container-role", "iam-role"})


def source_of_session(
    options: AwsOptions, profiles: Profiles, redactor: Redactor, sessions: SessionCache, why: str
) -> Source:
    """Return the credentials of the named profile, else of the default one, else of the rest of the chain.

    ``why`` says why botocore is asked; ``sessions`` keeps the session of a profile's own role.

    Raises:
        CredentialsError: there are none, or the profile is unknown or malformed.
    """
    session = profiles.session
    profile = options.named_profile or Given("default", "no other is named")
    named = f"profile {profile.value!r} ({profile.origin})"
    login = _login_profile(session, profile.value)
    _learn_container_token(options, redactor)
    with translated(lambda: Attempt(_caller(session, named, ""), login), redactor):
        found = session.get_credentials()
    if found is None:
        raise nothing_found(options, profiles)
    method = str(found.method)
    kind = KINDS.get(method, method)
    role = _role_of_profile(session, method, options)
    is_of_profile = method not in _OUTSIDE_PROFILES and (role is not None or method != _WEB_IDENTITY)
    origin = f"{named}, {kind}" if is_of_profile else kind
    renewal = renewal_of_profile(method, profile.value, login, session.profile_values)
    logger.info("credentials: from %s; %s", origin, why)

    def attempt() -> Attempt:
        where = origin if role is None else _behind_role(session, profile.value)
        return Attempt(_caller(session, where, renewal), login, _asked_for(session), session.caller_arn)

    principal = None
    if kind == STATIC:
        principal = principal_of_keys(frozen_keys(found.get_frozen_credentials(), origin))
    elif is_of_profile:
        principal = principal_of_profile(profile.value, session.full_config, profiles.files, options)
    if role is None:
        held = HeldCredentials(found, origin, redactor, attempt, lambda _: _found_anew(session))
    else:
        request = _session_request(role, principal, options, profiles)
        kept = KeptSession(request, lambda: _session_of_profile(session, origin), sessions)
        held = HeldCredentials(kept, origin, redactor, attempt, lambda key: _forgotten(kept, key, session))
    return Source(held, origin, renewal, profile, role, method in _ROLE_KINDS, principal, why)


def _session_request(
    role: RoleAttempt, principal: Principal | None, options: AwsOptions, profiles: Profiles
) -> SessionRequest | None:
    """Say what shapes the session of a profile's role; the rest of its settings is in the principal."""
    if principal is None:
        return None
    settings = profiles.session.profile_values
    return SessionRequest(
        role.arn,
        role.external_id,
        principal,
        sts_endpoint(role.arn, options, profiles),
        session_name=settings.get("role_session_name"),
        mfa_serial=settings.get("mfa_serial"),
    )


def _session_of_profile(session: CodaSession, origin: str) -> RoleSession:
    """Have botocore assume the role that a profile configures."""
    keys = frozen_keys(_found_now(session).get_frozen_credentials(), origin)
    return RoleSession(keys, session.end_of(keys.access_key))


def _forgotten(kept: KeptSession, access_key: str, session: CodaSession) -> SomeCredentials:
    kept.forget(access_key)
    if "mfa_serial" in session.profile_values:
        raise another_code_needed()  # a person is asked for one in a run at most
    session.forget_credentials()
    return kept


def _found_anew(session: CodaSession) -> SomeCredentials:
    session.forget_credentials()
    return _found_now(session)


def _found_now(session: CodaSession) -> SomeCredentials:
    found = session.get_credentials()
    if found is None:
        raise CredentialsError("the credentials are no longer where they were found")
    return found


def _learn_container_token(options: AwsOptions, redactor: Redactor) -> None:
    """Make the token known that is sent to the endpoint of a container, which may repeat it."""
    path = options.variable(_CONTAINER_TOKEN_FILE)
    if path is not None:
        with suppress(OSError, ValueError):
            redactor.add_secret(Path(path).read_text(encoding="utf-8").strip())


def _caller(session: CodaSession, origin: str, renewal: str) -> Caller:
    """Say who called last as far as the gate has seen, without fetching what has just failed."""
    key = "" if session.caller is None else mask(session.caller)
    return Caller(key, has_token=False, origin=origin, renewal=renewal)


def _behind_role(session: CodaSession, profile: str) -> str:
    """Say where the keys come from that a profile's role is assumed with."""
    config = session.profile_values
    for setting in ("source_profile", "credential_source", "web_identity_token_file"):
        if setting in config:
            return f"{setting} {config[setting]!r} of profile {profile!r}"
    return f"profile {profile!r}"


def _asked_for(session: CodaSession) -> RoleAttempt | None:
    return None if session.asked_for is None else RoleAttempt(*session.asked_for)


def _role_of_profile(session: CodaSession, method: str, options: AwsOptions) -> RoleAttempt | None:
    config = session.profile_values
    arn = config.get("role_arn", "")
    if method == _WEB_IDENTITY:
        # Without a named profile the variables come before the default profile's settings.
        variables = options.named_profile is None and options.first_variable(*_WEB_IDENTITY_VARIABLES)
        return None if variables else RoleAttempt(arn, None)
    if method == "assume-role":
        return RoleAttempt(arn, config.get("external_id"))
    return None


def _login_profile(session: CodaSession, profile: str) -> str:
    """Follow ``source_profile`` to the profile that a person can log in to."""
    for name, settings in profiles_behind(profile, session.full_config):
        profile = name
        if any(key.startswith("sso_") or key == "login_session" for key in settings):
            break
    return profile
