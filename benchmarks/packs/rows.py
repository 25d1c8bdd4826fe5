"""Two tables that are made here, so that only the runner is measured: with a schema, and without."""

from collections.abc import Iterator
from dataclasses import dataclass
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


@pack.sync_table(identity_name="Row", description="Rows of any keys.")
def rows(context: sdk.ExecutionContext, count: int) -> Iterator[dict[str, Any]]:
    yield from made(count)


@pack.sync_table(identity_name="Item", schema=Item, description="Rows that are checked.")
def items(context: sdk.ExecutionContext, count: int) -> Iterator[dict[str, Any]]:
    yield from made(count)
