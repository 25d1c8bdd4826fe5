"""What one sync table may say, in each of the forms that declare one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import pytest

from coda_cli import sdk
from coda_cli.errors import DeclarationError
from coda_cli.sdk.sync_tables import check_row_schema, rows_schema

if TYPE_CHECKING:
    from collections.abc import Iterator


@sdk.schema(id="name", display="name")
@dataclass
class Bucket:
    """One row."""

    name: str
    size: int = 0


class Object(TypedDict):
    """A row of another kind."""

    key: str


def buckets(
    context: sdk.ExecutionContext, prefix: Annotated[str, "How names begin."] = ""
) -> Iterator[Bucket]:
    """Every bucket.

    With its size.
    """
    yield Bucket(prefix)


def update(context: sdk.ExecutionContext, updates: list[sdk.SyncUpdate], prefix: str) -> list[Any]:
    """Change buckets."""
    return []


def of_context(context: sdk.ExecutionContext) -> str:
    """Give what a dynamic table is asked for."""
    return ""


def of_search(context: sdk.ExecutionContext, search: str) -> list[str]:
    """Give what is found."""
    return [search]


DYNAMIC: dict[str, Any] = {
    "name": "Lists",
    "get_name": of_context,
    "get_schema": of_context,
    "get_display_url": of_context,
    "execute": lambda context: sdk.SyncResult([]),
}


def declared(function: Any = buckets, **said: Any) -> sdk.SyncTable:
    """Declare a table by the decorator."""
    pack = sdk.new_pack()
    assert pack.sync_table(**said)(function) is function
    return pack.sync_tables[0]


def refused(**said: Any) -> str:
    """Return what is said of a table that makes no sense."""
    with pytest.raises(DeclarationError) as caught:
        declared(**said)
    return caught.value.message


def test_a_function_as_a_table() -> None:
    """Name, description and parameters come from the function, its annotation of a result is not read."""
    table = declared()
    assert (table.name, table.description, table.identity_name) == ("Buckets", "Every bucket.", "Buckets")
    assert [(one.name, one.optional) for one in table.parameters] == [("prefix", True)]
    assert (table.schema, str(table.result), table.dynamic) == (None, "array of object", None)
    assert table.execute is buckets


def test_the_bare_decorator() -> None:
    """Nothing has to be said of a table."""
    pack = sdk.new_pack()
    assert pack.sync_table(buckets) is buckets
    assert pack.sync_tables == (declared(),)


def test_both_forms_make_the_same_table() -> None:
    """``add_sync_table`` is the decorator spelled out."""
    said: dict[str, Any] = {
        "identity_name": "Bucket",
        "schema": Bucket,
        "execute_update": update,
        "max_update_batch_size": 5,
        "execute_get_permissions": lambda context, request, prefix: [],
        "max_permission_batch_size": 6,
        "validate_parameters": lambda context, parameters: {},
        "connection_requirement": sdk.ConnectionRequirement.OPTIONAL,
        "allowed_authentication_names": ["other"],
    }
    pack = sdk.new_pack()
    pack.add_sync_table(
        name="Buckets",
        description="Every bucket.",
        parameters=[
            sdk.make_parameter(
                type=sdk.ParameterType.STRING, name="prefix", description="How names begin.", optional=True
            )
        ],
        execute=buckets,
        **said,
    )
    decorated, spelled_out = declared(**said), pack.sync_tables[0]
    differing = {
        field.name
        for field in fields(sdk.SyncTable)
        if getattr(decorated, field.name) != getattr(spelled_out, field.name)
    }
    assert differing == {"parameters"}  # whose default, "" and None, is Python's and the reference's
    assert decorated.max_update_batch_size == 5
    assert decorated.allowed_authentication_names == ("other",)


def test_parameters_that_repeat() -> None:
    """A table has vararg parameters like a formula, in both forms."""
    pack = sdk.new_pack()

    @pack.sync_table
    def rows(context: sdk.ExecutionContext, *names: str) -> list[Any]:
        return list(names)

    (names,) = pack.sync_tables[0].vararg_parameters
    pack.add_sync_table(name="Others", vararg_parameters=[names], execute=rows)
    assert pack.sync_tables[1].vararg_parameters == (names,)


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(Bucket, id="dataclass"),
        pytest.param(Object, id="TypedDict"),
        pytest.param(
            sdk.make_object_schema(properties={"key": sdk.make_schema(type=sdk.ValueType.STRING)}),
            id="spelled out",
        ),
    ],
)
def test_the_schema_of_a_row(schema: Any) -> None:
    """However it is declared, it gets the table's identity, and the result is an array of it."""
    table = declared(schema=schema, identity_name="Thing")
    assert table.schema is not None
    assert (table.schema.type, table.schema.identity) == (sdk.ValueType.OBJECT, sdk.Identity("Thing"))
    assert table.result == rows_schema(table.schema)


@pytest.mark.parametrize(
    ("schema", "identity_name", "expected"),
    [
        pytest.param(None, None, "Buckets", id="the table's name"),
        pytest.param(None, "Bucket", "Bucket", id="said"),
        pytest.param(sdk.Identity("Bucket", pack_id=7), None, "Bucket", id="the schema's"),
        pytest.param(sdk.Identity("Bucket", pack_id=7), "Bucket", "Bucket", id="both"),
    ],
)
def test_the_identity(schema: sdk.Identity | None, identity_name: str | None, expected: str) -> None:
    """It is what the table says, else what its schema says, else the table's name."""
    rows = sdk.make_object_schema(properties={}, identity=schema)
    table = declared(schema=rows, identity_name=identity_name)
    assert table.identity_name == expected
    assert table.schema is not None
    assert table.schema.identity == (schema or sdk.Identity(expected))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        pytest.param({"schema": str}, "schema: a row is an object, and this is string", id="schema of text"),
        pytest.param({"schema": list[Bucket]}, "schema: a row is an object", id="schema of all rows"),
        pytest.param({"schema": 5}, "5 is not a type that a result can have", id="no schema"),
        pytest.param({"identity_name": "a b"}, "the identity's name 'a b' must be", id="identity"),
        pytest.param({"identity_name": 5}, "the identity's name 5 must be", id="identity that is no text"),
        pytest.param(
            {"identity_name": "A", "schema": sdk.make_object_schema(properties={}, identity="B")},
            "identity_name 'A' is not that of its schema, 'B'",
            id="two identities",
        ),
        pytest.param({"execute_update": 5}, "execute_update is no function but 5", id="update"),
        pytest.param(
            {"execute_update": of_context}, "execute_update cannot be called with the context", id="its call"
        ),
        pytest.param(
            {"execute_get_permissions": of_context},
            "execute_get_permissions cannot be called with the context, the request, prefix",
            id="permissions",
        ),
        pytest.param({"max_update_batch_size": 0}, "max_update_batch_size 0 is not a whole", id="no batch"),
        pytest.param({"max_permission_batch_size": True}, "batch_size True is not a whole", id="batch"),
        pytest.param({"description": 5}, "its description 5 is not text", id="description"),
    ],
)
def test_contradictions(said: dict[str, Any], message: str) -> None:
    """What makes no sense is refused where it is declared, and the message names the table."""
    text = refused(**said)
    assert text.startswith("sync table Buckets, ")
    assert message in text


def test_functions_that_are_no_table() -> None:
    """They are refused as they are for formulas, with the name of what they were to be."""

    def misplaced(first: str) -> list[str]:
        return []

    async def later(context: sdk.ExecutionContext) -> list[str]:
        return []

    assert refused(function=misplaced).startswith("sync table Misplaced, its first parameter is not the con")
    assert refused(function=later) == "sync table Later is an async function"
    assert refused(function=5) == "5 is no function, so it cannot be a sync table"
    assert refused(name="a b").startswith("sync table name 'a b' must be")


def test_a_dynamic_table() -> None:
    """It has the functions that get its name, schema and URLs, and no schema of its own."""
    pack = sdk.new_pack()
    pack.add_dynamic_sync_table(**DYNAMIC, list_dynamic_urls=of_context, search_dynamic_urls=of_search)
    (table,) = pack.sync_tables
    assert table.dynamic is not None
    assert table.dynamic.search_dynamic_urls is of_search
    assert (table.schema, table.identity_name) == (None, "Lists")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        pytest.param({"get_name": None}, "get_name is no function but None", id="no name"),
        pytest.param({"get_schema": of_search}, "get_schema cannot be called with the context", id="schema"),
        pytest.param({"list_dynamic_urls": 5}, "list_dynamic_urls is no function but 5", id="list"),
        pytest.param(
            {"search_dynamic_urls": of_context},
            "search_dynamic_urls cannot be called with the context, the search",
            id="search",
        ),
    ],
)
def test_contradictions_of_a_dynamic_table(said: dict[str, Any], message: str) -> None:
    """A function that is none, or takes something else, is refused."""
    with pytest.raises(DeclarationError) as caught:
        sdk.new_pack().add_dynamic_sync_table(**{**DYNAMIC, **said})
    assert caught.value.message.startswith("sync table Lists, ")
    assert message in caught.value.message


def test_an_async_function_beside_a_table() -> None:
    """It would give a coroutine that nobody awaits."""

    async def later(context: sdk.ExecutionContext) -> str:
        return ""

    with pytest.raises(DeclarationError, match="get_name is an async function"):
        sdk.new_pack().add_dynamic_sync_table(**{**DYNAMIC, "get_name": later})


def test_the_schema_of_rows() -> None:
    """Rows are objects, whatever is said of them."""
    assert str(rows_schema(None)) == "array of object"
    row = sdk.make_object_schema(properties={})
    assert check_row_schema(row) is row
