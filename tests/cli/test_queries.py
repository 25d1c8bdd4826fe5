"""Queries of results, and those that are none."""

from __future__ import annotations

import pytest

from coda_cli.cli.queries import compile_query
from coda_cli.errors import UsageError

NESTED = {"name": "x", "tags": ["a", "b"], "owner": {"id": 1, "at": None}, "rows": [{"k": 1}, {"j": True}]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param(None, NESTED, id="none"),
        pytest.param("name", "x", id="member"),
        pytest.param("rows[].k", [1], id="projection"),
        pytest.param("nosuch.deep", None, id="nothing there"),
        pytest.param("length(tags)", 2, id="function"),
        pytest.param("{a: name, b: owner.id}", {"a": "x", "b": 1}, id="new object"),
    ],
)
def test_queries(query: str | None, found: object) -> None:
    """A query is JMESPath; without one the result stays as it is."""
    assert compile_query(query)(NESTED) == found


@pytest.mark.parametrize("query", ["", "[", "a..b", "a b", "&", "'", "f(", "é", "{a}", "(" * 100_000])
def test_malformed_queries(query: str) -> None:
    """A query that is none is a usage error before anything runs."""
    with pytest.raises(UsageError, match="--query is not a JMESPath expression"):
        compile_query(query)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param("nosuch(@)", r"calls nosuch\(\), which JMESPath does not have", id="function"),
        pytest.param("tags[?nosuch(@)]", r"calls nosuch\(\)", id="function inside"),
        pytest.param("length()", r"gives length\(\) 0 values, and it takes 1", id="too few"),
        pytest.param("length(a, b)", r"gives length\(\) 2 values, and it takes 1", id="too many"),
    ],
)
def test_functions_are_looked_up_before_anything_runs(query: str, said: str) -> None:
    """A call that no result could make right is a usage error before the formula runs."""
    with pytest.raises(UsageError, match=f"--query {said}"):
        compile_query(query)


def test_functions_with_any_number_of_values() -> None:
    """Some functions take as many values as there are."""
    assert compile_query("merge(@, @, @)")({"a": 1}) == {"a": 1}


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("length(owner.id)", id="type"),
        pytest.param("tags[::0]", id="step of 0"),
        pytest.param("&name", id="expression as result"),
        pytest.param("to_number('nan')", id="NaN"),
        pytest.param("ceil(to_number('inf'))", id="infinity"),
        pytest.param("`Infinity`", id="literal"),
    ],
)
def test_queries_that_do_not_fit(query: str) -> None:
    """A query that fails on the result, or finds what JSON has not, is a usage error."""
    with pytest.raises(UsageError, match="--query does not fit the result"):
        compile_query(query)(NESTED)
