"""A fetcher that counts the requests that go through it, for whoever waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coda_cli.sdk.context import Fetcher, FetchResponse


class CountedFetcher:
    """Stands before a fetcher. ``count`` is how many requests were begun."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self.count = 0

    def fetch(self, *args: Any, **options: Any) -> FetchResponse:
        """Send one request, as ``Fetcher.fetch`` does."""
        self.count += 1
        return self._fetcher.fetch(*args, **options)
