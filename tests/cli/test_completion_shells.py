"""Completion in real shells: each is started on a terminal, typed into, and what it would run is looked at.

A shell that is not installed is skipped; what coda answers it is in ``test_completion.py``.
"""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.programs import environment, write_pack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HANG_SECONDS = 60
"""After so long without a word from the shell, something hangs."""

PACK = """
    @pack.formula
    def list_buckets(context) -> list[str]:
        "List, the buckets: all of them."
        return []

    @pack.formula
    def put_text(context) -> str:
        return ""

    raise SystemExit("a pack is not run by completing its formulas")
"""
TYPED = {
    "coda exec\t": "execute",
    "coda trust\t pa\t": "trust-policy|pack.py",
    "coda execute pack.py L\t": "execute|pack.py|ListBuckets",
    "coda execute ./pack.py listb\t--verb\t": "execute|./pack.py|ListBuckets|--verbose",
    "coda execute pack.py --output j\t": "execute|pack.py|--output|json",
    "coda execute pack.py --output=j\t": "execute|pack.py|--output=json",
    "coda execute --role-arn arn:aws:iam::1:role/x pack.py P\t": (
        "execute|--role-arn|arn:aws:iam::1:role/x|pack.py|PutText"
    ),
    "coda execute --profile dev\t pack.py P\t": "execute|--profile|develop|pack.py|PutText",
    "coda auth pack.py --profile 'my\t": "auth|pack.py|--profile|my own",
    "coda emulator -- coda exec\t pack.py L\t": "emulator|--|coda|execute|pack.py|ListBuckets",
    "coda execute broken.py L\t": "execute|broken.py|L",
    "coda execute 'sub folder/'o\t O\t": "execute|sub folder/other.py|Other",
    "coda describe ~/pack.py P\t": "describe|HOME/pack.py|PutText",
}
"""What is typed, with Tab, and the words that ``coda`` is then called with."""

SHELLS = {
    "bash": (
        ["bash", "--noprofile", "--rcfile", ".bashrc", "-i"],
        ".bashrc",
        'PS1="> "\neval "$(_CODA_COMPLETE=bash_source coda)"\n',
    ),
    "zsh": (
        ["zsh", "-d", "-i"],
        ".zshrc",
        'PS1="> "\nautoload -Uz compinit\ncompinit -u -D\neval "$(_CODA_COMPLETE=zsh_source coda)"\n',
    ),
    "fish": (
        ["fish", "--no-config", "-i", "-C", "source config.fish"],
        "config.fish",
        "_CODA_COMPLETE=fish_source coda | source\n",
    ),
}
"""How each shell is started, the file that it then reads, and what the documents say to put into it."""

TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Makes the terminal that of a new session, without which shells do not do their jobs."""


def fill(folder: Path) -> None:
    """Put packs, profiles and a ``coda`` there that answers shells and else says what it is called with."""
    write_pack(folder, PACK)
    write_pack(folder, "@pack.formula\ndef listing(context: ->", "broken.py")
    (folder / "sub folder").mkdir()
    write_pack(folder / "sub folder", "@pack.formula\ndef other(context): ...\n", "other.py")
    (folder / "config").write_text('[default]\n[profile develop]\n[profile "my own"]\n', encoding="utf-8")
    (folder / "bin").mkdir()
    program = folder / "bin" / "coda"
    program.write_text(
        f'#!/bin/sh\n[ -n "$_CODA_COMPLETE" ] && exec "{sys.executable}" -m coda_cli "$@"\n'
        "printf 'CALLED'; printf '|%s' \"$@\"; printf '|END\\n'\n",
        encoding="utf-8",
    )
    program.chmod(0o755)


@contextmanager
def started(shell: str, folder: Path) -> Iterator[int]:
    """Start a shell that reads its file from the folder, and give the terminal that it is on."""
    command, file, text = SHELLS[shell]
    (folder / file).write_text(text, encoding="utf-8")
    extra = {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "ZDOTDIR": str(folder),
        "AWS_CONFIG_FILE": str(folder / "config"),
        "TERM": "xterm",
    }
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", TAKE_TERMINAL, *command],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env=environment(extra),
    ) as process:
        os.close(theirs)
        try:
            yield ours
        finally:
            process.kill()
            os.close(ours)


def read_until(terminal: int, text: str) -> str:
    """Read what a shell writes until this text is in it."""
    received = ""
    while text not in received:
        ready, _, _ = select.select([terminal], [], [], HANG_SECONDS)
        assert ready, f"no {text!r} in:\n{received}"
        received += os.read(terminal, 65536).decode(errors="replace")
    return received


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes(shell: str, tmp_path: Path) -> None:
    """What a person types with Tab becomes the command that they meant, and nothing else is said."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    fill(tmp_path)
    with started(shell, tmp_path) as terminal:
        for typed, words in TYPED.items():
            os.write(terminal, f"{typed}\n".encode())
            shown, _, called = read_until(terminal, "|END\r\n").partition("CALLED|")
            assert called.partition("|END")[0] == words.replace("HOME", str(tmp_path)), typed
            assert not {"Error", "Traceback", "Warning"} & set(shown.replace(":", " ").split()), shown
