"""The folder of the user's cache that coda keeps what it can make again in.

Owns where that is: emulators and sessions of roles have a folder each in it. It makes nothing and reads
nothing but the environment that it is given.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def cache_folder(environ: Mapping[str, str], platform: str = sys.platform) -> Path | None:
    """Return the folder, which need not exist; None where there is no home folder to have it in."""
    chosen = environ.get("XDG_CACHE_HOME", "")
    if Path(chosen).is_absolute():
        return Path(chosen) / "coda"
    home = Path(environ.get("HOME") or os.path.expanduser("~"))  # noqa: PTH111 - pathlib's raises an error
    if not home.is_absolute():
        return None
    if platform == "darwin":
        return home / "Library" / "Caches" / "coda"
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "coda"
    return home / ".cache" / "coda"
