"""``coda validate``: all that is wrong with a pack.

Owns how problems are shown; finding them is the runtime's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coda_cli.cli.help import WrittenHelp
from coda_cli.cli.messages import counted, pack_output
from coda_cli.cli.output import write_result
from coda_cli.errors import PackError
from coda_cli.runtime.pack_problems import Level, problems_of

if TYPE_CHECKING:
    from coda_cli.cli.session import Session
    from coda_cli.runtime.pack_problems import Problem


@click.command("validate", cls=WrittenHelp)
@click.argument("pack", type=click.Path(path_type=Path))
@click.option(
    "--output",
    "output_format",
    type=click.Choice(("text", "json")),
    default="text",
    help="Text on standard error, or a JSON list on standard output. Default: text.",
)
@click.pass_obj
def validate(session: Session, pack: Path, output_format: str) -> int:
    """Check the definition of PACK and tell everything that is wrong with it, each with file and line.

    The module is run, but none of its formulas. Exit codes: 0 where there are at most warnings, else 3.
    """
    with pack_output(session.messages) as out:
        problems = problems_of(pack)
        if output_format == "json":
            write_result(session.redactor.value([asdict(problem) for problem in problems]), "json", out)
        else:
            session.messages.write("".join(f"{_shown(problem)}\n" for problem in problems))
            session.messages.write(f"{pack}: {_counted(problems)}\n")
    return PackError.exit_code if any(one.level is Level.ERROR for one in problems) else 0


def _shown(problem: Problem) -> str:
    place = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
    first, *more = problem.problem.splitlines()
    return "\n  ".join((f"{place}: {problem.level}: {first}", *more))


def _counted(problems: list[Problem]) -> str:
    counts = Counter(problem.level for problem in problems)
    told = [counted(counts[level], level) for level in Level if counts[level]]
    return ", ".join(told) or "no problems"
