"""What single values of declarations must be."""

from __future__ import annotations

from typing import Any

import pytest

from coda_cli.errors import DeclarationError
from coda_cli.sdk.declared_values import check_call, check_function, check_text, checked_list


@pytest.mark.parametrize("value", [5, None, b"text", ["text"]])
def test_what_is_no_text(value: Any) -> None:
    """Anything else than text is named with what it is."""
    with pytest.raises(DeclarationError) as caught:
        check_text(value, "the name")
    assert caught.value.message == f"the name {value!r} is not text"


@pytest.mark.parametrize("text", ["", " \n"])
def test_empty_text(text: str) -> None:
    """Text may be empty, unless it is to be filled."""
    check_text(text, "the name")
    with pytest.raises(DeclarationError, match="the name is empty"):
        check_text(text, "the name", filled=True)


def test_functions() -> None:
    """Whatever can be called is a function."""
    check_function(print, "it")
    check_function(str, "it")
    with pytest.raises(DeclarationError, match="it is no function but 'print'"):
        check_function("print", "it")


async def of_search_async(context: Any, search: str) -> None:
    """Nothing that can be awaited here."""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param(5, "it is no function but 5", id="no function"),
        pytest.param(of_search_async, "it is an async function", id="async"),
        pytest.param(
            lambda context: [], "it cannot be called with the context, the search: too many", id="too few"
        ),
        pytest.param(
            lambda context, search, more: [], "the search: missing a required argument: 'more'", id="too many"
        ),
        pytest.param(lambda *, context: [], "it cannot be called with the context", id="by keyword"),
    ],
)
def test_what_cannot_be_called(value: Any, said: str) -> None:
    """A function is called with the context and what is named, by position."""
    with pytest.raises(DeclarationError) as caught:
        check_call(value, "it", ["the search"])
    assert said in caught.value.message


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(lambda context, search: [], id="exactly"),
        pytest.param(lambda *given: [], id="any"),
        pytest.param(lambda context, search, more=None: [], id="a default"),
        pytest.param(type, id="does not say"),
    ],
)
def test_what_can_be_called(value: Any) -> None:
    """More parameters are fine where they may be left out, and what does not say is believed."""
    check_call(value, "it", ["the search"])


@pytest.mark.parametrize(("value", "items"), [([1], (1,)), ((1, 2), (1, 2)), ([], ())])
def test_lists(value: Any, items: tuple[Any, ...]) -> None:
    """Lists and tuples are lists."""
    assert checked_list(value, "they") == items


@pytest.mark.parametrize("value", [None, 5, "ab", b"ab", {"a": 1}, {1}, iter([1])])
def test_what_is_no_list(value: Any) -> None:
    """Text is no list of letters, and what has no order is none either."""
    with pytest.raises(DeclarationError, match="they must be a list, not "):
        checked_list(value, "they")
