"""Check what a formula returned against what it declares, and make a JSON value of it.

Showing a result is the command line's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coda_cli.errors import ResultError
from coda_cli.runtime.json_values import MOST_PROBLEMS, Problem
from coda_cli.runtime.validation import compiled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from coda_cli.sdk.schemas import Schema


def json_result(value: object, declared: Schema, name: str, timezone: tzinfo) -> object:
    """Return the result as a JSON value: dict, list, str, int, float, bool or None.

    Raises:
        ResultError: it is of another type than declared, or no JSON value; the details have the paths.
    """
    problems: list[Problem] = []
    made = compiled(declared, timezone)(value, name, problems)
    if problems:
        what = (
            "not of the declared type" if declared.type is not None or declared.nullable else "no JSON value"
        )
        raise ResultError(f"{name}: the result is {what}", *problem_lines(problems))
    return made


def problem_lines(problems: Sequence[Problem]) -> list[str]:
    """Write problems as lines for a person, who is told where there may be more of them."""
    lines = [str(problem) for problem in problems]
    if len(problems) >= MOST_PROBLEMS:
        lines.append(f"There may be more: the first {MOST_PROBLEMS} are told.")
    return lines
