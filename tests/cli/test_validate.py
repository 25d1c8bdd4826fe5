"""``coda validate``: every problem of a pack, as text or JSON, and an exit code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from coda_cli.cli.main import run
from tests.programs import run_coda, write_pack

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]

WRONG = """
    pack.add_network_domain("https://example.com", "com")

    @pack.formula
    def first(context) -> bytes: ...
"""
SUFFIX = "network domain com is a public suffix: every host of every owner below it may be called"
TYPES = (
    "Use str, int, float, bool, datetime, date, a list, dict, dataclass or TypedDict, "
    "one of them `| None`, or no annotation for any JSON value."
)
RIGHT = """
    @pack.formula(description="One.")
    def one(context) -> int: return 1
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_text_goes_to_standard_error(capsys: Capsys, folder: Path) -> None:
    """One problem a paragraph, which begins as compilers write it; the last line counts them."""
    write_pack(folder, WRONG)
    assert run(["validate", "pack.py"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "pack.py:4: error: network domain 'https://example.com' is a URL or has a path",
        '  Give the host alone, such as "example.com".',
        f"pack.py:4: warning: {SUFFIX}",
        "pack.py:6: error: formula First, result: bytes is not a type that a result can have",
        f"  {TYPES}",
        "pack.py: 2 errors, 1 warning",
    ]


def test_json_goes_to_standard_output(capsys: Capsys, folder: Path) -> None:
    """The same as a list of objects of four keys, and nothing beside it."""
    write_pack(folder, WRONG)
    assert run(["validate", "pack.py", "--output", "json"]) == 3
    out, err = capsys.readouterr()
    assert err == ""
    first, second, third = json.loads(out)
    assert first == {
        "file": "pack.py",
        "line": 4,
        "level": "error",
        "problem": "network domain 'https://example.com' is a URL or has a path\n"
        'Give the host alone, such as "example.com".',
    }
    assert [(one["line"], one["level"]) for one in (second, third)] == [(4, "warning"), (6, "error")]


@pytest.mark.parametrize(
    ("source", "exit_code", "told", "listed"),
    [
        pytest.param(RIGHT, 0, "pack.py: no problems\n", [], id="right"),
        pytest.param(
            RIGHT.replace("One.", ""),
            0,
            "pack.py:4: warning: One has no description\npack.py: 1 warning\n",
            [{"file": "pack.py", "line": 4, "level": "warning", "problem": "One has no description"}],
            id="warning",
        ),
        pytest.param(
            "del pack",
            3,
            "pack.py: error: has no variable `pack`\n"
            "  A pack's module says `from coda_cli import sdk` and `pack = sdk.new_pack()`.\n"
            "pack.py: 1 error\n",
            None,
            id="no pack",
        ),
    ],
)
def test_exit_codes(
    capsys: Capsys, folder: Path, source: str, exit_code: int, told: str, listed: list[object] | None
) -> None:
    """Errors end with the code of an invalid pack; warnings alone do not."""
    write_pack(folder, source)
    assert run(["validate", "pack.py"]) == exit_code
    assert capsys.readouterr() == ("", told)
    assert run(["validate", "pack.py", "--output", "json"]) == exit_code
    out, err = capsys.readouterr()
    assert err == ""
    assert listed is None or json.loads(out) == listed


def test_a_pack_that_is_not_there(capsys: Capsys) -> None:
    """It is an error like the others, so that a script can read it too."""
    assert run(["validate", "nosuch.py", "--output", "json"]) == 3
    (problem,) = json.loads(capsys.readouterr().out)
    assert (problem["file"], problem["line"]) == ("nosuch.py", None)
    assert problem["problem"].startswith("there is no file nosuch.py\nLooked for it in ")


def test_what_a_pack_prints_is_not_in_the_list(folder: Path) -> None:
    """Standard output carries the JSON and nothing else; control characters are never raw."""
    write_pack(folder, "print('loaded')\npack.set_version('\\x1b[31m\\u202e')\n")
    process = run_coda("validate", "pack.py", "--output", "json", cwd=folder)
    assert (process.returncode, process.stderr) == (3, "loaded\n")
    assert len(json.loads(process.stdout)) == 1
    shown = run_coda("validate", "pack.py", cwd=folder).stderr
    assert "version" in shown
    assert shown.replace("\n", "").isprintable()
