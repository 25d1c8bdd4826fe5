"""What a column format may say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.errors import DeclarationError
from coda_cli.sdk.column_formats import make_format, problem_of_format
from coda_cli.sdk.formulas import formula_of

if TYPE_CHECKING:
    from coda_cli import sdk


def made(**said: Any) -> sdk.Format:
    """Make a format that says these things."""
    return make_format(**{"name": "Fruit", "formula_name": "F", "matchers": [], "instructions": "", **said})


def test_matchers_are_patterns_or_their_text() -> None:
    """A pattern keeps its flags, and text becomes one."""
    pattern = re.compile("^https://a", re.IGNORECASE)
    assert made(matchers=[pattern, r"b\.example/"]).matchers == (pattern, re.compile(r"b\.example/"))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"name": ""}, "column format: name is empty", id="no name"),
        pytest.param({"name": 5}, "column format: name 5 is not text", id="name"),
        pytest.param({"formula_name": None}, "column format Fruit: formula_name None", id="formula"),
        pytest.param({"instructions": 5}, "column format Fruit: instructions 5", id="instructions"),
        pytest.param({"matchers": "a"}, "column format Fruit: matchers must be a list", id="one matcher"),
        pytest.param({"matchers": [5]}, "column format Fruit: the matcher 5", id="matcher"),
        pytest.param({"matchers": [re.compile(b"a")]}, "the matcher re.compile(b'a') is not", id="of bytes"),
        pytest.param({"matchers": ["("]}, "the matcher '(' is no regular expression", id="no expression"),
    ],
)
def test_formats_that_make_no_sense(said: dict[str, Any], expected: str) -> None:
    """Each is refused where it is declared, naming the format."""
    with pytest.raises(DeclarationError) as caught:
        made(**said)
    assert expected in caught.value.message


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        pytest.param(lambda context, value: "", None, id="one parameter"),
        pytest.param(lambda context, value, more="", *rest: "", None, id="and optional ones"),
        pytest.param(lambda context: "", "those that F requires are none", id="none"),
        pytest.param(lambda context, value="": "", "those that F requires are none", id="only optional"),
        pytest.param(lambda context, a, b: "", "those that F requires are a, b", id="two"),
    ],
)
def test_the_formula_takes_the_value(function: Any, problem: str | None) -> None:
    """The formula of a format requires one parameter: the value of the cell."""
    found = problem_of_format(made(), [formula_of(function, name="F")])
    assert (found is None) if problem is None else (problem in (found or ""))


def test_the_formula_is_there() -> None:
    """A format of a formula that the pack does not have is told with those that it has."""
    formulas = [formula_of(lambda context, a: "", name=name) for name in ("G", "H")]
    found = problem_of_format(made(), formulas)
    assert found == "column format Fruit: there is no formula F; there are: G, H"
