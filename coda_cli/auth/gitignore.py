"""Keep a file of credentials out of git: is it ignored where it lies, and making it so.

Owns one line of one ``.gitignore``. git itself is asked what it ignores; without git there is nothing to
keep the file out of. It is never an error: what could not be done is said.
"""

from __future__ import annotations

import subprocess
from pathlib import Path


def keep_out_of_git(path: Path) -> tuple[str, ...]:
    """Have git ignore a file if it lies in a work tree; say what was done, or has to be done by hand."""
    tree = _git(path.parent, "rev-parse", "--show-toplevel")
    if tree is None:
        return ()
    if _git(path.parent, "ls-files", "--error-unmatch", "--", path.name) is not None:
        return (
            f"{path} is in git's index, and so in what you push: take it out by",
            f"  git rm --cached {path}   and regard what was in it as known to others.",
        )
    if _git(path.parent, "check-ignore", "--quiet", "--", path.name) is not None:
        return ()
    ignored = Path(tree) / ".gitignore"
    try:
        before = ignored.read_bytes() if ignored.exists() else b""
        line_end = b"" if not before or before.endswith(b"\n") else b"\n"
        with ignored.open("ab") as file:
            file.write(line_end + path.name.encode() + b"\n")
    except OSError as error:
        return (f"{ignored} cannot be written ({error.strerror}): add {path.name} to it yourself.",)
    return (f"Added {path.name} to {ignored}.",)


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
    return done.stdout.decode(errors="surrogateescape").strip() if done.returncode == 0 else None
