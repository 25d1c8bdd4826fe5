"""MiniStack's process: what it gets, where it listens, and that it never stays behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, build_opener

import pytest

from coda_cli.emulator.installation import installed_python
from coda_cli.emulator.server import running_server
from tests.emulator.listening import LOOPBACK, children, listeners
from tests.emulator_fixture import CACHE_FOLDER
from tests.source_model import ROOT

if TYPE_CHECKING:
    from coda_cli.emulator.running import Emulator

HOLDER = """
import os, sys
from pathlib import Path
from coda_cli.emulator.server import running_server
with running_server(Path(sys.argv[1]), Path(sys.argv[2]), os.environ) as server:
    print(server.pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def python(emulator: Emulator) -> Path:
    """The interpreter that has MiniStack; the emulator's own start has installed it."""
    return installed_python(CACHE_FOLDER, print)


def get(url: str) -> bytes:
    """Fetch without a proxy; the server may still be starting."""
    with build_opener(ProxyHandler({})).open(url) as response:
        body = response.read()
    assert isinstance(body, bytes)
    return body


def test_first_request_waits_until_it_is_up(python: Path, tmp_path: Path) -> None:
    """The port accepts connections from the first moment, so nobody polls."""
    with running_server(python, tmp_path, os.environ) as server:
        assert b'"auth": "enabled"' in get(f"{server.endpoint}/_ministack/health")
        assert "Ready" in server.log.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_only_loopback_listens(python: Path, tmp_path: Path) -> None:
    """The process has one listening socket, on 127.0.0.1, and no child that could have more."""
    with running_server(python, tmp_path, os.environ) as server:
        get(f"{server.endpoint}/_ministack/health")
        port = int(server.endpoint.rpartition(":")[2])
        assert listeners(server.pid) == [f"{LOOPBACK}:{port:04X}"]
        assert children(server.pid) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_environment_is_built_from_a_list(python: Path, tmp_path: Path) -> None:
    """Nothing of the person's reaches the server but what a program needs to run."""
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": "/home/ada",
        "AWS_ACCESS_KEY_ID": "theirs",
        "PERSIST_STATE": "1",
        "HTTPS_PROXY": "http://proxy.example",
        "PYTHONPATH": "/somewhere",
    }
    with running_server(python, tmp_path, environ) as server:
        get(f"{server.endpoint}/_ministack/health")  # before it runs, the kernel may show nothing yet
        seen = Path(f"/proc/{server.pid}/environ").read_text(encoding="utf-8").rstrip("\0").split("\0")
    assert dict(line.split("=", 1) for line in seen) == {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "DOCKER_HOST": f"unix://{tmp_path}/no-docker",
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": server.endpoint.rpartition(":")[2],
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }


def test_it_is_gone_afterwards(python: Path, tmp_path: Path) -> None:
    """An exception in between changes nothing: the process has ended when it is handled."""
    with pytest.raises(RuntimeError), running_server(python, tmp_path, os.environ) as server:
        raise RuntimeError
    with pytest.raises(ProcessLookupError):
        os.kill(server.pid, 0)


def test_server_that_ended_by_itself_is_no_trouble(python: Path, tmp_path: Path) -> None:
    """Taking down what is gone already works, and its last words were kept."""
    with running_server(python, tmp_path, os.environ) as server:
        get(f"{server.endpoint}/_ministack/health")
        os.killpg(server.pid, signal.SIGKILL)
        assert "Running on" in server.last_words()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_does_not_outlive_whoever_started_it(python: Path, tmp_path: Path) -> None:
    """Not even SIGKILL leaves a server behind."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, python, tmp_path],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        pid = int(holder.stdout.readline())
        descriptor = os.pidfd_open(pid)
        holder.kill()
        holder.wait()
    ended, _, _ = select.select([descriptor], [], [], 30)
    os.close(descriptor)
    assert ended == [descriptor]
