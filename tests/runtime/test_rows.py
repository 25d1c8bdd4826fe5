"""The check of rows: quick for plain ones, and the same for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import FormulaError
from coda_cli.runtime.rows import is_plain, row_check

if TYPE_CHECKING:
    from coda_cli.runtime.json_values import Problem


@dataclass
class Item:
    """A row."""

    name: str
    day: date | None = None


SCHEMA = sdk.make_object_schema(
    properties={
        "name": sdk.make_schema(type=sdk.ValueType.STRING, required=True),
        "day": sdk.make_schema(type=sdk.ValueType.STRING, coda_type=sdk.ValueHintType.DATE),
    }
)


def checked(value: object, schema: sdk.Schema | None = None) -> tuple[object, list[str]]:
    """Check a value as the third row of Items."""
    problems: list[Problem] = []
    row = row_check(schema, UTC, "Items")(value, 3, problems)
    return row, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("value", "row"),
    [
        pytest.param({"a": 1, "b": None, "c": 1.5}, {"a": 1, "b": None, "c": 1.5}, id="plain"),
        pytest.param({"a": {"b": (1, 2)}}, {"a": {"b": [1, 2]}}, id="nested"),
        pytest.param({"a": date(2026, 1, 31)}, {"a": "2026-01-31"}, id="date"),
        pytest.param({"a": 2**70}, {"a": 2**70}, id="large"),
        pytest.param({}, {}, id="empty"),
        pytest.param(Item("x"), {"name": "x", "day": None}, id="dataclass"),
    ],
)
def test_rows_without_a_schema(value: object, row: object) -> None:
    """Any object is a row."""
    assert checked(value) == (row, [])


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        pytest.param(1, "Items[3]: expected object, came int 1", id="number"),
        pytest.param(None, "Items[3]: expected object, came nothing (None)", id="nothing"),
        pytest.param([1], "Items[3]: expected object, came list [1]", id="list"),
        pytest.param({1: 2}, "Items[3]: expected keys that are text, came int 1", id="key"),
        pytest.param({"a": float("inf")}, "Items[3].a: expected a finite number, came float inf", id="inf"),
        pytest.param({"a": object}, "Items[3].a: expected a JSON value, came type", id="no JSON"),
        pytest.param({"a": {"b": {1}}}, "Items[3].a.b: expected a JSON value, came set {1}", id="below"),
    ],
)
def test_what_is_no_row(value: object, problem: str) -> None:
    """It is told by its number, counted from 0, and its path."""
    _, (told,) = checked(value)
    assert told.startswith(problem)


def test_rows_with_a_schema() -> None:
    """They are mapped and checked as results are."""
    assert checked({"name": "x", "day": date(2026, 1, 31), "more": 1}, SCHEMA) == (
        {"name": "x", "day": "2026-01-31"},
        [],
    )
    _, problems = checked({"day": "soon"}, SCHEMA)
    assert problems[0].startswith("Items[3].name: expected string, came nothing")
    assert problems[1].startswith("Items[3].day: expected ")


class Broken(Mapping[str, int]):
    """A row of the pack's own class, which fails when it is read."""

    def __getitem__(self, key: str) -> int:
        raise LookupError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(["a"])

    def __len__(self) -> int:
        return 1


def test_a_row_that_fails_when_it_is_read() -> None:
    """That is a failure of the pack's, not of the runner's."""
    with pytest.raises(FormulaError, match="Items failed: LookupError: a"):
        checked(Broken())


class Text(str):
    """Text of a class of the pack's own."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({"a": 1, "b": "x", "c": None, "d": True, "e": -0.5}, True, id="scalars"),
        pytest.param({}, True, id="empty"),
        pytest.param({1: 1}, False, id="key"),
        pytest.param({Text("a"): 1}, False, id="key of another class"),
        pytest.param({"a": Text("a")}, False, id="text of another class"),
        pytest.param({"a": float("nan")}, False, id="not a number"),
        pytest.param({"a": 2**63}, False, id="large"),
        pytest.param({"a": []}, False, id="nested"),
        pytest.param(type("Row", (dict,), {})(), False, id="class"),
    ],
)
def test_what_is_plain(value: Any, expected: bool) -> None:
    """Only what needs no look at all, for certain, goes without."""
    assert is_plain(value) is expected
