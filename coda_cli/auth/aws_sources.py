"""Which principal is calling: the source credentials, and the order of the places they come from.

Owns the order. Which role that principal takes on is ``aws_roles``'s question. Nothing here signs or
sends; with keys in the environment no file is read and no botocore session is made.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coda_cli.auth.aws_advice import Caller, is_temporary
from coda_cli.auth.aws_failures import Attempt, RoleAttempt, another_code_needed, translated
from coda_cli.auth.aws_kept_session import KeptSession
from coda_cli.auth.aws_keys import HeldCredentials, Keys, frozen_keys
from coda_cli.auth.aws_options import KEY_ID, SECRET, STORED, Given
from coda_cli.auth.aws_principals import principal_of_keys, principal_of_profile, profiles_behind
from coda_cli.auth.aws_session_cache import RoleSession, SessionRequest
from coda_cli.auth.aws_source_advice import (
    KINDS,
    RENEWAL_OF_STORED,
    STATIC,
    nothing_found,
    renewal_of_profile,
    renewal_of_variables,
)
from coda_cli.auth.aws_sts import sts_endpoint
from coda_cli.errors import CredentialsError
from coda_cli.redaction import mask

if TYPE_CHECKING:
    from coda_cli.auth.aws_keys import SomeCredentials
    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.auth.aws_profiles import Profiles
    from coda_cli.auth.aws_session import CodaSession
    from coda_cli.auth.aws_session_cache import Principal, SessionCache
    from coda_cli.auth.store import StoredCredentials
    from coda_cli.redaction import Redactor

logger = logging.getLogger(__name__)

_TOKENS = ("AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN")
"""In botocore's order."""

_WEB_IDENTITY = "assume-role-with-web-identity"
_WEB_IDENTITY_VARIABLES = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN")
_CONTAINER_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105 - a variable's name
_ROLE_KINDS = frozenset({"assume-role", _WEB_IDENTITY, "sso", "container-role", "iam-role"})
_OUTSIDE_PROFILES = frozenset({"container-role", "iam-role"})


@dataclass(frozen=True, slots=True)
class Source:
    """The source credentials, and what is known of them.

    ``profile`` is the one that botocore looked at. ``role`` is that profile's role if the credentials are
    its: botocore assumes it by itself. ``is_role`` tells whether they are a role's at all, so that taking
    on another one is role chaining. ``principal`` is who a session is kept for; None where nothing tells.
    ``why`` says why these and no others.
    """

    credentials: HeldCredentials
    origin: str
    renewal: str
    profile: Given | None = None
    role: RoleAttempt | None = None
    is_role: bool = False
    principal: Principal | None = None
    why: str = ""

    def caller(self) -> Caller:
        """Say who is calling; fetches the credentials if they have not been."""
        keys = self.credentials.get_frozen_credentials()
        kind = is_temporary(keys.access_key)
        return Caller(mask(keys.access_key), keys.token is not None, self.origin, self.renewal, kind)


def find_source(
    options: AwsOptions, profiles: Profiles, redactor: Redactor, sessions: SessionCache
) -> Source:
    """Return the first source credentials that are present.

    ``sessions`` keeps that of a profile's own role.

    Raises:
        CredentialsError: there are none, or half of the environment's keys, or the profile is unknown.
    """
    if options.profile is not None:
        return _from_session(options, profiles, redactor, sessions, "--profile comes first")
    keys = _environment_keys(options)
    if keys is not None:
        _tell_of_stored(options, f"{KEY_ID} and {SECRET}")
        return _from_environment(keys, options.first_variable(*_TOKENS), redactor)
    variable = options.first_variable("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
    if variable is not None:
        _tell_of_stored(options, variable.origin)
        return _from_session(options, profiles, redactor, sessions, "no keys are in the environment")
    stored = options.stored()
    neither = "neither keys nor a profile are in the environment"
    if stored.access_key_id or stored.secret_access_key:
        return _from_store(stored, redactor, neither)
    return _from_session(options, profiles, redactor, sessions, neither)


def _tell_of_stored(options: AwsOptions, used: str) -> None:
    """Tell a person who set an account up for the pack that another one is used."""
    try:
        stored = options.stored()
    except CredentialsError as error:  # nobody needs it
        logger.info("%s", error)
        return
    if stored.access_key_id or stored.profile:
        logger.warning("using %s; what coda auth stored for this pack comes after it", used)


def _from_store(stored: StoredCredentials, redactor: Redactor, why: str) -> Source:
    if not (stored.access_key_id and stored.secret_access_key):
        raise CredentialsError(
            "half of an access key is stored for this pack", "Store it anew: coda auth PACK"
        )
    keys = Keys(stored.access_key_id, stored.secret_access_key, stored.session_token)
    return _static(keys, f"the access key {STORED}", RENEWAL_OF_STORED, redactor, why)


def _static(keys: Keys, origin: str, renewal: str, redactor: Redactor, why: str) -> Source:
    kind = is_temporary(keys.access_key)
    caller = Caller(mask(keys.access_key), keys.token is not None, origin, renewal, kind)
    logger.info("credentials: from %s; %s", origin, why)
    held = HeldCredentials(keys, origin, redactor, lambda: Attempt(caller))
    return Source(held, origin, renewal, principal=principal_of_keys(keys), why=why)


def _environment_keys(options: AwsOptions) -> Keys | None:
    key_id, secret = options.variable(KEY_ID), options.variable(SECRET)
    if key_id is None and secret is None:
        return None
    if key_id is None or secret is None:
        there, missing = (SECRET, KEY_ID) if key_id is None else (KEY_ID, SECRET)
        raise CredentialsError(
            f"{there} is set, but {missing} is not", f"Set both, or unset {there} to use a profile."
        )
    token = options.first_variable(*_TOKENS)
    return Keys(key_id, secret, token.value if token else None)


def _from_environment(keys: Keys, token: Given | None, redactor: Redactor) -> Source:
    renewal = renewal_of_variables(keys.access_key, token)
    return _static(keys, f"{KEY_ID} and {SECRET}", renewal, redactor, "no --profile is given")


def _from_session(
    options: AwsOptions, profiles: Profiles, redactor: Redactor, sessions: SessionCache, why: str
) -> Source:
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
