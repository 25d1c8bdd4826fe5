"""What the whole program says when it refuses, run in the test's own process.

Owns what holds for every refusal: an exit code of DESIGN's table, nothing on standard output, and no
traceback of ours. What each one says is the tests' own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coda_cli.cli.main import run
from tests.programs import restored_interpreter

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

FORMULA_FAILED, USAGE, PACK_INVALID, CREDENTIALS, REQUEST_FAILED, INTERRUPTED = 1, 2, 3, 4, 5, 130


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of the program left behind."""

    code: int
    out: str
    err: str


def outcome_of(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Outcome:
    """Run the program's command line here."""
    with restored_interpreter():
        code = run([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return Outcome(code, out, err)


def check_refusal(outcome: Outcome, code: int, *said: str) -> None:
    """Check that it was refused with this exit code, and says these things in this order, in any case."""
    assert outcome.out == ""
    assert outcome.code == code, outcome.err
    assert outcome.err.startswith("Error: "), outcome.err
    assert "Traceback" not in outcome.err
    rest = outcome.err.lower()
    for words in map(str.lower, said):
        assert words in rest, f"{words!r} is not (or too early) in:\n{outcome.err}"
        rest = rest.partition(words)[2]


def check_execute(
    capsys: pytest.CaptureFixture[str], code: int, said: tuple[str, ...], *arguments: str | Path
) -> str:
    """Run ``coda execute``, which must be refused; return what it says."""
    outcome = outcome_of(capsys, "execute", *arguments)
    check_refusal(outcome, code, *said)
    return outcome.err
