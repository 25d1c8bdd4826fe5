"""The continuations of one sync: JSON, and never the same twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from coda_cli.errors import ResultError
from coda_cli.runtime.continuations import Continuations, stored_value

HOLDS_ITSELF: list[Any] = []
HOLDS_ITSELF.append(HOLDS_ITSELF)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        pytest.param("token", "token", id="text"),
        pytest.param(0, 0, id="number"),
        pytest.param(False, False, id="flag"),
        pytest.param({"page": 2, "of": [None, 1.5]}, {"page": 2, "of": [None, 1.5]}, id="object"),
        pytest.param((1, (2,)), [1, [2]], id="tuples"),
    ],
)
def test_what_comes_back(value: object, stored: object) -> None:
    """A continuation comes back as it would from where it was stored."""
    assert Continuations("Items").taken(value) == stored


def test_what_comes_back_is_another_object() -> None:
    """What the pack changes afterwards has been stored before."""
    value = {"page": 1}
    stored = stored_value(value, "it")
    value["page"] = 2
    assert stored == {"page": 1}


class Unshowable:
    """A value whose ``repr`` fails."""

    def __repr__(self) -> str:
        raise ValueError


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(date(2026, 1, 31), id="date"),
        pytest.param({1: "a"}, id="keys that are no text"),
        pytest.param(float("nan"), id="not a number"),
        pytest.param([{"a": {1, 2}}], id="set inside"),
        pytest.param(Decimal(1), id="decimal"),
        pytest.param(HOLDS_ITSELF, id="holds itself"),
        pytest.param(10**5000, id="too long"),
        pytest.param(Unshowable(), id="cannot be shown"),
    ],
)
def test_what_is_no_json(value: object) -> None:
    """It is refused, and named: a platform could not store it."""
    with pytest.raises(ResultError) as caught:
        Continuations("Items").taken(value)
    assert caught.value.message.startswith(
        f"Items: the continuation is no JSON value but {type(value).__name__} "
    )


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        pytest.param(["a", "a"], '"a"', id="at once"),
        pytest.param([1, 2, 3, 1], "1", id="in a circle"),
        pytest.param([{"a": 1, "b": 2}, {"b": 2, "a": 1}], '{"a": 1, "b": 2}', id="in another order"),
    ],
)
def test_the_same_again(values: list[object], shown: str) -> None:
    """The sync would never end."""
    continuations = Continuations("Items")
    for value in values[:-1]:
        continuations.taken(value)
    with pytest.raises(ResultError) as caught:
        continuations.taken(values[-1])
    assert caught.value.message == f"Items gives the continuation {shown} for the second time"


def test_memory_has_an_end() -> None:
    """Of very many only the last are remembered, so that a long sync needs no more memory."""
    continuations = Continuations("Items")
    for number in range(10_001):
        continuations.taken(number)
    continuations.taken(0)  # was forgotten
    with pytest.raises(ResultError):
        continuations.taken(10_000)
