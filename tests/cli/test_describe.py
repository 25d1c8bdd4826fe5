"""``coda describe``: what is in a pack."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from coda_cli.cli.main import run
from tests.programs import run_coda, write_pack
from tests.terminals import Terminal

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]

SOURCE = '''
    pack.set_version("1.2")

    @pack.formula
    def first(context, name: str) -> str:
        """Come first."""
        return name

    @pack.formula(description="Come \\x1b[31m second.")
    def second(context) -> None:
        return None
'''


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with the pack in it."""
    write_pack(tmp_path, SOURCE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_pack(capsys: Capsys) -> None:
    """Name, version, authentication and domains, and every formula with its parameters."""
    assert run(["describe", "pack.py"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines()[:4] == [
        "Pack            pack.py",
        "Version         1.2",
        "Authentication  none",
        "Domains         none, so it cannot send requests",
    ]
    assert out.index("First NAME") < out.index("Come first.") < out.index("Second\n")


def test_control_characters_of_a_pack_are_escaped(capsys: Capsys) -> None:
    """A description cannot drive the terminal."""
    assert run(["describe", "pack.py", "Second"]) == 0
    assert r"Come \x1b[31m second." in capsys.readouterr().out


@pytest.mark.parametrize("name", ["First", "first"])
def test_one_formula(capsys: Capsys, name: str) -> None:
    """One formula alone, in either spelling, with its line of usage."""
    assert run(["describe", "pack.py", name]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Usage: coda execute pack.py First NAME\n")
    assert "Second" not in out


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        pytest.param(["pack.py", "Frist"], 2, "Did you mean First?", id="formula"),
        pytest.param(["nosuch.py"], 3, "there is no file nosuch.py", id="pack"),
        pytest.param(["."], 3, "It holds pack.py.", id="folder"),
        pytest.param(["pack.py", "First", "more"], 2, "more", id="too many"),
    ],
)
def test_errors(capsys: Capsys, arguments: list[str], exit_code: int, said: str) -> None:
    """The same messages and exit codes as those of running it."""
    assert run(["describe", *arguments]) == exit_code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


def test_what_the_pack_prints_is_not_in_the_description(tmp_path: Path) -> None:
    """A pack that prints when it is loaded does so on standard error."""
    write_pack(tmp_path, "print('loaded')\n", "loud.py")
    process = run_coda("describe", "loud.py", cwd=tmp_path)
    assert process.stderr == "loaded\n"
    assert process.stdout.startswith("Pack ")


def test_an_encoding_that_lacks_characters(tmp_path: Path) -> None:
    """A standard output in ASCII gets escapes instead of an error."""
    write_pack(tmp_path, '@pack.formula(description="Grüße")\ndef f(context): pass\n', "greet.py")
    process = run_coda("describe", "greet.py", cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"})
    assert (process.returncode, process.stderr) == (0, "")
    assert r"Gr\xfc\xdfe" in process.stdout


def test_json(capsys: Capsys) -> None:
    """The whole pack, or one formula alone, as JSON."""
    assert run(["describe", "pack.py", "--output", "json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert list(whole) == ["name", "version", "authentication", "domains", "formulas", "tables"]
    assert run(["describe", "pack.py", "first", "--output", "json"]) == 0
    one = json.loads(capsys.readouterr().out)
    assert one == whole["formulas"][0]
    assert one["parameters"] == [{"name": "name", "type": "string", "optional": False, "description": ""}]


def test_tables(capsys: Capsys) -> None:
    """Facts first, then each formula with a table of its parameters and its result."""
    assert run(["describe", "pack.py", "--output", "table"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        "Pack            pack.py",
        "Version         1.2",
        "Authentication  none",
        "Domains         none, so it cannot send requests",
    ]
    at = lines.index("First NAME")
    assert lines[at : at + 7] == [
        "First NAME",
        "Come first.",
        "╭─────────┬────────╮",
        "│ name    │ type   │",
        "├─────────┼────────┤",
        "│ name    │ string │",
        "│ returns │ string │",
    ]
    assert r"Come \x1b[31m second." in lines


def test_a_table_of_one_formula(capsys: Capsys) -> None:
    """How it is run stands above, where its options are below."""
    assert run(["describe", "pack.py", "first", "--output", "table"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["Usage: coda execute pack.py First NAME", "", "Come first."]
    assert lines[-1] == "The options of every formula are in `coda execute --help`."
    assert not any("Second" in line for line in lines)


def test_a_terminal_gets_tables(folder: Path) -> None:
    """On a terminal nobody has to ask for them; what is redirected is text."""
    with Terminal("describe", "pack.py", cwd=folder) as terminal:
        assert terminal.end() == 0
        shown = terminal.shown
    assert "│ returns │ string │" in shown
    assert "│" not in run_coda("describe", "pack.py", cwd=folder).stdout
