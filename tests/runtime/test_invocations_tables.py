"""What a word of the command line names beside a sync table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coda_cli import sdk
from coda_cli.errors import UsageError
from coda_cli.runtime.invocations import choose_invocation
from coda_cli.runtime.loader import LoadedPack
from tests.runtime.tables import TASK


def never(*_: Any) -> Any:
    """Stand for a function that is only declared."""
    raise AssertionError("not called here")


def loaded() -> LoadedPack:
    """A pack with a two-way table, one that says nothing, a dynamic one and a formula."""
    pack = sdk.new_pack()
    pack.sync_table(
        name="Tasks",
        schema=TASK,
        execute_update=never,
        execute_get_permissions=never,
        validate_parameters=never,
    )(lambda context: [])
    pack.sync_table(name="Plain")(lambda context: [])
    pack.add_dynamic_sync_table(
        name="Lists",
        description="Lists.",
        get_name=never,
        get_schema=never,
        get_display_url=never,
        search_dynamic_urls=never,
        parameters=[
            sdk.make_parameter(
                type=sdk.ParameterType.STRING, name="tag", description="Tag.", autocomplete=["a"]
            )
        ],
        execute=lambda context, tag: [],
    )
    pack.formula(name="Hello")(lambda context: "")
    return LoadedPack(pack, Path("folder/pack.py"))


@pytest.mark.parametrize(
    ("word", "name", "needs_url"),
    [
        pytest.param("Lists", "Lists", True, id="table"),
        pytest.param("Tasks:update", "Tasks:update", True, id="update"),
        pytest.param("tasks:permissions", "Tasks:permissions", True, id="permissions"),
        pytest.param("Plain:get_schema", "Plain:getSchema", True, id="schema, as Python spells it"),
        pytest.param("Lists:getName", "Lists:getName", True, id="name"),
        pytest.param("Lists:get_display_url", "Lists:getDisplayUrl", True, id="URL"),
        pytest.param("Lists:searchDynamicUrls", "Lists:searchDynamicUrls", False, id="search for URLs"),
        pytest.param("Lists:autocomplete:tag", "Lists:autocomplete:tag", False, id="autocomplete"),
        pytest.param("Tasks:validateParameters", "Tasks:validateParameters", False, id="validation"),
    ],
)
def test_names_beside_tables(word: str, name: str, needs_url: bool) -> None:
    """They have both spellings, belong to their table, and some make sense without a dynamic URL."""
    invocation = choose_invocation(loaded(), word)
    assert invocation.formula.name == name
    assert invocation.table is not None
    assert invocation.table.name == name.partition(":")[0]
    assert invocation.needs_dynamic_url is needs_url


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        pytest.param("Plain:update", "Plain declares no execute_update.", id="update"),
        pytest.param("Lists:permissions", "Lists declares no execute_get_permissions.", id="permissions"),
        pytest.param(
            "Tasks:getName", "Tasks declares no get_name.", id="name of a table that is not dynamic"
        ),
        pytest.param("Lists:list_dynamic_urls", "Lists declares no list_dynamic_urls.", id="URLs"),
        pytest.param("Tasks:updaet", "Did you mean Tasks:update?", id="mistyped"),
        pytest.param("Hello:update", "Hello has no metadata functions.", id="formula"),
    ],
)
def test_names_that_a_table_does_not_have(word: str, hint: str) -> None:
    """What the table would have to declare is told, else the nearest names."""
    with pytest.raises(UsageError, match=r"pack\.py has no ") as caught:
        choose_invocation(loaded(), word)
    assert caught.value.details == (hint,)
