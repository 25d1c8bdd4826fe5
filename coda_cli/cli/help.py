"""The help of a command, written as every other text for people is.

click's own way would leave it to each caller to tell a full disk from another mistake.
"""

from __future__ import annotations

from typing import NoReturn

import click


def _show_help(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        show(ctx, ctx.get_help())


_HELP = click.Option(
    ["--help"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_help,
    help="Show this message and exit.",
)


class WrittenHelp(click.Command):
    """A command whose ``--help`` takes the way of results to standard output."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:  # noqa: ARG002 - click's parameter
        """Return an option like click's, with another end; always the same one, as click demands.

        click's own looks for translations of its text, and loads what knows languages, at every start.
        """
        return _HELP


def show(ctx: click.Context, text: str) -> NoReturn:
    """Write what an option asks for, and end there."""
    from coda_cli.cli.output import write_text

    write_text(f"{text}\n")
    ctx.exit()
