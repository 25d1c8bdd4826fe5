"""``coda emulator`` as a person or a script runs it: what the command gets, exit codes, taking down."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from coda_cli.emulator.installation import VERSION
from tests.emulator_fixture import CACHE_FOLDER
from tests.source_model import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from coda_cli.emulator.running import Emulator

SHOW = "import json, os; print(json.dumps(dict(os.environ)), flush=True)"


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """The folder that temporary files go to: empty before and after each run."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def environ(emulator: Emulator, tmp_path: Path, temporary: Path) -> dict[str, str]:
    """A person's environment, with AWS settings that must not reach the command.

    MiniStack is installed already: the session's emulator has started.
    """
    home = tmp_path / "person"
    (home / ".aws").mkdir(parents=True)
    for name in ("config", "credentials"):
        (home / ".aws" / name).write_text("this would be an error if it were read\n")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "XDG_CACHE_HOME": str(CACHE_FOLDER.parent),
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "AKIATHEIRS",
        "AWS_SECRET_ACCESS_KEY": "theirs",
        "AWS_SESSION_TOKEN": "theirs",
        "AWS_ENDPOINT_URL_S3": "https://real.example",
        "CODA_ROLE_ARN": "theirs",
        "CODA_ENDPOINT_URL": "https://real.example",
    }


def start(environ: dict[str, str], *command: str) -> subprocess.Popen[str]:
    """Start ``coda emulator`` in a session of its own, so that there is no terminal."""
    return subprocess.Popen(
        [sys.executable, "-m", "coda_cli", "emulator", *command],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(environ: dict[str, str], *command: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``coda emulator`` to its end."""
    with start(environ, *command) as process:
        output, errors = process.communicate(given)
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def is_up(endpoint: str) -> bool:
    """Tell whether somebody listens there."""
    address = urlsplit(endpoint)
    assert address.hostname is not None
    assert address.port is not None
    try:
        socket.create_connection((address.hostname, address.port)).close()
    except ConnectionRefusedError:
        return False
    return True


def test_environment_of_the_command(environ: dict[str, str], temporary: Path) -> None:
    """It is the person's, without their AWS and coda, and with the emulator's; nothing is left after."""
    done = run(environ, "--", sys.executable, "-c", SHOW)
    assert (done.returncode, done.stderr) == (0, "")
    seen = json.loads(done.stdout)
    ours = {name: value for name, value in seen.items() if name.startswith(("AWS_", "CODA_"))}
    assert set(ours) == {
        "AWS_ACCESS_KEY_ID",
        "AWS_CONFIG_FILE",
        "AWS_DEFAULT_REGION",
        "AWS_EC2_METADATA_DISABLED",
        "AWS_ENDPOINT_URL",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SHARED_CREDENTIALS_FILE",
        "CODA_EXTERNAL_ID",
        "CODA_ROLE_ARN",
    }
    assert set(ours.values()) & set(environ.values()) == set()
    assert (seen["HOME"], seen["XDG_CACHE_HOME"]) == (environ["HOME"], environ["XDG_CACHE_HOME"])
    assert not is_up(seen["AWS_ENDPOINT_URL"])
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("script", "code"),
    [
        pytest.param("exit 0", 0, id="success"),
        pytest.param("exit 7", 7, id="failure"),
        pytest.param("kill -9 $$", 137, id="killed"),
    ],
)
def test_exit_code_is_the_commands(environ: dict[str, str], temporary: Path, script: str, code: int) -> None:
    """The command's code comes back, and a failing command leaves as little behind as another."""
    done = run(environ, "--", "sh", "-c", script)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")
    assert list(temporary.iterdir()) == []


def test_command_that_is_not_there(environ: dict[str, str], temporary: Path) -> None:
    """A mistyped command is 127, as in a shell."""
    done = run(environ, "--", "no-such-command-anywhere")
    assert done.returncode == 127
    assert "command not found: no-such-command-anywhere" in done.stderr
    assert list(temporary.iterdir()) == []


def test_command_that_is_no_program(environ: dict[str, str], tmp_path: Path) -> None:
    """A file that cannot be executed is 126, as in a shell."""
    script = tmp_path / "script"
    script.write_text("exit 0\n")
    done = run(environ, "--", str(script))
    assert done.returncode == 126
    assert f"{script} cannot be executed: Permission denied" in done.stderr


def test_command_keeps_its_options(environ: dict[str, str]) -> None:
    """What follows -- is the command's, also what looks like an option of ours."""
    done = run(environ, "--", "echo", "--help", "-x", "--", "y")
    assert (done.returncode, done.stdout) == (0, "--help -x -- y\n")


def test_unknown_option(environ: dict[str, str]) -> None:
    """An option that we do not have is a usage error, and nothing is started."""
    done = run(environ, "--port", "80")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--port" in done.stderr


def test_shell(environ: dict[str, str], temporary: Path) -> None:
    """Without a command the person gets their shell and is told what is there, but no secret."""
    script = 'echo "$AWS_SECRET_ACCESS_KEY $CODA_EXTERNAL_ID $CODA_ROLE_ARN"; exit 3\n'
    done = run(environ | {"SHELL": "/bin/sh"}, given=script)
    secret, external_id, role = done.stdout.split()
    assert done.returncode == 3
    for word in (role, "coda-demo-logs", "Orders", "emulator-role", "coda execute packs/s3.py ListBuckets"):
        assert word in done.stderr
    assert secret not in done.stderr
    assert external_id not in done.stderr
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGINT, 130, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 143, id="SIGTERM"),
        pytest.param(signal.SIGHUP, 129, id="SIGHUP"),
    ],
)
def test_signals_take_everything_down(
    environ: dict[str, str], temporary: Path, number: signal.Signals, code: int
) -> None:
    """The command is ended, then the emulator; its temporary folder goes too."""
    show_and_wait = '"$0" -c "$1"; echo $$; exec cat'
    with start(environ, "--", "sh", "-c", show_and_wait, sys.executable, SHOW) as process:
        assert process.stdout is not None
        endpoint = json.loads(process.stdout.readline())["AWS_ENDPOINT_URL"]
        pid = int(process.stdout.readline())
        assert is_up(endpoint)
        process.send_signal(number)
        assert process.wait() == code  # its standard input stays open, which would end the command too
    assert not is_up(endpoint)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "code"),
    [pytest.param(signal.SIGINT, 130, id="Ctrl-C"), pytest.param(signal.SIGTERM, 143, id="SIGTERM")],
)
def test_interrupted_installation(
    environ: dict[str, str], tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """First use says that it installs; stopped in the middle, it leaves nothing half made."""
    with start(environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}, "--", "true") as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("Installing the AWS emulator")
        process.send_signal(number)
        process.communicate()
    assert process.returncode == code
    assert list((tmp_path / "cache").glob("coda/emulator/*")) == []


def test_installation_that_fails(environ: dict[str, str], tmp_path: Path) -> None:
    """Where the environment cannot be made, pip's last line says why, and nothing half made stays."""
    no_index = {
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path),
    }
    done = run(environ | no_index, "--", "true")
    assert (done.returncode, done.stdout) == (5, "")
    first, second, *_ = done.stderr.splitlines()
    assert first.startswith("Installing the AWS emulator")
    assert second.startswith("Error: ")
    assert f"No matching distribution found for ministack=={VERSION}" in second
    assert "-m pip install" in done.stderr
    assert list((tmp_path / "cache").glob("coda/emulator/*")) == []


def test_help_has_examples(environ: dict[str, str]) -> None:
    """The help shows how it is used and what the exit codes mean."""
    done = run(environ, "--help")
    assert done.returncode == 0
    assert "coda emulator -- coda execute packs/s3.py ListBuckets" in done.stdout
    assert "127" in done.stdout
