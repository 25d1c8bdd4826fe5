"""Searching in suggestions."""

from __future__ import annotations

from typing import Any

import pytest

from coda_cli import sdk
from coda_cli.errors import DeclarationError

FRUITS = [{"name": "Apple", "id": 1}, {"name": "Pineapple", "id": 2}, {"name": "PEAR", "id": 3}]


def displayed(found: list[sdk.SimpleAutocompleteOption]) -> list[str]:
    """What a person would see."""
    return [option["display"] for option in found]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        pytest.param("app", ["Apple", "Pineapple"], id="part, in any case"),
        pytest.param("pear", ["PEAR"], id="capitals"),
        pytest.param("", ["Apple", "Pineapple", "PEAR"], id="nothing"),
        pytest.param(None, ["Apple", "Pineapple", "PEAR"], id="None"),
        pytest.param("kiwi", [], id="not there"),
    ],
)
def test_objects_are_searched_by_what_they_display(search: str | None, found: list[str]) -> None:
    """The key to display is searched, the other is the value; the reference's name does the same."""
    options = sdk.autocomplete_search(search, FRUITS, display_key="name", value_key="id")
    assert displayed(options) == found
    assert options == sdk.autocomplete_search_objects(search, FRUITS, "name", "id")
    assert all(isinstance(option["value"], int) for option in options)


@pytest.mark.parametrize(
    ("choices", "options"),
    [
        pytest.param(["a", "b"], [{"display": "a", "value": "a"}], id="texts"),
        pytest.param([{"display": "A", "value": "x"}, "b"], [{"display": "A", "value": "x"}], id="options"),
    ],
)
def test_texts_and_options(choices: list[Any], options: list[Any]) -> None:
    """Texts are their own values; the reference's name does the same."""
    assert sdk.autocomplete_search("a", choices) == options
    assert sdk.simple_autocomplete("a", choices) == options


def test_numbers_are_searched_as_they_are_written() -> None:
    """A number is found by its digits, and stays a number."""
    assert sdk.autocomplete_search("5", [1, 2.5, 50]) == [
        {"display": "2.5", "value": 2.5},
        {"display": "50", "value": 50},
    ]


def test_the_text_is_the_value_unless_another_is_named() -> None:
    """Without a key for the value, an object's text is its value."""
    assert sdk.autocomplete_search("pear", FRUITS, display_key="name") == [
        {"display": "PEAR", "value": "PEAR"}
    ]


def test_letters_that_fold_into_two() -> None:
    """Case is folded as Unicode does it."""
    assert displayed(sdk.autocomplete_search("STRASSE", ["Straße", "Gasse"])) == ["Straße"]


def test_a_function_takes_the_search_and_the_parameters() -> None:
    """One that takes less, as JavaScript allows, is refused where it is declared, and not when it is run."""

    def of_search(context: Any, search: str) -> list[str]:
        return []

    with pytest.raises(DeclarationError) as caught:
        sdk.make_parameter(type=sdk.ParameterType.STRING, name="fruit", autocomplete=of_search)
    said = "autocomplete cannot be called with the context, the search, the parameters: too many"
    assert said in caught.value.message
