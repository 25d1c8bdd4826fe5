"""Figures as Markdown and as JSON, beside their targets: whether one is met is said, and nothing more."""

from __future__ import annotations

import json
import operator
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.contenders import Relation, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from benchmarks.contenders import Target
    from benchmarks.measurements import Measured

_DIGITS = {Unit.MILLISECONDS: 0, Unit.MEGABYTES: 1, Unit.REQUESTS: 0, Unit.ROWS: 0}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a target: the ratio, difference or figure that was reached, and whether it is enough."""

    target: Target
    reached: float
    is_met: bool

    def in_words(self) -> tuple[str, str, str]:
        """Return the target, what was reached, and whether it is met."""
        target = self.target
        wanted = target.relation.format(limit=f"{target.limit:,g}", unit=target.unit)
        is_ratio = target.relation in (Relation.AT_MOST_TIMES, Relation.AT_LEAST_TIMES)
        reached = f"{self.reached:.2f} ×" if is_ratio else f"{self.reached:,.1f} {target.unit}"
        return f"{wanted} {target.against}".strip(), reached, "met" if self.is_met else "not met"


def verdicts(measured: Measured) -> Iterator[Verdict]:
    """Judge the targets of a section whose figures were all measured.

    What is compared was measured in the same round, and the median is that of the ratios: a machine that was
    slow for a while was so for both sides.
    """
    for target in measured.section.targets:
        figures = measured.figures.get((target.name, target.unit), [])
        others = measured.figures.get((target.against, target.unit), []) if target.against else figures
        if not figures or not others:
            continue
        compare, is_met = _COMPARISONS[target.relation]
        reached = statistics.median(map(compare, figures, others))
        yield Verdict(target, reached, is_met(reached, target.limit))


_COMPARISONS: dict[Relation, tuple[Callable[[float, float], float], Callable[[float, float], bool]]] = {
    Relation.AT_MOST_TIMES: (operator.truediv, operator.le),
    Relation.AT_LEAST_TIMES: (operator.truediv, operator.ge),
    Relation.AT_MOST_MORE: (operator.sub, operator.le),
    Relation.AT_LEAST: (lambda figure, _: figure, operator.ge),
}


@dataclass(frozen=True, slots=True)
class Report:
    """All that was measured, and on what."""

    machine: Mapping[str, str]
    peers: Mapping[str, str]
    missing: Sequence[str]
    rounds: int
    sections: Sequence[Measured]

    def markdown(self) -> str:
        """Return it for people."""
        return "\n".join(self._lines()) + "\n"

    def json(self) -> str:
        """Return it for programs: every single figure too."""
        told = {
            "machine": dict(self.machine),
            "peers": dict(self.peers),
            "missing": list(self.missing),
            "rounds": self.rounds,
            "sections": [_section(measured) for measured in self.sections],
        }
        return json.dumps(told, indent=2, ensure_ascii=False) + "\n"

    def _lines(self) -> Iterator[str]:
        yield "# Results"
        yield ""
        yield "Written by `make bench`; [README.md](README.md) says what each row is."
        yield ""
        yield f"Medians of {self.rounds}, interleaved; what is reached is the median of the rounds' ratios."
        yield "Machine: " + _listed(self.machine) + "."
        if self.peers:
            yield "Peers: " + _listed(self.peers) + "."
        if self.missing:
            yield "Not installed, hence not measured: " + "; ".join(self.missing) + "."
        for measured in self.sections:
            yield from _section_lines(measured)


def _section_lines(measured: Measured) -> Iterator[str]:
    yield ""
    yield f"## {measured.section.title}"
    yield ""
    yield "| what | median | from | to |"
    yield "| --- | ---: | ---: | ---: |"
    for (name, unit), figures in measured.figures.items():
        shown = (f"{number:,.{_DIGITS[unit]}f}" for number in (min(figures), max(figures)))
        yield f"| {name} | {statistics.median(figures):,.{_DIGITS[unit]}f} {unit} | {' | '.join(shown)} |"
    for name, failure in measured.failures.items():
        yield f"| {name} | failed: {failure} | | |"
    judged = list(verdicts(measured))
    if judged:
        yield ""
        yield "| what | target | reached | |"
        yield "| --- | --- | ---: | --- |"
        yield from (f"| {verdict.target.name} | {' | '.join(verdict.in_words())} |" for verdict in judged)


def _section(measured: Measured) -> dict[str, Any]:
    return {
        "title": measured.section.title,
        "rows": [
            {"name": name, "unit": unit, "median": statistics.median(figures), "figures": figures}
            for (name, unit), figures in measured.figures.items()
        ],
        "failures": dict(measured.failures),
        "targets": [
            {
                "name": verdict.target.name,
                "unit": verdict.target.unit,
                "target": verdict.in_words()[0],
                "reached": verdict.reached,
                "met": verdict.is_met,
            }
            for verdict in verdicts(measured)
        ],
    }


def _listed(named: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}".strip() for name, value in named.items())
