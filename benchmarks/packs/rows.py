"""Two tables that are made here, so that only the runner is measured: with a schema, and without.

At their end they say how much memory the process has held at most, in millions of bytes.
"""

import re
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coda_cli import sdk

pack = sdk.new_pack()


@sdk.schema(id="id", display="name")
@dataclass
class Item:
    id: int
    name: str
    amount: float
    is_open: bool


def made(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {"id": number, "name": f"item {number}", "amount": number / 8, "is_open": number % 2 == 0}
    print(peak_memory() / 1e6, file=sys.stderr)


def peak_memory() -> int:
    """Bytes held at most; what Linux tells whoever waits for a process is no less than its parent held."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"VmHWM:\s*(\d+) kB", status.read_text())[0]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@pack.sync_table(identity_name="Row", description="Rows of any keys.")
def rows(context: sdk.ExecutionContext, count: int) -> Iterator[dict[str, Any]]:
    yield from made(count)


@pack.sync_table(identity_name="Item", schema=Item, description="Rows that are checked.")
def items(context: sdk.ExecutionContext, count: int) -> Iterator[dict[str, Any]]:
    yield from made(count)
