"""``coda execute`` of a table's updates and permissions, as people see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.cli.main import run
from tests.programs import run_coda, write_pack

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]

SOURCE = '''
    from dataclasses import dataclass

    pack.add_network_domain("127.0.0.1")

    @sdk.schema(id="id", display="name")
    @dataclass
    class Task:
        id: int
        name: str

    def update(context, updates, project="home"):
        name = updates[0].new_value["name"]
        if name == "raise":
            raise LookupError("no such task")
        if name == "interrupt":
            raise KeyboardInterrupt
        if name == "fetch":
            context.fetcher.fetch("PUT", "http://127.0.0.1:1/task")
        if name == "nothing":
            return None
        print("updating", name, "of", project)
        return [sdk.UserVisibleError("No.") if name == "refuse" else Task(1, name)]

    def permissions(context, request, project="home"):
        return [{"rowId": row["id"], "permissions": []} for row in request.rows]

    @pack.sync_table(schema=Task, execute_update=update, execute_get_permissions=permissions)
    def tasks(context, project: str = "home"):
        """Every task."""
        yield Task(1, project)
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with the pack in it."""
    write_pack(tmp_path, SOURCE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def updates(*names: str) -> str:
    """Updates that give a task each of these names, as JSON."""
    return json.dumps(
        [{"previousValue": {"id": 1, "name": ""}, "newValue": {"id": 1, "name": name}} for name in names]
    )


def execute(capsys: Capsys, *arguments: str) -> tuple[int, str, str]:
    """Run ``coda execute pack.py`` in this process; return its exit code and both streams."""
    exit_code = run(["execute", "pack.py", *arguments])
    out, err = capsys.readouterr()
    return exit_code, out, err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "result", "said"),
    [
        pytest.param(
            [updates("a", "b")],
            [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}],
            "updating a of home\nupdating b of home\n",
            id="batches",
        ),
        pytest.param(
            ["work", updates("a")], [{"id": 1, "name": "a"}], "updating a of work\n", id="parameter"
        ),
        pytest.param(
            ["--param", f"updates={updates('a')}", "work"],
            [{"id": 1, "name": "a"}],
            "updating a of work\n",
            id="by name",
        ),
        pytest.param([updates("a", "b"), "--query", "[].name"], ["a", "b"], "", id="query"),
        pytest.param(["[]"], [], "", id="no updates"),
    ],
)
def test_updates(capsys: Capsys, arguments: list[str], result: object, said: str) -> None:
    """Their results are printed as one list; what the pack prints goes to standard error."""
    exit_code, out, err = execute(capsys, "Tasks:update", *arguments)
    assert (exit_code, json.loads(out)) == (0, result)
    assert said in err


@pytest.mark.usefixtures("folder")
def test_refused_rows_are_a_result(capsys: Capsys) -> None:
    """They stand where their update stood, in every form, and the exit code is 0."""
    given = updates("a", "refuse")
    exit_code, out, _ = execute(capsys, "Tasks:update", given)
    assert (exit_code, json.loads(out)) == (0, [{"id": 1, "name": "a"}, {"error": "No."}])
    _, out, _ = execute(capsys, "Tasks:update", given, "--output", "csv")
    assert out == "id,name,error\n1,a,\n,,No.\n"
    _, out, _ = execute(capsys, "Tasks:update", given, "--output", "ndjson")
    assert out.splitlines() == ['{"id":1,"name":"a"}', '{"error":"No."}']


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("more", [pytest.param([], id="plain"), pytest.param(["--query", "@"], id="query")])
@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        pytest.param("raise", 1, "Error: Tasks:update failed: LookupError: no such task", id="raises"),
        pytest.param("nothing", 1, "execute_update gave nothing, and no list of results", id="gives nothing"),
        pytest.param("fetch", 5, "Error: ", id="request fails"),
        pytest.param("interrupt", 130, "", id="interrupted"),
    ],
)
def test_what_was_done_is_printed(capsys: Capsys, name: str, code: int, said: str, more: list[str]) -> None:
    """Whatever ends the run, the results of the batches before it are there, whole."""
    given = updates("a", "refuse", name, "never")
    exit_code, out, err = execute(capsys, "Tasks:update", given, "--retries", "0", *more)
    assert exit_code == code
    assert json.loads(out) == [{"id": 1, "name": "a"}, {"error": "No."}]
    assert said in err
    assert "never" not in err


@pytest.mark.usefixtures("folder")
def test_nothing_is_printed_where_nothing_was_done(capsys: Capsys) -> None:
    """A first batch that fails leaves standard output empty."""
    exit_code, out, err = execute(capsys, "Tasks:update", updates("raise"))
    assert (exit_code, out) == (1, "")
    assert [line.partition(",")[0].strip() for line in err.splitlines() if "File" in line] == [
        'File "pack.py"'
    ]


def test_updates_from_standard_input_and_from_a_file(folder: Path) -> None:
    """They are read like any value."""
    (folder / "updates.json").write_text(updates("ä"), encoding="utf-8")
    piped = run_coda("execute", "pack.py", "Tasks:update", "-", cwd=folder, stdin=updates("a"))
    assert json.loads(piped.stdout) == [{"id": 1, "name": "a"}], piped.stderr
    read = run_coda("execute", "pack.py", "tasks:update", "@updates.json", cwd=folder)
    assert json.loads(read.stdout) == [{"id": 1, "name": "ä"}], read.stderr


def test_the_rows_of_a_table_can_be_asked_for_their_permissions(folder: Path) -> None:
    """What the table prints is what its permissions take."""
    rows = run_coda("execute", "pack.py", "Tasks", cwd=folder)
    asked = run_coda("execute", "pack.py", "Tasks:permissions", "-", cwd=folder, stdin=rows.stdout)
    assert json.loads(asked.stdout) == [{"row_id": 1, "permissions": []}], asked.stderr


@pytest.mark.usefixtures("folder")
def test_a_dry_run_of_an_update(capsys: Capsys) -> None:
    """It shows the first request that the updates would send, and no result."""
    exit_code, out, err = execute(capsys, "Tasks:update", updates("a", "fetch"), "--dry-run")
    assert exit_code == 0, err
    assert "PUT" in out
    assert "http://127.0.0.1:1/task" in out
    exit_code, out, err = execute(capsys, "Tasks:update", updates("a"), "--dry-run")
    assert (exit_code, out) == (0, "")
    assert "sent no request" in err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("special", "usage", "said"),
    [
        pytest.param("update", "Tasks:update [PROJECT] UPDATES", "Update rows of Tasks.", id="update"),
        pytest.param("permissions", "Tasks:permissions [PROJECT] ROWS", "Say who may see rows", id="rows"),
        pytest.param("getSchema", "Tasks:getSchema", "Give the schema of one row of Tasks.", id="schema"),
    ],
)
def test_help(capsys: Capsys, special: str, usage: str, said: str) -> None:
    """They are described as formulas are."""
    exit_code, out, _ = execute(capsys, f"Tasks:{special}", "--help")
    assert exit_code == 0
    assert f"coda execute pack.py {usage}" in out
    assert said in out


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["Tasks:update"], ["Tasks:update needs parameter updates", "UPDATES"], id="none"),
        pytest.param(["Tasks:update", "{"], ["the updates are no JSON (line 1, column 2)"], id="no JSON"),
        pytest.param(["Tasks:update", "a", "b", "[]"], ["at most 2, and 3 are given"], id="too many"),
        pytest.param(["Tasks:update", "[]", "--max-rows", "1"], ["--max-rows does not go with"], id="rows"),
        pytest.param(
            ["Tasks:update", "[]", "--dynamic-url", "x"], ["does not go with Tasks:update"], id="URL"
        ),
        pytest.param(["Tasks:getName"], ["no 'Tasks:getName'", "declares no get_name"], id="not dynamic"),
        pytest.param(["Tasks:permissions", "[1]"], ["the rows are no list of objects"], id="no rows"),
    ],
)
def test_what_is_refused(capsys: Capsys, arguments: list[str], said: list[str]) -> None:
    """Each is a usage error with its own message, and leaves standard output empty."""
    exit_code, out, err = execute(capsys, *arguments)
    assert (exit_code, out) == (2, "")
    for part in said:
        assert part in err


@pytest.mark.usefixtures("folder")
def test_secrets_are_taken_out_of_refusals(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """A result that quotes a secret of this run does not show it."""
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    exit_code, out, err = execute(capsys, "Tasks:update", updates(f"a {secret}"))
    assert exit_code == 0
    result: Any = json.loads(out)
    assert result[0]["name"].startswith("a ")
    assert secret not in out + err
