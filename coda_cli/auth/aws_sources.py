"""Which principal is calling: the source credentials, and the order of the places they come from.

Owns the order. Which role that principal takes on is ``aws_roles``'s question. Nothing here signs or
sends; with keys in the environment no file is read and no botocore session is made.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coda_cli.auth.aws_advice import Caller
from coda_cli.auth.aws_failures import Attempt, RoleAttempt, translated
from coda_cli.auth.aws_keys import HeldCredentials, Keys
from coda_cli.auth.aws_options import KEY_ID, SECRET, STORED, Given
from coda_cli.errors import CredentialsError, NoCredentialsError
from coda_cli.redaction import mask

if TYPE_CHECKING:
    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.auth.aws_profiles import Profiles
    from coda_cli.auth.aws_session import CodaSession
    from coda_cli.auth.store import StoredCredentials
    from coda_cli.redaction import Redactor

logger = logging.getLogger(__name__)

_TOKENS = ("AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN")
"""In botocore's order."""

_WEB_IDENTITY_VARIABLES = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN")
_STATIC = "static keys"
_KINDS = {
    "shared-credentials-file": _STATIC,
    "config-file": _STATIC,
    "assume-role": "a role",
    "assume-role-with-web-identity": "a role by web identity",
    "sso": "SSO",
    "login": "aws login",
    "custom-process": "credential_process",
    "container-role": "the container's role",
    "iam-role": "the EC2 instance's role",
}
"""botocore's names of its providers, in words."""

_ROLE_KINDS = frozenset({"assume-role", "assume-role-with-web-identity", "sso", "container-role", "iam-role"})
_OUTSIDE_PROFILES = frozenset({"container-role", "iam-role"})


@dataclass(frozen=True, slots=True)
class Source:
    """The source credentials, and what is known of them.

    ``profile`` is the one that botocore looked at. ``role`` is that profile's role if the credentials are
    its: botocore assumes it by itself. ``is_role`` tells whether they are a role's at all, so that taking
    on another one is role chaining. ``why`` says why these and no others.
    """

    credentials: HeldCredentials
    origin: str
    renewal: str
    profile: Given | None = None
    role: RoleAttempt | None = None
    is_role: bool = False
    why: str = ""

    def caller(self) -> Caller:
        """Say who is calling; fetches the credentials if they have not been."""
        keys = self.credentials.get_frozen_credentials()
        return Caller(mask(keys.access_key), keys.token is not None, self.origin, self.renewal)


def find_source(options: AwsOptions, profiles: Profiles, redactor: Redactor) -> Source:
    """Return the first source credentials that are present.

    Raises:
        CredentialsError: there are none, or half of the environment's keys, or the profile is unknown.
    """
    if options.profile is not None:
        return _from_session(options, profiles, redactor, "--profile comes first")
    keys = _environment_keys(options)
    if keys is not None:
        _tell_of_stored(options, f"{KEY_ID} and {SECRET}")
        return _from_environment(keys, redactor)
    variable = options.first_variable("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
    if variable is not None:
        _tell_of_stored(options, variable.origin)
        return _from_session(options, profiles, redactor, "no keys are in the environment")
    stored = options.stored()
    neither = "neither keys nor a profile are in the environment"
    if stored.access_key_id or stored.secret_access_key:
        return _from_store(stored, redactor, neither)
    return _from_session(options, profiles, redactor, neither)


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
    return _static(keys, f"the access key {STORED}", "Store new ones: coda auth PACK", redactor, why)


def _static(keys: Keys, origin: str, renewal: str, redactor: Redactor, why: str) -> Source:
    caller = Caller(mask(keys.access_key), keys.token is not None, origin, renewal)
    logger.info("credentials: from %s; %s", origin, why)
    held = HeldCredentials(keys, origin, redactor, lambda: Attempt(caller))
    return Source(held, origin, renewal, why=why)


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


def _from_environment(keys: Keys, redactor: Redactor) -> Source:
    origin = f"{KEY_ID} and {SECRET}"
    renewal = f"Get new keys and set {KEY_ID}, {SECRET} and AWS_SESSION_TOKEN."
    return _static(keys, origin, renewal, redactor, "no --profile is given")


def _from_session(options: AwsOptions, profiles: Profiles, redactor: Redactor, why: str) -> Source:
    session = profiles.session
    profile = options.named_profile or Given("default", "no other is named")
    named = f"profile {profile.value!r} ({profile.origin})"
    login = _login_profile(session, profile.value)
    with translated(lambda: Attempt(_caller(session, named, ""), login), redactor):
        found = session.get_credentials()
    if found is None:
        raise _nothing_found(options, profiles)
    method = str(found.method)
    kind = _KINDS.get(method, method)
    role = _role_of_profile(session, method, options)
    by_variables = method == "assume-role-with-web-identity" and role is None
    origin = kind if by_variables or method in _OUTSIDE_PROFILES else f"{named}, {kind}"
    renewal = _renewal(method, login)
    logger.info("credentials: from %s; %s", origin, why)

    def attempt() -> Attempt:
        where = origin if role is None else _behind_role(session, profile.value)
        return Attempt(_caller(session, where, renewal), login, _asked_for(session))

    held = HeldCredentials(found, origin, redactor, attempt)
    return Source(held, origin, renewal, profile, role, method in _ROLE_KINDS, why)


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
    if method == "assume-role-with-web-identity":
        # Without a named profile the variables come before the default profile's settings.
        variables = options.named_profile is None and options.first_variable(*_WEB_IDENTITY_VARIABLES)
        return None if variables else RoleAttempt(arn, None)
    if method == "assume-role":
        return RoleAttempt(arn, config.get("external_id"))
    return None


def _login_profile(session: CodaSession, name: str) -> str:
    """Follow ``source_profile`` to the profile that a person can log in to."""
    all_profiles = session.full_config["profiles"]
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        config = all_profiles.get(name, {})
        if any(key.startswith("sso_") or key == "login_session" for key in config):
            break
        source = config.get("source_profile")
        name = source if isinstance(source, str) else name
    return name


def _renewal(method: str, login: str) -> str:
    if method == "sso":
        return f"Log in again: aws sso login --profile {login}"
    if method == "login":
        return f"Log in again: aws login --profile {login}"
    if _KINDS.get(method) == _STATIC:
        return "Replace the keys and the session token of the profile."
    return "Run the command again; if that does not help, get new credentials where these come from."


def _nothing_found(options: AwsOptions, profiles: Profiles) -> CredentialsError:
    if options.named_profile is not None:
        named = options.named_profile
        return CredentialsError(
            f"profile {named.value!r} (named by {named.giver}) has no credentials",
            "It needs keys, a role_arn with its source, sso_session, credential_process or login_session.",
        )
    files = ", ".join(f"{path} ({'read' if path.is_file() else 'not there'})" for path in profiles.files)
    metadata = "switched off" if options.variable("AWS_EC2_METADATA_DISABLED") == "true" else "no answer"
    return NoCredentialsError(
        "no AWS credentials were found; looked at:",
        "- --profile: not given",
        f"- {KEY_ID} and {SECRET}: not set",
        "- AWS_PROFILE and AWS_DEFAULT_PROFILE: not set",
        "- what coda auth stores for this pack: nothing",
        f"- profile 'default' in {files}",
        "- web identity and container credentials (AWS_WEB_IDENTITY_TOKEN_FILE, AWS_CONTAINER_…): not set",
        f"- EC2 instance metadata: {metadata}",
        "Set the two variables, or name a profile by --profile; `aws configure` makes one.",
        "coda auth PACK stores which to use for this pack.",
    )
