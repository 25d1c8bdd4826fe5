"""Which principal is calling: the source credentials, and the order of the places they come from.

Owns the order. Which role that principal takes on is ``aws_roles``'s question. Nothing here signs or
sends; with keys in the environment no file is read, and no session of botocore's is made or loaded.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from coda_cli.auth.aws_found_source import Source
from coda_cli.auth.aws_keys import HeldCredentials, Keys
from coda_cli.auth.aws_options import KEY_ID, SECRET, STORED
from coda_cli.auth.aws_principals import principal_of_keys
from coda_cli.auth.aws_source_advice import RENEWAL_OF_STORED, renewal_of_variables
from coda_cli.errors import CredentialsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.auth.aws_options import AwsOptions, Given
    from coda_cli.auth.aws_profiles import Profiles
    from coda_cli.auth.aws_session_cache import SessionCache
    from coda_cli.auth.store import StoredCredentials
    from coda_cli.redaction import Redactor

logger = logging.getLogger(__name__)

_TOKENS = ("AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN")
"""In botocore's order."""


def find_source(
    options: AwsOptions, profiles: Profiles, redactor: Redactor, sessions: Callable[[], SessionCache]
) -> Source:
    """Return the first source credentials that are present.

    ``sessions`` gives what keeps that of a profile's own role.

    Raises:
        CredentialsError: there are none, or half of the environment's keys, or the profile is unknown.
    """
    if options.profile is not None:
        return _of_session(options, profiles, redactor, sessions, "--profile comes first")
    keys = _environment_keys(options)
    if keys is not None:
        _tell_of_stored(options, f"{KEY_ID} and {SECRET}")
        return _from_environment(keys, options.first_variable(*_TOKENS), redactor)
    variable = options.first_variable("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
    if variable is not None:
        _tell_of_stored(options, variable.origin)
        return _of_session(options, profiles, redactor, sessions, "no keys are in the environment")
    stored = options.stored()
    neither = "neither keys nor a profile are in the environment"
    if stored.access_key_id or stored.secret_access_key:
        return _from_store(stored, redactor, neither)
    return _of_session(options, profiles, redactor, sessions, neither)


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
    logger.info("credentials: from %s; %s", origin, why)
    held = HeldCredentials(keys, origin, redactor)
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


def _of_session(
    options: AwsOptions,
    profiles: Profiles,
    redactor: Redactor,
    sessions: Callable[[], SessionCache],
    why: str,
) -> Source:
    from coda_cli.auth.aws_profile_source import source_of_session

    return source_of_session(options, profiles, redactor, sessions(), why)
