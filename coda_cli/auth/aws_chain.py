"""botocore's credential chain as coda uses it: its providers, two of them with more manners.

Owns that a ``credential_process`` is bounded wherever in a chain of profiles it stands, and that MFA codes
are asked for by ``aws_mfa``. The providers, their order and their caches in memory stay botocore's.
Importing this module loads ``botocore.credentials``.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.credentials import (
    AssumeRoleProvider,
    CanonicalNameCredentialSourcer,
    CredentialProvider,
    CredentialResolver,
    EnvProvider,
    ProcessProvider,
    ProfileProviderBuilder,
    create_credential_resolver,
)
from botocore.utils import create_nested_client

from coda_cli.auth.aws_mfa import ask_for_code
from coda_cli.auth.aws_process import Program

if TYPE_CHECKING:
    from botocore.session import Session

    from coda_cli.redaction import Redactor


class _Builder(ProfileProviderBuilder):
    """Makes the providers of a profile, ours in place of botocore's own where there is one."""

    def __init__(self, session: Session, cache: dict[str, Any], seconds: float, redactor: Redactor) -> None:
        super().__init__(session, cache=cache)
        self._configured = session
        self._program = partial(Program, seconds=seconds, redactor=redactor)

    def providers(self, profile_name: str, disable_env_vars: bool = False) -> list[CredentialProvider]:
        made = super().providers(profile_name, disable_env_vars)
        return [self.process(profile_name) if isinstance(one, ProcessProvider) else one for one in made]

    def process(self, profile_name: str) -> ProcessProvider:
        return ProcessProvider(
            profile_name=profile_name,
            load_config=lambda: self._configured.full_config,
            popen=partial(self._program, profile=profile_name),
        )


def credential_chain(
    session: Session, cache: dict[str, Any], seconds: float, redactor: Redactor
) -> CredentialResolver:
    """Return the chain for the profile in use; one that was loaded is not loaded again.

    Args:
        session: whose profile and files are used.
        cache: gets what the chain was given for roles and SSO, as AWS answered it.
        seconds: how long a ``credential_process`` may take.
        redactor: learns what may be a secret in what such a program says.
    """
    profile = session.get_config_variable("profile") or "default"
    chain = create_credential_resolver(session, cache=cache)
    builder = _Builder(session, cache, seconds, redactor)
    sources = (EnvProvider(), *map(chain.get_provider, ("container-role", "iam-role")))
    role = AssumeRoleProvider(
        load_config=lambda: session.full_config,
        client_creator=partial(create_nested_client, session),
        cache=cache,
        profile_name=profile,
        prompter=ask_for_code,
        credential_sourcer=CanonicalNameCredentialSourcer(list(sources)),
        profile_provider_builder=builder,
    )
    for ours in (role, builder.process(profile)):
        chain.insert_after(ours.METHOD, ours)
        chain.remove(ours.METHOD)  # the first of the two, which is botocore's
    return chain
