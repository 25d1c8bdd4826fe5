"""``hello.py``: how values travel."""

from __future__ import annotations

import os

import pytest

from tests.packs.running import execute, result


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["Hello"], "Hello world!", id="default"),
        pytest.param(["Hello", "Ada Lovelace"], "Hello Ada Lovelace!", id="text"),
        pytest.param(
            ["Statistics", "3,1,4.5"],
            {"count": 3, "smallest": 1.0, "largest": 4.5, "mean": 2.83},
            id="numbers",
        ),
        pytest.param(
            ["Statistics", "[1, 2]", "0"], {"count": 2, "smallest": 1, "largest": 2, "mean": 2}, id="JSON"
        ),
        pytest.param(
            ["Weekdays", "2026-01-02", "2026-01-05"],
            [{"date": "2026-01-02", "weekday": "Friday"}, {"date": "2026-01-05", "weekday": "Monday"}],
            id="dates",
        ),
        pytest.param(
            ["Weekdays", "2026-01-03", "2026-01-03", "TRUE"],
            [{"date": "2026-01-03", "weekday": "Saturday"}],
            id="boolean",
        ),
        pytest.param(["Weekdays", "2026-01-05", "2026-01-02"], [], id="no days"),
        pytest.param(["Shout", "one", "two words"], "ONE TWO WORDS", id="many"),
        pytest.param(["Shout"], "", id="none"),
    ],
)
def test_results(arguments: list[str], expected: object) -> None:
    """Each formula reads its parameters by their types and gives what its docstring says."""
    assert result(os.environ, "hello.py", *arguments) == expected


def test_no_numbers() -> None:
    """What a pack says to the person is shown as it is."""
    done = execute(os.environ, "hello.py", "Statistics", "")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Statistics needs at least one number." in done.stderr
