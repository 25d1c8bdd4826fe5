"""Paged listings: one page ahead, and nothing of it to be seen."""

from __future__ import annotations

import threading
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.errors import RequestError, StatusCodeError
from coda_cli.sdk import FetchRequest
from tests.fetching.parts import Signer, fetcher_of, never_opened
from tests.fetching.test_concurrency import Pause
from tests.servers import Answer

if TYPE_CHECKING:
    from coda_cli.sdk import FetchResponse
    from tests.servers import LoopbackServer, Received


def number_of(page: FetchResponse) -> int:
    """Which page it is."""
    return int(page.body.rpartition("/")[2])


class Book:
    """A server of numbered pages, and events that tell which were asked for."""

    def __init__(self, server: LoopbackServer, pages: int) -> None:
        self.server = server
        self.pages = pages
        self.asked = [threading.Event() for _ in range(pages + 1)]
        server.answer(self.answer)

    def url(self, number: int) -> str:
        """The address of a page."""
        return f"{self.server.url}/{number}"

    def answer(self, request: Received) -> Answer:
        """Give a page."""
        self.asked[int(request.target[1:])].set()
        return Answer(body=request.target)

    def following(self, page: FetchResponse) -> str | None:
        """Name the page after this one."""
        number = number_of(page) + 1
        return self.url(number) if number <= self.pages else None


@pytest.mark.parametrize("pages", [1, 2, 5])
def test_every_page(server: LoopbackServer, pages: int) -> None:
    """All pages come, in order, each fetched once, over one connection."""
    book = Book(server, pages)
    with fetcher_of() as fetcher:
        numbers = [number_of(page) for page in fetcher.pages(book.url(1), next=book.following)]
    assert numbers == list(range(1, pages + 1))
    assert [request.target for request in server.requests] == [f"/{n}".encode() for n in numbers]
    assert server.connections == 1


def test_one_page_ahead(server: LoopbackServer) -> None:
    """The next page is on its way while one is used, and not the one after it."""
    book = Book(server, 4)
    with fetcher_of() as fetcher:
        pages = fetcher.pages(book.url(1), book.following)
        assert not server.requests, "nothing is fetched before the first page is asked for"
        for number in (1, 2):
            assert number_of(next(pages)) == number
            assert book.asked[number + 1].wait(20)
            assert not book.asked[number + 2].is_set()
        pages.close()


def test_requests_make_requests(server: LoopbackServer) -> None:
    """What ``next`` makes is sent as it is; a URL is where the same request goes."""
    server.answer(lambda request: Answer(body=b"|".join((request.request_line, request.body))))
    first = FetchRequest("POST", f"{server.url}/1", body="a")
    made: list[FetchRequest | str | None] = [
        FetchRequest("PUT", first.url, body="b"),
        f"{server.url}/2",
        None,
    ]
    with fetcher_of() as fetcher:
        bodies = [page.body for page in fetcher.pages(first, next=lambda _: made.pop(0))]
    assert bodies == ["POST /1 HTTP/1.1|a", "PUT /1 HTTP/1.1|b", "PUT /2 HTTP/1.1|b"]


def test_an_error_comes_with_its_page(server: LoopbackServer) -> None:
    """A page that cannot be fetched is an error when it is asked for, not while the one before is used."""
    book = Book(server, 4)
    server.answer(lambda request: Answer(404) if request.target == b"/3" else book.answer(request))
    with fetcher_of() as fetcher:
        pages = fetcher.pages(book.url(1), book.following)
        assert [number_of(page) for page in islice(pages, 2)] == [1, 2]
        with pytest.raises(StatusCodeError, match="/3 answered 404"):
            next(pages)
        assert list(pages) == [], "that was the end"


def test_what_next_raises_comes_with_its_page(server: LoopbackServer) -> None:
    """What the pack's own function raises is raised where the page would have come."""
    book = Book(server, 1)

    def following(_: FetchResponse) -> str:
        raise KeyError("of the pack")

    with fetcher_of() as fetcher:
        pages = fetcher.pages(book.url(1), following)
        assert number_of(next(pages)) == 1
        with pytest.raises(KeyError, match="of the pack"):
            next(pages)


@pytest.mark.parametrize(
    "circle", [pytest.param([1], id="itself"), pytest.param([2, 3, 1], id="an earlier one")]
)
def test_a_listing_that_goes_in_circles(server: LoopbackServer, circle: list[int]) -> None:
    """A request that was there before is an error instead of a loop without end."""
    book = Book(server, 3)
    way = list(circle)
    with fetcher_of() as fetcher:
        pages = fetcher.pages(book.url(1), lambda _: book.url(way.pop(0)))
        for _ in circle:
            next(pages)
        with pytest.raises(RequestError, match="/1 would be fetched again"):
            next(pages)
    assert len(server.requests) == len(circle)


def test_the_same_url_with_another_body(server: LoopbackServer) -> None:
    """A token may be in the body, or in a header: only the whole request tells."""
    book = Book(server, 1)
    first = FetchRequest("POST", book.url(1))
    made: list[FetchRequest | None] = [
        FetchRequest("POST", first.url, body="2"),
        FetchRequest("POST", first.url, headers={"X-Page": "3"}),
        None,
    ]
    with fetcher_of() as fetcher:
        assert len(list(fetcher.pages(first, lambda _: made.pop(0)))) == 3


def test_closing_gives_up_the_page_ahead(server: LoopbackServer) -> None:
    """When the pack has seen enough, the next page is not tried again."""
    pause, book, signer = Pause(), Book(server, 2), Signer()
    server.answer(lambda request: Answer(503) if request.target == b"/2" else book.answer(request))
    with fetcher_of(wait=pause, retries=3, authenticator=signer) as fetcher:
        pages = fetcher.pages(book.url(1), book.following)
        assert number_of(next(pages)) == 1
        assert pause.begun.wait(20)
        pages.close()
        pause.over.set()
        pause.thread.join(20)
        assert not pause.thread.is_alive()
    assert [request.target for request in server.requests] == [b"/1", b"/2"]
    assert len(signer.signed) == 2


def test_the_packs_code_stays_in_its_thread(server: LoopbackServer) -> None:
    """``next`` is called, and requests are signed, in the thread that goes through the pages."""
    book, threads = Book(server, 3), set()

    def following(page: FetchResponse) -> str | None:
        threads.add(threading.get_ident())
        return book.following(page)

    with fetcher_of() as fetcher:
        assert len(list(fetcher.pages(book.url(1), following))) == 3
    assert threads == {threading.get_ident()}


@pytest.mark.parametrize(
    ("request_given", "following"),
    [
        pytest.param(None, len, id="no request"),
        pytest.param("http://127.0.0.1/", None, id="no function"),
    ],
)
def test_what_cannot_begin(request_given: Any, following: Any) -> None:
    """A mistake in the call is told where the call is, before a page is asked for."""
    with fetcher_of(open_transport=never_opened) as fetcher, pytest.raises(TypeError):
        fetcher.pages(request_given, following)
