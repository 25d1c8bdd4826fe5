"""A fetcher that answers as it is told, for what a service does too seldom to wait for.

It keeps what it was asked. What a service itself makes of a request is tested against the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from coda_cli.sdk import ExecutionContext, FetchResponse
from coda_cli.sdk.context import Headers

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass
class ScriptedFetcher:
    """Answers with each body in turn."""

    bodies: list[Any]
    requests: list[dict[str, Any]] = field(default_factory=list)

    def fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: str | bytes | None = None,
        form: Mapping[str, str] | None = None,
        is_binary_response: bool = False,
        disable_authentication: bool = False,
        ignore_redirects: bool = False,
        cache_ttl_secs: float | None = None,
        force_cache: bool = False,
    ) -> FetchResponse:
        """Keep the request and give the next body."""
        self.requests.append({"method": method, "url": url, "body": body})
        return FetchResponse(200, Headers(), self.bodies.pop(0))


def scripted(*bodies: Any) -> tuple[ExecutionContext, ScriptedFetcher]:
    """Make a context whose fetcher answers with these bodies."""
    fetcher = ScriptedFetcher(list(bodies))
    return ExecutionContext(fetcher=fetcher), fetcher
