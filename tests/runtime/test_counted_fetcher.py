"""Counting requests."""

from __future__ import annotations

from typing import Any

import pytest

from coda_cli import sdk
from coda_cli.runtime.counted_fetcher import CountedFetcher


class Fetcher:
    """A fetcher that gives back what it was given, or fails."""

    def fetch(self, *args: Any, **options: Any) -> Any:
        """Give it back."""
        if not args:
            raise sdk.UserVisibleError("nothing")
        return args, options


def test_requests_are_counted_and_passed_on() -> None:
    """Whatever a fetch is given arrives, and what fails is counted, too."""
    fetcher = CountedFetcher(Fetcher())
    given: Any = fetcher.fetch("GET", "/", headers={})
    assert given == (("GET", "/"), {"headers": {}})
    with pytest.raises(sdk.UserVisibleError):
        fetcher.fetch()
    assert fetcher.count == 2
