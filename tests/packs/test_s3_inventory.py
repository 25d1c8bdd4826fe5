"""``s3_inventory.py``: the objects of a bucket as rows, page after page."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any

from coda_cli.emulator.filling import BUCKETS
from tests.packs.running import execute, result, table
from tests.packs.scripted_fetcher import scripted

if TYPE_CHECKING:
    from coda_cli.emulator.running import Emulator

PACK = "s3_inventory.py"


def page(*keys: str, token: str = "", **more: list[str]) -> dict[str, Any]:
    """One page of a listing as the fetcher decodes it."""
    found = {"Size": ["7"], "LastModified": ["2026-01-14T08:00:00.000Z"], **more}
    return {
        "IsTruncated": ["true" if token else "false"],
        **({"Contents": [{"Key": [key], **found} for key in keys]} if keys else {}),
        **({"NextContinuationToken": [token]} if token else {}),
    }


def test_row() -> None:
    """A row has the key as it was written, and a URI that no other object has."""
    context, _ = scripted(page("%C3%9Cber+sicht%2B.txt", StorageClass=["GLACIER"]))
    (row,) = table(PACK, "Objects").execute(context, "reports")
    assert asdict(row) == {
        "uri": "s3://reports/Über sicht+.txt",
        "key": "Über sicht+.txt",
        "size": 7,
        "modified": "2026-01-14T08:00:00.000Z",
        "storage_class": "GLACIER",
    }


def test_no_objects() -> None:
    """An empty bucket has no rows."""
    context, _ = scripted(page())
    assert list(table(PACK, "Objects").execute(context, "reports")) == []


def test_all_pages_are_listed() -> None:
    """The continuation tokens are followed to the end, each quoted into its URL."""
    context, fetcher = scripted(page("a", token="t/1="), page("b", "c", token="t2"), page("d"))
    rows = table(PACK, "Objects").execute(context, "logs", "x y/", "eu-west-1")
    assert [row.key for row in rows] == ["a", "b", "c", "d"]
    first = "https://logs.s3.eu-west-1.amazonaws.com/?list-type=2&encoding-type=url&prefix=x%20y%2F"
    assert [request["url"] for request in fetcher.requests] == [
        first,
        f"{first}&continuation-token=t%2F1%3D",
        f"{first}&continuation-token=t2",
    ]


def test_pages_are_asked_for_when_their_rows_are_wanted() -> None:
    """Whoever takes the rows of one page causes no more requests than for it and the page ahead."""
    context, fetcher = scripted(page("a", "b", token="t"), page("c", token="u"), page("d"))
    rows = table(PACK, "Objects").execute(context, "logs")
    assert [row.key for row in islice(rows, 2)] == ["a", "b"]
    assert len(fetcher.requests) in (1, 2)


def test_inventory(emulator: Emulator) -> None:
    """The objects under a prefix are rows, with the size of each."""
    rows = result(emulator.environment, PACK, "Objects", "coda-demo-logs", "app/")
    texts = BUCKETS["coda-demo-logs"]
    assert [(row["uri"], row["size"]) for row in rows] == [
        (f"s3://coda-demo-logs/{key}", len(texts[key]))
        for key in ("app/2026-01-14.log", "app/2026-01-15.log")
    ]


def test_rows_wanted(emulator: Emulator) -> None:
    """No more rows are printed than are wanted, and the person is told."""
    done = execute(emulator.environment, PACK, "Objects", "coda-demo-logs", "--max-rows", "1")
    assert done.returncode == 0
    assert [row["key"] for row in json.loads(done.stdout)] == ["app/2026-01-14.log"]
    assert "cut at 1 row" in done.stderr


def test_missing_bucket(emulator: Emulator) -> None:
    """The service's own code says that the bucket is missing."""
    done = execute(emulator.environment, PACK, "Objects", "no-such-bucket")
    assert done.returncode == 5
    assert "NoSuchBucket" in done.stderr
