"""The AWS on this machine that tests run against: one for the whole session, started on first use."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from coda_cli.emulator.installation import required_cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coda_cli.emulator.running import Emulator

CACHE_FOLDER = required_cache_folder(os.environ)
"""Read before HOME is scrubbed, so that MiniStack is installed once and not once a test."""


INHERITED = {"PATH", "LANG", "LC_ALL", "TMPDIR", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"}
"""What a command needs to run, and to be measured."""


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Run a filled emulator; ``.environment`` is what a command in it gets, with an empty home.

    It is shared: a test that changes what is in it does so where no other looks. Commands keep nothing in
    the cache folder of whoever runs the tests.
    """
    from coda_cli.emulator.running import running_emulator

    environ = {name: value for name, value in os.environ.items() if name in INHERITED} | {
        "HOME": str(tmp_path_factory.mktemp("home")),
        "XDG_CACHE_HOME": str(CACHE_FOLDER.parent),
    }
    with running_emulator(environ, say=print) as running:
        kept = {name: value for name, value in running.environment.items() if name != "XDG_CACHE_HOME"}
        yield replace(running, environment=kept)
