"""A fetcher that answers as it is told, for what a service does too seldom to wait for.

It keeps what it was asked. What a service itself makes of a request is tested against the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from coda_cli.sdk import ExecutionContext, FetchResponse
from coda_cli.sdk.exchanges import Headers
from coda_cli.sdk.fetch_requests import fetch_request
from tests.fetchers import OneByOne


@dataclass
class ScriptedFetcher(OneByOne):
    """Answers with each body in turn; one that is an exception is raised."""

    bodies: list[Any]
    requests: list[dict[str, Any]] = field(default_factory=list)

    def fetch(self, method: Any, url: Any = None, **options: Any) -> FetchResponse:
        """Keep the request and give the next body, or raise it."""
        asked = fetch_request(method, url, options)
        self.requests.append({"method": asked.method, "url": asked.url, "body": asked.body})
        body = self.bodies.pop(0)
        if isinstance(body, Exception):
            raise body
        return FetchResponse(200, Headers(), body)


def scripted(*bodies: Any) -> tuple[ExecutionContext, ScriptedFetcher]:
    """Make a context whose fetcher answers with these bodies."""
    fetcher = ScriptedFetcher(list(bodies))
    return ExecutionContext(fetcher=fetcher), fetcher
