"""Two helpers for pack authors: adding query parameters to a URL, and joining its parts.

They work on text; what is sent is brought into normal form by the fetcher.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

if TYPE_CHECKING:
    from collections.abc import Mapping


def with_query_params(url: str, params: Mapping[str, object] | None = None) -> str:
    """Return the URL with query parameters added.

    A parameter that the URL has already is replaced; None leaves it as it is; booleans are written
    ``true`` and ``false``; a list repeats its name. A fragment stays at the end.
    """
    given = {name: value for name, value in (params or {}).items() if value is not None}
    if not given:
        return url
    rest, hash_sign, fragment = url.partition("#")
    base, _, query = rest.partition("?")
    kept = [pair for pair in query.split("&") if pair and unquote_plus(pair.split("=", 1)[0]) not in given]
    added = [f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in _pairs(given)]
    combined = "&".join([*kept, *added])
    return f"{base}{'?' if combined else ''}{combined}{hash_sign}{fragment}"


def _pairs(given: Mapping[str, object]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in given.items():
        items = value if isinstance(value, list | tuple) else [value]
        pairs.extend((name, _text(item)) for item in items if item is not None)
    return pairs


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def join_url(*parts: str) -> str:
    """Join parts of a URL with one slash between each; a slash at the very end is kept.

    Raises:
        ValueError: a part is empty, which would silently name another resource.
    """
    if not all(parts):
        raise ValueError(f"join_url was given an empty part: {parts!r}")
    if not parts:
        return ""
    first, *others = parts
    joined = first
    for part in others:
        joined = f"{joined.rstrip('/')}/{part.lstrip('/')}"
    return joined
