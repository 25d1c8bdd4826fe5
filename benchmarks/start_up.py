"""Whole processes: from the command to its end, as whoever types it waits for it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from benchmarks.contenders import (
    CODA,
    FOLDER,
    PACKS,
    PYTHON,
    SCRIPTS,
    WALL,
    Contender,
    Relation,
    Section,
    Target,
    Unit,
)
from benchmarks.peers import BY_ROLE, EXTERNAL_ID, ROLE

if TYPE_CHECKING:
    from pathlib import Path

IMPORT_CLICK = "import click"
SCRIPT = "script: click, requests, botocore.auth, one GET"
ROLE_SCRIPT = "script: assume_role by botocore, one GET"
ONE_GET = "coda: one GET, keys of the environment"
KEPT = "coda: one GET, role, session kept"
NOT_KEPT = "coda: one GET, role, session not kept"


def start_up(url: str, folder: Path, peers: tuple[Contender, ...]) -> Section:
    """Return the section.

    Args:
        url: the server's address.
        folder: of this run, for kept sessions.
        peers: other programs' signed GETs.
    """
    cache = folder / "not-kept"
    one_get = ("execute", str(PACKS / "signed.py"), "Get")

    def forget() -> None:
        shutil.rmtree(cache, ignore_errors=True)

    contenders = (
        _python("pass", "-c", "pass"),
        _python(IMPORT_CLICK, "-c", "import click"),
        _coda("coda --version", "--version"),
        _coda("coda --help", "--help"),
        _coda(
            "coda: a formula without network", "execute", str(FOLDER.parent / "packs" / "hello.py"), "Hello"
        ),
        _python(SCRIPT, str(SCRIPTS / "signed_get.py"), f"{url}/"),
        _coda(ONE_GET, *one_get),
        _coda(KEPT, *one_get, *BY_ROLE),
        _python(ROLE_SCRIPT, str(SCRIPTS / "assume_role_get.py"), f"{url}/", ROLE, EXTERNAL_ID),
        Contender(
            NOT_KEPT,
            (CODA, *one_get, *BY_ROLE),
            WALL,
            environ={"XDG_CACHE_HOME": str(cache)},
            prepare=forget,
        ),
        *peers,
    )
    targets = (
        _at_most("coda --version", 1.3, IMPORT_CLICK),
        _at_most("coda --help", 1.3, IMPORT_CLICK),
        _at_most("coda: a formula without network", 1.8, IMPORT_CLICK),
        _at_most(ONE_GET, 1.1, SCRIPT),
        _at_most(ONE_GET, 1.0, "awscurl"),
        _at_most(KEPT, 1.2, ONE_GET),
        _at_most(NOT_KEPT, 1.1, ROLE_SCRIPT),
    )
    return Section("Whole processes", contenders, targets)


def _python(name: str, *arguments: str) -> Contender:
    return Contender(f"python, {name}" if name == "pass" else name, (PYTHON, *arguments), WALL)


def _coda(name: str, *arguments: str) -> Contender:
    return Contender(name, (CODA, *arguments), WALL)


def _at_most(name: str, limit: float, against: str) -> Target:
    return Target(name, Unit.MILLISECONDS, Relation.AT_MOST_TIMES, limit, against)
