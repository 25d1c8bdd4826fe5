"""Long syncs: rows a second as a whole process, and the memory that more rows need."""

from __future__ import annotations

from functools import partial

from benchmarks.contenders import (
    CODA,
    PACKS,
    Contender,
    Ended,
    Relation,
    Section,
    Target,
    Unit,
    printed,
)

FEW, MANY = 1_000, 1_000_000
TABLES = {"Rows": ("without schema", 150_000), "Items": ("with schema", 50_000)}


def syncs() -> Section:
    """Return the section."""
    contenders: list[Contender] = []
    targets: list[Target] = []
    for table, (what, least) in TABLES.items():
        few, many = (f"coda: a sync of {count:,} rows to ndjson, {what}" for count in (FEW, MANY))
        contenders += [_sync(few, table, FEW), _sync(many, table, MANY)]
        targets += [
            Target(many, Unit.ROWS, Relation.AT_LEAST, least),
            Target(many, Unit.MEGABYTES, Relation.AT_MOST_MORE, 25, few),
        ]
    return Section("Long syncs", tuple(contenders), tuple(targets))


def _sync(name: str, table: str, count: int) -> Contender:
    command = (CODA, "execute", str(PACKS / "rows.py"), table, str(count), "--max-rows", "all")
    rate = partial(_rate, count)
    return Contender(name, (*command, "--output", "ndjson"), {Unit.ROWS: rate, Unit.MEGABYTES: printed})


def _rate(count: int, ended: Ended) -> float:
    return count / ended.seconds
