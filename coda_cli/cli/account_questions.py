"""The questions that ``coda auth`` asks a person on a terminal.

Owns the questions, their order, and what Enter means. It stores nothing and asks AWS nothing.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from coda_cli.auth.credential_shapes import checked_key_id, checked_secret_key
from coda_cli.auth.store import StoredCredentials
from coda_cli.cli.account_options import (
    Given,
    checked_token,
    checked_usage,
    endpoint_shape,
    external_id_shape,
    profile_shape,
    role_arn_shape,
    usable_credentials,
)
from coda_cli.cli.messages import printable
from coda_cli.errors import CredentialsError
from coda_cli.redaction import mask
from coda_cli.runtime.accounts import known_profiles
from coda_cli.sdk.authentication import AuthenticationType

if TYPE_CHECKING:
    from coda_cli.cli.account_options import Check
    from coda_cli.cli.session import Session
    from coda_cli.runtime.loader import LoadedPack

_NONE = "-"
"""What a person types to say that a stored value shall go."""


def ask_account(
    session: Session, loaded: LoadedPack, stored: StoredCredentials, given: Given
) -> StoredCredentials | None:
    """Ask for what the pack needs and no option gave; Enter keeps what is stored. None: nothing shall change.

    Raises:
        UsageError: an option has the wrong shape.
        click.Abort: the person pressed Ctrl-C, or ended the input.
    """
    questions = _Questions(session, loaded)
    usable = usable_credentials(session, loaded, stored)
    if not (stored.is_empty or stored.of_folder) and not click.confirm(
        f"Something is stored for {loaded.file_name} already. Change it?", err=True
    ):
        return None
    authentication = loaded.pack.authentication
    session.messages.write(f"{loaded.file_name}: {authentication.type.name}")
    session.messages.write(f", service {authentication.service}\n" if authentication.service else "\n")
    if authentication.instructions_url:
        session.messages.write(f"Instructions: {authentication.instructions_url}\n")
    answers = StoredCredentials()
    if authentication.type is AuthenticationType.AWS_ACCESS_KEY:
        answers = questions.access_key(usable, given)
    elif authentication.type is AuthenticationType.AWS_ASSUME_ROLE:
        answers = questions.role(usable, given)
    if authentication.requires_endpoint_url:
        answers = replace(answers, endpoint_url=questions.endpoint(usable, given))
    return answers


class _Questions:
    """The questions of one pack."""

    def __init__(self, session: Session, loaded: LoadedPack) -> None:
        self._session = session
        self._loaded = loaded

    def access_key(self, stored: StoredCredentials, given: Given) -> StoredCredentials:
        """Ask for a profile, or the key itself."""
        if given.profile is not None:
            return StoredCredentials(profile=checked_usage(profile_shape, given.profile, "--profile"))
        if given.access_key_id is None:
            profile = self._profile("AWS profile, or - to give an access key", stored.profile or _NONE)
            if profile is not None:
                return StoredCredentials(profile=profile)
            key_id = self._ask("Access key id", checked_key_id, stored.access_key_id, masked=True)
        else:
            key_id = checked_usage(checked_key_id, given.access_key_id.strip(), "--access-key-id")
        is_same = key_id == stored.access_key_id
        secret = self._ask(
            "Secret access key",
            checked_secret_key,
            stored.secret_access_key if is_same else None,
            hidden=True,
        )
        kept = (stored.session_token if is_same else None) or ""
        token = self._ask(
            _or("Session token", "none", kept),
            lambda text: checked_token(key_id, "" if text == _NONE else text),
            kept,
            hidden=True,
        )
        return StoredCredentials(access_key_id=key_id, secret_access_key=secret, session_token=token or None)

    def role(self, stored: StoredCredentials, given: Given) -> StoredCredentials:
        """Ask for the role, the external id and the profile to call from."""
        arn: str | None
        if given.role_arn is not None:
            arn = checked_usage(role_arn_shape, given.role_arn, "--role-arn")
        else:
            question = "Role ARN" if stored.role_arn else "Role ARN (Enter: not made yet)"
            arn = self._ask(question, _or_empty(role_arn_shape), stored.role_arn or "") or None
        if given.external_id is not None:
            external_id = checked_usage(external_id_shape, given.external_id, "--external-id")
        else:
            external_id = self._new_or_kept_external_id(stored.external_id)
        if given.profile is not None:
            profile: str | None = checked_usage(profile_shape, given.profile, "--profile")
        else:
            kept = stored.profile or ""
            profile = self._profile(_or("AWS profile to call from", "whatever is found", kept), kept)
        return StoredCredentials(profile=profile, role_arn=arn, external_id=external_id)

    def endpoint(self, stored: StoredCredentials, given: Given) -> str:
        """Ask for the endpoint of a pack that requires one."""
        check = endpoint_shape(self._loaded)
        if given.endpoint_url is not None:
            return checked_usage(check, given.endpoint_url, "--endpoint-url")
        under = self._loaded.pack.authentication.endpoint_domain
        return self._ask(f"Endpoint URL{f' under {under}' if under else ''}", check, stored.endpoint_url)

    def _new_or_kept_external_id(self, stored: str | None) -> str:
        made = " (Enter: make one)" if stored is None else ""
        answer = self._ask(f"External id{made}", _or_empty(external_id_shape), stored or "", masked=True)
        if answer:
            return answer
        from uuid import uuid4

        answer = str(uuid4())
        self._session.messages.write(f"Made the external id {answer}\n")
        return answer

    def _profile(self, text: str, default: str) -> str | None:
        """Ask for a profile; None for the answer that there shall be none."""
        try:
            profiles = known_profiles(os.environ)
        except CredentialsError as error:
            self._session.messages.error(error)
            profiles = []
        self._session.messages.write(f"Profiles of the AWS CLI: {', '.join(profiles) or 'none'}\n")
        answer = self._ask(text, lambda name: name if name in ("", _NONE) else profile_shape(name), default)
        return None if answer in ("", _NONE) else answer

    def _ask(
        self, text: str, check: Check, default: str | None, *, hidden: bool = False, masked: bool = False
    ) -> str:
        """Ask until the answer has the right shape; what was wrong with the last one is said."""

        def answered(answer: str) -> str:
            stripped = answer.strip()
            if stripped != answer:
                self._session.messages.write("Blanks or line ends around it were cut off.\n")
            if hidden:
                self._session.redactor.add_secret(stripped)
            try:
                return check(stripped)
            except CredentialsError as error:
                raise click.UsageError("\n  ".join([f"{error.message}.", *error.details])) from error

        if default:
            shown = "as stored" if hidden else mask(default) if masked else default
            text = f"{text} [{printable(shown)}]"
        answer: str = click.prompt(
            text, default=default, show_default=False, hide_input=hidden, err=True, value_proc=answered
        )
        return answer


def _or(question: str, nothing: str, kept: str) -> str:
    """Say how to answer that there is none: Enter keeps what is stored."""
    return f"{question} ({_NONE if kept else 'Enter'}: {nothing})"


def _or_empty(check: Check) -> Check:
    return lambda text: check(text) if text else ""
