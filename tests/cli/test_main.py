"""The table of commands, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import coda_cli
from coda_cli.cli.main import COMMANDS, run
from tests.programs import CODA, FULL, environment, run_coda, write_pack

Capsys = pytest.CaptureFixture[str]


def test_version(capsys: Capsys) -> None:
    """``--version`` is one line."""
    assert run(["--version"]) == 0
    assert capsys.readouterr() == (f"coda {coda_cli.__version__}\n", "")


def test_help_lists_the_commands_with_their_lines(capsys: Capsys) -> None:
    """Every command of the table is in the help, with the line that the table has for it."""
    assert run(["--help"]) == 0
    out = capsys.readouterr().out
    listed = " ".join(out.partition("Commands:")[2].split())
    assert listed == " ".join(f"{name} {line}" for name, line in COMMANDS.items())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(capsys: Capsys, name: str) -> None:
    """Every name of the table is a command with a help of its own."""
    assert run([name, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: coda {name} ")


def test_without_a_command_the_help_is_an_error(capsys: Capsys) -> None:
    """``coda`` alone says what there is, on standard error."""
    assert run([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Commands:" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["exceute"], "execute", id="mistyped command"),
        pytest.param(["zzz"], "zzz", id="unknown command"),
        pytest.param(["auth"], "auth", id="command of a later issue"),
        pytest.param(["--nosuch"], "--nosuch", id="unknown option"),
        pytest.param(["execute"], "PACK", id="no pack"),
        pytest.param(["execute", "pack.py", "F", "--outptu", "csv"], "--output", id="mistyped option"),
        pytest.param(["execute", "pack.py", "F", "--output", "xml"], "json", id="unknown form"),
        pytest.param(["execute", "pack.py", "F", "--timeout", "soon"], "soon", id="timeout no number"),
        pytest.param(["execute", "pack.py", "F", "--timeout", "0"], "above 0", id="timeout 0"),
        pytest.param(["execute", "pack.py", "F", "--timeout", "-1"], "above 0", id="timeout negative"),
        pytest.param(["execute", "pack.py", "F", "--timeout", "nan"], "above 0", id="timeout NaN"),
        pytest.param(["execute", "pack.py", "F", "--query", "["], "--query", id="malformed query"),
        pytest.param(["execute", "pack.py", "F", "--param"], "--param", id="option without value"),
        pytest.param(["describe"], "PACK", id="describe without pack"),
        pytest.param(["describe", "pack.py", "--output", "csv"], "'table'", id="describe in another form"),
        pytest.param(["validate"], "PACK", id="validate without pack"),
        pytest.param(["validate", "pack.py", "--output", "table"], "'json'", id="validate in another form"),
    ],
)
def test_usage_errors(capsys: Capsys, arguments: list[str], said: str) -> None:
    """Each says what is wrong, on standard error, and ends with 2, before a pack is looked for."""
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Error: ")
    assert said in err
    assert "Traceback" not in err


def test_broken_off_by_its_reader(tmp_path: Path) -> None:
    """A closed pipe ends every command quietly with 0, however much was to be written."""
    write_pack(tmp_path, "@pack.formula\ndef many(context, n: int) -> list[int]: return list(range(n))\n")
    for arguments in (
        ["--help"],
        ["execute", "--help"],
        ["execute", "pack.py", "Many", "--help"],
        ["describe", "pack.py"],
        ["describe", "pack.py", "--output", "json"],
        ["describe", "pack.py", "--output", "table"],
        ["execute", "pack.py", "Many", "3"],
        ["execute", "pack.py", "Many", "100000"],
        ["execute", "pack.py", "Many", "1000", "--output", "table"],
        ["execute", "pack.py", "Many", "100000", "--output", "csv"],
    ):
        reader, writer = os.pipe()
        os.close(reader)
        process = subprocess.run(
            [*CODA, *arguments],
            cwd=tmp_path,
            stdout=writer,
            stderr=subprocess.PIPE,
            env=environment(),
            check=False,
        )
        os.close(writer)
        assert (process.returncode, process.stderr) == (0, b""), arguments


def test_head_in_a_shell(tmp_path: Path) -> None:
    """``coda … | head -1`` succeeds, also for a shell that looks at every part of a pipe."""
    write_pack(tmp_path, "@pack.formula\ndef many(context) -> list[int]: return list(range(300000))\n")
    command = f"set -o pipefail; '{CODA[0]}' -m coda_cli execute pack.py Many | head -1"
    process = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, env=environment(), check=False
    )
    assert (process.returncode, process.stdout, process.stderr) == (0, "[\n", "")


@pytest.mark.skipif(not Path(FULL).exists(), reason="macOS has no device that is full")
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param("execute pack.py Many 3", id="result"),
        pytest.param("execute pack.py Many 100000", id="large result"),
        pytest.param("execute pack.py Many 3 --output table", id="table"),
        pytest.param("describe pack.py", id="description"),
        pytest.param("describe pack.py --output table", id="description in tables"),
        pytest.param("validate pack.py --output json", id="problems"),
        pytest.param("--help", id="help"),
        pytest.param("--version", id="version"),
        pytest.param("execute --help", id="help of execute"),
        pytest.param("emulator --help", id="help of another command"),
    ],
)
def test_a_full_disk(tmp_path: Path, arguments: str) -> None:
    """What cannot be written is an error, once and without a traceback."""
    write_pack(tmp_path, "@pack.formula\ndef many(context, n: int) -> list[int]: return list(range(n))\n")
    process = run_coda(*arguments.split(), cwd=tmp_path, script=f'exec "$@" >{FULL}')
    assert process.returncode == 1
    assert process.stderr == "Error: standard output cannot be written: No space left on device\n"


@pytest.mark.parametrize(
    ("redirection", "arguments", "exit_code", "out", "err"),
    [
        pytest.param(">&-", "execute pack.py Many 3", 0, "", "", id="no standard output"),
        pytest.param(">&-", "execute pack.py Many x", 2, "", "not a number", id="no output, an error"),
        pytest.param(">&-", "--help", 0, "", "", id="no output, help"),
        pytest.param("2>&-", "execute pack.py Many 1", 0, "[\n  0\n]\n", "", id="no standard error"),
        pytest.param("2>&-", "execute pack.py Many x", 2, "", "", id="no standard error, an error"),
        pytest.param(f"2>{FULL}", "execute nosuch.py F", 3, "", "", id="standard error full"),
        pytest.param("<&-", "execute pack.py Many -", 2, "", "it is closed", id="no standard input"),
        pytest.param(">&- 2>&- <&-", "execute pack.py Many 1", 0, "", "", id="nothing"),
    ],
)
def test_closed_streams(
    tmp_path: Path, redirection: str, arguments: str, exit_code: int, out: str, err: str
) -> None:
    """A stream that is closed changes neither the exit code nor the other streams."""
    write_pack(tmp_path, "@pack.formula\ndef many(context, n: int) -> list[int]: return list(range(n))\n")
    process = run_coda(*arguments.split(), cwd=tmp_path, script=f'exec "$@" {redirection}')
    assert (process.returncode, process.stdout) == (exit_code, out)
    assert err in process.stderr
    assert bool(process.stderr) == bool(err)


BUG = """
    import sys

    @pack.formula
    def f(context) -> str:
        return "x"

    class Unexpected(dict):
        def values(self):
            raise LookupError("unheard of \\x1b")

        __bool__ = __len__ = lambda self: 1 / 0

    # The runner asks the pack for its formulas; what it gets here, nobody can have expected.
    pack._formulas = Unexpected()
"""


@pytest.mark.parametrize("arguments", ["execute pack.py F", "execute pack.py F --debug", "describe pack.py"])
def test_what_nobody_expected_is_a_bug_in_coda(tmp_path: Path, arguments: str) -> None:
    """An error that is neither the pack's nor foreseen says so, and shows its traceback at once."""
    write_pack(tmp_path, BUG)
    process = run_coda(*arguments.split(), cwd=tmp_path)
    assert process.returncode == 1
    assert process.stdout == ""
    first = process.stderr.splitlines()[0]
    assert first == f"Error: a bug in coda {coda_cli.__version__}: LookupError: unheard of \\x1b"
    assert process.stderr.count("Traceback (most recent call last)") == 1
    assert "--debug" not in process.stderr


def test_a_disk_that_is_full_elsewhere(tmp_path: Path) -> None:
    """An error of the system is not said to be standard output's where nothing was written to it."""
    error = 'OSError(28, "No space left on device")'
    write_pack(tmp_path, BUG.replace('LookupError("unheard of \\x1b")', error))
    process = run_coda("execute", "pack.py", "F", cwd=tmp_path)
    assert "No space left on device" in process.stderr
    assert "standard output" not in process.stderr
