"""``make bench``: that its harness runs, and what it writes; how fast anything is, no test asks."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from benchmarks.__main__ import options_of
from benchmarks.contenders import FOLDER, Contender, Ended, Relation, Section, Target, Unit, printed_numbers
from benchmarks.measurements import Measured, RunFailedError, measure
from benchmarks.report import verdicts
from tests.programs import environment
from tests.source_model import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_start_up_is_measured_and_reported(tmp_path: Path) -> None:
    """One round of whole processes runs to its end and writes every figure and target, in both forms."""
    command = (sys.executable, "-m", "benchmarks", "--rounds", "1", "--section", "start-up", "--no-peers")
    process = subprocess.run(
        [*command, "--output", str(tmp_path)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    assert process.stdout == (tmp_path / "results.md").read_text()
    told = json.loads((tmp_path / "results.json").read_text())
    (section,) = told["sections"]
    assert {row["unit"] for row in section["rows"]} == {"ms"}
    assert all(len(row["figures"]) == 1 and row["figures"][0] > 0 for row in section["rows"])
    assert {target["name"] for target in section["targets"]} >= {"coda --help", "coda --version"}
    assert section["failures"] == {}
    for row in section["rows"]:
        assert f"| {row['name']} |" in process.stdout
    assert "botocore" in told["machine"]


def test_where_results_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Figures of everything replace those that are kept, those of a part do not; a file is no folder."""
    assert options_of([]).output == FOLDER
    assert options_of(["--section", "start-up"]).output is None
    assert options_of(["--section", "start-up", "--output", str(tmp_path / "a" / "b")]).output.is_dir()
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SystemExit):
        options_of(["--output", str(file)])
    assert f"--output: {file}: File exists" in capsys.readouterr().err


def contender(name: str, script: str = "pass", *, is_peer: bool = False) -> Contender:
    """Make a contender of a script; its figure is its exit code, hence 0."""
    return Contender(name, (sys.executable, "-c", script), {Unit.ROWS: lambda _: 0.0}, is_peer=is_peer)


def test_contenders_take_turns(tmp_path: Path) -> None:
    """They run A B A B, and the first round is not counted."""
    log = tmp_path / "log"
    section = Section(
        "", tuple(contender(name, f"open({str(log)!r}, 'a').write({name!r})") for name in "AB"), ()
    )
    measured = measure(section, 2, environment())
    assert log.read_text() == "ABABAB"
    assert {name: len(figures) for (name, _), figures in measured.figures.items()} == {"A": 2, "B": 2}


def test_failing_peer_is_told() -> None:
    """A peer that fails, or cannot be started, has no figures but a reason; the others are measured."""
    failing = contender("failing", "raise SystemExit('no such table')", is_peer=True)
    absent = Contender("absent", ("./no-such-program",), {}, is_peer=True)
    measured = measure(Section("", (failing, absent, contender("ours")), ()), 1, environment())
    assert measured.failures["failing"] == "failing ended with 1: no such table"
    assert "absent" in measured.failures
    assert list(measured.figures) == [("ours", Unit.ROWS)]


def test_failure_of_our_own_ends_it() -> None:
    """What is no peer has to run: its last words are the error."""
    with pytest.raises(RunFailedError, match="ours ended with 1: no such table"):
        measure(Section("", (contender("ours", "raise SystemExit('no such table')"),), ()), 1, environment())


@pytest.mark.parametrize(
    ("relation", "limit", "figures", "reached", "is_met"),
    [
        pytest.param(Relation.AT_MOST_TIMES, 1.1, (11, 10), 1.1, True, id="at most times, just"),
        pytest.param(Relation.AT_MOST_TIMES, 1.1, (12, 10), 1.2, False, id="at most times, not"),
        pytest.param(Relation.AT_LEAST_TIMES, 5, (50, 10), 5, True, id="at least times, just"),
        pytest.param(Relation.AT_LEAST_TIMES, 5, (49, 10), 4.9, False, id="at least times, not"),
        pytest.param(Relation.AT_MOST_MORE, 10, (30, 20), 10, True, id="at most more, just"),
        pytest.param(Relation.AT_MOST_MORE, 10, (31, 20), 11, False, id="at most more, not"),
        pytest.param(Relation.AT_LEAST, 50, (50, 0), 50, True, id="at least, just"),
        pytest.param(Relation.AT_LEAST, 50, (49, 0), 49, False, id="at least, not"),
    ],
)
def test_verdicts(
    relation: Relation, limit: float, figures: tuple[float, float], reached: float, is_met: bool
) -> None:
    """A target compares as its relation says; what just reaches it has met it."""
    against = "" if relation is Relation.AT_LEAST else "other"
    target = Target("ours", Unit.ROWS, relation, limit, against)
    figure, other = figures
    measured = Measured(
        Section("", (), (target,)),
        {("ours", Unit.ROWS): [figure] * 3, ("other", Unit.ROWS): [other] * 3},
    )
    (verdict,) = verdicts(measured)
    assert (round(verdict.reached, 6), verdict.is_met) == (reached, is_met)


def test_what_is_compared_is_of_one_round() -> None:
    """A machine that is slow for a round is so for both sides: the median is that of the ratios."""
    target = Target("ours", Unit.ROWS, Relation.AT_MOST_TIMES, 1.1, "other")
    figures = {("ours", Unit.ROWS): [10.0, 11.0, 40.0], ("other", Unit.ROWS): [10.0, 10.0, 40.0]}
    (verdict,) = verdicts(Measured(Section("", (), (target,)), figures))
    assert (verdict.reached, verdict.is_met) == (1.0, True)


def test_target_beside_a_missing_peer_is_left_out() -> None:
    """Without the other figure there is nothing to compare."""
    target = Target("ours", Unit.ROWS, Relation.AT_MOST_TIMES, 1, "awscurl")
    measured = Measured(Section("", (), (target,)), {("ours", Unit.ROWS): [1.0]})
    assert list(verdicts(measured)) == []


@pytest.mark.parametrize(
    ("printed", "numbers"),
    [
        pytest.param("1234.5", [1234.5], id="a number"),
        pytest.param("[12.5, 3e3]", [12.5, 3000.0], id="a list"),
        pytest.param("12.5\t300.0", [12.5, 300.0], id="the text form"),
    ],
)
def test_numbers_are_read_off_what_is_printed(printed: str, numbers: list[float]) -> None:
    """A contender may print its figures in any of our forms."""
    assert printed_numbers(Ended(0.0, printed)) == numbers
