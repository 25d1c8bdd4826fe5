"""The two helpers for URLs."""

from __future__ import annotations

import pytest

from coda_cli import sdk


@pytest.mark.parametrize(
    ("url", "params", "expected"),
    [
        pytest.param("https://h/p", {"a": "1"}, "https://h/p?a=1", id="first"),
        pytest.param("https://h/p?a=1", {"b": 2}, "https://h/p?a=1&b=2", id="added"),
        pytest.param("https://h/p?a=1&a=2&b=3", {"a": 9}, "https://h/p?b=3&a=9", id="replaced"),
        pytest.param("https://h/p?a%20b=1", {"a b": 2}, "https://h/p?a%20b=2", id="replaced, escaped"),
        pytest.param("https://h/p?a=1", {"a": None}, "https://h/p?a=1", id="None keeps"),
        pytest.param("https://h/p", {"a": True, "b": False}, "https://h/p?a=true&b=false", id="booleans"),
        pytest.param("https://h/p", {"a": [1, None, 2]}, "https://h/p?a=1&a=2", id="list"),
        pytest.param("https://h/p", {"a": ""}, "https://h/p?a=", id="empty text"),
        pytest.param("https://h/p", {"a": "x/y &=+é"}, "https://h/p?a=x%2Fy%20%26%3D%2B%C3%A9", id="escapes"),
        pytest.param("https://h/p#top", {"a": 1}, "https://h/p?a=1#top", id="fragment"),
        pytest.param("/p?", {"a": 1}, "/p?a=1", id="relative, empty query"),
        pytest.param("https://h/p?x", None, "https://h/p?x", id="nothing"),
        pytest.param("https://h/p?x", {}, "https://h/p?x", id="empty"),
    ],
)
def test_with_query_params(url: str, params: dict[str, object] | None, expected: str) -> None:
    """Parameters are added, or take the place of those of the same name."""
    assert sdk.with_query_params(url, params) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param(["https://h", "a", "b"], "https://h/a/b", id="no slashes"),
        pytest.param(["https://h/", "/a/", "/b"], "https://h/a/b", id="slashes"),
        pytest.param(["https://h", "a/"], "https://h/a/", id="slash at the end"),
        pytest.param(["https://h"], "https://h", id="one part"),
        pytest.param([], "", id="nothing"),
    ],
)
def test_join_url(parts: list[str], expected: str) -> None:
    """One slash between each two parts."""
    assert sdk.join_url(*parts) == expected


def test_join_url_refuses_an_empty_part() -> None:
    """An empty part, such as a parameter left empty, would name another resource."""
    with pytest.raises(ValueError, match="empty part"):
        sdk.join_url("https://h", "", "b")
