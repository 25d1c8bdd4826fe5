"""The command table and the one place where errors become messages and exit codes.

Commands are imported when they are run: ``coda --help`` reads their one-line help from the table.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from coda_cli import __version__
from coda_cli.cli.help import WrittenHelp, show
from coda_cli.cli.messages import Messages
from coda_cli.cli.session import Session
from coda_cli.errors import CodaError
from coda_cli.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem

EXIT_DONE = 0
EXIT_BUG = 1
EXIT_INTERRUPTED = 130

COMPLETE = "_CODA_COMPLETE"
"""The variable by which a shell asks for completion, instead of running a command."""

COMMANDS = {
    "execute": "Run a formula of a pack.",
    "auth": "Set up, show, check or clear the account of a pack.",
    "trust-policy": "Print the IAM trust policy that the role of a pack needs.",
    "describe": "Show what is in a pack: formulas, parameters, authentication.",
    "validate": "Check the definition of a pack.",
    "init": "Write a first pack, with its test.",
    "emulator": "Start an AWS on this machine and run a command with it.",
}


class CommandTable(WrittenHelp, click.Group):
    """A group whose commands are named in ``COMMANDS`` and imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of that name; its command has the name too."""
        if cmd_name not in COMMANDS:
            return None
        word = cmd_name.replace("-", "_")
        command = getattr(import_module(f"coda_cli.cli.{word}"), word)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or name those that look like it."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.exceptions.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Offer the table without importing a command, and the options."""
        from click.shell_completion import CompletionItem

        lines = [
            CompletionItem(name, help=line) for name, line in COMMANDS.items() if name.startswith(incomplete)
        ]
        return lines + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _show_version(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        show(ctx, f"coda {__version__}")


@click.command(cls=CommandTable, no_args_is_help=True)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def coda() -> None:
    """Run packs: typed formulas over AWS and other HTTP APIs.

    A pack is a Python module that declares formulas and how their requests are authenticated. Start with
    `coda describe PACK`, then `coda execute PACK FORMULA`.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; nothing is raised.

    It does what ``coda.main()`` would, which takes a closed pipe upon itself and ends the process with 1.
    """
    redactor = Redactor(os.environ)
    session = Session(redactor, Messages(redactor))
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        if arguments is None and os.environ.get(COMPLETE):
            from coda_cli.cli.completion_shells import answer_shell

            return answer_shell(coda, COMPLETE)
        with coda.make_context("coda", given, obj=session) as context:
            returned = coda.invoke(context)
    except click.exceptions.Exit as ended:  # --help, --version
        return ended.exit_code
    except BrokenPipeError:
        _forget_standard_output()
        return EXIT_DONE
    except (click.Abort, KeyboardInterrupt):
        session.messages.write("\nInterrupted.\n")
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the boundary
        return _report(error, session)
    return returned if isinstance(returned, int) else EXIT_DONE


def _report(error: Exception, session: Session) -> int:
    """Show an error as what it is, and return its exit code."""
    import traceback

    messages = session.messages
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        messages.write(f"{error.format_message()}\n")
        return error.exit_code
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        hints = [context.get_usage(), f"Try '{context.command_path} --help'."] if context else []
        if isinstance(error, click.NoSuchOption):
            hints.append("A value that begins with a dash stands behind `--`.")
        messages.failure(error.format_message(), *hints)
        return error.exit_code
    exit_code = EXIT_BUG
    if isinstance(error, CodaError):
        messages.error(error)
        exit_code = error.exit_code
    else:
        messages.failure(
            f"a bug in coda {__version__}: {type(error).__name__}: {error}",
            "Nothing that you did should lead here. Please report it with what follows.",
        )
    if session.debug or not isinstance(error, CodaError):
        messages.write("".join(traceback.format_exception(error)))
    return exit_code


def _forget_standard_output() -> None:
    """Keep the interpreter from trying at exit, again in vain, to write what is left."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
