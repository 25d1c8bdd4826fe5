"""What a pack may hand to a fetcher, made into requests.

Owns the mistakes that are not about one request but about the call: they are the pack's, like those of any
other function of the sdk. Whether a request can be sent is the fetcher's business.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from coda_cli.errors import RequestError
from coda_cli.sdk.exchanges import FetchRequest


def fetch_request(method: Any, url: Any, options: Mapping[str, Any]) -> FetchRequest:
    """Return what a pack asks for by the arguments of ``fetch``; nothing in it is checked yet.

    Raises:
        RequestError: there is something beside a ``FetchRequest``, which would have no effect.
        TypeError: an option is none of a fetch.
    """
    if not isinstance(method, FetchRequest):
        return FetchRequest(method, url, **options)
    beside = [*(() if url is None else ("url",)), *options]
    if beside:
        raise RequestError(
            f"fetch takes a FetchRequest alone, and was given {', '.join(beside)} beside it",
            "dataclasses.replace(request, …) makes one that differs.",
        )
    return method


def requests_of(given: Any) -> Iterable[FetchRequest]:
    """Return the requests that a pack gave to ``fetch_all``: URLs are those of GETs.

    What is there already is checked as a whole, before any of it is sent; what is made while it is gone
    through, such as by a generator, one by one.

    Raises:
        TypeError: it is no iterable of requests, or one of them is no request.
    """
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise TypeError(f"fetch_all takes requests, one after another, not {type(given).__name__}")
    requests = _each(given)
    return tuple(requests) if isinstance(given, Collection) else requests


def _each(given: Iterable[Any]) -> Iterator[FetchRequest]:
    for position, one in enumerate(given):
        yield _request(one, f"fetch_all: position {position} of the requests holds")


def first_page(given: Any, following: Any) -> FetchRequest:
    """Return the request that ``pages`` begins with.

    Raises:
        TypeError: it is no request, or what is to make the next one cannot be called.
    """
    if not callable(following):
        raise TypeError(f"next is to be called with each page, and is {type(following).__name__}")
    return _request(given, "pages was given")


def next_page(
    request: FetchRequest, page: Any, following: Callable[[Any], FetchRequest | str | None]
) -> FetchRequest | None:
    """Return the request that a pack makes of a page; a URL is where the same request goes next.

    Raises:
        TypeError: what it makes is no request, or it raises what would end a generator.
    """
    try:
        made = following(page)
    except StopIteration as error:  # it would end the loop over the pages, as if these were all
        raise TypeError("next raised StopIteration; None ends a listing") from error
    if made is None or made == "":
        return None
    return replace(request, url=made) if isinstance(made, str) else _request(made, "next returned")


def _request(given: Any, said: str) -> FetchRequest:
    if isinstance(given, FetchRequest):
        return given
    if isinstance(given, str):
        return FetchRequest("GET", given)
    raise TypeError(f"{said} {type(given).__name__}, which is neither a FetchRequest nor a URL")


def checked_concurrency(given: Any) -> int:
    """Return how many requests a pack wants to send at once.

    Raises:
        ValueError: it is no whole number above zero.
    """
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise ValueError(f"concurrency is a whole number from 1 on, not {given!r}")
    return given
