"""Walk the road that a request's credentials take, and tell each step: who calls, and which role it takes on.

Owns the order of the steps. Each is done by the code that does it for a request; nothing is decided here.
The walk ends at the first step that fails. Importing this module loads botocore: do it lazily.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from coda_cli.auth.aws_identity import admitted_as, ask_identity
from coda_cli.auth.aws_roles import assume, choose_role
from coda_cli.auth.aws_session_cache import FreshSessions, sessions_folder
from coda_cli.auth.aws_sources import find_source
from coda_cli.auth.trust_policy import trust_policy
from coda_cli.errors import CredentialsError
from coda_cli.redaction import mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coda_cli.auth.aws_found_source import Source
    from coda_cli.auth.aws_identity import Identity
    from coda_cli.auth.aws_keys import HeldCredentials
    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.auth.aws_profiles import Profiles
    from coda_cli.auth.aws_roles import Role
    from coda_cli.errors import CodaError
    from coda_cli.redaction import Redactor


_ANY_ID = "<external id>"
"""Where the id stands in a statement that is shown, and not to be copied as it is."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the walk: what was found, or what is wrong and what to do next."""

    name: str
    found: str
    details: tuple[str, ...] = ()
    is_right: bool = True

    @classmethod
    def failed(cls, name: str, error: CodaError, *more: str) -> Step:
        """Make a step that an error ended."""
        return cls(name, error.message, (*error.details, *more), is_right=False)


def examine(
    options: AwsOptions, profiles: Profiles, redactor: Redactor, *, assume_role: bool
) -> Iterator[Step]:
    """Give one step after another, the failed one last.

    No session of an earlier run is used: AWS is asked. The new one is kept, so that what follows needs none.

    Raises:
        UsageError: the options contradict a profile.
    """
    sessions = FreshSessions(sessions_folder(options.environ), profiles.clock.of_machine)
    try:
        source = find_source(options, profiles, redactor, lambda: sessions)
        caller = source.caller()
    except CredentialsError as error:
        yield Step.failed("credentials", error)
        return
    yield Step("credentials", f"{source.origin}, key {caller.key}", (source.why,))
    role, no_role = _role(options, source, redactor) if assume_role else (None, None)
    try:
        # STS is asked in the role's partition, so the role is known before the caller is.
        identity = ask_identity(source, profiles.session, redactor, role.arn if role else None)
    except CredentialsError as error:
        yield Step.failed("caller", error)
        return
    yield Step("caller", identity.arn)
    if no_role is not None:
        yield Step.failed("role", no_role)
        return
    if assume_role:
        yield _role_step(role, source)
    yield Step("sts", f"{identity.endpoint}, region {identity.region}")
    if role is not None:
        held = assume(role, source, options, profiles, redactor, sessions)
        yield _session_step(role, source, identity, held, profiles)


def _role(
    options: AwsOptions, source: Source, redactor: Redactor
) -> tuple[Role | None, CredentialsError | None]:
    try:
        return choose_role(options, lambda: source, redactor), None
    except CredentialsError as error:
        return None, error


def _role_step(role: Role | None, source: Source) -> Step:
    if role is not None:
        return Step("role", role.arn, (f"{role.origin}; external id {mask(role.external_id)} is sent",))
    assert source.role is not None
    external_id = source.role.external_id
    sent = "no external id was sent" if external_id is None else f"external id {mask(external_id)} was sent"
    until = _until(source.credentials)
    return Step("role", source.role.arn, (f"of {source.origin}, assumed already, {until}; {sent}",))


def _session_step(
    role: Role,
    source: Source,
    identity: Identity,
    held: HeldCredentials,
    profiles: Profiles,
) -> Step:
    try:
        keys = held.get_frozen_credentials()
    except CredentialsError as error:
        more = _what_would_admit(role, source, identity, profiles) if _is_denied(error) else ()
        return Step.failed("session", error, *more)
    chained = ("A role that assumes another: AWS ends the session after an hour at most.",)
    return Step("session", f"key {mask(keys.access_key)}, {_until(held)}", chained if source.is_role else ())


def _until(held: HeldCredentials) -> str:
    return f"until {held.ends:%Y-%m-%d %H:%M:%S %Z}"


def _is_denied(error: CredentialsError) -> bool:
    cause = error.__cause__
    return isinstance(cause, ClientError) and cause.response.get("Error", {}).get("Code") == "AccessDenied"


def _what_would_admit(role: Role, source: Source, identity: Identity, profiles: Profiles) -> tuple[str, ...]:
    """Write the two statements that together let this caller assume the role."""
    try:
        principal = admitted_as(identity, source, profiles.session)
    except CredentialsError as error:
        return (error.message, *error.details)
    allow = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role.arn}
    # An account that is named admits those only whom it allows the action itself.
    unless = "" if principal.only else ", unless the role is in the same account"
    statements = trust_policy([principal], _ANY_ID, with_coda=False)["Statement"]
    return (
        "This statement of the trust policy would admit the caller; coda trust-policy prints it whole:",
        *_lines(statements[0]),
        f"And the caller's own policy needs{unless}:",
        *_lines(allow),
    )


def _lines(value: object) -> list[str]:
    return json.dumps(value, indent=2).splitlines()
