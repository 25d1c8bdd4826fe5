"""What a running formula is given, as far as it is data."""

from __future__ import annotations

import dataclasses
from datetime import UTC
from typing import Any

import pytest

from coda_cli import sdk
from coda_cli.errors import RequestError
from coda_cli.sdk.context import Headers


class NoFetcher:
    """A fetcher for formulas that do not fetch."""

    def fetch(self, *_: Any, **__: Any) -> sdk.FetchResponse:
        """Fail."""
        raise AssertionError("nothing is fetched here")


def test_headers_are_case_insensitive_and_joined() -> None:
    """Names are looked up in any case, listed in lower case; repeated ones are joined."""
    headers = Headers((("ETag", "1"), ("X-Many", "a"), ("x-many", "b")))
    assert headers["etag"] == headers["ETAG"] == "1"
    assert headers["X-MANY"] == "a, b"
    assert dict(headers) == {"etag": "1", "x-many": "a, b"}
    assert len(headers) == 2
    assert "Etag" in headers
    assert headers.get("absent") is None
    assert repr(Headers({"A": "b"})) == "Headers({'a': 'b'})"


def test_context_defaults() -> None:
    """Dates without an offset are in UTC, and there is no endpoint and no document."""
    context = sdk.ExecutionContext(fetcher=NoFetcher())
    assert context.timezone is UTC
    assert context.endpoint is None
    assert context.invocation_location == sdk.InvocationLocation("https://coda.io", None)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        pytest.param(sdk.ExecutionContext(fetcher=NoFetcher()), "endpoint", id="context"),
        pytest.param(sdk.FetchResponse(200, Headers(), ""), "body", id="response"),
        pytest.param(sdk.InvocationLocation(), "doc_id", id="location"),
    ],
)
def test_frozen(value: object, field: str) -> None:
    """What a formula is given cannot be changed by it."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, field, "other")


def test_a_context_without_storage() -> None:
    """A test's own context stores nothing unless it is given a storage, and says how."""
    storage = sdk.ExecutionContext(fetcher=NoFetcher()).temporary_blob_storage
    with pytest.raises(RequestError, match="a blob of type text/plain cannot be stored") as caught:
        storage.store_blob(b"", "text/plain")
    assert "temporary_blob_storage=" in caught.value.details[0]
    with pytest.raises(RequestError, match=r"the URL 'https://example\.com/' cannot be stored"):
        storage.store_url("https://example.com/", disable_authentication=True)
