"""A result on a terminal: tables for rows, coloured JSON for objects, plain text for scalars."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.programs import CODA, environment, run_coda, write_pack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ESC = "\x1b["

SOURCE = """
    @pack.formula
    def rows(context) -> list:
        return [{"name": "a", "size": 1}, {"name": "[b]x[/b] :smile:", "size": 2}]

    @pack.formula
    def none(context) -> list:
        return []

    @pack.formula
    def one(context) -> dict:
        return {"name": "a", "list": [1, None]}

    @pack.formula
    def text(context) -> str:
        return "one\\ntwo \\x1b[31m"

    @pack.formula
    def number(context) -> float:
        return 1.5

    @pack.formula
    def nothing(context) -> None:
        return None

    @pack.formula
    def hostile(context) -> dict:
        return {"\\x1b[31m": "\\x1b]0;title\\x07\\x9b31m\\u202e"}

    @pack.formula
    def wide(context) -> list[dict[str, object]]:
        return [{f"column{n}": f"value {n} of row {row}" for n in range(30)} for row in range(2)]

    @pack.formula
    def fail(context) -> None:
        raise sdk.UserVisibleError("No \\x1b[31m.")
"""


def on_a_terminal(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    """Run ``coda execute pack.py`` with both streams on a terminal; return what it was sent."""
    write_pack(folder, SOURCE)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*CODA, "execute", "pack.py", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=environment({"TERM": "xterm-256color", **(env or {})}),
    ):
        os.close(theirs)
        received = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux's way of telling that the other end was closed
                break
            if not part:
                break
            received += part
    os.close(ours)
    return received.decode().replace("\r\n", "\n")


def test_rows_are_a_table(tmp_path: Path) -> None:
    """Rows are a table, in which nothing is taken for markup."""
    shown = on_a_terminal(tmp_path, "Rows")
    assert "╭" in shown
    assert "[b]x[/b] :smile:" in shown


def test_objects_are_coloured_json(tmp_path: Path) -> None:
    """An object is JSON in colour, which is the same JSON without it."""
    shown = on_a_terminal(tmp_path, "One")
    assert ESC in shown
    plain = on_a_terminal(tmp_path, "One", env={"NO_COLOR": "1"})
    assert plain == '{\n  "name": "a",\n  "list": [\n    1,\n    null\n  ]\n}\n'


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        pytest.param(["None"], "(no rows)\n", id="for people"),
        pytest.param(["None", "--output", "table"], "(no rows)\n", id="table"),
        pytest.param(["None", "--output", "json"], "[]\n", id="json"),
        pytest.param(["One", "--query", "`{}`"], "{}\n", id="object"),
    ],
)
def test_no_rows(tmp_path: Path, arguments: list[str], shown: str) -> None:
    """A table without rows says so, since showing nothing looks like a failure."""
    assert on_a_terminal(tmp_path, *arguments, env={"NO_COLOR": "1"}) == shown


def test_no_rows_in_a_pipe(tmp_path: Path) -> None:
    """What is said of a table without rows does not go to standard output."""
    write_pack(tmp_path, SOURCE)
    process = run_coda("execute", "pack.py", "None", "--output", "table", cwd=tmp_path)
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "(no rows)\n")
    assert run_coda("execute", "pack.py", "None", cwd=tmp_path).stderr == ""


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        pytest.param("Text", "one\ntwo \\x1b[31m\n", id="text, not quoted"),
        pytest.param("Number", "1.5\n", id="number"),
        pytest.param("Nothing", "(nothing)\n", id="nothing"),
    ],
)
def test_scalars_are_plain_text(tmp_path: Path, formula: str, shown: str) -> None:
    """A scalar is text without quotes and without colour."""
    assert on_a_terminal(tmp_path, formula) == shown


@pytest.mark.parametrize("formula", ["Rows", "One", "Fail"])
@pytest.mark.parametrize(
    "env", [pytest.param({"NO_COLOR": "1"}, id="NO_COLOR"), pytest.param({"TERM": "dumb"}, id="TERM=dumb")]
)
def test_no_colour_where_it_is_not_wanted(tmp_path: Path, formula: str, env: dict[str, str]) -> None:
    """Neither results nor errors have an escape sequence, and they are the same otherwise."""
    shown = on_a_terminal(tmp_path, formula, env=env)
    assert shown
    assert "\x1b" not in shown


def test_errors_are_coloured(tmp_path: Path) -> None:
    """The word Error stands out on a terminal; what the pack says is escaped."""
    shown = on_a_terminal(tmp_path, "Fail")
    assert shown.startswith(ESC)
    assert "No \\x1b[31m." in shown


@pytest.mark.parametrize("form", [[], *(["--output", form] for form in ("json", "table", "text", "csv"))])
def test_control_characters_of_a_result_are_escaped(tmp_path: Path, form: list[str]) -> None:
    """What a server sends cannot drive the terminal that it is shown on."""
    shown = on_a_terminal(tmp_path, "Hostile", *form, env={"NO_COLOR": "1"})
    assert not set(shown) & set("\x1b\x07\x9b\u202e")


def test_a_form_that_was_asked_for_is_the_same_on_a_terminal(tmp_path: Path) -> None:
    """``--output json`` is JSON everywhere, without colour."""
    assert on_a_terminal(tmp_path, "Number", "--output", "json") == "1.5\n"
    assert ESC not in on_a_terminal(tmp_path, "One", "--output", "json")


def test_rows_too_wide_for_the_terminal_are_records(tmp_path: Path) -> None:
    """No value is dropped: a row with more columns than fit is shown as a block of names and values."""
    shown = on_a_terminal(tmp_path, "Wide")
    assert all(f"value {n} of row {row}" in shown for n in range(30) for row in range(2))
    assert all(f"column{n}" in shown for n in range(30))
