"""The help of a command, written as every other text for people is.

click's own way would leave it to each caller to tell a full disk from another mistake.
"""

from __future__ import annotations

from typing import NoReturn

import click


class WrittenHelp(click.Command):
    """A command whose ``--help`` takes the way of results to standard output."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return click's option, with another end."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.callback = _show_help
        return option


def _show_help(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        show(ctx, ctx.get_help())


def show(ctx: click.Context, text: str) -> NoReturn:
    """Write what an option asks for, and end there."""
    from coda_cli.cli.output import write_text

    write_text(f"{text}\n")
    ctx.exit()
