"""The virtual environment that MiniStack lives in: where it is, and making it on first use.

MiniStack pins one version of botocore, so it never shares an environment with coda. This module makes
that environment under the user's cache folder and answers which Python to start; it starts no server.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from coda_cli.cache_folder import cache_folder
from coda_cli.emulator.foreground import uninterrupted
from coda_cli.emulator.processes import kill_session
from coda_cli.errors import EmulatorError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VERSION = "1.5.33"
"""Earlier releases do not verify signatures, and later ones were not tried."""


def required_cache_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder to install into; it need not exist.

    Raises:
        EmulatorError: there is no home folder to have it in.
    """
    folder = cache_folder(environ)
    if folder is None:
        raise EmulatorError(
            "there is no home folder to install the AWS emulator in",
            "Set XDG_CACHE_HOME to a folder that you can write to, and run this again.",
        )
    return folder


def installed_python(cache: Path, say: Callable[[str], object]) -> Path:
    """Return the Python that has MiniStack; on first use install it, and say so.

    Raises:
        EmulatorError: the environment cannot be made; the message ends in pip's last line.
    """
    folder = cache / "emulator" / f"{VERSION}-{sys.implementation.cache_tag}"
    # A link to an interpreter that was removed since does not exist, and is made anew.
    if not _python_of(folder).exists():
        say(f"Installing the AWS emulator (MiniStack {VERSION}) into {folder}: once, for some seconds.")
        try:
            _install(folder)
        except OSError as error:
            raise EmulatorError(
                f"the AWS emulator cannot be installed: {error}",
                "Set XDG_CACHE_HOME to a folder that you can write to, and run this again.",
            ) from error
    return _python_of(folder)


def _install(folder: Path) -> None:
    """Make the environment beside its place and rename it there, so that it is never seen half made."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with uninterrupted():
            workshop = stack.enter_context(
                TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent, ignore_cleanup_errors=True)
            )
        with suppress(FileNotFoundError):
            folder.rename(Path(workshop) / "old")
        new = Path(workshop) / "new"
        _run([sys.executable, "-I", "-m", "venv", str(new)])
        python = str(_python_of(new))
        pip = [python, "-I", "-m", "pip", "install", "--no-input", "--no-user", "--disable-pip-version-check"]
        _run([*pip, f"ministack=={VERSION}"])
        # pip may have been configured to install elsewhere.
        _run([python, "-I", "-c", "import ministack.app"])
        try:
            new.rename(folder)
        except OSError:
            if not _python_of(folder).exists():
                raise
            # Somebody else was faster, and theirs is as good.


def _python_of(environment: Path) -> Path:
    """Return an environment's interpreter, which works after a rename where its scripts do not."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _run(arguments: list[str]) -> None:
    """Run one step with the person's own environment: their proxy and their index are pip's.

    It has a session of its own, so that whatever it started ends with it if we are interrupted.
    """
    process = None
    try:
        with uninterrupted():
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        output, _ = process.communicate()
    except BaseException:
        if process is not None:
            kill_session(process)
        raise
    if process.returncode:
        lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no reason was given"]
        raise EmulatorError(
            f"the AWS emulator cannot be installed: {lines[-1]}",
            f"This step failed with exit status {process.returncode}: {' '.join(arguments)}",
            "It ran with your environment: pip takes its index and proxy from its own settings.",
            *lines[-10:-1],
        )
