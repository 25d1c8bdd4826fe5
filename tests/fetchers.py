"""A fetcher for tests that has only ``fetch`` of its own: the rest is coda's, one request after another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from coda_cli.fetching.concurrency import fetch_all
from coda_cli.fetching.paging import Listing
from coda_cli.sdk.fetch_requests import first_page

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from coda_cli.fetching.batches import Batch
    from coda_cli.sdk import FetchRequest, FetchResponse


class OneByOne:
    """What a fetcher has beside ``fetch``."""

    def fetch(self, *asked: Any, **options: Any) -> FetchResponse:
        """Fail, where a test does not say what is answered."""
        raise AssertionError(f"{asked} was fetched")

    def fetch_all(self, requests: Any, *, concurrency: int = 1, return_errors: bool = False) -> list[Any]:
        """Fetch one request after another."""
        return fetch_all(self._begin, requests, concurrency=concurrency, most=1, return_errors=return_errors)

    def pages(self, request: Any, next: Any) -> Generator[FetchResponse, None, None]:  # noqa: A002 - public name
        """Fetch page after page."""
        return Listing(self._begin, next).pages(first_page(request, next))

    def _begin(self, request: FetchRequest, _batch: Batch) -> Callable[[], FetchResponse]:
        return partial(self.fetch, request)
