"""The functions beside a sync table: which there are, and what they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import FormulaError, ResultError
from coda_cli.runtime.executor import execute_formula
from coda_cli.runtime.table_metadata import names_of_table
from tests.runtime.tables import TASK, T, context, dynamic_table, table, values

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://a.example"
TASK_VALUE = {
    "type": "object",
    "properties": {
        "id": {"type": "number", "from_key": "task_id"},
        "name": {"type": "string", "required": True},
        "done": {"type": "boolean"},
    },
    "id_property": "id",
    "display_property": "name",
}


def run(declared: sdk.SyncTable, special: str, *texts: str) -> Any:
    """Run a function beside a table."""
    formula = names_of_table(declared)[special](f"Tasks:{special}")
    return execute_formula(formula, context(URL), values(formula, *texts))


def never(*_: Any) -> Any:
    """Stand for a function that is only declared."""
    raise AssertionError("not called here")


@pytest.mark.parametrize(
    ("declared", "names"),
    [
        pytest.param(table(), ["getSchema"], id="table"),
        pytest.param(table(execute_update=never), ["getSchema", "update"], id="two-way"),
        pytest.param(table(execute_get_permissions=never), ["getSchema", "permissions"], id="permissions"),
        pytest.param(dynamic_table(), ["getSchema", "getName", "getDisplayUrl"], id="dynamic"),
        pytest.param(
            dynamic_table(list_dynamic_urls=never, search_dynamic_urls=never),
            ["getSchema", "getName", "getDisplayUrl", "listDynamicUrls", "searchDynamicUrls"],
            id="dynamic, with URLs",
        ),
    ],
)
def test_names(declared: sdk.SyncTable, names: list[str]) -> None:
    """A table has those names for which it declares something."""
    assert list(names_of_table(declared)) == names


def test_the_schema_of_a_table() -> None:
    """It is that of a row, in the form that a description has; without one, rows are any objects."""
    value = run(table(), "getSchema")
    assert value.pop("identity") == {"name": "Tasks"}
    assert value == TASK_VALUE
    assert run(table(schema=None), "getSchema") == {"type": "object"}


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(TASK, id="of a row"),
        pytest.param(sdk.make_schema(type=T.ARRAY, items=TASK), id="of all rows"),
    ],
)
def test_the_schema_of_a_dynamic_table(given: sdk.Schema) -> None:
    """Its function gives the schema of a row, or of all rows as in the reference."""
    assert run(dynamic_table(lambda context: given), "getSchema") == TASK_VALUE


@pytest.mark.parametrize(
    ("gives", "said"),
    [
        pytest.param(None, "Tasks:getSchema: ", id="nothing"),
        pytest.param({"type": "object"}, "Tasks:getSchema: ", id="a dict"),
        pytest.param(sdk.make_schema(type=T.STRING), "a row is an object, and this is string", id="text"),
    ],
)
def test_what_is_no_schema(gives: object, said: str) -> None:
    """Anything else is a result of the wrong type."""
    with pytest.raises(ResultError) as caught:
        run(dynamic_table(lambda context: gives), "getSchema")
    assert said in caught.value.message


def test_the_name_and_the_url_of_a_dynamic_table() -> None:
    """They are texts, of the table that the dynamic URL says."""
    assert run(dynamic_table(), "getName") == f"Tasks of {URL}"
    assert run(dynamic_table(), "getDisplayUrl") == f"{URL}/view"
    with pytest.raises(ResultError, match="Tasks:getName: the result is not"):
        run(dynamic_table(get_name=lambda context: 1), "getName")


def test_dynamic_urls() -> None:
    """Those that there are, or that a search finds, are texts or suggestions."""

    def listed(context: Any) -> list[Any]:
        return [URL, {"display": "B", "value": "https://b.example"}]

    def found(context: Any, search: str) -> list[str]:
        return [f"{URL}/{search}"]

    declared = dynamic_table(list_dynamic_urls=listed, search_dynamic_urls=found)
    assert run(declared, "listDynamicUrls") == [
        {"display": URL, "value": URL},
        {"display": "B", "value": "https://b.example"},
    ]
    assert run(declared, "searchDynamicUrls", "x") == [{"display": f"{URL}/x", "value": f"{URL}/x"}]
    assert run(declared, "searchDynamicUrls")[0]["value"] == f"{URL}/"


@pytest.mark.parametrize(
    ("special", "gives"),
    [
        pytest.param("listDynamicUrls", lambda *_: None, id="nothing"),
        pytest.param("listDynamicUrls", lambda *_: [1], id="no URL"),
        pytest.param("searchDynamicUrls", lambda *_: [{"value": URL}], id="no display"),
    ],
)
def test_what_is_no_dynamic_url(special: str, gives: Callable[..., Any]) -> None:
    """Anything else is a result of the wrong type."""
    declared = dynamic_table(list_dynamic_urls=gives, search_dynamic_urls=gives)
    with pytest.raises(ResultError):
        run(declared, special)


@pytest.mark.parametrize(
    "special", ["getSchema", "getName", "getDisplayUrl", "listDynamicUrls", "searchDynamicUrls"]
)
def test_a_function_that_raises(special: str) -> None:
    """It fails as a formula does, by its own name."""

    def fails(*_: Any) -> Any:
        raise LookupError("no such table")

    declared = dynamic_table(
        fails, get_name=fails, get_display_url=fails, list_dynamic_urls=fails, search_dynamic_urls=fails
    )
    with pytest.raises(FormulaError, match=f"Tasks:{special} failed: LookupError: no such table"):
        run(declared, special)
