"""Any Python value as a JSON value, and what is none."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum, IntEnum
from types import MappingProxyType

import pytest

from coda_cli.runtime.json_values import Problem, add_problem, json_value_check, plain_text


@dataclasses.dataclass(slots=True)
class Pair:
    """Two values, in slots."""

    first: object
    second: object = dataclasses.field(default=0, init=False)


class Unshowable:
    """An object that cannot even be shown."""

    def __repr__(self) -> str:
        raise ValueError("not to be shown")


class Level(IntEnum):
    """A number with a name."""

    HIGH = 3


class Colour(Enum):
    """A text with a name."""

    RED = "red"


class Text(str):
    """A text of a class of its own."""

    __slots__ = ()


def checked(value: object) -> tuple[object, list[Problem]]:
    """The JSON value of any value, and what is wrong with it."""
    problems: list[Problem] = []
    return json_value_check(UTC)(value, "F", problems), problems


PLUS_TWO = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, None, id="None"),
        pytest.param(True, True, id="bool"),
        pytest.param(Text("a"), "a", id="a class of text"),
        pytest.param(Level.HIGH, 3, id="named number"),
        pytest.param({"c": Colour.RED}, {"c": "red"}, id="named text"),
        pytest.param(-0.5, -0.5, id="float"),
        pytest.param(date(2026, 1, 31), "2026-01-31", id="date"),
        pytest.param(datetime(2026, 1, 31), "2026-01-31T00:00:00+00:00", id="datetime without offset"),
        pytest.param(datetime(2026, 1, 31, tzinfo=PLUS_TWO), "2026-01-31T00:00:00+02:00", id="datetime"),
        pytest.param((1, [2]), [1, [2]], id="tuple"),
        pytest.param(MappingProxyType({"a": (1,)}), {"a": [1]}, id="mapping"),
        pytest.param(Pair(Pair(1)), {"first": {"first": 1, "second": 0}, "second": 0}, id="dataclass"),
    ],
)
def test_json_values(value: object, expected: object) -> None:
    """What has a JSON value becomes it."""
    assert checked(value) == (expected, [])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param(float("nan"), "expected a finite number, came float nan", id="NaN"),
        pytest.param(float("-inf"), "expected a finite number, came float -inf", id="infinity"),
        pytest.param(b"bytes", "expected a JSON value, came bytes b'bytes'", id="bytes"),
        pytest.param({1}, "expected a JSON value, came set {1}", id="set"),
        pytest.param(Pair, "expected a JSON value, came type", id="class"),
        pytest.param(Unshowable(), "came Unshowable a value that cannot be shown", id="unshowable"),
        pytest.param({1: "a"}, "expected keys that are text, came int 1", id="key that is no text"),
        pytest.param(
            10**4300, "expected a number of no more digits than can be written", id="too many digits"
        ),
        pytest.param(-(10**4300), "expected a number of no more digits than", id="negative"),
    ],
)
def test_what_is_no_json_value(value: object, said: str) -> None:
    """What JSON cannot hold is told with its path, wherever it stands."""
    for placed, path in ((value, "F"), ([value], "F[0]"), ({"a": value}, "F.a")):
        (problem,) = checked(placed)[1]
        assert problem.path == path
        assert said in str(problem)


def test_fields_that_were_never_set_are_left_out() -> None:
    """A dataclass's field without a value has no JSON value either."""

    @dataclasses.dataclass
    class Late:
        name: str
        later: str = dataclasses.field(init=False)

    assert checked(Late("a")) == ({"name": "a"}, [])


def test_a_list_of_problems_gets_no_longer_than_can_be_told() -> None:
    """The first twenty are kept."""
    problems: list[Problem] = []
    for number in range(30):
        add_problem(problems, f"F[{number}]", "nothing", number)
    assert [problem.path for problem in problems] == [f"F[{number}]" for number in range(20)]


def test_texts_lose_their_class() -> None:
    """A query takes text for text only if it is of no class of its own, which may even spell it otherwise."""

    class Loud(str):
        __slots__ = ()

        def __str__(self) -> str:
            return self.upper()

    for text in ("a", Text("a"), Loud("a")):
        plain = plain_text(text)
        assert (plain, type(plain)) == ("a", str)
    value, problems = checked({"a": [Text("b")]})
    assert problems == []
    assert isinstance(value, dict)
    assert type(value["a"][0]) is str
