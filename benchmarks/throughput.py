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
SLOW_COUNT = "200"
CONCURRENCY = "32"
ONE_BY_ONE = "coda: fetch, 200 times"
ALL_AT_ONCE = f"coda: fetch_all of 200, {CONCURRENCY} at once"
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


def many_at_once() -> Section:
    """Return the section of requests that each take 20 ms to answer."""
    pack = str(PACKS / "signed.py")
    contenders = (
        _coda(ONE_BY_ONE, pack, "Gets", SLOW_COUNT, "/slow"),
        _coda(ALL_AT_ONCE, pack, "AllGets", SLOW_COUNT, "/slow", CONCURRENCY),
    )
    return Section("Requests of 20 ms each", contenders, (_at_least(ALL_AT_ONCE, 10, ONE_BY_ONE),))


def _coda(name: str, *call: str) -> Contender:
    return Contender(name, (CODA, "execute", *call), RATE, is_captured=True)


def _at_least(name: str, limit: float, against: str) -> Target:
    return Target(name, Unit.REQUESTS, Relation.AT_LEAST_TIMES, limit, against)
