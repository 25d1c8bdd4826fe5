"""``s3.py``: buckets, objects, paging and names that are hard to write into a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.emulator.filling import BUCKETS
from coda_cli.errors import UserVisibleError
from tests.packs.running import call, execute, result
from tests.packs.scripted_fetcher import scripted

if TYPE_CHECKING:
    from coda_cli.emulator.running import Emulator

BUCKET = "coda-demo-reports"
ODD_KEY = "scratch/a b+c%41&d=é/../☃//x?.txt"


def test_buckets(emulator: Emulator) -> None:
    """Every bucket is listed with the time of its creation, or those that a prefix selects."""
    buckets = result(emulator.environment, "s3.py", "ListBuckets")
    assert [bucket["name"] for bucket in buckets] == list(BUCKETS)
    assert all(bucket["created"].startswith("20") for bucket in buckets)
    chosen = result(emulator.environment, "s3.py", "ListBuckets", "coda-demo-l")
    assert [bucket["name"] for bucket in chosen] == ["coda-demo-logs"]


def test_no_buckets() -> None:
    """An account without buckets is an empty list, although XML then has an empty element."""
    context, _ = scripted({"Buckets": [""]})
    assert call("s3.py", "ListBuckets", context) == []


def test_objects(emulator: Emulator) -> None:
    """The objects under a prefix are listed with their size."""
    objects = result(emulator.environment, "s3.py", "ListObjects", "coda-demo-logs", "app/")
    texts = BUCKETS["coda-demo-logs"]
    assert [(found["key"], found["size"]) for found in objects] == [
        (key, len(texts[key])) for key in ("app/2026-01-14.log", "app/2026-01-15.log")
    ]


def test_no_objects(emulator: Emulator) -> None:
    """A prefix that nothing has is an empty list."""
    assert result(emulator.environment, "s3.py", "ListObjects", BUCKET, "nothing/") == []


def test_keys_are_decoded(emulator: Emulator) -> None:
    """A key comes back as it was written, whatever its characters."""
    objects = result(emulator.environment, "s3.py", "ListObjects", BUCKET, "2026/Ü")
    assert [found["key"] for found in objects] == ["2026/Übersicht ☃.txt"]


def page(*keys: str, token: str = "") -> dict[str, Any]:
    """One page of a listing as the fetcher decodes it."""
    contents = [{"Key": [key], "Size": ["1"], "LastModified": ["2026-01-01T00:00:00.000Z"]} for key in keys]
    return {
        "IsTruncated": ["true" if token else "false"],
        **({"Contents": contents} if contents else {}),
        **({"NextContinuationToken": [token]} if token else {}),
    }


def test_all_pages_are_listed() -> None:
    """One call follows the continuation tokens to the end, each quoted into its URL."""
    context, fetcher = scripted(page("a", token="t/1="), page("b", "c", token="t2"), page())
    objects = call("s3.py", "ListObjects", context, "logs", "x y/")
    assert [found["key"] for found in objects] == ["a", "b", "c"]
    first = "https://logs.s3.us-east-1.amazonaws.com/?list-type=2&encoding-type=url&prefix=x%20y%2F"
    assert [request["url"] for request in fetcher.requests] == [
        first,
        f"{first}&continuation-token=t%2F1%3D",
        f"{first}&continuation-token=t2",
    ]


@pytest.mark.parametrize(
    ("bucket", "region", "url"),
    [
        pytest.param("logs", "us-east-1", "https://logs.s3.us-east-1.amazonaws.com/k", id="host"),
        pytest.param("logs", "eu-west-1", "https://logs.s3.eu-west-1.amazonaws.com/k", id="region"),
        pytest.param("a.b", "us-east-1", "https://s3.us-east-1.amazonaws.com/a.b/k", id="dot"),
        pytest.param("a/b#", "us-east-1", "https://s3.us-east-1.amazonaws.com/a%2Fb%23/k", id="no name"),
    ],
)
def test_url_of_an_object(bucket: str, region: str, url: str) -> None:
    """The bucket is in the host name where the certificate covers that, else in the path."""
    context, fetcher = scripted(b"text")
    call("s3.py", "GetText", context, bucket, "k", region)
    assert [request["url"] for request in fetcher.requests] == [url]


@pytest.mark.parametrize("text", ['{"json": "stays text"}', "<xml>too</xml>", "ünïcode\n", ""])
def test_text_comes_back_as_it_was_put(emulator: Emulator, text: str) -> None:
    """PutText and GetText are each other's reverse, also for keys that are hard to write."""
    put = result(emulator.environment, "s3.py", "PutText", "coda-demo-assets", ODD_KEY, text)
    assert put == f"s3://coda-demo-assets/{ODD_KEY}"
    assert result(emulator.environment, "s3.py", "GetText", "coda-demo-assets", ODD_KEY) == text


def test_missing_object(emulator: Emulator) -> None:
    """An object that is not there is named."""
    done = execute(emulator.environment, "s3.py", "GetText", BUCKET, "no/such.txt")
    assert done.returncode == 1
    assert f"Bucket {BUCKET} has no object 'no/such.txt'." in done.stderr


def test_object_that_is_no_text() -> None:
    """Bytes that are no UTF-8 are not guessed at."""
    context, _ = scripted(b"\xff\xd8")
    with pytest.raises(UserVisibleError, match="is not text in UTF-8"):
        call("s3.py", "GetText", context, "pictures", "picture.jpg")


def test_missing_bucket(emulator: Emulator) -> None:
    """The service's own code says that the bucket is missing."""
    done = execute(emulator.environment, "s3.py", "ListObjects", "no-such-bucket")
    assert (done.returncode, done.stdout) == (5, "")
    assert "NoSuchBucket" in done.stderr


@pytest.mark.parametrize(
    ("bucket", "key", "region", "said"),
    [
        pytest.param("", "key", "us-east-1", "The bucket is empty.", id="bucket"),
        pytest.param("reports", "", "us-east-1", "The object's key is empty.", id="key"),
        pytest.param("reports", "key", "", "The region is empty.", id="region"),
    ],
)
def test_an_empty_part_asks_for_nothing_else(bucket: str, key: str, region: str, said: str) -> None:
    """An empty key is not the bucket, which a PUT would create and a GET would list."""
    context, fetcher = scripted()
    with pytest.raises(UserVisibleError, match=said):
        call("s3.py", "PutText", context, bucket, key, "text", region)
    assert fetcher.requests == []
