"""Dynamic tables: which one is meant, and the schema of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from coda_cli import sdk
from coda_cli.errors import CodaError, FormulaError, ResultError, UsageError
from coda_cli.runtime.dynamic_tables import check_dynamic_url, schema_of_rows, told_of_schema
from tests.fetchers import OneByOne

CONTEXT = sdk.ExecutionContext(OneByOne(), sync=sdk.Sync(dynamic_url="https://example.com/1"))
ROW = sdk.make_object_schema(properties={"a": sdk.make_schema(type=sdk.ValueType.STRING)})


@dataclass
class Item:
    """A row."""

    a: str | None = None


def dynamic(get_schema: Any) -> sdk.SyncTable:
    """Declare a dynamic table."""
    pack = sdk.new_pack()
    pack.add_dynamic_sync_table(
        name="Lists",
        get_name=lambda context: "A list",
        get_display_url=lambda context: "https://example.com",
        get_schema=get_schema,
        execute=lambda context: [],
    )
    return pack.sync_tables[0]


def static(schema: sdk.Schema | None = None) -> sdk.SyncTable:
    """Declare a table that is not."""
    pack = sdk.new_pack()
    pack.add_sync_table(name="Items", schema=schema, execute=lambda context: [])
    return pack.sync_tables[0]


@pytest.mark.parametrize(
    ("table", "url", "is_needed", "message"),
    [
        pytest.param(None, "u", False, "--dynamic-url does not go with N", id="formula"),
        pytest.param(static(), "u", True, "--dynamic-url does not go with N", id="static table"),
        pytest.param(dynamic(lambda context: ROW), None, True, "N needs --dynamic-url", id="missing"),
        pytest.param(dynamic(lambda context: ROW), "", True, "N needs --dynamic-url", id="empty"),
    ],
)
def test_urls_that_are_refused(
    table: sdk.SyncTable | None, url: str | None, is_needed: bool, message: str
) -> None:
    """A URL goes with dynamic tables only, which cannot be synced without one."""
    with pytest.raises(UsageError) as caught:
        check_dynamic_url("N", table, url, is_needed=is_needed)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("table", "url", "is_needed"),
    [
        pytest.param(None, None, True, id="formula"),
        pytest.param(static(), None, True, id="static table"),
        pytest.param(dynamic(lambda context: ROW), "u", True, id="dynamic table"),
        pytest.param(dynamic(lambda context: ROW), None, False, id="beside it"),
    ],
)
def test_urls_that_are_right(table: sdk.SyncTable | None, url: str | None, is_needed: bool) -> None:
    """Everything else passes."""
    check_dynamic_url("N", table, url, is_needed=is_needed)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(ROW, id="schema"),
        pytest.param(sdk.make_schema(type=sdk.ValueType.ARRAY, items=ROW), id="schema of all rows"),
        pytest.param(Item, id="class"),
    ],
)
def test_the_schema_that_a_function_gives(given: Any) -> None:
    """It may be that of a row or of all rows, or a type."""
    table = dynamic(lambda context: given)
    schema = schema_of_rows(table, CONTEXT)
    assert schema is not None
    assert list(schema.properties or ()) == ["a"]
    assert told_of_schema(CONTEXT, table, schema).sync == sdk.Sync(
        dynamic_url="https://example.com/1", schema=schema
    )


def test_the_function_is_told_the_url() -> None:
    """It is how it knows which schema is asked for."""
    seen = []

    def get_schema(context: sdk.ExecutionContext) -> sdk.Schema:
        seen.append(context.sync.dynamic_url)
        return ROW

    schema_of_rows(dynamic(get_schema), CONTEXT)
    assert seen == ["https://example.com/1"]


def test_a_table_that_is_not_dynamic() -> None:
    """Its schema is what it declares, and its context says nothing of it."""
    table = static(ROW)
    assert schema_of_rows(table, CONTEXT) is table.schema
    assert schema_of_rows(static(), CONTEXT) is None
    assert told_of_schema(CONTEXT, table, table.schema) is CONTEXT


def contradictory(context: sdk.ExecutionContext) -> sdk.Schema:
    """Give a schema that makes no sense."""
    return sdk.make_object_schema(properties={}, id_property="a")


def fail(context: sdk.ExecutionContext) -> sdk.Schema:
    """Fail."""
    raise LookupError("no such list")


@pytest.mark.parametrize(
    ("get_schema", "error", "message"),
    [
        pytest.param(lambda context: None, ResultError, "Lists:getSchema: schema: a row is an", id="nothing"),
        pytest.param(lambda context: {}, ResultError, "Lists:getSchema: schema: {} is not", id="no schema"),
        pytest.param(
            lambda context: sdk.make_schema(type=sdk.ValueType.STRING),
            ResultError,
            "Lists:getSchema: schema: a row is an object, and this is string",
            id="text",
        ),
        pytest.param(contradictory, ResultError, "Lists:getSchema: schema: ", id="contradiction"),
        pytest.param(fail, FormulaError, "Lists:getSchema failed: LookupError: no such list", id="failure"),
    ],
)
def test_functions_that_give_no_schema(get_schema: Any, error: type[CodaError], message: str) -> None:
    """It is the pack's failure, told by the function's name."""
    with pytest.raises(error) as caught:
        schema_of_rows(dynamic(get_schema), CONTEXT)
    assert caught.value.message.startswith(message)
    assert caught.value.exit_code == 1
