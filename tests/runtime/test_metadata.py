"""Metadata functions as formulas: what they are given, and what they must give back."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import FormulaError, ResultError, UsageError
from coda_cli.runtime.executor import execute_formula
from coda_cli.runtime.metadata import (
    autocomplete_formula,
    connection_name_formula,
    set_endpoint_formula,
    validation_formula,
)
from coda_cli.runtime.parameters import read_parameters
from coda_cli.sdk.formulas import formula_of
from tests.runtime.test_executor import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.sdk.formulas import Formula


def run(formula: Formula, *texts: str) -> Any:
    """Run a formula with what a command line gives."""
    return execute_formula(formula, CONTEXT, read_parameters(formula, texts, [], UTC))


def autocomplete(suggested: Any, *texts: str, type_: Any = str) -> Any:
    """Run the autocomplete of a parameter."""

    def buy(context, fruit, since=None, counts=[], fresh=True):  # type: ignore[no-untyped-def]  # noqa: B006 - its annotations follow
        return ""

    buy.__annotations__ = {  # those of this file are texts, which know no local name
        "fruit": Annotated[type_, sdk.Parameter(autocomplete=suggested)],
        "since": datetime | None,
        "counts": list[int],
        "fresh": bool,
    }
    formula = formula_of(buy)
    return run(autocomplete_formula("Buy:autocomplete:fruit", formula, formula.parameters[0]), *texts)


def option(text: str, value: Any = None) -> dict[str, object]:
    """One suggestion."""
    return {"display": text, "value": text if value is None else value}


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        pytest.param([], [option("Apple"), option("Pear", "p")], id="no search"),
        pytest.param(["PE"], [option("Pear", "p")], id="search"),
        pytest.param(["kiwi"], [], id="nothing found"),
        pytest.param(["app", '{"fresh": false}'], [option("Apple")], id="with parameters"),
    ],
)
def test_a_list_is_searched(texts: list[str], found: list[object]) -> None:
    """Suggestions that are always the same are searched by what they display."""
    assert autocomplete(["Apple", {"display": "Pear", "value": "p"}], *texts) == found


def test_a_function_gets_the_search_and_the_other_parameters() -> None:
    """Those that are given, each as its type says, as the formula would get them."""
    came: list[tuple[object, ...]] = []

    def suggested(context: Any, search: str, parameters: dict[str, object]) -> list[object]:
        came.append((context, search, parameters))
        return ["a", {"display": "B", "value": "b"}]

    given = '{"since": "2026-01-31", "counts": [1, 2], "fresh": true, "fruit": null}'
    assert autocomplete(suggested, "x", given) == [option("a"), option("B", "b")]
    assert autocomplete(suggested) == [option("a"), option("B", "b")]
    since = datetime(2026, 1, 31, tzinfo=UTC)
    assert came == [
        (CONTEXT, "x", {"since": since, "counts": [1, 2], "fresh": True}),
        (CONTEXT, "", {}),
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param("{", "Buy:autocomplete:fruit: the parameters are no JSON object", id="no JSON"),
        pytest.param("[1]", "no JSON object", id="a list"),
        pytest.param("1", "no JSON object", id="a number"),
        pytest.param("[" * 100_000, "no JSON object", id="too deep"),
        pytest.param('{"frsh": true}', "Buy has no parameter 'frsh'", id="unknown"),
        pytest.param('{"fresh": 1}', "parameter fresh: '1' is neither true nor false", id="type"),
        pytest.param('{"counts": [1.5]}', "'1.5' is not a whole number", id="item"),
        pytest.param('{"counts": NaN}', "'NaN' is not a number", id="no number"),
    ],
)
def test_parameters_that_cannot_be_read(given: str, said: str) -> None:
    """They are a mistake on the command line, found before the pack's function is called."""
    with pytest.raises(UsageError) as caught:
        autocomplete(lambda context, search, parameters: 1 / 0, "", given)
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("type_", "gives", "path"),
    [
        pytest.param(str, "abc", "Buy:autocomplete:fruit: expected array of object", id="text"),
        pytest.param(str, None, "Buy:autocomplete:fruit: expected array of object", id="nothing"),
        pytest.param(str, [1], "fruit[0].value: expected string, came int 1", id="number for text"),
        pytest.param(float, ["a"], "fruit[0].value: expected number, came str 'a'", id="text for number"),
        pytest.param(str, ["a", None], "fruit[1]: expected object", id="no suggestion"),
        pytest.param(str, [{"value": "a"}], "fruit[0].display: expected string, came nothing", id="display"),
    ],
)
def test_what_is_no_suggestion(type_: Any, gives: object, path: str) -> None:
    """What a function gives is checked, with the path to what is wrong."""
    with pytest.raises(ResultError) as caught:
        autocomplete(lambda context, search, parameters: gives, type_=type_)
    assert any(path in line for line in caught.value.details)


def test_numbers_stay_numbers() -> None:
    """The value of a number's suggestion is a number."""
    assert autocomplete(lambda *_: [1, 2.5], type_=float) == [option("1", 1), option("2.5", 2.5)]


def test_an_autocomplete_that_raises_is_the_formulas_failure() -> None:
    """It shows the pack's own frames, and ends with 1."""

    def fails(context: Any, search: str, parameters: Any) -> Any:
        raise LookupError("no such fruit")

    with pytest.raises(FormulaError) as caught:
        autocomplete(fails)
    assert caught.value.message == "Buy:autocomplete:fruit failed: LookupError: no such fruit"
    assert caught.value.exit_code == 1
    assert not any(f"coda_cli{os.sep}runtime" in line for line in caught.value.details)
    assert any("in fails" in line for line in caught.value.details)


def validation(validate: Callable[..., Any], *texts: str) -> Any:
    """Run the validation of a formula."""

    def order(context: Any, count: int, size: str = "m", *notes: str) -> str:
        return ""

    formula = formula_of(order)
    return run(validation_formula("Order:validateParameters", formula, validate), *texts)


@pytest.mark.parametrize(
    ("texts", "parameters"),
    [
        pytest.param(["3"], {"count": 3, "size": "m", "notes": []}, id="defaults"),
        pytest.param(["3", "l", "a", "b"], {"count": 3, "size": "l", "notes": ["a", "b"]}, id="all"),
    ],
)
def test_a_validation_gets_the_parameters_by_name(texts: list[str], parameters: dict[str, object]) -> None:
    """They are read as the formula's own; the repeated ones are a list."""
    came: list[object] = []

    def validate(context: Any, given: object) -> dict[str, bool]:
        came.append(given)
        return {"is_valid": True}

    assert validation(validate, *texts) == {"is_valid": True}
    assert came == [parameters]


def test_repeated_parameters_that_take_turns() -> None:
    """Each of several has its own list."""
    pack = sdk.new_pack()
    names = [sdk.make_parameter(type=sdk.ParameterType.STRING, name=name) for name in ("key", "value")]
    pack.add_formula(name="F", vararg_parameters=names, execute=lambda context, *rest: "")
    came: list[object] = []

    def validate(context: Any, given: object) -> dict[str, bool]:
        came.append(given)
        return {"is_valid": True}

    run(validation_formula("F:validateParameters", pack.formulas[0], validate), "a", "1", "b", "2")
    assert came == [{"key": ["a", "b"], "value": ["1", "2"]}]


@pytest.mark.parametrize(
    ("gives", "result"),
    [
        pytest.param(
            {"is_valid": False, "message": "No.", "errors": [{"parameter_name": "count", "message": "Odd."}]},
            {"is_valid": False, "message": "No.", "errors": [{"message": "Odd.", "parameter_name": "count"}]},
            id="not valid",
        ),
        pytest.param(
            {"isValid": False, "message": "No.", "errors": [{"parameterName": "count", "message": "Odd."}]},
            {"is_valid": False, "message": "No.", "errors": [{"message": "Odd.", "parameter_name": "count"}]},
            id="as in TypeScript",
        ),
        pytest.param({"is_valid": True, "other": 1}, {"is_valid": True}, id="undeclared key"),
    ],
)
def test_results_of_a_validation(gives: object, result: object) -> None:
    """They have one form, however the function spells the names."""
    assert validation(lambda context, parameters: gives, "1") == result


@pytest.mark.parametrize(
    ("gives", "said"),
    [
        pytest.param(True, "expected object, came bool True", id="truth"),
        pytest.param(None, "expected object, came nothing", id="nothing"),
        pytest.param({}, "is_valid: expected boolean, came nothing", id="empty"),
        pytest.param({"is_valid": "no"}, "is_valid: expected boolean, came str 'no'", id="text"),
        pytest.param({"is_valid": False}, "not valid, without a message", id="no message"),
        pytest.param({"isValid": False, "message": ""}, "not valid, without a message", id="empty message"),
        pytest.param(
            {"is_valid": False, "message": "No.", "errors": [{"message": "Odd."}]},
            "errors[0].parameter_name: expected string",
            id="whose error",
        ),
    ],
)
def test_what_is_no_validation(gives: object, said: str) -> None:
    """Anything else is a result of the wrong type."""
    with pytest.raises(ResultError) as caught:
        validation(lambda context, parameters: gives, "1")
    assert said in "\n".join((caught.value.message, *caught.value.details))


def test_connection_names_are_text() -> None:
    """The name of an account is text."""
    assert run(connection_name_formula("Auth:getConnectionName", lambda context: "ada")) == "ada"
    with pytest.raises(ResultError, match="Auth:getConnectionName: the result is not"):
        run(connection_name_formula("Auth:getConnectionName", lambda context: {"name": "ada"}))


def test_endpoints_to_choose_from() -> None:
    """A step gives texts or suggestions; an endpoint is no number."""

    def step(gives: object) -> sdk.SetEndpoint:
        return sdk.SetEndpoint(name="site", description="Choose.", get_options=lambda context: gives)

    name = "Auth:postSetup:setEndpoint:site"
    given = ["https://a.example", {"display": "B", "value": "https://b.example"}]
    assert run(set_endpoint_formula(name, step(given))) == [
        option("https://a.example"),
        option("B", "https://b.example"),
    ]
    with pytest.raises(ResultError):
        run(set_endpoint_formula(name, step([1])))
