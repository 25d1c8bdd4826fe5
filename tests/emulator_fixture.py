"""The AWS on this machine that tests run against: one for the whole session, started on first use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from coda_cli.emulator.installation import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coda_cli.emulator.running import Emulator

CACHE_FOLDER = cache_folder(os.environ)
"""Read before HOME is scrubbed, so that MiniStack is installed once and not once a test."""


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """Run a filled emulator; ``.environment`` is what a command in it gets."""
    from coda_cli.emulator.running import running_emulator

    environ = {**os.environ, "XDG_CACHE_HOME": str(CACHE_FOLDER.parent)}
    with running_emulator(environ, say=print) as running:
        yield running
