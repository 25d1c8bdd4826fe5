"""Many requests of one process, over connections that are kept open."""

from __future__ import annotations

from benchmarks.contenders import (
    CODA,
    PACKS,
    PYTHON,
    RATE,
    SCRIPTS,
    Contender,
    Relation,
    Section,
    Target,
    Unit,
)
from benchmarks.peers import BY_ROLE, REFERENCE

COUNT = "2000"
GETS = "coda: signed GETs"
GETS_BY_ROLE = "coda: signed GETs, role"
SCRIPT = "script: requests.Session, botocore's S3 signer"


def throughput(url: str, peers: tuple[Contender, ...]) -> Section:
    """Return the section; ``peers`` are the reference's requests."""
    loop = (PYTHON, str(SCRIPTS / "signed_loop.py"), f"{url}/small", COUNT)
    contenders = (
        Contender(SCRIPT, loop, RATE, is_captured=True),
        _coda(GETS, str(PACKS / "signed.py"), "Gets", COUNT),
        _coda(GETS_BY_ROLE, str(PACKS / "signed.py"), "Gets", COUNT, *BY_ROLE),
        *peers,
    )
    targets = (
        _at_least(GETS, 1.5, SCRIPT),
        _at_least(GETS_BY_ROLE, 5, f"{REFERENCE}, role"),
    )
    return Section("Signed requests, one after another", contenders, targets)


def _coda(name: str, *call: str) -> Contender:
    return Contender(name, (CODA, "execute", *call), RATE, is_captured=True)


def _at_least(name: str, limit: float, against: str) -> Target:
    return Target(name, Unit.REQUESTS, Relation.AT_LEAST_TIMES, limit, against)
