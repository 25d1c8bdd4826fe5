"""``coda execute`` as a person uses it: exit codes, parameters, messages, and the result apart from all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from coda_cli.cli.main import run
from tests.programs import run_coda, write_pack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]

SOURCE = '''
    from datetime import date, datetime
    from typing import Annotated

    pack.add_network_domain("example.com")

    @pack.formula
    def add(context, a: float, b: float = 10, *more: float) -> float:
        """Add numbers."""
        return a + b + sum(more)

    @pack.formula
    def show(
        context: sdk.ExecutionContext,
        text: Annotated[str, "Any text."],
        numbers: list[int] = [],
        when: datetime | None = None,
        loud: bool = False,
    ) -> dict:
        """Show what came."""
        return {"text": text, "numbers": numbers, "when": when, "loud": loud}

    @pack.formula
    def fail(context, how: str) -> None:
        """Fail in one way."""
        if how == "visible":
            raise sdk.UserVisibleError("Choose another name.")
        if how == "scopes":
            raise sdk.MissingScopesError()
        if how == "status":
            raise sdk.StatusCodeError("GET https://example.com/: 404", "Not there.", status_code=404)
        if how == "exit":
            raise SystemExit(0)
        deeper(how)

    def deeper(how):
        raise RuntimeError(f"no {how}")

    @pack.formula
    def wrong(context) -> str:
        """Return another type."""
        return ["a"]

    @pack.formula
    def fetch(context, url: str) -> str:
        """Fetch."""
        return context.fetcher.fetch("GET", url).body
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with the pack in it."""
    write_pack(tmp_path, SOURCE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def execute(capsys: Capsys, *arguments: str) -> tuple[int, str, str]:
    """Run ``coda execute pack.py`` in this process; return its exit code and both streams."""
    exit_code = run(["execute", "pack.py", *arguments])
    out, err = capsys.readouterr()
    return exit_code, out, err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        pytest.param(["Add", "-1", "2"], 1, id="negative number"),
        pytest.param(["Add", "-.5", "-1e1"], -10.5, id="negative without digit, exponent"),
        pytest.param(["add", "1"], 11, id="the function's spelling"),
        pytest.param(["Add", "1", "2", "-3", "-4"], -4, id="repeated negative numbers"),
        pytest.param(["Add", "--param", "a=-1", "--param", "b=-2"], -3, id="by name"),
        pytest.param(["--param", "b=5", "Add", "-1"], 4, id="options anywhere"),
        pytest.param(["Add", "--timeout", "5", "-1", "--no-fetch", "-2"], -3, id="numbers behind options"),
        pytest.param(["Add", "--", "-1", "-2"], -3, id="two dashes"),
    ],
)
def test_numbers_are_parameters(capsys: Capsys, arguments: list[str], result: float) -> None:
    """A token that is a number is a parameter, never an option."""
    exit_code, out, err = execute(capsys, *arguments)
    assert (exit_code, err) == (0, "")
    assert json.loads(out) == result


@pytest.mark.parametrize(
    ("arguments", "text", "numbers"),
    [
        pytest.param(["a", "-1,2"], "a", [-1, 2], id="list of numbers"),
        pytest.param(["--", "--help"], "--help", [], id="an option behind two dashes"),
        pytest.param(["--", "-v", "-1"], "-v", [-1], id="a number behind two dashes"),
        pytest.param(["@@home"], "@home", [], id="literal at sign"),
        pytest.param([r"\-"], "-", [], id="literal dash"),
        pytest.param(["@text.txt", "@numbers.txt"], " kept\n", [1, 2], id="files: kept, or trimmed"),
        pytest.param(["--param", "text=@text.txt"], " kept\n", [], id="file by name"),
        pytest.param(["--param", "text=a=b"], "a=b", [], id="equals sign in a value"),
        pytest.param([""], "", [], id="empty"),
        pytest.param(["é😀"], "é😀", [], id="beyond ASCII"),
    ],
)
def test_values(capsys: Capsys, folder: Path, arguments: list[str], text: str, numbers: list[int]) -> None:
    """Where a value can come from, and how options are told from values."""
    (folder / "text.txt").write_text(" kept\n")
    (folder / "numbers.txt").write_text(" 1,2 \n")
    exit_code, out, err = execute(capsys, "Show", *arguments)
    assert (exit_code, err) == (0, "")
    assert json.loads(out) == {"text": text, "numbers": numbers, "when": None, "loud": False}


def test_standard_input(folder: Path) -> None:
    """``-`` is standard input, as it is; it can be had once."""
    once = run_coda("execute", "pack.py", "Show", "-", "--query", "text", cwd=folder, stdin="a\nb\n")
    assert (once.returncode, once.stdout) == (0, '"a\\nb\\n"\n')
    twice = run_coda("execute", "pack.py", "Show", "-", "--param", "numbers=-", cwd=folder, stdin="1")
    assert twice.returncode == 2
    assert "can be read once" in twice.stderr


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        pytest.param(
            ["Shwo", "a"], 2, ["no formula or sync table 'Shwo'", "Did you mean Show"], id="formula"
        ),
        pytest.param(["-1"], 2, ["no formula or sync table '-1'"], id="a number as formula"),
        pytest.param(["Show"], 2, ["needs parameter text", "Usage: Show TEXT"], id="too few"),
        pytest.param(["Show", *"a1", "2026-01-01", "true", "x"], 2, ["takes at most 4"], id="too many"),
        pytest.param(["Add", "x"], 2, ["parameter a: 'x' is not a number"], id="type"),
        pytest.param(["Add", "1", "--param", "a=2"], 2, ["a is given twice"], id="twice"),
        pytest.param(["Show", "--param", "txet=a"], 2, ["Did you mean text?"], id="name of a parameter"),
        pytest.param(["Show", "--param", "text"], 2, ["NAME=VALUE"], id="no equals sign"),
        pytest.param(["Show", "@nosuch"], 2, ["@nosuch cannot be read"], id="file"),
        pytest.param(["Show", "a", "--query", "text.["], 2, ["not a JMESPath"], id="malformed query"),
        pytest.param(
            ["Show", "a", "--query", "abs(text)"], 2, ["does not fit"], id="query that does not fit"
        ),
        pytest.param(["Show", "a", "--region", "x"], 2, ["--region does not go"], id="region without AWS"),
        pytest.param(["Show", "a", "--role-arn", "x"], 2, ["--role-arn does not go"], id="role without AWS"),
        pytest.param(["Show", "a", "--nosuch"], 2, ["--nosuch"], id="option"),
        pytest.param(["Show", "a", "-x"], 2, ["-x"], id="short option"),
        pytest.param(["Show", "a", "--retries", "-1"], 2, ["--retries", "0 to 100"], id="retries below 0"),
        pytest.param(["Show", "a", "--retries", "101"], 2, ["--retries", "0 to 100"], id="too many retries"),
        pytest.param(["Show", "a", "--retries", "1.5"], 2, ["--retries", "'1.5'"], id="half a retry"),
        pytest.param(["Show", "a", "--retries", ""], 2, ["--retries", "''"], id="empty retries"),
        pytest.param(["Show", "a", "--retries"], 2, ["--retries"], id="retries without a number"),
        pytest.param(["Wrong"], 1, ["Wrong: the result is not of the declared type", "string"], id="result"),
        pytest.param(["Fail", "exit"], 1, ["Fail failed: SystemExit: 0"], id="sys.exit(0)"),
        pytest.param(["Fetch", "https://other.example/"], 5, ["other.example"], id="undeclared host"),
        pytest.param(["Fetch", "http://example.com/"], 5, ["http"], id="plain http"),
        pytest.param(["Fetch", "https://example.com/", "--no-fetch"], 5, ["--no-fetch"], id="no fetch"),
    ],
)
def test_errors(capsys: Capsys, arguments: list[str], exit_code: int, said: Sequence[str]) -> None:
    """Each has its own message and exit code, and leaves standard output empty."""
    returned, out, err = execute(capsys, *arguments)
    assert (returned, out) == (exit_code, "")
    assert err.startswith("Error: ")
    for part in said:
        assert part in err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("how", "exit_code", "shown"),
    [
        pytest.param("visible", 1, "Error: Choose another name.\n", id="UserVisibleError"),
        pytest.param(
            "scopes", 1, "Error: The credentials lack a permission that this pack needs.\n", id="scopes"
        ),
    ],
)
def test_messages_for_the_person(capsys: Capsys, how: str, exit_code: int, shown: str) -> None:
    """What a pack says to the person who runs it is shown, and nothing else."""
    assert execute(capsys, "Fail", how) == (exit_code, "", shown)


@pytest.mark.usefixtures("folder")
def test_a_failed_request_names_the_line_of_the_pack(capsys: Capsys) -> None:
    """A status that the pack did not handle is told with the place, without a traceback."""
    exit_code, out, err = execute(capsys, "Fail", "status")
    assert (exit_code, out) == (5, "")
    first, place, last = err.splitlines()
    assert (first, last) == ("Error: GET https://example.com/: 404", "  Not there.")
    assert place.startswith("  at pack.py, line ")


@pytest.mark.usefixtures("folder")
def test_an_exception_shows_the_frames_of_the_pack(capsys: Capsys) -> None:
    """The traceback begins at the pack's first frame and has its lines; --debug has all of it."""
    exit_code, out, err = execute(capsys, "Fail", "thing")
    assert (exit_code, out) == (1, "")
    lines = err.splitlines()
    assert lines[0] == "Error: Fail failed: RuntimeError: no thing"
    assert [line.strip() for line in lines if "File" in line] == [
        line.strip() for line in lines if 'File "pack.py", line' in line
    ]
    assert "    raise RuntimeError" in err
    assert "executor.py" not in err
    _, _, debugged = execute(capsys, "Fail", "thing", "--debug")
    assert "executor.py" in debugged


@pytest.mark.parametrize(
    ("path", "said"),
    [
        pytest.param("nosuch.py", "there is no file nosuch.py", id="missing"),
        pytest.param(".", "is a folder, not a pack", id="folder"),
        pytest.param("text.py", "is not valid Python", id="not Python"),
        pytest.param("empty.py", "has no variable `pack`", id="no pack"),
        pytest.param("-1", "there is no file -1", id="number"),
    ],
)
def test_packs_that_cannot_be_loaded(capsys: Capsys, folder: Path, path: str, said: str) -> None:
    """Each has its own message, and ends with 3."""
    (folder / "text.py").write_text("To whom it may concern\n")
    (folder / "empty.py").write_text("")
    assert run(["execute", path, "F"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


def test_missing_credentials_end_with_4(folder: Path) -> None:
    """A pack that needs credentials says that there are none, but only when it needs them."""
    source = """
        pack.add_network_domain("amazonaws.com")
        pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="s3")

        @pack.formula
        def quiet(context) -> str:
            return "no request"

        @pack.formula
        def fetch(context) -> str:
            return context.fetcher.fetch("GET", "https://s3.us-east-1.amazonaws.com/").body
    """
    write_pack(folder, source, "aws.py")
    assert run_coda("execute", "aws.py", "Quiet", cwd=folder).returncode == 0
    process = run_coda("execute", "aws.py", "Fetch", cwd=folder)
    assert (process.returncode, process.stdout) == (4, "")
    assert process.stderr.startswith("Error: ")


@pytest.mark.usefixtures("folder")
def test_query_and_output(capsys: Capsys) -> None:
    """What the query finds is printed in the form asked for."""
    assert execute(capsys, "Show", "a", "1,2", "--query", "numbers", "--output", "csv") == (
        0,
        "value\n1\n2\n",
        "",
    )


@pytest.mark.usefixtures("folder")
def test_help_of_a_formula(capsys: Capsys) -> None:
    """``--help`` behind a formula shows its parameters; values may stand before it."""
    for arguments in (["Show", "--help"], ["--help", "show"], ["Show", "a", "-1,2", "--help"]):
        exit_code, out, err = execute(capsys, *arguments)
        assert (exit_code, err) == (0, "")
        assert "coda execute pack.py Show TEXT [NUMBERS] [WHEN] [LOUD]" in out
        assert "Any text." in out


@pytest.mark.usefixtures("folder")
def test_help_of_what_is_not_there(capsys: Capsys) -> None:
    """Help of an unknown formula or pack is the error that running it would be."""
    exit_code, out, err = execute(capsys, "Shwo", "--help")
    assert (exit_code, out) == (2, "")
    assert "Did you mean Show" in err
    assert run(["execute", "nosuch.py", "F", "--help"]) == 3


@pytest.mark.usefixtures("folder")
def test_help_behind_two_dashes_is_a_value(capsys: Capsys) -> None:
    """``--`` ends options, ``--help`` too."""
    exit_code, out, _ = execute(capsys, "Show", "--query", "text", "--", "--help")
    assert (exit_code, out) == (0, '"--help"\n')
