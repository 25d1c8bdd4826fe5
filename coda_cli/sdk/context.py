"""What a running formula is given: the execution context, its fetcher, and what a fetch returns.

Definitions only: the runner supplies what stands behind the protocols.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any, Protocol


class Headers(Mapping[str, str]):
    """Response headers: looked up in any case, listed in lower case, repeated ones joined by ``, ``."""

    __slots__ = ("_values",)

    def __init__(self, pairs: Mapping[str, str] | tuple[tuple[str, str], ...] = ()) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs.items() if isinstance(pairs, Mapping) else pairs:
            key = name.lower()
            earlier = self._values.get(key)
            self._values[key] = value if earlier is None else f"{earlier}, {value}"

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({self._values!r})"


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """The answer to a fetch.

    ``body`` is a dict or list where the text is JSON, nested dicts where it is XML, ``bytes`` where the
    fetch asked for them, else text.
    """

    status: int
    headers: Headers
    body: Any


class Fetcher(Protocol):
    """Sends requests, authenticated as the pack declares."""

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
        """Send one request and return its answer.

        Args:
            method: ``GET``, ``HEAD``, ``POST``, ``PUT``, ``PATCH`` or ``DELETE``.
            url: absolute, or relative to the endpoint of a pack that requires one.
            headers: those of the request; the authentication adds its own.
            body: text is sent as UTF-8.
            form: sent as ``application/x-www-form-urlencoded`` instead of a body.
            is_binary_response: give the body as ``bytes``.
            disable_authentication: send the request without credentials.
            ignore_redirects: do not follow a redirect; it is then a ``StatusCodeError``.
            cache_ttl_secs: accepted and without effect when run locally, as in the reference.
            force_cache: the same.

        Raises:
            StatusCodeError: the answer's status is outside 2xx.
            RequestError: the request was refused here, or it failed.
            CredentialsError: there are no usable credentials.
        """
        ...


@dataclass(frozen=True, slots=True)
class InvocationLocation:
    """Where a formula was invoked from. There is no document when it is run from the command line."""

    protocol_and_host: str = "https://coda.io"
    doc_id: str | None = None


@dataclass(frozen=True, slots=True)
class ExecutionContext:
    """What every formula receives as its first argument.

    ``timezone`` is the one that dates without an offset are read in. ``endpoint`` is the URL that the
    person configured for a pack that requires one. ``invocation_token`` is another one for each run.
    """

    fetcher: Fetcher
    endpoint: str | None = None
    timezone: tzinfo = UTC
    invocation_token: str = ""
    invocation_location: InvocationLocation = field(default_factory=InvocationLocation)
