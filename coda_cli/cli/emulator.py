"""``coda emulator``: an AWS on this machine for as long as one command runs.

Owns what is said about it. What it does is ``coda_cli.emulator``'s.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from coda_cli.cli.completion import complete_command
from coda_cli.cli.help import WrittenHelp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coda_cli.cli.messages import Messages
    from coda_cli.cli.session import Session
    from coda_cli.emulator.running import Emulator

NOT_FOUND = 127
NOT_EXECUTABLE = 126

EPILOG = """\b
Examples:
  coda emulator
  coda emulator -- coda execute packs/s3.py ListBuckets
  coda emulator -- coda execute packs/s3_assume_role.py ListBuckets
  coda emulator -- coda execute --profile emulator packs/s3.py ListBuckets
  coda emulator -- pytest

It gives back COMMAND's exit code; 127 where COMMAND was not found and 126 where it cannot be executed;
128 + N where signal N ended it; 130 after Ctrl-C and 143 after SIGTERM; 5 where the emulator could not
be installed or started. A signal is passed on to COMMAND, not to what COMMAND started.
"""


@click.command(
    "emulator",
    cls=WrittenHelp,
    epilog=EPILOG,
    context_settings={"allow_interspersed_args": False},
)
@click.argument(
    "command",
    nargs=-1,
    type=click.UNPROCESSED,
    metavar="[-- COMMAND...]",
    shell_complete=complete_command,
)
@click.pass_obj
def emulator(session: Session, command: tuple[str, ...]) -> int:
    """Run COMMAND, or your shell, with an AWS on this machine.

    There is nothing to sign up for. The emulator (MiniStack) is installed on first use into an environment
    of its own in your cache folder, listens on 127.0.0.1 only, verifies signatures, and is gone when
    COMMAND ends.

    It holds an IAM user, a role that requires an external id, S3 buckets, a DynamoDB table and an SSM
    parameter. COMMAND sees none of your own AWS_* and CODA_* variables and of your AWS configuration; it
    gets keys, a region, the endpoint, CODA_ROLE_ARN and CODA_EXTERNAL_ID for the emulator, and the
    profiles `emulator` and `emulator-role`.
    """
    from coda_cli.emulator.foreground import Terminated, exit_code_of_signal, terminable
    from coda_cli.emulator.running import running_emulator

    messages = session.messages
    try:
        with terminable(), running_emulator(os.environ, lambda line: messages.write(f"{line}\n")) as running:
            if not command:
                messages.write(_introduction(running))
                command = (os.environ.get("SHELL") or "sh",)
            return _run(command, running.environment, messages)
    except Terminated as terminated:
        return exit_code_of_signal(terminated.number)


def _run(command: tuple[str, ...], environment: Mapping[str, str], messages: Messages) -> int:
    from coda_cli.emulator.foreground import run_in_foreground

    try:
        return run_in_foreground(command, environment)
    except FileNotFoundError as error:
        messages.failure(f"command not found: {error.filename}")
        return NOT_FOUND
    except OSError as error:
        messages.failure(f"{error.filename} cannot be executed: {error.strerror}")
        return NOT_EXECUTABLE


def _introduction(running: Emulator) -> str:
    from coda_cli.emulator.filling import BUCKETS, PARAMETER, TABLE, USER

    return f"""\
An AWS is running on this machine, at {running.server.endpoint},
until you leave this shell (exit).

  user       {USER}, who may do everything:
             keys in the environment, profile `emulator`
  role       {running.role.arn}, which may read:
             CODA_ROLE_ARN, CODA_EXTERNAL_ID, profile `emulator-role`
  buckets    {", ".join(BUCKETS)}
  table      {TABLE}
  parameter  {PARAMETER}
  log        {running.server.log}

Try, with the packs of coda's repository:

  coda execute packs/identity.py GetCallerIdentity
  coda execute packs/s3.py ListBuckets
  coda execute packs/s3_assume_role.py ListObjects coda-demo-logs app/
  coda execute --profile emulator packs/dynamodb.py Query Orders customer=ada
"""
