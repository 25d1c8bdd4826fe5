"""``coda execute`` of a sync table, as people and scripts see it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from threading import Event
from typing import IO, TYPE_CHECKING

import pytest

from tests.programs import CODA, FULL, environment, run_coda, write_pack
from tests.refusals import FORMULA_FAILED, INTERRUPTED, USAGE, Outcome, check_refusal, outcome_of
from tests.servers import Answer, LoopbackServer, Received
from tests.terminals import CTRL_C, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

Capsys = pytest.CaptureFixture[str]

SOURCE = '''
    import select
    from dataclasses import dataclass
    from typing import Annotated

    pack.add_network_domain("127.0.0.1")

    @sdk.schema(id="id")
    @dataclass
    class Item:
        id: int
        name: Annotated[str, "What it is called."] = ""

    @pack.sync_table(schema=Item)
    def items(context: sdk.ExecutionContext, count: int = 3):
        """Numbered items."""
        for number in range(count):
            yield Item(number, f"item {number}")

    @pack.sync_table(schema=Item, identity_name="BadItem")
    def bad(context: sdk.ExecutionContext):
        """An item, and what is none."""
        return [{"id": 1}, {"id": "x"}]

    @pack.sync_table
    def fetched(context: sdk.ExecutionContext, url: str):
        """A row before the request, and one after it."""
        yield {"before": True}
        yield {"body": context.fetcher.fetch("GET", url).body}

    @pack.sync_table
    def fails(context: sdk.ExecutionContext):
        """Three rows, and a mistake."""
        yield from ({"page": page} for page in (1, 2, 3))
        raise LookupError("page 4")

    @pack.sync_table
    def waits(context: sdk.ExecutionContext):
        """Two rows, and no other one for ever."""
        try:
            yield {"row": 1}
            yield {"row": 2}
            while True:
                select.select([], [], [], 0.1)
        finally:
            print("closed")

    @pack.sync_table
    def endless(context: sdk.ExecutionContext):
        """Rows without end."""
        try:
            while True:
                yield {"text": "x" * 100}
        finally:
            print("closed")

    @pack.sync_table
    def since(context: sdk.ExecutionContext):
        """What an incremental sync is told."""
        previous = context.sync.previous_completion
        since = previous and previous.incremental_continuation
        return sdk.SyncResult([{"since": since}], completion=sdk.SyncCompletionMetadata("now"))

    def get_schema(context):
        properties = {context.sync.dynamic_url.rpartition("/")[2]: sdk.make_schema(type=sdk.ValueType.STRING)}
        return sdk.make_object_schema(properties=properties)

    pack.add_dynamic_sync_table(
        name="Lists",
        description="A list of which there are many.",
        get_name=lambda context: "A list",
        get_schema=get_schema,
        get_display_url=lambda context: context.sync.dynamic_url,
        execute=lambda context: [{name: context.sync.dynamic_url for name in context.sync.schema.properties}],
    )

    @pack.formula
    def one(context: sdk.ExecutionContext) -> int:
        """No table."""
        return 1
'''


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with the pack in it."""
    write_pack(tmp_path, SOURCE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def execute(capsys: Capsys, *arguments: str) -> Outcome:
    """Run a table of the pack in this process."""
    return outcome_of(capsys, "execute", "pack.py", *arguments)


def test_rows_are_the_result(capsys: Capsys) -> None:
    """Piped, they are a JSON array."""
    done = execute(capsys, "Items", "2")
    assert json.loads(done.out) == [{"id": 0, "name": "item 0"}, {"id": 1, "name": "item 1"}]
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        pytest.param(
            ["Items", "2", "--output", "ndjson"],
            '{"id":0,"name":"item 0"}\n{"id":1,"name":"item 1"}\n',
            id="ndjson",
        ),
        pytest.param(["items", "--param", "count=1", "--output", "csv"], "id,name\n0,item 0\n", id="csv"),
        pytest.param(["Items", "1", "--output", "text"], "0\titem 0\n", id="text"),
        pytest.param(["Items", "0"], "[]\n", id="no rows"),
        pytest.param(["Items", "1500", "--query", "length(@)", "--max-rows", "all"], "1500\n", id="query"),
        pytest.param(["Since", "--output", "ndjson"], '{"since":null}\n', id="full"),
        pytest.param(["Since:incremental", "--output", "ndjson"], '{"since":"now"}\n', id="incremental"),
        pytest.param(["Since>incremental", "--output", "ndjson"], '{"since":"now"}\n', id="quoted"),
        pytest.param(
            ["Lists", "--dynamic-url", "https://example.com/name", "--output", "ndjson"],
            '{"name":"https://example.com/name"}\n',
            id="dynamic",
        ),
    ],
)
def test_forms(capsys: Capsys, arguments: list[str], out: str) -> None:
    """Every option of a formula does for a table what it does there."""
    done = execute(capsys, *arguments)
    assert (done.code, done.out, done.err) == (0, out, "")


def test_a_table_on_standard_output(capsys: Capsys) -> None:
    """``--output table`` shows rows below one head."""
    done = execute(capsys, "Items", "2", "--output", "table")
    assert [line.split()[1:4:2] for line in done.out.splitlines()[1:5:2]] == [["id", "name"], ["0", "item"]]


@pytest.mark.parametrize(
    ("arguments", "count", "said"),
    [
        pytest.param(["--max-rows", "2"], 2, "Items was cut at 2 rows; there may be more.", id="cut"),
        pytest.param([], 1000, "Items was cut at 1,000 rows; there may be more.", id="default"),
        pytest.param(["--max-rows", "1100"], 1100, "Items was cut at 1,100 rows;", id="exact"),
        pytest.param(["--max-rows", "1101"], 1100, "", id="enough"),
        pytest.param(["--max-rows", "all"], 1100, "", id="all"),
    ],
)
def test_how_many_rows(capsys: Capsys, arguments: list[str], count: int, said: str) -> None:
    """A thousand unless something else is said; where there may be more, standard error says so."""
    done = execute(capsys, "Items", "1100", "--output", "ndjson", *arguments)
    assert (done.code, done.out.count("\n")) == (0, count)
    assert done.err.startswith(said)
    assert bool(done.err) is bool(said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["Items", "--max-rows", "0"], ["'0' is neither a whole number"], id="0"),
        pytest.param(["One", "--max-rows", "5"], ["--max-rows does not go with One"], id="formula with rows"),
        pytest.param(["One", "--dynamic-url", "u"], ["--dynamic-url does not go with One"], id="URL"),
        pytest.param(["Items", "--dynamic-url", "u"], ["does not go with Items"], id="table with URL"),
        pytest.param(["Lists"], ["Lists needs --dynamic-url"], id="dynamic table without URL"),
        pytest.param(["Items", "x"], ["'x'"], id="parameter"),
        pytest.param(["Itmes"], ["no formula or sync table 'Itmes'", "Did you mean Items"], id="mistyped"),
        pytest.param(["Items:incremantal"], ["Did you mean Items:incremental?"], id="special name mistyped"),
        pytest.param(["One:incremental"], ["One has no metadata functions"], id="incremental formula"),
        pytest.param(["Items", "--query", "["], ["--query"], id="query"),
    ],
)
def test_usage(capsys: Capsys, arguments: list[str], said: list[str]) -> None:
    """What makes no sense is found before anything runs."""
    check_refusal(execute(capsys, *arguments), USAGE, *said)


def test_bad_rows(capsys: Capsys) -> None:
    """They are left out, and told with their path."""
    done = execute(capsys, "Bad", "--output", "ndjson")
    assert (done.code, done.out) == (FORMULA_FAILED, '{"id":1}\n')
    assert "Bad[1].id: expected whole number, came str 'x'" in done.err


def test_a_failure_on_a_later_page(capsys: Capsys) -> None:
    """The rows before it are a whole JSON array, and the traceback is the pack's."""
    done = execute(capsys, "Fails")
    assert (done.code, json.loads(done.out)) == (FORMULA_FAILED, [{"page": 1}, {"page": 2}, {"page": 3}])
    assert done.err.startswith("Error: Fails failed: LookupError: page 4\n")
    assert 'raise LookupError("page 4")' in done.err
    assert "coda_cli" not in done.err


def test_a_dry_run(capsys: Capsys) -> None:
    """It ends with the first request, and prints that and no row."""
    done = execute(capsys, "Fetched", "https://127.0.0.1/x", "--dry-run")
    assert done.code == 0
    assert done.out.startswith("curl ")
    assert "before" not in done.out
    assert "the first request of Fetched" in done.err


def test_a_dry_run_without_a_request(capsys: Capsys) -> None:
    """Then there is nothing to print."""
    done = execute(capsys, "Items", "--dry-run")
    assert (done.code, done.out) == (0, "")
    assert done.err == "Items sent no request, so there is none to show.\n"


def test_rows_are_fetched(capsys: Capsys) -> None:
    """A table sends requests as formulas do."""
    with LoopbackServer(Answer(200, body=b"[1]")) as server:
        done = execute(capsys, "Fetched", server.url, "--output", "ndjson")
    assert (done.code, done.out) == (0, '{"before":true}\n{"body":[1]}\n')


def test_the_help_of_a_table(capsys: Capsys) -> None:
    """It is that of a formula, and shows the properties of a row."""
    done = execute(capsys, "Items", "--help")
    text = " ".join(done.out.split())
    for part in ("Items [COUNT]", "Numbered items.", "array of object", "name string; What it is called."):
        assert part in text


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start the program in a process group of its own, as a shell does."""
    return subprocess.Popen(
        [*CODA, "execute", "pack.py", *arguments],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def lines(stream: IO[str] | None, count: int) -> list[str]:
    """Wait for so many lines of a running program."""
    assert stream is not None
    return [stream.readline() for _ in range(count)]


@pytest.mark.parametrize(
    ("form", "before"),
    [
        pytest.param("ndjson", '{"row":1}\n{"row":2}\n', id="ndjson"),
        pytest.param("json", '[\n  {\n    "row": 1\n  },\n  {\n    "row": 2\n', id="json"),
    ],
)
def test_ctrl_c(folder: Path, form: str, before: str) -> None:
    """Rows are there while the table waits for the next; Ctrl-C keeps them, and closes what is open."""
    with start(folder, "Waits", "--output", form) as process:
        assert "".join(lines(process.stdout, before.count("\n"))) == before
        os.killpg(process.pid, signal.SIGINT)
        assert lines(process.stderr, 3) == ["closed\n", "\n", "Interrupted.\n"]
        rest = "".join(lines(process.stdout, 2))
        assert process.wait(timeout=60) == INTERRUPTED
    assert rest == ("  }\n]\n" if form == "json" else "")


@pytest.mark.parametrize("form", ["json", "ndjson", "csv", "table", "text"])
def test_closed_pipe(folder: Path, form: str) -> None:
    """``| head -1`` ends the sync quietly, and closes the generator."""
    with start(folder, "Endless", "--max-rows", "all", "--output", form) as process:
        assert lines(process.stdout, 1)[0]
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == "closed\n"
        assert process.wait(timeout=60) == 0


def test_ctrl_c_while_nobody_reads(folder: Path) -> None:
    """A pager that stands still holds neither the generator nor the program."""
    with start(folder, "Endless", "--max-rows", "all", "--output", "ndjson") as process:
        assert lines(process.stdout, 1)[0]
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=60) == INTERRUPTED
        assert lines(process.stderr, 3) == ["closed\n", "\n", "Interrupted.\n"]


@pytest.mark.skipif(not Path(FULL).exists(), reason="macOS has no device that is full")
@pytest.mark.parametrize("form", ["json", "ndjson", "csv", "table", "text"])
def test_a_full_disk(folder: Path, form: str) -> None:
    """What cannot be written ends the sync with one message."""
    arguments = ("execute", "pack.py", "Endless", "--max-rows", "all", "--output", form)
    done = run_coda(*arguments, cwd=folder, script=f'exec "$@" >{FULL}')
    assert done.returncode == FORMULA_FAILED
    assert done.stderr == "closed\nError: standard output cannot be written: No space left on device\n"


@pytest.mark.parametrize("form", ["json", "ndjson", "csv", "text"])
def test_rows_are_not_kept(folder: Path, form: str) -> None:
    """A long sync holds no more than a short one: what was written is forgotten, bytes are counted."""
    source = """
    import tracemalloc

    @pack.sync_table
    def large(context: sdk.ExecutionContext):
        tracemalloc.start()
        for number in range(10_000):
            yield {"text": f"{number:01000}"}
        print(tracemalloc.get_traced_memory()[1])
    """
    write_pack(folder, source, "large.py")
    done = run_coda("execute", "large.py", "Large", "--max-rows", "all", "--output", form, cwd=folder)
    assert len(done.stdout) > 10_000_000
    assert int(done.stderr) < 5_000_000


@pytest.fixture
def hanging() -> Iterator[tuple[LoopbackServer, Event]]:
    """A server that never answers, and an event that tells that a request has arrived."""
    arrived = Event()

    def hang(received: Received) -> Answer:
        arrived.set()
        return Answer(raw=server.stall())

    with LoopbackServer(hang) as server:
        yield server, arrived


def test_progress_on_a_terminal(folder: Path, hanging: tuple[LoopbackServer, Event]) -> None:
    """Rows and requests are counted while a person waits; rows and the line of progress do not mix."""
    server, arrived = hanging
    with Terminal("execute", "pack.py", "Fetched", server.url, "--output", "ndjson", cwd=folder) as terminal:
        before = terminal.until('{"before":true}').removesuffix('{"before":true}')
        assert before == "" or before.endswith("\x1b[K")  # a line of progress that was wiped out
        terminal.until("Running Fetched … 1 row, 1 request … ")
        assert arrived.wait(60)
        assert terminal.break_off(CTRL_C) == INTERRUPTED


def test_a_table_on_a_terminal(folder: Path) -> None:
    """Rows are shown as a table, and no rows are told."""
    with Terminal("execute", "pack.py", "Items", "2", cwd=folder) as terminal:
        assert terminal.end() == 0
        assert "│ item 1 │" in terminal.shown
    with Terminal("execute", "pack.py", "Items", "0", cwd=folder) as terminal:
        assert terminal.end() == 0
        assert terminal.shown == "(no rows)\n"


def test_describing_tables(folder: Path) -> None:
    """``coda describe`` has the tables behind the formulas, and in a form for scripts."""
    text = run_coda("describe", "pack.py", cwd=folder).stdout
    assert "Items [COUNT] (a sync table)\n  Numbered items.\n" in text
    assert "Lists (a dynamic sync table)\n" in text
    described = json.loads(run_coda("describe", "pack.py", "--output", "json", cwd=folder).stdout)
    tables = {table["name"]: table for table in described["tables"]}
    assert tables["Bad"]["identity"] == "BadItem"
    assert (tables["Lists"]["schema"], tables["Lists"]["dynamic"]) == (None, True)
    assert tables["Items"]["schema"]["properties"]["id"] == {
        "type": "number",
        "python_type": "int",
        "required": True,
    }
