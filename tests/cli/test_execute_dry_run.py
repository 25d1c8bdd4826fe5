"""``coda execute --dry-run``: what goes where, and that the printed command works as it is."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.markers import ENVIRONMENT, EXTERNAL_ID, KEY_ID, ROLE, SECRET, leaks
from tests.packs.running import execute
from tests.programs import run_coda, write_pack
from tests.servers import LoopbackServer
from tests.source_model import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from coda_cli.emulator.running import Emulator

OF_AWS = """
    pack.add_network_domain("amazonaws.com")
    pack.set_user_authentication(type=sdk.AuthenticationType.{kind}, service="s3")

    @pack.formula
    def read(context, key: str = "k") -> object:
        print("the pack runs")
        try:
            return context.fetcher.fetch("GET", "https://b.s3.eu-west-1.amazonaws.com/" + key).body
        except:
            return "went on"

    @pack.formula
    def fail(context) -> str:
        raise ValueError("before any request")
"""
PLAIN = """
    pack.add_network_domain("example.com")

    @pack.formula
    def read(context) -> object:
        return context.fetcher.fetch("GET", "https://example.com/k?X-Amz-Signature=0123456789abcdef").body

    @pack.formula
    def elsewhere(context) -> object:
        return context.fetcher.fetch("GET", "https://elsewhere.example/").body

    @pack.formula
    def nothing(context) -> str:
        return "a result"
"""
KEYS = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}


def rehearse(
    folder: Path, source: str, *arguments: str, env: dict[str, str] | None = None, code: int = 0
) -> tuple[str, str]:
    """Run a formula of a pack of this source with --dry-run; return what it wrote to both streams."""
    write_pack(folder, source)
    done = run_coda("execute", "pack.py", *arguments, "--dry-run", cwd=folder, env=env)
    assert done.returncode == code, done.stderr
    return done.stdout, done.stderr


def test_streams(tmp_path: Path) -> None:
    """The command is all of standard output; what must be known, and the pack's own, is on the other."""
    out, err = rehearse(tmp_path, OF_AWS.format(kind="AWS_ACCESS_KEY"), "Read", "a//b", env=KEYS)
    assert out.startswith("curl --path-as-is \\\n  --aws-sigv4 aws:amz:eu-west-1:s3 \\\n")
    assert out.endswith("  https://b.s3.eu-west-1.amazonaws.com/a//b\n")
    assert err == (
        "the pack runs\n"
        "Nothing was sent. This is the first request of Read.\n"
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are used as they are set now.\n"
    )


def test_options_about_the_result_change_nothing(tmp_path: Path) -> None:
    """There is no result for a query or a format; a query that is malformed is an error all the same."""
    source = OF_AWS.format(kind="AWS_ACCESS_KEY")
    plain = rehearse(tmp_path, source, "Read", env=KEYS)
    assert rehearse(tmp_path, source, "Read", "--output", "csv", "--query", "a.b", env=KEYS) == plain
    rehearse(tmp_path, source, "Read", "--query", "a.[", env=KEYS, code=2)


@pytest.mark.parametrize("more", [[], ["-v"], ["--debug"]], ids=["plain", "verbose", "debug"])
def test_role_without_a_secret(tmp_path: Path, more: list[str]) -> None:
    """STS is not called, the external id is masked, and neither key, token nor signature is anywhere."""
    with LoopbackServer() as server:
        env = ENVIRONMENT | {"AWS_ENDPOINT_URL": server.url}
        out, err = rehearse(tmp_path, OF_AWS.format(kind="AWS_ASSUME_ROLE"), "Read", *more, env=env)
        assert server.requests == []
    assert leaks(out + err) == []
    assert f"role {ROLE}" in err
    assert f"external id ****{EXTERNAL_ID[-4:]}" in err
    assert '"x-amz-security-token: $AWS_SESSION_TOKEN"' in out
    assert ("canonical request:" in err) is ("string to sign:" in err) is bool(more)
    assert "Signature=" not in out + err


def test_unauthenticated_pack(tmp_path: Path) -> None:
    """Its request is a plain command, and the signature of a pre-signed URL is not shown."""
    out, err = rehearse(tmp_path, PLAIN, "Read")
    assert out == "curl --path-as-is \\\n  'https://example.com/k?X-Amz-Signature=[secret]'\n"
    assert err == "Nothing was sent. This is the first request of Read.\n"


def test_threads_of_a_pack_end_without_a_word(tmp_path: Path) -> None:
    """That a thread got no answer is no error; a mistake in a thread is told as ever."""
    source = """
    import threading

    pack.add_network_domain("example.com")

    @pack.formula
    def read(context) -> None:
        for target in (lambda: context.fetcher.fetch("GET", "https://example.com/"), lambda: 1 / 0):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join()
    """
    out, err = rehearse(tmp_path, source, "Read")
    assert out.endswith("https://example.com/\n")
    assert err.count("Traceback") == 1
    assert "ZeroDivisionError" in err


def test_formula_without_a_request(tmp_path: Path) -> None:
    """That there is nothing to show is said, and its result is not the command that was asked for."""
    assert rehearse(tmp_path, PLAIN, "Nothing") == (
        "",
        "Nothing sent no request, so there is none to show.\n",
    )


@pytest.mark.parametrize(
    ("source", "arguments", "code", "message"),
    [
        pytest.param(
            OF_AWS, ["Fail"], 1, "Fail failed: ValueError: before any request", id="the formula fails"
        ),
        pytest.param(PLAIN, ["Elsewhere"], 5, "may not call elsewhere.example", id="the URL is refused"),
        pytest.param(
            OF_AWS, ["Read", "--profile", "nobody"], 4, "there is no profile 'nobody'", id="profile"
        ),
        pytest.param(
            PLAIN, ["Read", "--no-fetch"], 2, "--dry-run and --no-fetch contradict", id="--no-fetch"
        ),
    ],
)
def test_errors(tmp_path: Path, source: str, arguments: list[str], code: int, message: str) -> None:
    """What a real run would refuse without asking anybody is refused, with its exit code."""
    source = source.replace("{kind}", "AWS_ACCESS_KEY").replace("except:", "except ValueError:")
    out, err = rehearse(tmp_path, source, *arguments, env=KEYS, code=code)
    assert out == ""
    assert f"Error: {message}" in err or f"Error: the pack {message}" in err


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
@pytest.mark.parametrize(
    ("pack", "arguments", "expected"),
    [
        pytest.param("s3.py", ["ListBuckets"], "<Name>coda-demo-logs</Name>", id="S3"),
        pytest.param(
            "s3.py", ["ListObjects", "coda-demo-logs", "app/"], "<Prefix>app/</Prefix>", id="S3, query"
        ),
        pytest.param(
            "dynamodb.py", ["GetItem", "Orders", "customer=ada,order=1001"], '"42.5"', id="DynamoDB"
        ),
        pytest.param("identity.py", ["GetCallerIdentity"], "user/coda-demo", id="STS"),
    ],
)
def test_emulator_takes_the_command(
    emulator: Emulator, pack: str, arguments: list[str], expected: str
) -> None:
    """An AWS that verifies signatures with its own code answers the printed command."""
    done = execute(emulator.environment, pack, *arguments, "--dry-run")
    assert done.returncode == 0, done.stderr
    answer = subprocess.run(
        ["sh"],
        input=done.stdout,
        env=dict(emulator.environment),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert expected in answer.stdout
