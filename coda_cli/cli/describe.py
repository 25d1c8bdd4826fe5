"""``coda describe``: what is in a pack.

Owns the command and its tables for a terminal. Texts are ``descriptions``', JSON is ``description_values``'.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from coda_cli.cli.completion import complete_formula
from coda_cli.cli.description_values import block_value, pack_value
from coda_cli.cli.descriptions import (
    RedactedFormatter,
    describe_facts,
    describe_formula,
    describe_options,
    describe_pack,
    describe_usage,
    heading,
    lines_of,
)
from coda_cli.cli.help import WrittenHelp
from coda_cli.cli.messages import pack_output
from coda_cli.cli.output import write_result, write_text
from coda_cli.runtime.loader import load_pack
from coda_cli.runtime.spec import choose_formula

if TYPE_CHECKING:
    from typing import TextIO

    from coda_cli.cli.session import Session
    from coda_cli.runtime.loader import LoadedPack
    from coda_cli.sdk.formulas import Formula


@click.command("describe", cls=WrittenHelp)
@click.argument("pack", type=click.Path(path_type=Path))
@click.argument("formula", required=False, shell_complete=complete_formula)
@click.option(
    "--output",
    "output_format",
    type=click.Choice(("json", "table", "text")),
    help="The form of the description. Default: tables on a terminal, else text.",
)
@click.pass_obj
def describe(session: Session, pack: Path, formula: str | None, output_format: str | None) -> None:
    """Show what is in PACK: its authentication, domains, formulas, their parameters and results.

    With FORMULA, show that one only, and how to run it.
    """
    with pack_output(session.messages) as out:
        loaded = load_pack(pack)
        chosen = None if formula is None else choose_formula(loaded, formula)
        match output_format or ("table" if out.isatty() else "text"):
            case "json":
                value = pack_value(loaded) if chosen is None else block_value(chosen)
                write_result(session.redactor.value(value), "json", out)
            case "table":
                _write_tables(session, loaded, chosen, out)
            case _:
                formatter = _formatter(session)
                if chosen is None:
                    describe_pack(loaded, formatter)
                else:
                    describe_formula(loaded, chosen, formatter)
                write_text(formatter.getvalue(), out)


def _formatter(session: Session) -> RedactedFormatter:
    return RedactedFormatter(click.get_current_context(), session.redactor)


def _write_tables(session: Session, loaded: LoadedPack, chosen: Formula | None, out: TextIO) -> None:
    """Write the parameters and the result of each formula as a table, below its line of usage."""
    formatter = _formatter(session)
    if chosen is None:
        describe_facts(loaded, formatter)
        write_text(formatter.getvalue(), out)
        for block in (*loaded.pack.formulas, *loaded.pack.sync_tables):
            write_text(session.redactor.text(f"\n{heading(block)}\n"), out)
            _write_table(session, block, out)
    else:
        describe_usage(loaded, chosen, formatter)
        formatter.write_paragraph()
        write_text(formatter.getvalue(), out)
        _write_table(session, chosen, out)
        formatter = _formatter(session)
        formatter.write("\n")
        describe_options(formatter)
        write_text(formatter.getvalue(), out)


def _write_table(session: Session, formula: Formula, out: TextIO) -> None:
    formatter = _formatter(session)
    if formula.description:
        formatter.write_text(formula.description)
    write_text(formatter.getvalue(), out)
    rows = [dict(zip(("name", "type", "description"), line, strict=True)) for line in lines_of(formula)]
    if not any(row["description"] for row in rows):
        rows = [{"name": row["name"], "type": row["type"]} for row in rows]
    write_result(session.redactor.value(rows), "table", out)
