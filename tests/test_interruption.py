"""The whole program interrupted by Ctrl-C, or left by whoever read its output."""

from __future__ import annotations

import os
import signal
import subprocess
from threading import Event
from typing import IO, TYPE_CHECKING

import pytest

from tests.programs import CODA, environment, write_pack
from tests.servers import Answer, LoopbackServer, Received

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

INTERRUPTED = 130
PACK = '''
import select

pack.add_network_domain("127.0.0.1")


@pack.formula
def get(context: sdk.ExecutionContext, url: str) -> object:
    """Get whatever is there."""
    return context.fetcher.fetch("GET", url).body


@pack.formula
def get_all(context: sdk.ExecutionContext, url: str) -> object:
    """Get many things at once."""
    return context.fetcher.fetch_all([url] * 50, concurrency=20, return_errors=True)


@pack.formula
def get_pages(context: sdk.ExecutionContext, url: str) -> list[object]:
    """Get page after page."""
    return [page.body for page in context.fetcher.pages(url + "/first", lambda page: url)]


@pack.formula
def wait(context: sdk.ExecutionContext) -> None:
    """Say so, and wait for ever."""
    print("waiting", flush=True)
    while True:
        select.select([], [], [], 0.1)


@pack.formula
def rows(context: sdk.ExecutionContext) -> list[dict[str, str]]:
    """More rows than a pipe holds."""
    return [{"text": "x" * 100}] * 2000
'''
ENDLESS = 'print("waiting", flush=True)\nimport select\nwhile True:\n    select.select([], [], [], 0.1)\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    """The folder that the program runs in, with its pack."""
    write_pack(tmp_path, PACK)
    return tmp_path


def start(
    folder: Path, *arguments: str, stdin: int = subprocess.DEVNULL, env: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start the program in a process group of its own, as a shell does."""
    return subprocess.Popen(
        [*CODA, *arguments],
        cwd=folder,
        env=environment(env),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def check_interrupted(process: subprocess.Popen[str]) -> None:
    """Press Ctrl-C: the program ends at once, with one word and nothing else."""
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (INTERRUPTED, "")
    assert err.strip() == "Interrupted."


def first_line(stream: IO[str] | None) -> str:
    """Wait for a line of a running program."""
    assert stream is not None
    return stream.readline()


@pytest.fixture
def hanging() -> Iterator[tuple[LoopbackServer, Event]]:
    """A server that answers nothing but ``/first``, and an event that tells that another request arrived."""
    arrived = Event()

    def hang(received: Received) -> Answer:
        if received.target == b"/first":
            return Answer()
        arrived.set()
        return Answer(raw=server.stall())

    with LoopbackServer(hang) as server:
        yield server, arrived


@pytest.mark.parametrize(
    ("formula", "option"),
    [
        pytest.param("Get", [], id="one"),
        pytest.param("Get", ["--debug"], id="one, debug"),
        pytest.param("GetAll", [], id="many at once"),
        pytest.param("GetPages", [], id="a page ahead"),
    ],
)
def test_in_the_middle_of_a_request(
    folder: Path, hanging: tuple[LoopbackServer, Event], formula: str, option: list[str]
) -> None:
    """A request that hangs does not hold the program."""
    server, arrived = hanging
    with start(folder, "execute", "pack.py", formula, server.url, *option) as process:
        assert arrived.wait(30)
        check_interrupted(process)


def test_between_two_tries(folder: Path) -> None:
    """A pause that a service asked for ends with Ctrl-C."""
    with (
        LoopbackServer(Answer(503, (("Retry-After", "50"),))) as server,
        start(folder, "execute", "pack.py", "Get", server.url, "-v") as process,
    ):
        lines = [first_line(process.stderr) for _ in range(2)]
        assert "trying again in 50.00 s (1 of 3): 503" in lines[1]
        check_interrupted(process)


def test_while_a_role_is_assumed(folder: Path, hanging: tuple[LoopbackServer, Event]) -> None:
    """Nor does an STS that hangs."""
    server, arrived = hanging
    write_pack(
        folder,
        "pack.add_network_domain('amazonaws.com')\n"
        "pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ASSUME_ROLE, service='s3')\n"
        "@pack.formula(description='Get.')\n"
        "def get(context: sdk.ExecutionContext) -> object:\n"
        "    return context.fetcher.fetch('GET', 'https://s3.amazonaws.com/').body\n",
        "role.py",
    )
    env = {
        "AWS_ENDPOINT_URL_STS": server.url,
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000001",
        "AWS_SECRET_ACCESS_KEY": "not-a-real-secret-key",
        "CODA_ROLE_ARN": "arn:aws:iam::123456789012:role/r",
        "CODA_EXTERNAL_ID": "tenant-0815",
    }
    with start(folder, "execute", "role.py", "Get", env=env) as process:
        assert arrived.wait(30)
        check_interrupted(process)


@pytest.mark.parametrize(
    ("pack", "arguments"),
    [
        pytest.param(PACK, ["execute", "pack.py", "Wait"], id="while a formula runs"),
        pytest.param(ENDLESS, ["execute", "pack.py", "Wait"], id="while a pack is loaded"),
        pytest.param(ENDLESS, ["describe", "pack.py"], id="while it is loaded to be described"),
    ],
)
def test_in_the_code_of_a_pack(folder: Path, pack: str, arguments: list[str]) -> None:
    """Wherever a pack is, Ctrl-C is no exception of the pack's."""
    write_pack(folder, pack)
    with start(folder, *arguments) as process:
        assert first_line(process.stderr) == "waiting\n"
        check_interrupted(process)


@pytest.mark.parametrize("output", ["json", "ndjson", "csv", "table", "text"])
def test_closed_pipe(folder: Path, output: str) -> None:
    """``| head -1`` ends the program quietly, in the middle of whatever form it writes."""
    with start(folder, "execute", "pack.py", "Rows", "--output", output) as process:
        assert first_line(process.stdout)
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait(timeout=30) == 0


def test_nobody_reads_standard_error(folder: Path) -> None:
    """Messages that nobody wants do not keep the result from being written."""
    with start(folder, "execute", "pack.py", "Rows", "--output", "ndjson", "-v") as process:
        assert process.stderr is not None
        process.stderr.close()
        assert process.stdout is not None
        assert len(process.stdout.readlines()) == 2000
        assert process.wait(timeout=30) == 0
