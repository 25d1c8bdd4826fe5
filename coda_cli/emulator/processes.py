"""Ending a process with all that it started: what was given a session of its own, and nothing else."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess


def kill_session(process: subprocess.Popen[Any]) -> None:
    """Kill a process that was started in a new session, and its children; wait, and close its pipes."""
    with process, suppress(ProcessLookupError, PermissionError):  # it may have ended by itself
        os.killpg(process.pid, signal.SIGKILL)
