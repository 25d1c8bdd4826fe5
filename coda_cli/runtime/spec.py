"""What the second word of the command line names: a formula or sync table, in either spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coda_cli.errors import UsageError
from coda_cli.sdk.formulas import Formula, pascal_case

if TYPE_CHECKING:
    from coda_cli.runtime.loader import LoadedPack


_MOST_NAMES = 12


def choose_formula(loaded: LoadedPack, name: str) -> Formula:
    """Return the formula or sync table called ``ListBuckets`` or ``list_buckets``.

    Raises:
        UsageError: there is none; the message has the nearest names, or all of them.
    """
    formulas = {formula.name: formula for formula in _blocks(loaded)}
    spelled = {pascal_case(formula.name): formula for formula in _blocks(loaded)}
    chosen = formulas.get(name) or spelled.get(pascal_case(name))
    if chosen is not None:
        return chosen
    if not formulas:
        raise UsageError(f"{loaded.file_name} declares no formula and no sync table, so there is no {name!r}")
    close = nearest(pascal_case(name), formulas)
    hint = f"Did you mean {' or '.join(close)}?" if close else names_of_formulas(loaded)
    raise UsageError(f"{loaded.file_name} has no formula or sync table {name!r}", hint)


def names_of_formulas(loaded: LoadedPack) -> str:
    """Say which formulas and sync tables the pack has, the first ones where there are many."""
    names = [formula.name for formula in _blocks(loaded)] or ["none"]
    more = (
        f" and {len(names) - _MOST_NAMES} more; coda describe lists them" if len(names) > _MOST_NAMES else ""
    )
    return f"It has {', '.join(names[:_MOST_NAMES])}{more}."


def _blocks(loaded: LoadedPack) -> tuple[Formula, ...]:
    return (*loaded.pack.formulas, *loaded.pack.sync_tables)


def nearest(name: str, names: dict[str, Formula] | list[str]) -> list[str]:
    """Return up to three of ``names`` that look like ``name``, ignoring case."""
    from difflib import get_close_matches

    by_lower = {candidate.lower(): candidate for candidate in names}
    return [by_lower[found] for found in get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)]
