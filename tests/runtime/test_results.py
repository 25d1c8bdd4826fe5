"""What a formula returned, checked against what it declares, as a JSON value."""

from __future__ import annotations

import dataclasses
import enum
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, TypedDict

import pytest

from coda_cli.errors import ResultError
from coda_cli.runtime.results import json_result
from coda_cli.sdk.schema_annotations import schema_of


@dataclasses.dataclass
class Point:
    """A result that is a dataclass, which may hold anything."""

    x: float
    when: date | None = None
    next: Any = None


class Row(TypedDict):
    """A result that is a TypedDict."""

    name: str


class Colour(enum.Enum):
    """A result that is a member of an enumeration."""

    RED = "red"


class Unshowable:
    """An object that cannot even be shown."""

    def __repr__(self) -> str:
        raise ValueError("not to be shown")


def result(value: object, annotation: Any = Any) -> object:
    """Return the JSON value of a result that is declared by this annotation."""
    return json_result(value, schema_of(annotation), "F", UTC)


NOON = datetime(2026, 1, 31, 12)
PLUS_TWO = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "annotation", "expected"),
    [
        pytest.param("text", str, "text", id="str"),
        pytest.param("", str, "", id="empty str"),
        pytest.param(3, int, 3, id="int"),
        pytest.param(3, float, 3, id="int for float"),
        pytest.param(0.5, float, 0.5, id="float"),
        pytest.param(False, bool, False, id="bool"),
        pytest.param(NOON.replace(tzinfo=PLUS_TWO), datetime, "2026-01-31T12:00:00+02:00", id="datetime"),
        pytest.param(NOON, datetime, "2026-01-31T12:00:00+00:00", id="datetime without offset"),
        pytest.param(date(2026, 1, 31), date, "2026-01-31", id="date"),
        pytest.param(["a"], list[str], ["a"], id="list"),
        pytest.param(("a",), list[str], ["a"], id="tuple for list"),
        pytest.param([[1], []], list[list[int]], [[1], []], id="list of lists"),
        pytest.param({"a": {"b": [date(2026, 1, 31)]}}, dict, {"a": {"b": ["2026-01-31"]}}, id="dict"),
        pytest.param(
            Point(1, date(2026, 1, 31), Point(2)),
            Point,
            {"x": 1, "when": "2026-01-31", "next": {"x": 2, "when": None, "next": None}},
            id="dataclass",
        ),
        pytest.param([{"name": "a"}], list[Row], [{"name": "a"}], id="TypedDict"),
        pytest.param(None, str | None, None, id="nothing where it may be"),
        pytest.param(None, None, None, id="nothing declared"),
        pytest.param([1, "a", None, {"b": True}], Any, [1, "a", None, {"b": True}], id="any JSON value"),
        pytest.param({"colour": Colour.RED}, dict, {"colour": "red"}, id="enumeration"),
        pytest.param(10**4299, int, 10**4299, id="4300 digits"),
    ],
)
def test_results(value: object, annotation: Any, expected: object) -> None:
    """What is of the declared type becomes a JSON value."""
    assert result(value, annotation) == expected


@pytest.mark.parametrize(
    ("value", "annotation", "said"),
    [
        pytest.param(1, str, "expected string, came int 1", id="int for str"),
        pytest.param(None, str, "expected string, came nothing (None)", id="None for str"),
        pytest.param("1", int, "expected whole number, came str '1'", id="str for int"),
        pytest.param(1.5, int, "expected whole number, came float 1.5", id="float for int"),
        pytest.param(True, int, "expected whole number, came bool True", id="bool for int"),
        pytest.param(True, float, "expected number, came bool True", id="bool for float"),
        pytest.param(1, bool, "expected boolean, came int 1", id="int for bool"),
        pytest.param("2026-01-31", date, "expected date, came str", id="str for date"),
        pytest.param(NOON, date, "expected date, came datetime", id="datetime for date"),
        pytest.param(date(2026, 1, 31), datetime, "expected datetime, came date", id="date for datetime"),
        pytest.param("ab", list[str], "expected array of string, came str 'ab'", id="str for list"),
        pytest.param({"a"}, list[str], "expected array of string, came set", id="set for list"),
        pytest.param([], dict, "expected object, came list []", id="list for dict"),
        pytest.param("x", Point, "expected object, came str 'x'", id="str for dataclass"),
        pytest.param(Point, Point, "expected object, came type", id="class for dataclass"),
        pytest.param(1, None, "expected nothing, came int 1", id="something for nothing"),
        pytest.param(1, str | None, "expected string or nothing, came int 1", id="int for str or None"),
        pytest.param(10**5000, str, "expected string, came int a value that cannot be", id="huge for str"),
        pytest.param(
            Unshowable(),
            str,
            "expected string, came Unshowable a value that cannot be shown",
            id="unshowable",
        ),
    ],
)
def test_results_of_another_type(value: object, annotation: Any, said: str) -> None:
    """A result of another type than declared says what was expected and what came."""
    with pytest.raises(ResultError) as caught:
        result(value, annotation)
    assert caught.value.message == "F: the result is not of the declared type"
    assert caught.value.details[0].startswith(f"F: {said}")
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("value", "annotation", "path"),
    [
        pytest.param(["a", 1], list[str], "F[1]", id="item"),
        pytest.param([["a"], ["b", None]], list[list[str]], "F[1][1]", id="item of item"),
        pytest.param({"a": [0, b""]}, Any, "F.a[1]", id="item of a member"),
        pytest.param([{"name": 1}], list[Row], "F[0].name", id="property of an item"),
        pytest.param(Point(1, next=Point(float("nan"))), Point, "F.next.x", id="field of a field"),
        pytest.param({"a": {1: 2}}, Any, "F.a", id="key"),
    ],
)
def test_messages_have_the_path(value: object, annotation: Any, path: str) -> None:
    """The place inside a result that is wrong is named."""
    with pytest.raises(ResultError) as caught:
        result(value, annotation)
    (detail,) = caught.value.details
    assert detail.startswith(f"{path}: expected ")


def test_results_that_are_no_json_values() -> None:
    """Where no type is declared, the message does not speak of one."""
    with pytest.raises(ResultError) as caught:
        result([b""])
    assert caught.value.message == "F: the result is no JSON value"


def test_all_that_is_wrong_is_told() -> None:
    """Several problems are one error."""
    with pytest.raises(ResultError) as caught:
        result([1, "a", None], list[str])
    assert caught.value.details == (
        "F[0]: expected string, came int 1",
        "F[2]: expected string, came nothing (None)",
    )


def test_no_more_than_twenty_problems_are_told() -> None:
    """A result that is wrong everywhere does not fill the screen."""
    with pytest.raises(ResultError) as caught:
        result(list(range(1000)), list[str])
    *told, last = caught.value.details
    assert [detail.partition(":")[0] for detail in told] == [f"F[{at}]" for at in range(20)]
    assert last == "There may be more: the first 20 are told."


def test_a_quoted_result_is_cut_between_words() -> None:
    """Half of a secret in a result of the wrong type would pass the redaction."""
    secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
    with pytest.raises(ResultError) as caught:
        result({"Id": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": secret}, str)
    assert "SecretAccessKey" in caught.value.details[0]
    assert secret[:3] not in caught.value.details[0]
