"""Keep a file of credentials out of git: is it ignored where it lies, and making it so.

Owns one line of one ``.gitignore``. git itself is asked what it ignores. It is never an error: what could not
be done is said.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

_OF_PATTERNS = re.compile(r"[\\*?\[\]!# ]")
"""What means something else in a pattern than itself."""


def keep_out_of_git(path: Path) -> tuple[str, ...]:
    """Have git ignore a file that lies in a work tree; say what was done, or has to be done by hand.

    Where it is a link, the same is done for what it leads to, which holds the secrets.
    """
    return (*_kept_out(path), *(_kept_out(path.resolve()) if path.is_symlink() else ()))


def _kept_out(path: Path) -> tuple[str, ...]:
    tree = _git(path.parent, "rev-parse", "--show-toplevel")
    if tree is None:
        # Without git, or with one that trusts nobody else's tree, the next person may still add the file.
        is_tree = any((folder / ".git").exists() for folder in path.absolute().parents)
        unasked = f"git cannot be asked about {path}: see to it yourself that it is ignored."
        return (unasked,) if is_tree else ()
    if _git(path.parent, "--literal-pathspecs", "ls-files", "--error-unmatch", "--", path.name) is not None:
        return (
            f"{path} is in git's index, and so in what you push: take it out by",
            f"  git rm --cached {shlex.quote(str(path))}   and regard what was in it as known to others.",
        )
    if _is_ignored(path):
        return ()
    ignored = Path(tree) / ".gitignore"
    try:
        before = ignored.read_bytes() if ignored.exists() else b""
        line_end = b"" if not before or before.endswith(b"\n") else b"\n"
        with ignored.open("ab") as file:
            file.write(line_end + os.fsencode(_OF_PATTERNS.sub(r"\\\g<0>", path.name)) + b"\n")
    except OSError as error:
        return (f"{ignored} cannot be written ({error.strerror}): add {path.name} to it yourself.",)
    if not _is_ignored(path):
        return (f"Added {path.name} to {ignored}, but git still does not ignore {path}: see to it yourself.",)
    return (f"Added {path.name} to {ignored}.",)


def _is_ignored(path: Path) -> bool:
    return _git(path.parent, "check-ignore", "--quiet", "--", f"./{path.name}") is not None


def _git(folder: Path, *arguments: str) -> str | None:
    """Return what git says, or None where it says no, or is not there."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return os.fsdecode(done.stdout).removesuffix("\n") if done.returncode == 0 else None
