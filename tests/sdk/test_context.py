"""What a running formula is given, as far as it is data."""

from __future__ import annotations

import dataclasses
import inspect
from datetime import UTC
from typing import get_overloads

import pytest

from coda_cli import sdk
from coda_cli.errors import RequestError
from coda_cli.fetching.fetcher import HttpFetcher
from coda_cli.sdk.exchanges import Headers
from tests.fetchers import OneByOne


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


def test_a_request_is_the_arguments_of_a_fetch() -> None:
    """A request can be made, compared and changed."""
    request = sdk.FetchRequest("GET", "/items", headers={"Authorization": "Bearer 12345678"})
    assert (request.method, request.url, request.body, request.force_cache) == ("GET", "/items", None, False)
    assert request == dataclasses.replace(dataclasses.replace(request, url="/next"), url="/items")


def test_a_request_shows_no_secret() -> None:
    """A request that is printed shows where it goes, and not what may be a token or a password."""
    request = sdk.FetchRequest("POST", "/", headers={"A": "secret"}, body="secret", form={"b": "secret"})
    assert repr(request) == "FetchRequest(method='POST', url='/')"


def test_a_request_has_the_keywords_of_fetch() -> None:
    """What ``fetch`` takes, by position or keyword, a request takes alike, with the same defaults."""
    spelled_out, _ = get_overloads(sdk.Fetcher.fetch)
    _, *of_fetch = inspect.signature(spelled_out).parameters.values()
    assert of_fetch == list(inspect.signature(sdk.FetchRequest).parameters.values())


def test_context_defaults() -> None:
    """Dates without an offset are in UTC, and there is no endpoint and no document."""
    context = sdk.ExecutionContext(fetcher=OneByOne())
    assert context.timezone is UTC
    assert context.endpoint is None
    assert context.invocation_location == sdk.InvocationLocation("https://coda.io", None)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        pytest.param(sdk.ExecutionContext(fetcher=OneByOne()), "endpoint", id="context"),
        pytest.param(sdk.FetchRequest("GET", "/"), "url", id="request"),
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
    storage = sdk.ExecutionContext(fetcher=OneByOne()).temporary_blob_storage
    with pytest.raises(RequestError, match="a blob of type text/plain cannot be stored") as caught:
        storage.store_blob(b"", "text/plain")
    assert "temporary_blob_storage=" in caught.value.details[0]
    with pytest.raises(RequestError, match=r"the URL 'https://example\.com/' cannot be stored"):
        storage.store_url("https://example.com/", disable_authentication=True)


@pytest.mark.parametrize("name", ["fetch", "fetch_all", "pages"])
def test_the_runners_fetcher_takes_what_the_sdk_says(name: str) -> None:
    """Names and defaults that pack authors read are those of the fetcher that they get."""

    def told(owner: type) -> list[tuple[str, object, object]]:
        parameters = inspect.signature(getattr(owner, name)).parameters.values()
        return [(one.name, one.kind, one.default) for one in parameters]

    assert told(HttpFetcher) == told(sdk.Fetcher)
