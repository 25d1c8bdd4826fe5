"""What packs hand to a fetcher: which of it is a request, and who is told what is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.errors import RequestError
from coda_cli.sdk import FetchRequest
from coda_cli.sdk.fetch_requests import (
    checked_concurrency,
    fetch_request,
    first_page,
    next_page,
    requests_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

URL = "https://example.com/"


def test_arguments_make_a_request() -> None:
    """What a pack passes one by one is the same request as one that it made itself."""
    request = FetchRequest("POST", URL, form={"a": "b"}, ignore_redirects=True)
    assert fetch_request("POST", URL, {"form": {"a": "b"}, "ignore_redirects": True}) == request
    assert fetch_request(request, None, {}) is request


@pytest.mark.parametrize(
    ("url", "options", "names"),
    [
        pytest.param("/x", {}, "url", id="a URL"),
        pytest.param(None, {"body": None}, "body", id="an option, though it is the default"),
        pytest.param("/x", {"body": "", "form": {}}, "url, body, form", id="several"),
    ],
)
def test_nothing_goes_beside_a_request(url: str | None, options: dict[str, Any], names: str) -> None:
    """What would have no effect is refused, and the message says how to change a request."""
    with pytest.raises(RequestError, match=f"given {names} beside it") as caught:
        fetch_request(FetchRequest("GET", URL), url, options)
    assert "dataclasses.replace" in caught.value.details[0]


def test_an_option_that_is_none() -> None:
    """A mistyped keyword is named, as for any function."""
    with pytest.raises(TypeError, match="'header'"):
        fetch_request("GET", URL, {"header": {}})


class Endless:
    """Requests that are made when they are taken, and how many that were."""

    def __init__(self) -> None:
        self.made = 0

    def __iter__(self) -> Iterator[Any]:
        while True:
            self.made += 1
            yield URL if self.made < 3 else self.made


@pytest.mark.parametrize(
    "given",
    [
        pytest.param([URL, FetchRequest("PUT", URL)], id="list"),
        pytest.param((one for one in (URL, FetchRequest("PUT", URL))), id="generator"),
        pytest.param({URL: 1, FetchRequest("PUT", URL): 2}.keys(), id="keys"),
    ],
)
def test_requests_of_an_iterable(given: Any) -> None:
    """A URL stands for a GET, and a request for itself."""
    assert list(requests_of(given)) == [FetchRequest("GET", URL), FetchRequest("PUT", URL)]


def test_no_requests() -> None:
    """An empty list is no mistake."""
    assert list(requests_of([])) == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param(URL, "one after another, not str", id="one URL"),
        pytest.param(FetchRequest("GET", URL), "not FetchRequest", id="one request"),
        pytest.param({"url": URL}, "not dict", id="dict"),
        pytest.param(None, "not NoneType", id="None"),
        pytest.param(
            [URL, URL, ("GET", URL)], "position 2 of the requests holds tuple", id="arguments in a tuple"
        ),
        pytest.param([None], "position 0 of the requests holds NoneType", id="nothing"),
        pytest.param([URL.encode()], "position 0 of the requests holds bytes", id="bytes"),
    ],
)
def test_no_request_among_requests(given: Any, says: str) -> None:
    """What is no request is refused by its position and type, before any other is taken."""
    with pytest.raises(TypeError) as caught:
        requests_of(given)
    assert says in str(caught.value)


def test_requests_are_taken_one_by_one() -> None:
    """What is made while it is gone through is not asked for before there is room for it."""
    endless = Endless()
    taken = iter(requests_of(endless))
    assert endless.made == 0
    assert [next(taken), next(taken)] == [FetchRequest("GET", URL)] * 2
    with pytest.raises(TypeError, match="position 2 of the requests holds int"):
        next(taken)


@pytest.mark.parametrize("given", [pytest.param(1, id="one"), pytest.param(10_000, id="many")])
def test_concurrency(given: int) -> None:
    """Any number from 1 on is taken as it is."""
    assert checked_concurrency(given) == given


@pytest.mark.parametrize("given", [0, -1, 1.0, "4", None, True])
def test_no_concurrency(given: Any) -> None:
    """What is no number of requests is refused, and shown."""
    with pytest.raises(ValueError, match=f"not {given!r}"):
        checked_concurrency(given)


def test_first_page() -> None:
    """A listing begins with a request, or with the URL of one."""
    request = FetchRequest("POST", URL)
    assert first_page(request, len) is request
    assert first_page(URL, len) == FetchRequest("GET", URL)


@pytest.mark.parametrize(
    ("given", "following", "says"),
    [
        pytest.param(None, len, "pages was given NoneType", id="no request"),
        pytest.param(URL, URL, "next is to be called with each page, and is str", id="no function"),
    ],
)
def test_no_first_page(given: Any, following: Any, says: str) -> None:
    """A listing that cannot begin is refused when it is made."""
    with pytest.raises(TypeError, match=says):
        first_page(given, following)


PAGE = FetchRequest("POST", URL, headers={"Accept": "text/html"}, body="{}")


@pytest.mark.parametrize(
    ("made", "request_made"),
    [
        pytest.param(None, None, id="None"),
        pytest.param("", None, id="empty text"),
        pytest.param(FetchRequest("GET", "/2"), FetchRequest("GET", "/2"), id="request"),
        pytest.param(
            "/2",
            FetchRequest("POST", "/2", headers={"Accept": "text/html"}, body="{}"),
            id="the same at a URL",
        ),
    ],
)
def test_next_page(made: Any, request_made: FetchRequest | None) -> None:
    """What a pack makes of a page is the next request, or a URL for the same one, or nothing."""
    assert next_page(PAGE, "page", lambda page: made if page == "page" else page) == request_made


def test_no_next_page() -> None:
    """What is none of these is refused."""
    with pytest.raises(TypeError, match="next returned dict"):
        next_page(PAGE, {}, lambda page: page)


def test_the_end_of_an_iterator_is_no_end_of_a_listing() -> None:
    """An iterator that runs out inside ``next`` would pass for the end of the pages."""
    with pytest.raises(TypeError, match="None ends a listing"):
        next_page(PAGE, {}, lambda _: next(iter(())))
