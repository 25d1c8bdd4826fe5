"""What a column format is: a formula that a document runs for each value of a column.

Owns what one may say. Nothing here runs it: there are no columns on the command line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coda_cli.errors import DeclarationError
from coda_cli.sdk.declared_values import check_text, checked_list

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coda_cli.sdk.formulas import Formula


@dataclass(frozen=True, slots=True)
class Format:
    """A column format: the formula it runs, and the ``matchers`` of the URLs that it is offered for."""

    name: str
    formula_name: str
    matchers: tuple[re.Pattern[str], ...] = ()
    instructions: str = ""


def make_format(*, name: str, formula_name: str, matchers: object, instructions: str) -> Format:
    """Check what a column format shows by itself; a matcher may be the text of a pattern.

    Raises:
        DeclarationError: a part is of the wrong type, or a matcher is no regular expression.
    """
    check_text(name, "column format: name", filled=True)
    place = f"column format {name}"
    check_text(formula_name, f"{place}: formula_name", filled=True)
    check_text(instructions, f"{place}: instructions")
    patterns = checked_list(matchers, f"{place}: matchers")
    return Format(
        name=name,
        formula_name=formula_name,
        matchers=tuple(_pattern(one, place) for one in patterns),
        instructions=instructions,
    )


def _pattern(matcher: object, place: str) -> re.Pattern[str]:
    if isinstance(matcher, re.Pattern) and isinstance(matcher.pattern, str):
        return matcher
    check_text(matcher, f"{place}: the matcher", filled=True)
    try:
        return re.compile(str(matcher))
    except re.error as error:
        raise DeclarationError(
            f"{place}: the matcher {matcher!r} is no regular expression: {error}"
        ) from None


def problem_of_format(declared: Format, formulas: Iterable[Formula]) -> str | None:
    """Say what is wrong with a format beside the pack's formulas: one takes the value, and only that.

    Formulas may be declared after the formats that name them.
    """
    names = {formula.name: formula for formula in formulas}
    formula = names.get(declared.formula_name)
    if formula is None:
        there = ", ".join(names) or "none"
        return (
            f"column format {declared.name}: there is no formula {declared.formula_name}; there are: {there}"
        )
    required = [one.name for one in formula.parameters if not one.optional]
    if len(required) == 1:
        return None
    what = f"those that {formula.name} requires are {', '.join(required) or 'none'}"
    return f"column format {declared.name}: its formula must require one parameter, the value, and {what}"
