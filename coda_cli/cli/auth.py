"""``coda auth``: set up, show, check or clear what a pack's requests are authenticated with.

Owns the command and what it says. Asking a person is ``account_questions``'; the file is ``auth.store``'s.
"""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coda_cli.auth.store import CredentialsStore, StoredCredentials
from coda_cli.cli.account_options import Given, given_account
from coda_cli.cli.account_questions import ask_account
from coda_cli.cli.completion import complete_profile
from coda_cli.cli.help import WrittenHelp
from coda_cli.cli.log import logged_to
from coda_cli.cli.messages import pack_output
from coda_cli.cli.output import write_result, write_step, write_text
from coda_cli.errors import CredentialsError, UnreadableStoreError, UsageError
from coda_cli.redaction import SECRET, mask
from coda_cli.runtime.accounts import examine_account, forget_kept_sessions, needs_account
from coda_cli.runtime.contexts import RunOptions, check_options
from coda_cli.runtime.loader import load_pack

if TYPE_CHECKING:
    from typing import TextIO

    from coda_cli.auth.aws_doctor import Step
    from coda_cli.cli.session import Session
    from coda_cli.runtime.loader import LoadedPack

_FAILED = CredentialsError.exit_code

EPILOG = """\b
Examples:
  coda auth packs/s3.py                        asks for what the pack needs
  coda auth packs/s3.py --profile dev          uses a profile of the AWS CLI; no secret is copied
  coda auth packs/s3.py --access-key-id AKIA… < file-with-the-secret
  coda auth packs/s3_assume_role.py --role-arn ARN --external-id ID --profile dev
  coda auth packs/s3_assume_role.py --check
"""


@click.command("auth", cls=WrittenHelp, epilog=EPILOG)
@click.argument("pack", type=click.Path(path_type=Path))
@click.option(
    "--profile",
    metavar="NAME",
    help="Call AWS with this profile of the AWS CLI.",
    shell_complete=complete_profile,
)
@click.option(
    "--access-key-id", metavar="ID", help="The access key's id; its secret is read, never an option."
)
@click.option("--role-arn", metavar="ARN", help="The role to assume.")
@click.option("--external-id", metavar="ID", help="The external id that the role's trust policy asks for.")
@click.option("--endpoint-url", metavar="URL", help="The endpoint of a pack that requires one.")
@click.option("--region", metavar="REGION", help="With --check: ask STS in this AWS region.")
@click.option(
    "--show", "modes", flag_value="show", multiple=True, help="Show what is stored, without secrets."
)
@click.option(
    "--check",
    "modes",
    flag_value="check",
    multiple=True,
    help="Walk the whole way to AWS and tell each step.",
)
@click.option(
    "--clear", "modes", flag_value="clear", multiple=True, help="Forget what is stored for the pack."
)
@click.option(
    "--output",
    "output_format",
    type=click.Choice(["text", "json"]),
    help="The form of --show and --check. Default: text.",
)
@click.option("-v", "--verbose", is_flag=True, help="Tell which credentials, region and requests are used.")
@click.option("--debug", is_flag=True, help="Tell everything, with tracebacks; still without secrets.")
@click.pass_obj
def auth(
    session: Session,
    /,
    pack: Path,
    modes: tuple[str, ...],
    output_format: str | None,
    verbose: bool,
    debug: bool,
    **given: Any,
) -> int:
    """Set up the account that PACK's requests are authenticated with.

    Asks on a terminal. Elsewhere options give what is not secret, and standard input the secret access key
    on its first line and a session token, if there is one, on the second.

    The file .coda-credentials.json beside the pack holds it, readable by you alone. It comes after --profile
    and the environment.

    --show exits with 4 where nothing is stored, --check where a step fails, and all where the file cannot be
    read.
    """
    session.debug = debug
    mode = _mode(modes, output_format, given)
    session.redactor.add_masked(given["access_key_id"])
    session.redactor.add_masked(given["external_id"])
    with logged_to(session.messages, verbose=verbose, debug=debug):
        with pack_output(session.messages) as out:
            loaded = load_pack(pack)
            needs_account(loaded)
            store = CredentialsStore(loaded.path)
            if mode == "check":
                return _check(session, loaded, output_format, given, out)
            if mode == "show":
                return _show(loaded, store, output_format, out)
        if mode == "clear":
            return _clear(session, loaded, store)
        del given["region"]
        return _set_up(session, loaded, store, Given(**given))


def _mode(modes: tuple[str, ...], output_format: str | None, given: dict[str, Any]) -> str | None:
    """Return what shall be done; None is setting up.

    Raises:
        UsageError: two things at once, or an option that has no part in it.
    """
    if len(set(modes)) > 1:
        raise UsageError(f"{' and '.join(f'--{mode}' for mode in dict.fromkeys(modes))}: one at a time")
    mode = modes[0] if modes else None
    present = {name for name, value in given.items() if value is not None}
    if "region" in present and mode != "check":
        raise UsageError("--region goes with --check", "Nothing else of this command asks AWS.")
    if output_format is not None and mode not in ("show", "check"):
        raise UsageError(
            "--output goes with --show and --check", "Nothing else of this command has a result."
        )
    if mode in ("show", "clear") and present:
        raise UsageError(f"--{mode} takes no value to store")
    for name in ("access_key_id", "endpoint_url"):
        if name in present and mode == "check":
            raise UsageError(
                f"--{name.replace('_', '-')} does not go with --check", "It checks what is stored."
            )
    return mode


def _set_up(session: Session, loaded: LoadedPack, store: CredentialsStore, given: Given) -> int:
    from coda_cli.auth.gitignore import keep_out_of_git

    given.check(loaded)
    messages = session.messages
    is_terminal = sys.stdin is not None and sys.stdin.isatty()
    discard = False
    try:
        stored = store.read()
    except UnreadableStoreError as error:
        if not is_terminal:
            raise
        messages.error(error)
        if not click.confirm("Replace it? What cannot be read in it is lost", err=True):
            messages.write("Nothing was changed.\n")
            return 0
        stored, discard = StoredCredentials(), True
    for value in (stored.secret_access_key, stored.session_token):
        session.redactor.add_secret(value)
    if is_terminal:
        answers = ask_account(session, loaded, stored, given)
        if answers is None:
            messages.write("Nothing was changed.\n")
            return 0
    else:
        answers = given_account(session, loaded, stored, given)
    store.write(answers, discard_unreadable=discard)
    if (stored.role_arn, stored.external_id, stored.profile) != (
        answers.role_arn,
        answers.external_id,
        answers.profile,
    ):
        forget_kept_sessions(stored, os.environ)
    messages.write(f"Stored for {loaded.file_name} in {store.path}.\n")
    is_new_id = is_terminal and given.external_id is None and answers.external_id != stored.external_id
    lines = (*keep_out_of_git(store.path), *_what_is_next(loaded, answers, is_new_id=is_new_id))
    messages.write("".join(f"{line}\n" for line in lines))
    return 0


def _what_is_next(loaded: LoadedPack, stored: StoredCredentials, *, is_new_id: bool) -> list[str]:
    """Say which command to run next."""
    pack = shlex.quote(str(loaded.path))
    if stored.external_id is not None and stored.role_arn is None:
        return [
            "No role yet. The first of these prints the trust policy for it, the second takes its ARN:",
            f"  coda trust-policy {pack}",
            f"  coda auth {pack} --role-arn ARN",
        ]
    trust = f"If the role's trust policy does not ask for this external id yet: coda trust-policy {pack}"
    check = f"To see whether AWS agrees: coda auth {pack} --check"
    return [trust, check] if is_new_id and stored.external_id is not None else [check]


def _show(loaded: LoadedPack, store: CredentialsStore, output_format: str | None, out: TextIO) -> int:
    stored = store.read()
    if stored.is_empty:
        raise CredentialsError(
            f"nothing is stored for {loaded.file_name}", f"Looked in {store.path}. To store: coda auth PACK"
        )
    shown = {
        "accessKeyId": stored.access_key_id and mask(stored.access_key_id),
        "secretAccessKey": stored.secret_access_key and SECRET,
        "sessionToken": stored.session_token and SECRET,
        "profile": stored.profile,
        "roleArn": stored.role_arn,
        "externalId": stored.external_id and mask(stored.external_id),
        "endpointUrl": stored.endpoint_url,
    }
    present = {name: value for name, value in shown.items() if value is not None}
    if output_format == "json":
        write_result(present, "json", out)
    else:
        of_folder = ' (of the whole folder: "credentials")' if stored.of_folder else ""
        rows = [f"{loaded.file_name}, in {store.path}{of_folder}"]
        rows += [f"  {name:<15}  {value}" for name, value in present.items()]
        write_text("".join(f"{row}\n" for row in rows), out)
    return 0


def _clear(session: Session, loaded: LoadedPack, store: CredentialsStore) -> int:
    before = StoredCredentials()
    with suppress(UnreadableStoreError):  # an entry that nobody can read goes as well
        before = store.read()
    lines = [f"{'Forgot what was' if store.clear() else 'Nothing was'} stored for {loaded.file_name}."]
    forgotten = forget_kept_sessions(before, os.environ)
    if forgotten:
        lines.append(f"Forgot {forgotten} kept session{'s' * (forgotten != 1)} of its role.")
    if not store.read().is_empty:
        lines.append(f'The "credentials" in {store.path} stay, and still apply to this pack.')
    session.messages.write("".join(f"{line}\n" for line in lines))
    return 0


def _check(
    session: Session, loaded: LoadedPack, output_format: str | None, given: dict[str, Any], out: TextIO
) -> int:
    chosen = {name: given[name] for name in ("profile", "region", "role_arn", "external_id")}
    options = RunOptions(environ=os.environ, redactor=session.redactor, **chosen)
    check_options(loaded.pack.authentication, options)
    steps: list[Step] = []
    for step in examine_account(loaded, options):
        steps.append(step)
        if output_format != "json":
            text = "\n    ".join((f"{step.name}: {step.found}", *step.details))
            write_step(session.redactor.message(f"{text}\n"), out, is_right=step.is_right)
    if output_format == "json":
        rows = [
            {"step": step.name, "ok": step.is_right, "found": step.found, "details": list(step.details)}
            for step in steps
        ]
        write_result(session.redactor.value(rows), "json", out)
    return 0 if all(step.is_right for step in steps) else _FAILED
