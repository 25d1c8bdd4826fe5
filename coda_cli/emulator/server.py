"""MiniStack's process: started on loopback, and ended with the process that started it.

Knows nothing of what the server is filled with. The listening socket is made here and handed over, so
that the port cannot be lost to another program, and a first request waits in it until the server is up.
"""

from __future__ import annotations

import socket
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coda_cli.emulator.processes import kill_session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GUARD = Path(__file__).with_name("guarded.py")
INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that was started."""

    endpoint: str
    pid: int
    log: Path

    def last_words(self) -> str:
        """Return the last line of its log, for an error message."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


@contextmanager
def running_server(python: Path, folder: Path, environ: Mapping[str, str]) -> Iterator[Server]:
    """Run MiniStack, and kill it with all that it started.

    Args:
        python: the interpreter that has MiniStack.
        folder: for its log and whatever it writes; whoever made it removes it.
        environ: the environment to take what is needed to run a program from.
    """
    log = folder / "server.log"
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("wb") as output:
        port = listener.getsockname()[1]
        process = subprocess.Popen(
            [
                *(str(python), "-I", str(GUARD), "hypercorn", "ministack.app:app"),
                *("--workers", "0", "--bind", f"fd://{listener.fileno()}", "--keep-alive", "75"),
            ],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=_environment(folder, port, environ),
            pass_fds=[listener.fileno()],
            start_new_session=True,  # Ctrl-C is for the command
        )
    # The listener is closed on our side: if the server dies, a request fails instead of waiting.
    try:
        yield Server(f"http://127.0.0.1:{port}", process.pid, log)
    finally:
        kill_session(process)  # it holds nothing that anybody wants to keep


def _environment(folder: Path, port: int, environ: Mapping[str, str]) -> dict[str, str]:
    return {
        **{name: environ[name] for name in INHERITED if name in environ},
        "HOME": str(folder),  # it would look for credentials
        "TMPDIR": str(folder),
        "DOCKER_HOST": f"unix://{folder / 'no-docker'}",  # it would remove containers
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
