"""``coda init``: a first pack, with its test and what belongs beside it.

Owns the command, its questions and what it says at the end; the files are ``runtime.first_pack``'s.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coda_cli.cli.help import WrittenHelp
from coda_cli.errors import UsageError
from coda_cli.runtime.first_pack import (
    FirstPack,
    check_free,
    check_service,
    checked_title,
    module_name,
    write_files,
)
from coda_cli.sdk.authentication import AuthenticationType

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.cli.session import Session

TYPES = {
    "none": AuthenticationType.NONE,
    "aws-access-key": AuthenticationType.AWS_ACCESS_KEY,
    "aws-assume-role": AuthenticationType.AWS_ASSUME_ROLE,
}

EPILOG = """\b
Examples:
  coda init                                  asks, and writes into this folder
  coda init my-pack --auth none
  coda init buckets --auth aws-access-key --service s3
  coda init buckets --auth aws-assume-role --service s3 --name "Our buckets"
"""


class _Type(click.Choice[str]):
    """A type of authentication; also as the sdk spells it, ``AWS_ACCESS_KEY`` or ``AWSAccessKey``."""

    def normalize_choice(self, choice: object, ctx: click.Context | None) -> str:  # noqa: ARG002 - click's
        """Compare letters alone, and show the choice as it is."""
        letters = _letters(str(choice))
        return next((name for name in TYPES if _letters(name) == letters), str(choice))


def _letters(name: str) -> str:
    return re.sub("[-_ ]", "", name.lower()).removeprefix("aws")


@click.command("init", cls=WrittenHelp, epilog=EPILOG)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@click.option("--name", metavar="NAME", help="What the pack is called. Default: the folder's name.")
@click.option("--auth", type=_Type(TYPES), help="How its requests are authenticated. Default: none.")
@click.option("--service", metavar="SERVICE", help="The AWS service it talks to, by its signing name: s3.")
@click.pass_obj
def init(session: Session, folder: Path, name: str | None, auth: str | None, service: str | None) -> None:
    """Write a first pack into FOLDER, which is made where there is none. Default: the folder you are in.

    The pack runs at once. Beside it are its test, a README, and a .gitignore with the file that credentials
    are stored in. On a terminal, what no option gives is asked. Where one of the files exists already,
    nothing is written.

    The pack's module is named after the pack: My Pack is my_pack.py. A name that Python or an installed
    library has gets _pack behind it, since the pack could not be imported otherwise.
    """
    is_asked = sys.stdin is not None and sys.stdin.isatty()
    if name is None:
        name = _ask("Name", _suggested(folder), checked_title) if is_asked else _folder_name(folder)
    title = checked_title(name)
    pack = FirstPack(title, module_name(title))
    check_free(folder, pack.files())
    if auth is None and is_asked:
        default = "aws-access-key" if service else "none"
        auth = click.prompt("Authentication", type=_Type(TYPES), default=default, err=True)
    pack = replace(pack, type=TYPES[auth or "none"])
    if service is None and is_asked and pack.type is not AuthenticationType.NONE:
        service = _ask("AWS service", "s3", lambda answer: check_service(pack.type, answer.strip()))
    pack = replace(pack, service=_service(pack.type, service))
    write_files(folder, pack.files())
    _say_next(session, folder, pack)


def _service(type_: AuthenticationType, service: str | None) -> str | None:
    if type_ is AuthenticationType.NONE:
        if service is not None:
            raise UsageError("--service goes with --auth aws-access-key and --auth aws-assume-role")
        return None
    if service is None:
        raise UsageError("--service is missing", "Say which AWS service the pack talks to: --service s3")
    return check_service(type_, service)


def _folder_name(folder: Path) -> str:
    try:
        return Path(os.path.abspath(folder)).name  # noqa: PTH100 - a link is called as it is
    except OSError as error:
        raise UsageError(f"the folder you are in cannot be found: {error.strerror}") from None


def _suggested(folder: Path) -> str | None:
    """Return the folder's name if a pack can have it."""
    try:
        return checked_title(_folder_name(folder))
    except UsageError:
        return None


def _ask(question: str, default: str | None, check: Callable[[str], str]) -> str:
    """Ask until the answer passes the check."""

    def answered(answer: str) -> str:
        try:
            return check(answer)
        except UsageError as error:
            raise click.UsageError(error.message) from error

    answer: str = click.prompt(question, default=default, value_proc=answered, err=True)
    return answer


def _say_next(session: Session, folder: Path, pack: FirstPack) -> None:
    """Say what was written, and the commands to type now."""
    file = f"{pack.module}.py"
    is_here = folder.resolve() == Path.cwd()
    lines = [f"Wrote {', '.join(pack.files())}{'' if is_here else f' in {folder}'}. Next:", ""]
    if not is_here:
        lines.append(f"  cd {shlex.quote(str(folder))}")
    lines.append(f"  coda describe {file}")
    if pack.service is not None:
        lines.append(
            f"  coda emulator -- coda execute {file} {pack.run}   # on this machine, without an account"
        )
        lines.append(f"  coda auth {file}   # to use an account of yours")
    lines += [f"  coda execute {file} {pack.run}", "  python -m pytest"]
    session.messages.write("".join(f"{line}\n" for line in lines))
