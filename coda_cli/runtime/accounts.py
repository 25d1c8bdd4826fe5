"""The account behind a pack, for the commands that set it up: what it needs, who calls, does AWS agree.

Puts the pack, what is stored for it and ``auth`` together, as ``contexts`` does for a run. It asks no person
and prints nothing.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from coda_cli.errors import CodaError, CredentialsError, UsageError
from coda_cli.runtime.contexts import RunOptions, StoredForPack, aws_options, open_context
from coda_cli.runtime.executor import execute_formula
from coda_cli.runtime.invocations import GET_CONNECTION_NAME, choose_invocation
from coda_cli.sdk.authentication import AuthenticationType, ReservedAuthenticationNames

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from coda_cli.auth.aws_doctor import Step
    from coda_cli.auth.store import StoredCredentials
    from coda_cli.auth.trust_policy import Principal
    from coda_cli.runtime.loader import LoadedPack


def needs_account(loaded: LoadedPack) -> None:
    """Refuse a pack for which there is nothing to set up.

    Raises:
        UsageError: it declares neither an authentication nor an endpoint.
    """
    authentication = loaded.pack.authentication
    if authentication.type is AuthenticationType.NONE and not authentication.requires_endpoint_url:
        named = loaded.pack.authentications.keys() - set(ReservedAuthenticationNames)
        if named:
            raise UsageError(
                f"{loaded.file_name} declares named authentications only, and none of its own to set up",
                "Their credentials come from options, the environment or the AWS CLI's profiles.",
            )
        raise UsageError(
            f"{loaded.file_name} declares no authentication, so there is nothing to set up",
            "Its requests are sent as they are.",
        )


def known_profiles(environ: Mapping[str, str]) -> list[str]:
    """Return the names of the AWS CLI's profiles.

    Raises:
        CredentialsError: a file of them cannot be read.
    """
    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.auth.aws_profiles import Profiles
    from coda_cli.redaction import Redactor

    return Profiles(AwsOptions(environ), Redactor()).names()


def forget_kept_sessions(stored: StoredCredentials, environ: Mapping[str, str]) -> int:
    """Forget the sessions of what was stored for a pack, and of the role in the environment; say how many."""
    roles = {stored.role_arn, environ.get("CODA_ROLE_ARN"), _role_of(stored.profile, environ)} - {None, ""}
    if not roles:
        return 0
    from coda_cli.auth.aws_session_cache import forget_sessions

    return sum(forget_sessions(environ, role) for role in roles if role)


def _role_of(profile: str | None, environ: Mapping[str, str]) -> str | None:
    """Return the role that a profile is configured with; None where there is none, or no such profile."""
    if profile is None:
        return None
    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.auth.aws_profiles import Profiles
    from coda_cli.redaction import Redactor

    with suppress(CredentialsError):
        return Profiles(AwsOptions(environ, profile), Redactor()).session.profile_values.get("role_arn")
    return None


def checked_endpoint_url(loaded: LoadedPack, url: str) -> str:
    """Return an endpoint URL if this pack can use it.

    Raises:
        CredentialsError: it is malformed, neither https nor on this machine, or not under the pack's domain.
    """
    from coda_cli.fetching.policy import Endpoint

    Endpoint(url, loaded.pack.authentication.endpoint_domain).configured()
    return url


def examine_account(loaded: LoadedPack, options: RunOptions) -> Iterator[Step]:
    """Walk the road of a request's credentials and give one step after another, the failed one last.

    Raises:
        UsageError: the options contradict a profile.
    """
    from coda_cli.auth.aws_doctor import examine
    from coda_cli.auth.aws_profiles import Profiles

    authentication = loaded.pack.authentication
    stored = StoredForPack(authentication, loaded.path)
    steps: list[Step] = []
    if authentication.requires_endpoint_url:
        steps.append(_endpoint_step(loaded, options, stored))
        yield steps[-1]
    if authentication.is_aws and all(step.is_right for step in steps):
        aws = aws_options(loaded.path.stem, options, stored)
        assume_role = authentication.type is AuthenticationType.AWS_ASSUME_ROLE
        for step in examine(aws, Profiles(aws, options.redactor), options.redactor, assume_role=assume_role):
            steps.append(step)
            yield step
    if authentication.get_connection_name is not None and all(step.is_right for step in steps):
        yield _connection_name_step(loaded, options)


def _endpoint_step(loaded: LoadedPack, options: RunOptions, stored: StoredForPack) -> Step:
    from coda_cli.auth.aws_doctor import Step
    from coda_cli.fetching.policy import Endpoint

    name = "endpoint"
    try:
        endpoint = Endpoint(stored.endpoint(options.environ), loaded.pack.authentication.endpoint_domain)
        _, url = endpoint.configured()
    except CodaError as error:
        return Step.failed(name, error)
    return Step(name, str(url))


def _connection_name_step(loaded: LoadedPack, options: RunOptions) -> Step:
    from coda_cli.auth.aws_doctor import Step

    name = "connection name"
    formula = choose_invocation(loaded, GET_CONNECTION_NAME).formula
    try:
        with open_context(loaded.pack, loaded.path.stem, options, path=loaded.path) as context:
            return Step(name, str(execute_formula(formula, context, ())))
    except CodaError as error:
        return Step.failed(name, error)


def own_principal(loaded: LoadedPack, options: RunOptions) -> tuple[Principal, str]:
    """Ask STS who calls with the current credentials; return the principal to trust, and the caller's ARN.

    Raises:
        CredentialsError: there are no credentials, they are refused, or no role can trust the caller.
    """
    from coda_cli.auth.aws_identity import admitted_as, ask_identity
    from coda_cli.auth.aws_profiles import Profiles
    from coda_cli.auth.aws_session_cache import SessionCache, sessions_folder
    from coda_cli.auth.aws_sources import find_source

    stored = StoredForPack(loaded.pack.authentication, loaded.path)
    aws = aws_options(loaded.path.stem, options, stored)
    profiles = Profiles(aws, options.redactor)
    sessions = SessionCache(sessions_folder(aws.environ), profiles.clock.of_machine)
    source = find_source(aws, profiles, options.redactor, lambda: sessions)
    role_arn = None
    with suppress(CredentialsError):  # it only says in which partition to ask
        role_arn = stored().role_arn
    identity = ask_identity(source, profiles.session, options.redactor, role_arn)
    return admitted_as(identity, source, profiles.session), identity.arn


def given_principals(arns: Sequence[str]) -> list[Principal]:
    """Read the principals that a person names.

    Raises:
        CredentialsError: one is none that a role can trust.
    """
    from coda_cli.auth.trust_policy import AssumedRole, read_principal

    found = [read_principal(arn) for arn in arns]
    return [one.principal(None) if isinstance(one, AssumedRole) else one for one in found]
