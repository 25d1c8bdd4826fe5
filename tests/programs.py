"""Packs written by a test, and ``coda`` started as a process of its own.

Owns the one way in which tests start the program. It knows nothing of what any test expects.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FULL = "/dev/full"
"""A device that is a full disk; macOS has none."""

CODA = (sys.executable, "-m", "coda_cli")

HEAD = "from coda_cli import sdk\npack = sdk.new_pack()\n"
"""How most packs begin."""


def write_pack(folder: Path, source: str, name: str = "pack.py", head: str = HEAD) -> Path:
    """Write a pack of this source, which may be indented, below ``head``; return its path."""
    path = folder / name
    path.write_text(head + dedent(source), encoding="utf-8")
    return path


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the scrubbed environment of the test, and more."""
    return {**os.environ, **(extra or {})}


def run_coda(
    *arguments: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    script: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m coda_cli`` to its end, with standard input empty or as given.

    A shell's ``script`` starts it by ``"$@"``, such as ``exec "$@" 2>&-``.
    """
    shell = () if script is None else ("sh", "-c", script, "sh")
    return subprocess.run(
        [*shell, *CODA, *map(str, arguments)],
        cwd=cwd,
        env=environment(env),
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def restored_interpreter() -> Iterator[None]:
    """Take back what loading a pack in the test's own process does to the interpreter."""
    before = list(sys.path)
    try:
        yield
    finally:
        folders = tuple(f"{folder}{os.sep}" for folder in sys.path if folder not in before)
        sys.path[:] = before
        for name, module in list(sys.modules.items()):
            if folders and (getattr(module, "__file__", None) or "").startswith(folders):
                del sys.modules[name]
