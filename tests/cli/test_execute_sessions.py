"""Sessions of roles from one run of the program to the next, and the options for them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.auth.world import (
    EXTERNAL_ID,
    MARKED,
    ROLE,
    STATIC_PROFILE,
    FakeSts,
    set_keys,
    write_files,
)
from tests.programs import CODA, environment, run_coda, write_pack
from tests.refusals import CREDENTIALS, USAGE, check_execute, outcome_of
from tests.servers import Answer, LoopbackServer
from tests.source_model import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from coda_cli.emulator.running import Emulator

    Capture = pytest.CaptureFixture[str]

PACK = """
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.{}, service="s3")

@pack.formula
def get(context: sdk.ExecutionContext) -> str:
    return context.fetcher.fetch("GET", "https://s3.us-east-1.amazonaws.com/").body
"""
WITH_ROLE = ("--role-arn", ROLE, "--external-id", EXTERNAL_ID)


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeSts]:
    """A folder with packs of both types and one without authentication; keys, an STS and a service."""
    monkeypatch.chdir(tmp_path)
    for kind in ("AWS_ACCESS_KEY", "AWS_ASSUME_ROLE"):
        write_pack(tmp_path, PACK.format(kind), f"{kind.lower()}.py")
    write_pack(tmp_path, "\n@pack.formula\ndef get(context) -> str:\n    return 'nothing'\n", "none.py")
    set_keys(monkeypatch)
    with FakeSts(numbered=True) as server, LoopbackServer(Answer(body=b"hello")) as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", service.url)
        yield server


@pytest.mark.parametrize(
    ("options", "calls"),
    [
        pytest.param([], 1, id="kept"),
        pytest.param(["--no-cache"], 2, id="not kept"),
    ],
)
def test_second_run(capsys: Capture, sts: FakeSts, options: list[str], calls: int) -> None:
    """The second run calls STS no more, unless it is told to keep nothing; nothing secret is told."""
    for _ in range(2):
        outcome = outcome_of(capsys, "execute", "aws_assume_role.py", "Get", *WITH_ROLE, "-v", *options)
        assert (outcome.code, outcome.out) == (0, '"hello"\n')
        assert not [secret for secret in (*MARKED, EXTERNAL_ID) if secret in outcome.err]
    assert len(sts.requests) == calls
    assert ("session of an earlier run" in outcome.err) is (calls == 1)


def test_two_processes_at_once(sts: FakeSts, tmp_path: Path) -> None:
    """Programs that start together each get a session, and the next one uses the last that was kept."""
    command = [*CODA, "execute", "aws_assume_role.py", "Get", *WITH_ROLE]
    started = [
        subprocess.Popen(
            command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert [process.communicate() for process in started] == [('"hello"\n', "")] * 2
    before = len(sts.requests)
    assert run_coda(*command[3:], cwd=tmp_path).stdout == '"hello"\n'
    assert len(sts.requests) == before


def test_session_is_named(capsys: Capture, sts: FakeSts) -> None:
    """The session has the name and the duration that were asked for; else the pack's name and none."""
    arguments = ("execute", "aws_assume_role.py", "Get", *WITH_ROLE)
    assert outcome_of(capsys, *arguments, "--session-name", "ada@laptop", "--duration", "900").code == 0
    assert outcome_of(capsys, *arguments).code == 0
    sent = [(call["RoleSessionName"], call.get("DurationSeconds")) for call in sts.asked]
    assert sent == [("ada@laptop", "900"), ("coda-aws_assume_role", None)]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        *(
            pytest.param(
                ["--session-name", name], ("--session-name cannot be", "2 to 64"), id=f"name {name!r:.9}"
            )
            for name in ("", "a", "with blank", "x" * 65, "ümlaut", "a/b", "line\n")
        ),
        *(
            pytest.param(["--duration", duration], ("--duration",), id=f"duration {duration!r}")
            for duration in ("899", "43201", "1h", "", "-900", "1e3", "900.5")
        ),
    ],
)
def test_malformed_options(capsys: Capture, sts: FakeSts, options: list[str], said: tuple[str, ...]) -> None:
    """What STS would not take is a usage error before anything is asked."""
    check_execute(capsys, USAGE, said, "aws_assume_role.py", "Get", *WITH_ROLE, *options)
    assert sts.requests == []


@pytest.mark.parametrize("pack", ["aws_access_key.py", "none.py"])
@pytest.mark.parametrize(
    "option",
    [pytest.param(("--session-name", "ada"), id="name"), pytest.param(("--duration", "900"), id="end")],
)
def test_options_of_another_type_of_pack(
    capsys: Capture, sts: FakeSts, pack: str, option: tuple[str, str]
) -> None:
    """A pack that assumes no role has no session to name."""
    check_execute(capsys, USAGE, (f"{option[0]} does not go with this pack",), pack, "Get", *option)


@pytest.mark.parametrize(
    ("option", "setting"),
    [
        pytest.param(("--session-name", "ada"), "role_session_name", id="name"),
        pytest.param(("--duration", "900"), "duration_seconds", id="duration"),
    ],
)
def test_options_with_a_profiles_role(
    capsys: Capture, sts: FakeSts, scrubbed_environment: Path, option: tuple[str, str], setting: str
) -> None:
    """The session of a profile's own role is the profile's to configure."""
    write_files(
        scrubbed_environment, f"[profile packs]\nrole_arn = {ROLE}\nsource_profile = dev\n", STATIC_PROFILE
    )
    said = (f"{option[0]} does not go with the role of profile 'packs'", f"Set {setting} in the profile")
    check_execute(capsys, USAGE, said, "aws_assume_role.py", "Get", "--profile", "packs", *option)
    assert sts.requests == []


def test_limit_of_chaining(capsys: Capture, sts: FakeSts) -> None:
    """AWS's limit for chained sessions is explained."""
    words = (
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
    )
    sts.refusal = ("ValidationError", words)
    said = (f"refused to assume the role {ROLE}: ValidationError", words, "one hour: leave out --duration")
    options = (*WITH_ROLE, "--duration", "7200")
    check_execute(capsys, CREDENTIALS, said, "aws_assume_role.py", "Get", *options)


@pytest.mark.parametrize("place", ["file", "nowhere"])
def test_cache_folder_that_cannot_be_used(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, sts: FakeSts, tmp_path: Path, place: str
) -> None:
    """Where nothing can be kept each run asks, without a word, and what is there stays."""
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file") if place == "file" else "/proc/nowhere")
    for _ in range(2):
        outcome = outcome_of(capsys, "execute", "aws_assume_role.py", "Get", *WITH_ROLE)
        assert (outcome.code, outcome.out, outcome.err) == (0, '"hello"\n', "")
    assert len(sts.requests) == 2
    assert (tmp_path / "file").read_text() == "mine"


def test_kept_session_is_good(emulator: Emulator, tmp_path: Path) -> None:
    """An AWS that verifies signatures takes the session of an earlier run; another secret gets none of it."""
    environ = {**emulator.environment, "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "coda_cli", "execute", "packs/s3_assume_role.py", "ListBuckets", "-v"]

    def execute(**changed: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=ROOT, env=environ | changed, capture_output=True, text=True, check=False
        )

    first, second = execute(), execute()
    assert first.returncode == second.returncode == 0
    assert first.stdout == second.stdout
    assert "assuming role" in first.stderr
    assert "assuming role" not in second.stderr
    assert "session of an earlier run" in second.stderr
    wrong = execute(AWS_SECRET_ACCESS_KEY="another-secret-access-key")
    assert wrong.returncode == CREDENTIALS
    assert "SignatureDoesNotMatch" in wrong.stderr
    assert "session of an earlier run" in execute().stderr
