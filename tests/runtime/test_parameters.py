"""From the text of a command line to the values that a formula is called with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import UsageError
from coda_cli.runtime.parameters import LastParameter, read_parameters, usage
from coda_cli.sdk.formulas import Formula, formula_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = sdk.ParameterType
PLUS_TWO = timezone(timedelta(hours=2))


def read(
    function: Callable[..., Any], *texts: str, named: Sequence[tuple[str, str]] = (), tz: timezone = UTC
) -> list[object]:
    """Read the parameters of a function as a formula's."""
    return read_parameters(formula_of(function, name="F"), texts, named, tz)


def read_one(annotation: Any, text: str, tz: timezone = UTC) -> object:
    """Read one value as this annotation asks for."""

    def function(context: Any, x: Any) -> None:
        pass

    function.__annotations__["x"] = annotation
    (value,) = read(function, text, tz=tz)
    return value


def spelled_out(*types: sdk.ParameterType, varargs: Sequence[str] = ()) -> sdk.Formula:
    """A formula with parameters of these types, called a, b, c."""
    pack = sdk.new_pack()
    pack.add_formula(
        name="F",
        parameters=[sdk.make_parameter(type=one, name=name) for one, name in zip(types, "abc", strict=False)],
        vararg_parameters=[sdk.make_parameter(type=T.STRING, name=name) for name in varargs],
        execute=lambda context, *values: values,
    )
    return pack.formulas[0]


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        pytest.param(str, " as it is\n", " as it is\n", id="str"),
        pytest.param(str, "", "", id="empty str"),
        pytest.param(sdk.Html, " <b>\n", " <b>\n", id="Html"),
        pytest.param(int, "12", 12, id="int"),
        pytest.param(int, "-12", -12, id="negative"),
        pytest.param(int, "+12", 12, id="plus"),
        pytest.param(int, "1e3", 1000, id="int with exponent"),
        pytest.param(int, "1.50E1", 15, id="int with point and exponent"),
        pytest.param(int, "1.0", 1, id="int with point"),
        pytest.param(int, " 7\n", 7, id="trimmed"),
        pytest.param(int, "12345678901234567890123", 12345678901234567890123, id="exact"),
        pytest.param(int, "9" * 4300, int("9" * 4300), id="4300 digits"),
        pytest.param(float, "1.5", 1.5, id="float"),
        pytest.param(float, ".5", 0.5, id="no digit before the point"),
        pytest.param(float, "-.5e-3", -0.0005, id="float with exponent"),
        pytest.param(float, "3", 3.0, id="whole float"),
        pytest.param(bool, "true", True, id="true"),
        pytest.param(bool, "FALSE", False, id="false, any case"),
        pytest.param(bool, " True\n", True, id="bool trimmed"),
        pytest.param(date, "2026-01-31", date(2026, 1, 31), id="date"),
        pytest.param(date, "2026-01-31\n", date(2026, 1, 31), id="date trimmed"),
        pytest.param(
            datetime, "2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC), id="datetime in UTC"
        ),
        pytest.param(
            datetime,
            "2026-01-31T12:00:00+02:00",
            datetime(2026, 1, 31, 12, tzinfo=PLUS_TWO),
            id="datetime with offset",
        ),
        pytest.param(list[str], "a, b ,c", ["a", "b", "c"], id="list by commas, trimmed"),
        pytest.param(list[str], "", [], id="empty list"),
        pytest.param(list[int], " \n", [], id="empty list of blanks"),
        pytest.param(list[str], "[]", [], id="empty JSON array"),
        pytest.param(list[str], '["a,b", " c"]', ["a,b", " c"], id="JSON array keeps commas and blanks"),
        pytest.param(list[int], "1,-2,3e1", [1, -2, 30], id="list of int"),
        pytest.param(list[int], " [1, 2.0] ", [1, 2], id="JSON array of int"),
        pytest.param(list[float], "[1, 2.5]", [1.0, 2.5], id="JSON array of float"),
        pytest.param(list[bool], "true,FALSE", [True, False], id="list of bool"),
        pytest.param(list[bool], "[true, false]", [True, False], id="JSON array of bool"),
        pytest.param(list[date], '["2026-01-31"]', [date(2026, 1, 31)], id="JSON array of date"),
        pytest.param(list[int | None], "1,x,,4", [1, None, None, 4], id="sparse"),
        pytest.param(list[int | None], '[1, "x", null, 1.5]', [1, None, None, None], id="sparse JSON"),
        pytest.param(list[str | None], '["a", null]', ["a", None], id="sparse JSON of str"),
        pytest.param(list[int | None], "", [], id="sparse, empty"),
        pytest.param(int | None, "1", 1, id="or None"),
    ],
)
def test_values(annotation: Any, text: str, value: object) -> None:
    """Each annotation reads its text as DESIGN 2's table says, and gives a value of its type."""
    read_value = read_one(annotation, text)
    assert read_value == value
    assert type(read_value) is type(value)
    if isinstance(read_value, list) and isinstance(value, list):
        assert [type(item) for item in read_value] == [type(item) for item in value]


@pytest.mark.parametrize(
    ("annotation", "text", "said"),
    [
        pytest.param(int, "1.5", "'1.5' is not a whole number", id="1.5 for int"),
        pytest.param(int, "1e-3", "'1e-3' is not a whole number", id="small for int"),
        *(
            pytest.param(kind, text, f"{text!r} is not a number", id=f"{text!r} for {kind.__name__}")
            for kind in (int, float)
            for text in (
                "",
                " ",
                "x",
                "nan",
                "inf",
                "-Infinity",
                "0x10",
                "1_000",
                "１２",
                "1,5",
                "1 2",
                "-",
                "e3",
            )
        ),
        pytest.param(float, "1e999", "too large", id="infinite by exponent"),
        pytest.param(int, "9" * 4301, "more than 4300 digits", id="too many digits"),
        pytest.param(
            float, "0." + "1" * 4301, "more than 4300 digits", id="too many digits behind the point"
        ),
        pytest.param(int, "1e999999999", "more than 4300 digits", id="too many digits by exponent"),
        pytest.param(bool, "yes", "'yes' is neither true nor false", id="yes"),
        pytest.param(bool, "", "'' is neither true nor false", id="empty bool"),
        pytest.param(date, "31.1.2026", "'31.1.2026' is not an ISO 8601 date", id="date"),
        pytest.param(date, "2026-02-30", "is not an ISO 8601 date", id="no such day"),
        pytest.param(date, "2026-01-31T12:00", "is not an ISO 8601 date", id="time for date"),
        pytest.param(datetime, "yesterday", "is not an ISO 8601 date and time", id="datetime"),
        pytest.param(list[int], "1,x", "'x' is not a number", id="item"),
        pytest.param(list[int], "1,", "'' is not a number", id="empty item"),
        pytest.param(list[str], "[1]", "item '1' is not of type string", id="number for str"),
        pytest.param(list[int], '["1"]', "is not of type number", id="text for int"),
        pytest.param(list[int], "[true]", "item 'true' is not of type number", id="boolean for int"),
        pytest.param(list[bool], "[1]", "item '1' is not of type boolean", id="number for bool"),
        pytest.param(list[str], "[null]", "item 'null' is not of type string", id="null"),
        pytest.param(list[str], '[["a"]]', "is not of type string", id="nested"),
        pytest.param(list[float], "[NaN]", "'NaN' is not a number", id="NaN in JSON"),
        pytest.param(list[str], "[a, b]", "begins like a JSON array", id="no JSON"),
        pytest.param(list[str], "[" * 100_000, "begins like a JSON array", id="deep JSON"),
        pytest.param(list[int], f"[{'9' * 4301}]", "more than 4300 digits", id="digits in JSON"),
        pytest.param(list[int | None], "[1", "begins like a JSON array", id="no JSON, sparse"),
    ],
)
def test_values_that_are_none(annotation: Any, text: str, said: str) -> None:
    """Each is a usage error that names formula, parameter and value."""
    with pytest.raises(UsageError) as caught:
        read_one(annotation, text)
    assert caught.value.message.startswith("F: parameter x: ")
    assert said in caught.value.message
    assert len(caught.value.message) < 250


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        pytest.param("2026-01-31T12:00:00", timedelta(hours=2), id="without offset"),
        pytest.param("2026-01-31", timedelta(hours=2), id="date alone"),
        pytest.param("2026-01-31T12:00:00Z", timedelta(0), id="UTC"),
        pytest.param("2026-01-31T12:00:00-05:00", timedelta(hours=-5), id="with offset"),
    ],
)
def test_dates_without_offset_are_in_the_timezone_of_the_context(text: str, offset: timedelta) -> None:
    """A datetime is always aware; its own offset comes first."""
    value = read_one(datetime, text, tz=PLUS_TWO)
    assert isinstance(value, datetime)
    assert value.utcoffset() == offset


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        pytest.param(T.NUMBER, "2", 2, id="whole"),
        pytest.param(T.NUMBER, "2.5", 2.5, id="not whole"),
        pytest.param(T.NUMBER, "1e3", 1000, id="whole by exponent"),
        pytest.param(T.DATE, "2026-01-31", datetime(2026, 1, 31, tzinfo=UTC), id="date"),
        pytest.param(T.NUMBER_ARRAY, "[1, 2.5]", [1, 2.5], id="numbers"),
    ],
)
def test_spelled_out_types(type_: sdk.ParameterType, text: str, value: object) -> None:
    """Spelled out, a number is an int where it is whole, and a date an aware datetime."""
    (read_value,) = read_parameters(spelled_out(type_), [text], [], UTC)
    assert repr(read_value) == repr(value)


def move(context: Any, source: str, target: str = "there", times: int | None = None) -> None:
    """Take one parameter that is required, and two that are not."""


@pytest.mark.parametrize(
    ("texts", "named", "values"),
    [
        pytest.param(["a"], [], ["a", "there", None], id="defaults"),
        pytest.param(["a", "b", "3"], [], ["a", "b", 3], id="by position"),
        pytest.param([], [("source", "a"), ("times", "3")], ["a", "there", 3], id="by name"),
        pytest.param(["a"], [("times", "3")], ["a", "there", 3], id="both"),
        pytest.param(["a"], [("target", "x=y")], ["a", "x=y", None], id="value with an equals sign"),
    ],
)
def test_positions_and_names(texts: list[str], named: list[tuple[str, str]], values: list[object]) -> None:
    """A parameter is given by position or by name; one left out takes the Python default."""
    assert read(move, *texts, named=named) == values


@pytest.mark.parametrize(
    ("texts", "named", "said"),
    [
        pytest.param([], [], "F needs parameter source", id="too few"),
        pytest.param([], [("target", "x")], "F needs parameter source", id="too few, one by name"),
        pytest.param(["a", "b", "3", "4"], [], "F takes at most 3, and 4 are given", id="too many"),
        pytest.param(["a"], [("source", "b")], "parameter source is given twice", id="position and name"),
        pytest.param(["a"], [("times", "1"), ("times", "2")], "times is given twice", id="name twice"),
        pytest.param(["a"], [("tarket", "b")], "Did you mean target?", id="mistyped"),
        pytest.param(["a"], [("zzz", "b")], "Usage: F SOURCE [TARGET] [TIMES]", id="unknown"),
    ],
)
def test_positions_and_names_that_do_not_fit(
    texts: list[str], named: list[tuple[str, str]], said: str
) -> None:
    """Too few, too many, twice or unknown: a usage error that helps."""
    with pytest.raises(UsageError) as caught:
        read(move, *texts, named=named)
    assert said in "\n".join((caught.value.message, *caught.value.details))


def test_a_formula_without_parameters_takes_none() -> None:
    """The message does not speak of "at most 0"."""
    with pytest.raises(UsageError, match="F takes no parameters, and 1 are given"):
        read_parameters(spelled_out(), ["x"], [], UTC)


def test_varargs_follow_the_parameters() -> None:
    """What is left over goes to the repeated parameter, each value read as its type."""

    def total(context: Any, first: str, *rest: int) -> None:
        pass

    assert read(total, "a") == ["a"]
    assert read(total, "a", "1", "2") == ["a", 1, 2]
    with pytest.raises(UsageError, match="F: parameter rest: 'x' is not a number"):
        read(total, "a", "1", "x")
    with pytest.raises(UsageError) as caught:
        read(total, "a", named=[("rest", "1")])
    assert "given by position" in caught.value.details[0]


def test_groups_of_varargs_repeat_in_turn() -> None:
    """Several repeated parameters are given together, as often as wanted."""
    formula = spelled_out(T.STRING, varargs=["key", "value"])
    assert read_parameters(formula, ["a", "k", "v", "l", "w"], [], UTC) == ["a", "k", "v", "l", "w"]
    with pytest.raises(UsageError, match="F takes key, value together"):
        read_parameters(formula, ["a", "k", "v", "l"], [], UTC)
    assert usage(formula) == "F A [KEY VALUE]..."


def with_last(*, varargs: bool = True) -> sdk.Formula:
    """A formula with a parameter that is given last, behind others that need not be given."""
    given = sdk.make_parameter(type=T.STRING, name="a", description="A.")
    optional = sdk.make_parameter(type=T.NUMBER, name="b", description="B.", optional=True)
    repeated = sdk.make_parameter(type=T.STRING, name="c", description="C.")
    last = LastParameter("Last.", "last")
    return Formula("F", print, parameters=(given, optional, last), vararg_parameters=(repeated,) * varargs)


@pytest.mark.parametrize(
    ("texts", "named", "values"),
    [
        pytest.param(["x", "z"], [], ["x", None, "z"], id="behind what is left out"),
        pytest.param(["x", "1", "z"], [], ["x", 1, "z"], id="behind all"),
        pytest.param(["x", "1", "y", "w", "z"], [], ["x", 1, "z", "y", "w"], id="behind repeated ones"),
        pytest.param(["x"], [("last", "z")], ["x", None, "z"], id="by name"),
        pytest.param(["x", "1", "y"], [("last", "z")], ["x", 1, "z", "y"], id="by name, others not"),
        pytest.param(["z"], [("a", "x")], ["x", None, "z"], id="others by name"),
    ],
)
def test_a_parameter_that_is_given_last(
    texts: list[str], named: list[tuple[str, str]], values: list[object]
) -> None:
    """The last text is its value, however many of the others are given."""
    assert read_parameters(with_last(), texts, named, UTC) == values


@pytest.mark.parametrize(
    ("texts", "named", "said"),
    [
        pytest.param([], [], "F needs parameter a", id="nothing"),
        pytest.param(["z"], [], "F needs parameter a", id="only the last"),
        pytest.param(["x", "1", "2", "z"], [], "F takes at most 3, and 4 are given", id="too many"),
        pytest.param(["x", "1", "2"], [("last", "z")], "at most 3, and 4 are given", id="too many by name"),
        pytest.param([], [("a", "x")], "F needs parameter last", id="all but the last"),
    ],
)
def test_a_parameter_that_is_given_last_does_not_fit(
    texts: list[str], named: list[tuple[str, str]], said: str
) -> None:
    """What is missing or surplus is told as for other parameters."""
    with pytest.raises(UsageError, match=said):
        read_parameters(with_last(varargs=False), texts, named, UTC)


def test_usage_shows_what_is_given_last() -> None:
    """It stands behind the parameters that can be repeated."""
    assert usage(with_last()) == "F A [B] [C]... LAST"


def test_long_values_are_quoted_in_part() -> None:
    """A message quotes the beginning of a long value, and never half of a word of it."""
    secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
    with pytest.raises(UsageError) as caught:
        read_one(int, f"{'word ' * 8}{secret}")
    assert "word word" in caught.value.message
    assert secret[:5] not in caught.value.message
