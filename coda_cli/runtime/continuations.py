"""The continuations of one sync: JSON values, of which none comes twice.

Owns what a platform that stores them would ask of them.
"""

from __future__ import annotations

import json
import math
from collections import deque

from coda_cli.errors import ResultError
from coda_cli.redaction import excerpt

_MOST_REMEMBERED = 10_000
"""How many are compared with a new one, so that memory does not grow with the sync."""


class Continuations:
    """Takes the continuations of one sync, one after another."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._seen: set[int] = set()
        self._in_order: deque[int] = deque()

    def taken(self, value: object) -> object:
        """Return a continuation as it comes back from where it was stored.

        Raises:
            ResultError: it is no JSON value, or has been there before, so that the sync would never end.
        """
        stored = stored_value(value, f"{self._table}: the continuation")
        text = json.dumps(stored, sort_keys=True)
        mark = hash(text)
        if mark in self._seen:
            raise ResultError(
                f"{self._table} gives the continuation {excerpt(text)} for the second time",
                "It would go on for ever: the last page has no continuation.",
            )
        self._seen.add(mark)
        self._in_order.append(mark)
        if len(self._in_order) > _MOST_REMEMBERED:
            self._seen.discard(self._in_order.popleft())
        return stored


def stored_value(value: object, what: str) -> object:
    """Return a value as it comes back from where JSON was stored: a tuple is a list then.

    Raises:
        ResultError: it is no JSON value, which a date or a dataclass is not.
    """
    try:
        if _is_json(value):
            return json.loads(json.dumps(value))
    except (RecursionError, ValueError):  # in itself, or with more digits than are written
        pass
    raise ResultError(
        f"{what} is no JSON value but {type(value).__name__} {_shown(value)}",
        "A platform stores it between two calls. Use text, numbers, True, False, lists and dicts.",
    )


def _is_json(value: object) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str and _is_json(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(map(_is_json, value))
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str | int)


def _shown(value: object) -> str:
    try:
        return excerpt(repr(value))
    except Exception:  # noqa: BLE001 - the __repr__ of a pack's own class may fail, that of a huge number does
        return "that cannot be shown"
