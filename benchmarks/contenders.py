"""What is measured: commands, what is read off a run of each, and what they shall reach.

Definitions only; ``measurements`` runs them, ``report`` shows them.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""In how many bytes the system counts the memory of a process."""

FOLDER = Path(__file__).resolve().parent
PACKS = FOLDER / "packs"
SCRIPTS = FOLDER / "scripts"
PYTHON = sys.executable
CODA = str(Path(sys.executable).with_name("coda"))


class Unit(StrEnum):
    """What a figure counts."""

    MILLISECONDS = "ms"
    MEGABYTES = "MB"
    REQUESTS = "requests/s"
    ROWS = "rows/s"


@dataclass(frozen=True, slots=True)
class Ended:
    """What is known of a process that came to its end: seconds, and the last line that it printed."""

    seconds: float
    output: str


@dataclass(frozen=True, slots=True)
class Contender:
    """One command that is measured.

    Attributes:
        name: as the report shows it.
        command: the program and its arguments.
        readings: what a run tells, by unit.
        environ: beside what every contender gets.
        prepare: is done before each run, and not measured.
        is_captured: keeps what it prints; else that goes nowhere, and what it says on standard error is kept.
        is_peer: somebody else's program, which may be missing or fail.
        folder: that it runs in, the project's unless given.
    """

    name: str
    command: tuple[str, ...]
    readings: Mapping[Unit, Callable[[Ended], float]]
    environ: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] | None = None
    is_captured: bool = False
    is_peer: bool = False
    folder: Path = FOLDER.parent


class Relation(StrEnum):
    """How a figure is compared with another one, or with a number."""

    AT_MOST_TIMES = "≤ {limit} ×"
    AT_LEAST_TIMES = "≥ {limit} ×"
    AT_MOST_MORE = "≤ {limit} {unit} more than"
    AT_LEAST = "≥ {limit} {unit}"


@dataclass(frozen=True, slots=True)
class Target:
    """What the figure of one contender shall be, beside that of another one (its name) or alone."""

    name: str
    unit: Unit
    relation: Relation
    limit: float
    against: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Contenders that take turns, and their targets."""

    title: str
    contenders: tuple[Contender, ...]
    targets: tuple[Target, ...]


def whole_process(ended: Ended) -> float:
    """Read how long it took, in milliseconds."""
    return ended.seconds * 1000


def printed(ended: Ended) -> float:
    """Read the first number that it printed on its last line."""
    return printed_numbers(ended)[0]


def printed_growth(ended: Ended) -> float:
    """Read the second one, what the system told of memory, in millions of bytes."""
    return printed_numbers(ended)[1] * MAXRSS_UNIT / 1e6


def printed_numbers(ended: Ended) -> list[float]:
    """Read the numbers of the last line, whether it is a JSON list or not."""
    return [float(number) for number in re.findall(r"[0-9.]+(?:e[+-]?[0-9]+)?", ended.output)]


WALL = {Unit.MILLISECONDS: whole_process}
RATE = {Unit.REQUESTS: printed}
