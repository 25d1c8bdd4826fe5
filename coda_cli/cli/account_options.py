"""What a pack's account needs, as options and standard input give it, and the shapes of it.

Owns what Enter cannot say: which options go together, and what is missing where nobody can be asked. It
stores nothing and asks AWS nothing.
"""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from coda_cli.auth.credential_shapes import (
    TEMPORARY,
    checked_key_id,
    checked_secret_key,
    checked_session_token,
)
from coda_cli.errors import CredentialsError, UsageError
from coda_cli.redaction import mask
from coda_cli.runtime.accounts import checked_endpoint_url, known_profiles
from coda_cli.sdk.authentication import AuthenticationType

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.auth.store import StoredCredentials
    from coda_cli.cli.session import Session
    from coda_cli.runtime.loader import LoadedPack

    Check = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Given:
    """What options gave; None was not given."""

    profile: str | None = None
    access_key_id: str | None = field(default=None, repr=False)
    role_arn: str | None = None
    external_id: str | None = field(default=None, repr=False)
    endpoint_url: str | None = field(default=None, repr=False)

    def check(self, loaded: LoadedPack) -> None:
        """Refuse options that mean nothing to this pack.

        Raises:
            UsageError: an option is for another kind of pack, or two contradict each other.
        """
        authentication = loaded.pack.authentication
        is_role = authentication.type is AuthenticationType.AWS_ASSUME_ROLE
        is_key = authentication.type is AuthenticationType.AWS_ACCESS_KEY
        for option, value, goes in (
            ("--profile", self.profile, authentication.is_aws),
            ("--access-key-id", self.access_key_id, is_key),
            ("--role-arn", self.role_arn, is_role),
            ("--external-id", self.external_id, is_role),
            ("--endpoint-url", self.endpoint_url, authentication.requires_endpoint_url),
        ):
            if value is not None and not goes:
                raise UsageError(
                    f"{option} does not go with this pack",
                    f"Its authentication is {authentication.type.name}.",
                )
        if self.profile is not None and self.access_key_id is not None:
            raise UsageError("--profile and --access-key-id: a pack uses one of them")


def given_account(
    session: Session, loaded: LoadedPack, stored: StoredCredentials, given: Given
) -> StoredCredentials:
    """Take what the pack needs from options and standard input; what is not given stays as it is stored.

    Raises:
        UsageError: something is missing or has the wrong shape.
    """
    if given == Given():
        raise UsageError(
            "there is no terminal to ask on, and no option gives anything", *_what_to_give(loaded)
        )
    answers = replace(usable_credentials(session, loaded, stored), of_folder=False)
    if given.profile is not None:
        profile = checked_usage(profile_shape, given.profile, "--profile")
        answers = replace(
            answers, profile=profile, access_key_id=None, secret_access_key=None, session_token=None
        )
    if given.access_key_id is not None:
        key_id = checked_usage(checked_key_id, given.access_key_id.strip(), "--access-key-id")
        secret, token = _key_of_standard_input(session, key_id)
        answers = replace(
            answers, access_key_id=key_id, secret_access_key=secret, session_token=token, profile=None
        )
    if given.role_arn is not None:
        answers = replace(answers, role_arn=checked_usage(role_arn_shape, given.role_arn, "--role-arn"))
        if given.external_id is None and answers.external_id is not None:
            session.messages.write(f"The external id stays as it is stored: {mask(answers.external_id)}\n")
    if given.external_id is not None:
        external_id = checked_usage(external_id_shape, given.external_id, "--external-id")
        answers = replace(answers, external_id=external_id)
    if given.endpoint_url is not None:
        endpoint_url = checked_usage(endpoint_shape(loaded), given.endpoint_url, "--endpoint-url")
        answers = replace(answers, endpoint_url=endpoint_url)
    _check_complete(loaded, answers)
    return answers


def _what_to_give(loaded: LoadedPack) -> tuple[str, ...]:
    authentication = loaded.pack.authentication
    ways = {
        AuthenticationType.AWS_ACCESS_KEY: (
            "Give --profile, or --access-key-id with the secret access key on standard input.",
        ),
        AuthenticationType.AWS_ASSUME_ROLE: (
            "Give --role-arn and --external-id; --profile names who calls, where that is not found anyway.",
        ),
    }.get(authentication.type, ())
    return (*ways, "Give --endpoint-url.") if authentication.requires_endpoint_url else ways


def _check_complete(loaded: LoadedPack, answers: StoredCredentials) -> None:
    authentication = loaded.pack.authentication
    is_key = authentication.type is AuthenticationType.AWS_ACCESS_KEY
    if is_key and not (answers.profile or answers.access_key_id):
        raise UsageError("neither --profile nor --access-key-id is given, and none is stored")
    if answers.role_arn is not None and answers.external_id is None:
        raise UsageError(
            "the role has no external id, and a role is never assumed without one",
            "Give --external-id, or have one made and stored: "
            f"coda trust-policy {shlex.quote(str(loaded.path))}",
        )
    if authentication.requires_endpoint_url and answers.endpoint_url is None:
        raise UsageError("this pack requires an endpoint: give --endpoint-url")


def usable_credentials(session: Session, loaded: LoadedPack, stored: StoredCredentials) -> StoredCredentials:
    """Return what the pack can still use of what is stored, and say what it cannot."""
    authentication = loaded.pack.authentication
    usable = stored.used_by(authentication.type)
    if usable != stored and not stored.of_folder:
        session.messages.write(
            f"What is stored is for another type of pack: {loaded.file_name} declares "
            f"{authentication.type.name} now, so it is asked for anew.\n"
        )
    return usable


def _key_of_standard_input(session: Session, key_id: str) -> tuple[str, str | None]:
    """Read the secret access key and the session token, a line each."""
    lines: list[str] = []
    try:
        if sys.stdin is not None:
            lines = [sys.stdin.readline(), sys.stdin.readline()]
    except (OSError, UnicodeDecodeError):
        raise UsageError("standard input cannot be read as text") from None
    secret, token = (line.strip() for line in lines or ("", ""))
    if not secret:
        raise UsageError(
            "there is no terminal to ask on, and nothing on standard input",
            "The secret access key is its first line, a session token its second.",
        )
    if any(line.rstrip("\r\n") != line.strip() for line in lines):
        session.messages.write("Blanks around the secret or the token were cut off.\n")
    session.redactor.add_secret(secret)
    session.redactor.add_secret(token)
    checked_usage(checked_secret_key, secret, "standard input")
    checked_usage(lambda text: checked_token(key_id, text), token, "standard input")
    return secret, token or None


def checked_usage(check: Check, text: str, where: str) -> str:
    """Check what an option or standard input gave: there, a wrong shape is a mistake of usage.

    Raises:
        UsageError: it has not the right shape; ``where`` it was given is told.
    """
    try:
        return check(text)
    except CredentialsError as error:
        raise UsageError(f"{where}: {error.message}", *error.details) from error


def checked_token(key_id: str, token: str) -> str:
    """Return a session token, which may be empty unless the key is a temporary one.

    Raises:
        CredentialsError: it cannot be one, or is missing.
    """
    if token:
        return checked_session_token(token)
    if key_id.startswith(TEMPORARY):
        raise CredentialsError(
            f"the key {mask(key_id)} is a temporary one ({TEMPORARY}…), which needs its session token"
        )
    return ""


def role_arn_shape(text: str) -> str:
    """Return the ARN of a role.

    Raises:
        CredentialsError: it is none.
    """
    from coda_cli.auth.aws_options import Given as Value
    from coda_cli.auth.aws_roles import checked_role_arn

    checked_role_arn(Value(text, "that"))
    return text


def external_id_shape(text: str) -> str:
    """Return an external id.

    Raises:
        CredentialsError: it is none that STS takes.
    """
    from coda_cli.auth.aws_options import Given as Value
    from coda_cli.auth.aws_roles import checked_external_id

    checked_external_id(Value(text, "that"))
    return text


def endpoint_shape(loaded: LoadedPack) -> Check:
    """Return the check of endpoint URLs for this pack."""
    return lambda text: checked_endpoint_url(loaded, text)


def profile_shape(text: str) -> str:
    """Return the name of a profile.

    Raises:
        CredentialsError: the AWS CLI's files have none of that name.
    """
    profiles = known_profiles(os.environ)
    if text not in profiles:
        raise CredentialsError(
            f"there is no profile {text!r}", f"The AWS CLI has: {', '.join(profiles) or 'none'}."
        )
    return text
