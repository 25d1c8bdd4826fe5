"""MFA codes: asked for on the terminal alone, never shown, and once a session."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.auth.world import ROLE, STATIC_PROFILE, FakeSts, write_files
from tests.programs import environment, write_pack
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEVICE = "arn:aws:iam::123456789012:mfa/ada"
PROFILE = f"""
[profile packs]
role_arn = {ROLE}
source_profile = dev
mfa_serial = {DEVICE}
"""
PACK = """
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="s3")

@pack.formula
def get(context: sdk.ExecutionContext) -> str:
    return context.fetcher.fetch("GET", "https://s3.us-east-1.amazonaws.com/").body
"""
ON_ITS_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(int(sys.argv[1]), termios.TIOCSCTTY, 0)
os.close(int(sys.argv[1]))
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""
"""Make the terminal that is passed the process's own, as a shell does, and become the program."""


@dataclass(frozen=True)
class Seen:
    """How a run ended: what the person saw on the terminal, and what went to the two streams."""

    code: int
    terminal: str
    out: str
    err: str


def run(folder: Path, *typed: str, arguments: tuple[str, ...] = (), formula: str = "Get") -> Seen:
    """Run ``coda execute`` with a terminal that neither of its streams is; answer what it asks there."""
    ours, theirs = pty.openpty()
    command = ["-m", "coda_cli", "execute", "pack.py", formula, "--profile", "packs", *arguments]
    process = subprocess.Popen(
        [sys.executable, "-c", ON_ITS_TERMINAL, str(theirs), *command],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        pass_fds=[theirs],
    )
    shown = ""
    for line in typed:
        shown += read_until(ours, ": ")
        os.write(ours, line.encode())
    out, err = process.communicate()
    os.close(theirs)  # not before: where nobody has it open, reading ends
    shown += read_until(ours, "")
    os.close(ours)
    return Seen(process.returncode, shown.replace("\r\n", "\n"), out, err)


def read_until(terminal: int, end: str) -> str:
    """Read what is shown up to its end, or all there will be."""
    shown = ""
    while not end or not shown.endswith(end):
        try:
            part = os.read(terminal, 1024)
        except OSError:  # Linux's way of telling that the other end was closed
            break
        if not part:
            break
        shown += part.decode()
    return shown


@pytest.fixture
def world(
    monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path, tmp_path: Path
) -> Iterator[tuple[Path, FakeSts]]:
    """A folder with a pack, a profile whose role needs a code, an STS, and a service."""
    write_files(scrubbed_environment, PROFILE, STATIC_PROFILE)
    write_pack(tmp_path, PACK)
    with FakeSts() as sts, LoopbackServer(Answer(body=b"hello")) as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", service.url)
        yield tmp_path, sts


def test_code_is_asked_for_once_a_session(world: tuple[Path, FakeSts]) -> None:
    """The question is on the terminal and in neither stream, the code is not shown, and is asked for once."""
    folder, sts = world
    first = run(folder, "864209\n")
    assert first == Seen(0, f"Enter MFA code for {DEVICE}: \n", '"hello"\n', "")
    assert [(call["SerialNumber"], call["TokenCode"]) for call in sts.asked] == [(DEVICE, "864209")]
    assert run(folder) == Seen(0, "", '"hello"\n', "")
    assert len(sts.requests) == 1


def test_code_is_asked_for_each_time_without_cache(world: tuple[Path, FakeSts]) -> None:
    """With --no-cache each run asks, and nothing of a code is told with -v or --debug."""
    folder, sts = world
    for option in ("-v", "--debug"):
        seen = run(folder, "864209\n", arguments=("--no-cache", option))
        assert seen.code == 0
        assert "864209" not in seen.terminal + seen.out + seen.err
    assert len(sts.requests) == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param("86420\n", f"what was typed is no MFA code of {DEVICE}", id="too short"),
        pytest.param("86420a\n", f"what was typed is no MFA code of {DEVICE}", id="letter"),
        pytest.param("١٢٣٤٥٦\n", f"what was typed is no MFA code of {DEVICE}", id="other digits"),
        pytest.param("\n", f"no MFA code of {DEVICE} was typed", id="nothing"),
        pytest.param("\x04", f"no MFA code of {DEVICE} was typed", id="Ctrl-D"),
    ],
)
def test_what_is_no_code(world: tuple[Path, FakeSts], typed: str, said: str) -> None:
    """What cannot be a code is not sent, since AWS would quote it, and not shown."""
    folder, sts = world
    seen = run(folder, typed)
    assert (seen.code, seen.out) == (4, "")
    assert said in seen.err
    assert len(typed) < 5 or typed.strip() not in seen.terminal + seen.err
    assert sts.requests == []


def test_interrupted_question(world: tuple[Path, FakeSts]) -> None:
    """Ctrl-C at the question ends the program as it does anywhere."""
    seen = run(world[0], "\x03")
    assert (seen.code, seen.out) == (130, "")
    assert "Interrupted" in seen.err


def test_wrong_code(world: tuple[Path, FakeSts]) -> None:
    """A code that AWS refuses leads to the next one, and not to the causes of other refusals."""
    folder, sts = world
    sts.refusal = ("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
    seen = run(folder, "864209\n")
    assert seen.code == 4
    assert "The MFA code was mistyped, or used already" in seen.err
    assert "trust policy" not in seen.err


def test_no_terminal(world: tuple[Path, FakeSts]) -> None:
    """Without a terminal nothing is asked, and standard input is not read."""
    folder, sts = world
    process = subprocess.run(
        [sys.executable, "-m", "coda_cli", "execute", "pack.py", "Get", "--profile", "packs"],
        cwd=folder,
        env=environment(),
        input="864209\n",
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )
    assert (process.returncode, process.stdout) == (4, "")
    assert process.stderr.startswith(f"Error: an MFA code of {DEVICE} is needed, and there is no terminal")
    assert "Run the command once on a terminal" in process.stderr
    assert "Warning" not in process.stderr
    assert sts.requests == []


def test_session_that_needs_another_code(world: tuple[Path, FakeSts], tmp_path: Path) -> None:
    """A session that ends within a run says that a new one needs another code, after it served to its end."""
    folder, sts = world
    sts.seconds = 100
    write_pack(
        folder,
        PACK
        + """
@pack.formula
def long(context: sdk.ExecutionContext) -> list[str]:
    return [get(context) for _ in range(3)]
""",
    )
    seen = run(folder, "864209\n", formula="Long")
    assert (seen.code, seen.out) == (0, '[\n  "hello",\n  "hello",\n  "hello"\n]\n')
    assert len(sts.requests) == 1


def test_session_that_aws_no_longer_takes(
    world: tuple[Path, FakeSts], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is asked for a second code in one run, and the next one forgets the refused session."""
    folder, sts = world
    refused = b"<Error><Code>ExpiredToken</Code><Message>expired</Message></Error>"
    with LoopbackServer(Answer(400, (("Content-Type", "application/xml"),), refused)) as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", service.url)
        seen = run(folder, "864209\n")
        assert seen.code == 4
        assert "a new one needs another MFA code" in seen.err
        assert seen.terminal.count("MFA code") == 1
        service.answer(Answer(body=b"hello"))
        assert run(folder, "864210\n").out == '"hello"\n'
    assert len(sts.requests) == 2
