"""What the Tab key offers: formulas, profiles, files.

No pack is run, and what cannot be read offers nothing and says nothing. Every command imports this for its
parameters; click's own completion, and the shells' ideas of a word, are loaded when a shell asks.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from coda_cli.cli.messages import printable
from coda_cli.errors import CodaError

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    Items = list[CompletionItem[str]]


def complete_formula(ctx: click.Context, _param: click.Parameter, incomplete: str) -> Items:
    """Offer the formulas of the pack on the line, for either spelling and in any case."""
    from click.shell_completion import CompletionItem

    from coda_cli.runtime.outline import read_outline

    pack = ctx.params.get("pack")
    if pack is None:
        return []
    # The shell has not expanded it yet.
    path = Path(os.path.expandvars(os.path.expanduser(pack)))  # noqa: PTH111 - an unknown ~user is no error
    return [
        CompletionItem(declared.name, help=printable(" ".join(declared.description.split())) or None)
        for declared in read_outline(path)
        if _plain(declared.name).startswith(_plain(incomplete))
    ]


def complete_profile(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> Items:
    """Offer the AWS CLI's profiles."""
    from click.shell_completion import CompletionItem

    from coda_cli.runtime.accounts import known_profiles

    try:
        names = known_profiles(os.environ)
    except CodaError:
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def complete_file(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> Items:
    """Leave a file's name to the shell, which knows quotes, tildes and what its user is used to."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def complete_command(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Complete the command that an option-like ``--`` introduced: coda's own, or files."""
    program, *words = ctx.params.get("command") or [""]
    if program != "coda":
        return complete_file(ctx, param, incomplete)
    from click.shell_completion import ShellComplete

    return ShellComplete(ctx.find_root().command, {}, "coda", "").get_completions(words, incomplete)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
