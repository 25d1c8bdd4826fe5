"""``coda trust-policy``: the IAM trust policy that the role of a pack needs.

Owns the command and what it says; the policy's form is ``auth.trust_policy``'s. Standard output carries the
policy and nothing else, so that it can be piped into the AWS CLI.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coda_cli.auth.store import CredentialsStore
from coda_cli.auth.trust_policy import CODA_ACCOUNT, CODA_PARTITION
from coda_cli.auth.trust_policy import trust_policy as policy_for
from coda_cli.cli.account_options import checked_usage, external_id_shape
from coda_cli.cli.completion import complete_profile
from coda_cli.cli.help import WrittenHelp
from coda_cli.cli.log import logged_to
from coda_cli.cli.messages import pack_output
from coda_cli.cli.output import write_result
from coda_cli.errors import CredentialsError, UsageError
from coda_cli.runtime.accounts import given_principals, own_principal
from coda_cli.runtime.contexts import RunOptions
from coda_cli.runtime.loader import load_pack
from coda_cli.sdk.authentication import AuthenticationType

if TYPE_CHECKING:
    from coda_cli.auth.trust_policy import Principal
    from coda_cli.cli.session import Session
    from coda_cli.runtime.loader import LoadedPack

EPILOG = """\b
Examples:
  coda trust-policy packs/s3_assume_role.py
  coda trust-policy packs/s3_assume_role.py --local-only --principal arn:aws:iam::111122223333:user/you
  coda trust-policy packs/s3_assume_role.py |
    aws iam create-role --role-name X --assume-role-policy-document file:///dev/stdin
"""


@click.command("trust-policy", cls=WrittenHelp, epilog=EPILOG)
@click.argument("pack", type=click.Path(path_type=Path))
@click.option(
    "--external-id", metavar="ID", help="The id to ask for. Default: the stored one, else a new one, stored."
)
@click.option(
    "--principal",
    "principals",
    metavar="ARN",
    multiple=True,
    help="Trust this user or role, and ask STS nothing; can be repeated. Default: who calls now.",
)
@click.option("--local-only", is_flag=True, help="Leave out Coda's account: the pack runs locally only.")
@click.option(
    "--pack-id",
    metavar="N",
    type=click.IntRange(min=1),
    help="The pack's id on Coda's platform, which sends N:ID as the external id.",
)
@click.option(
    "--profile",
    metavar="NAME",
    help="Ask STS with this profile of the AWS CLI.",
    shell_complete=complete_profile,
)
@click.option("--region", metavar="REGION", help="Ask STS in this AWS region.")
@click.option("-v", "--verbose", is_flag=True, help="Tell which credentials and requests are used.")
@click.option("--debug", is_flag=True, help="Tell everything, with tracebacks; still without secrets.")
@click.pass_obj
def trust_policy(
    session: Session,
    /,
    pack: Path,
    external_id: str | None,
    principals: tuple[str, ...],
    local_only: bool,
    pack_id: int | None,
    profile: str | None,
    region: str | None,
    verbose: bool,
    debug: bool,
) -> None:
    """Print the trust policy that lets you, and Coda's platform, assume the role of PACK.

    Whoever runs the pack locally has to be named in it, and everybody has to send the external id. A session,
    as SSO and CI give, is named by the role behind it.
    """
    session.debug = debug
    session.redactor.add_masked(external_id)
    messages = session.messages
    with logged_to(messages, verbose=verbose, debug=debug), pack_output(messages) as out:
        loaded = load_pack(pack)
        _check_pack(loaded)
        if local_only and pack_id is not None:
            raise UsageError(
                "--local-only and --pack-id: one leaves Coda's account out, the other is about it"
            )
        if external_id is not None:
            checked_usage(external_id_shape, external_id, "--external-id")
        options = RunOptions(environ=os.environ, profile=profile, region=region, redactor=session.redactor)
        trusted = _trusted(session, loaded, options, principals)
        used = external_id or _external_id(session, loaded)
        with_coda = _with_coda(session, trusted, local_only=local_only)
        write_result(policy_for(trusted, used, with_coda=with_coda, pack_id=pack_id), "json", out)


def _check_pack(loaded: LoadedPack) -> None:
    authentication = loaded.pack.authentication
    if authentication.type is not AuthenticationType.AWS_ASSUME_ROLE:
        raise UsageError(
            f"{loaded.file_name} needs no trust policy: it assumes no role",
            f"Its authentication is {authentication.type.name}.",
        )


def _trusted(
    session: Session, loaded: LoadedPack, options: RunOptions, principals: tuple[str, ...]
) -> list[Principal]:
    if principals:
        return _named(session, options, principals)
    try:
        own, caller = own_principal(loaded, options)
    except CredentialsError as error:
        error.details = (
            *error.details,
            "Or name who is to be trusted by --principal ARN; nobody is asked then.",
        )
        raise
    if own.arn == caller:
        session.messages.write(f"You are {caller}, who is trusted.\n")
    else:
        _explain(session, f"You are {caller}", own, "cannot be asked for (iam:GetRole)")
    return [own]


def _named(session: Session, options: RunOptions, principals: tuple[str, ...]) -> list[Principal]:
    for option, value in (("--profile", options.profile), ("--region", options.region)):
        if value is not None:
            raise UsageError(f"{option} does not go with --principal: nobody is asked who you are")
    try:
        trusted = given_principals(principals)
    except CredentialsError as error:
        raise UsageError(f"--principal: {error.message}", *error.details) from error
    if len({one.partition for one in trusted}) > 1:
        raise UsageError(
            "the principals are of several partitions, and a role can trust those of its own only"
        )
    for arn, one in zip(principals, trusted, strict=True):
        if one.arn != arn:
            _explain(session, f"--principal {arn}", one, "does not follow from that")
    return trusted


def _explain(session: Session, who: str, trusted: Principal, why: str) -> None:
    """Say who is trusted in place of a session, and why."""
    if not trusted.only:
        session.messages.write(f"{who}: a session, which ends. Its role {trusted.arn} is trusted.\n")
        return
    session.messages.write(
        f"{who}: a session, which ends. Its role's ARN {why},\n"
        f"so the policy trusts the account, on the condition that the role is {trusted.only[0]}\n"
        "or one of that name with a path.\n"
    )


def _with_coda(session: Session, trusted: list[Principal], *, local_only: bool) -> bool:
    partition = trusted[0].partition
    if partition != CODA_PARTITION:
        session.messages.write(f"Coda's account is left out: it cannot be named in {partition}.\n")
        return False
    if local_only:
        return False
    session.messages.write(
        f"Coda's account {CODA_ACCOUNT} is included, for Coda's platform; --local-only leaves it out.\n"
    )
    return True


def _external_id(session: Session, loaded: LoadedPack) -> str:
    """Return the stored external id, checked, or make one and store it."""
    from coda_cli.auth.aws_options import STORED, Given
    from coda_cli.auth.aws_roles import checked_external_id

    store = CredentialsStore(loaded.path)
    stored = store.read()
    if stored.external_id is not None:
        checked_external_id(Given(stored.external_id, f"the external id {STORED}"))
        return stored.external_id
    from uuid import uuid4

    from coda_cli.auth.gitignore import keep_out_of_git

    made = str(uuid4())
    if stored.of_folder:  # an entry of the pack's own takes over what it uses of it, and no more
        stored = replace(stored.used_by(loaded.pack.authentication.type), of_folder=False)
    store.write(replace(stored, external_id=made))
    lines = (f"Made an external id, and stored it in {store.path}.", *keep_out_of_git(store.path))
    session.messages.write("".join(f"{line}\n" for line in lines))
    return made
