"""What goes through a fetcher: a request of a pack, and the response.

Data only. The fetcher itself is a protocol in ``context``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any


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


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One request, to keep and to change by ``dataclasses.replace`` before it is fetched.

    Its ``repr`` shows method and URL alone: the rest may hold what must not be seen.

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
    """

    method: str
    url: str
    _: KW_ONLY
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    body: str | bytes | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    is_binary_response: bool = field(default=False, repr=False)
    disable_authentication: bool = field(default=False, repr=False)
    ignore_redirects: bool = field(default=False, repr=False)
    cache_ttl_secs: float | None = field(default=None, repr=False)
    force_cache: bool = field(default=False, repr=False)
