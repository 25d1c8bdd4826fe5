"""``coda execute`` of formulas that send many requests: what a person sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coda_cli.emulator.filling import BUCKETS
from tests.programs import run_coda, write_pack
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from pathlib import Path

    from coda_cli.emulator.running import Emulator

PACK = """
pack.add_network_domain("127.0.0.1")

@pack.formula
def all(context: sdk.ExecutionContext, url: str, concurrency: int = 4, errors: bool = False) -> list[str]:
    given = [f"{url}/{number}" for number in range(10)]
    answers = context.fetcher.fetch_all(given, concurrency=concurrency, return_errors=errors)  # line 8
    return [str(getattr(answer, "body", answer)) for answer in answers]

@pack.formula
def pages(context: sdk.ExecutionContext, url: str) -> list[str]:
    bodies = []
    for page in context.fetcher.pages(url + "/0", next=lambda page: url + "/1"):  # line 14
        print("page", page.body)
        bodies.append(page.body)
    return bodies

@pack.formula
def wrong(context: sdk.ExecutionContext, url: str) -> list[str]:
    return context.fetcher.fetch_all([url, None])  # line 21
"""

ROLE_PACK = '''
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ASSUME_ROLE, service="s3")

@pack.formula
def texts(context: sdk.ExecutionContext, bucket: str) -> list[str]:
    """Each object of a bucket, many times at once."""
    root = f"https://{bucket}.s3.us-east-1.amazonaws.com/"
    listing = context.fetcher.fetch("GET", root + "?list-type=2").body
    keys = [found["Key"][0] for found in listing["Contents"]] * 10
    requests = (sdk.FetchRequest("GET", root + key, is_binary_response=True) for key in keys)
    return [answer.body.decode() for answer in context.fetcher.fetch_all(requests, concurrency=8)]
'''


@pytest.fixture(autouse=True)
def _pack(tmp_path: Path) -> None:
    write_pack(tmp_path, PACK)


@pytest.fixture
def url() -> str:
    """A URL where nothing must arrive."""
    return "http://127.0.0.1:9"


def test_a_failure_names_the_line_of_the_pack(tmp_path: Path) -> None:
    """An error that another thread met is told like one of ``fetch``."""
    with LoopbackServer(lambda request: Answer(404 if request.target == b"/5" else 200)) as server:
        done = run_coda("execute", "pack.py", "All", server.url, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr == f"Error: GET {server.url}/5 answered 404 Not Found\n  at pack.py, line 9\n"


def test_a_mistake_names_the_line_of_the_pack(tmp_path: Path, url: str) -> None:
    """What is no request, and what is no number, are failures of the formula with its own lines only."""
    for arguments, said in (
        (("Wrong", url), "TypeError: fetch_all: position 1 of the requests holds NoneType"),
        (("All", url, "0"), "ValueError: concurrency is a whole number from 1 on, not 0"),
    ):
        done = run_coda("execute", "pack.py", *arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert said in done.stderr
        assert done.stderr.count('File "') == 1
        assert "bug" not in done.stderr


def test_a_page_that_repeats(tmp_path: Path) -> None:
    """A listing without end is an error after the pages that were good."""
    with LoopbackServer(lambda request: Answer(body=request.target)) as server:
        done = run_coda("execute", "pack.py", "Pages", server.url, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith("page /0\npage /1\nError: GET ")
    assert "/1 would be fetched again" in done.stderr
    assert "at pack.py, line 15" in done.stderr


@pytest.mark.parametrize("formula", ["All", "Pages"])
def test_dry_run(tmp_path: Path, url: str, formula: str) -> None:
    """A dry run shows the first request, however many would be sent at once."""
    done = run_coda("execute", "pack.py", formula, url, "--dry-run", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.endswith(f"{url}/0\n")
    assert done.stdout.count("127.0.0.1") == 1


def test_no_fetch(tmp_path: Path, url: str) -> None:
    """Requests that are switched off are refused one like all."""
    done = run_coda("execute", "pack.py", "All", url, "4", "true", "--no-fetch", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.count("unhandled fetch: GET") == 10
    assert run_coda("execute", "pack.py", "Pages", url, "--no-fetch", cwd=tmp_path).returncode == 5


@pytest.mark.parametrize(("files", "at_once"), [(1024, 256), (64, 32)])
def test_too_many_at_once_are_told(tmp_path: Path, files: int, at_once: int) -> None:
    """``-v`` says that there are fewer at once than was asked for, and tells each request in a line.

    Connections are open files: where few may be open, those that pack and program need are left to them.
    """
    with LoopbackServer(Answer(body=b"x")) as server:
        arguments = ("execute", "pack.py", "All", server.url, "10000", "-v")
        done = run_coda(*arguments, cwd=tmp_path, script=f'ulimit -Sn {files} && exec "$@"')
    assert done.returncode == 0, done.stderr
    first, *requests = done.stderr.splitlines()
    assert first == f"coda: fetch_all sends {at_once} requests at once, not 10000"
    assert sorted(line.split()[2] for line in requests) == [f"{server.url}/{number}" for number in range(10)]


def test_a_role_in_many_threads(emulator: Emulator, tmp_path: Path) -> None:
    """An AWS that verifies signatures takes all of them, and the role is assumed once."""
    write_pack(tmp_path, ROLE_PACK, "role.py")
    environ = {**emulator.environment, "XDG_CACHE_HOME": str(tmp_path)}
    done = run_coda(
        "execute", "role.py", "Texts", "coda-demo-logs", "-v", "--output", "ndjson", cwd=tmp_path, env=environ
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 10 * len(BUCKETS["coda-demo-logs"])
    assert done.stderr.count("assuming role") == 1
