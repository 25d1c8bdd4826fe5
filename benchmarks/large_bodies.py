"""One body of 25 MiB: how long it takes, and how much memory it needs beside what it is."""

from __future__ import annotations

from benchmarks.contenders import (
    CODA,
    PACKS,
    PYTHON,
    SCRIPTS,
    Contender,
    Relation,
    Section,
    Target,
    Unit,
    printed,
    printed_growth,
)

PATHS = {"JSON": "/large.json", "bytes": "/large.bin"}


def large_bodies(url: str) -> Section:
    """Return the section."""
    both = {Unit.MILLISECONDS: printed, Unit.MEGABYTES: printed_growth}
    contenders: list[Contender] = []
    targets: list[Target] = []
    for kind, path in PATHS.items():
        coda, script, held = (
            f"coda: 25 MiB of {kind}",
            f"requests: 25 MiB of {kind}",
            f"what {kind} is in memory",
        )
        execute = (CODA, "execute", str(PACKS / "signed.py"), "Body", path, str(kind == "bytes").lower())
        by_requests = (PYTHON, str(SCRIPTS / "body.py"), url, path)
        at_least = (PYTHON, "-m", "benchmarks.scripts.held", path)
        contenders += [
            Contender(script, by_requests, both, is_captured=True),
            Contender(coda, (*execute, "--output", "text"), both, is_captured=True),
            Contender(held, at_least, {Unit.MEGABYTES: printed}, is_captured=True),
        ]
        targets += [
            Target(coda, Unit.MILLISECONDS, Relation.AT_MOST_TIMES, 1.3, script),
            Target(coda, Unit.MEGABYTES, Relation.AT_MOST_MORE, 10, held),
        ]
    return Section("A body of 25 MiB", tuple(contenders), tuple(targets))
