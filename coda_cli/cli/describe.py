"""``coda describe``: what is in a pack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from coda_cli.cli.completion import complete_formula
from coda_cli.cli.descriptions import RedactedFormatter, describe_formula, describe_pack
from coda_cli.cli.help import WrittenHelp
from coda_cli.cli.messages import pack_output
from coda_cli.cli.output import write_text
from coda_cli.runtime.loader import load_pack
from coda_cli.runtime.spec import choose_formula

if TYPE_CHECKING:
    from coda_cli.cli.session import Session


@click.command("describe", cls=WrittenHelp)
@click.argument("pack", type=click.Path(path_type=Path))
@click.argument("formula", required=False, shell_complete=complete_formula)
@click.pass_obj
def describe(session: Session, pack: Path, formula: str | None) -> None:
    """Show what is in PACK: its authentication, domains, formulas and their parameters.

    With FORMULA, show that one only, and how to run it.
    """
    with pack_output(session.messages) as out:
        loaded = load_pack(pack)
        formatter = RedactedFormatter(click.get_current_context(), session.redactor)
        if formula is None:
            describe_pack(loaded, formatter)
        else:
            describe_formula(loaded, choose_formula(loaded, formula), formatter)
        write_text(formatter.getvalue(), out)
