"""Sync tables as tests declare them, and running the functions beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from coda_cli import sdk
from coda_cli.runtime.parameters import read_parameters
from coda_cli.sdk.sync_tables import table_of, table_spelled_out
from tests.runtime.test_executor import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.sdk.formulas import Formula

T = sdk.ValueType

TASK = sdk.make_object_schema(
    properties={
        "id": sdk.make_schema(type=T.NUMBER, from_key="task_id"),
        "name": sdk.make_schema(type=T.STRING, required=True),
        "done": sdk.make_schema(type=T.BOOLEAN),
    },
    id_property="id",
    display_property="name",
)


def tasks(context: Any, project: str = "home", *tags: str) -> list[Any]:
    """Every task."""
    return []


def table(**said: Any) -> sdk.SyncTable:
    """Declare the table of tasks, in which all but a name is as said."""
    return table_of(tasks, {"name": "Tasks", "schema": TASK, **said})


def dynamic_table(get_schema: Callable[..., Any] = lambda context: TASK, **said: Any) -> sdk.SyncTable:
    """Declare a dynamic table of tasks, in which all but what must be is as said."""
    given = {
        "name": "Tasks",
        "description": "",
        "get_name": lambda context: f"Tasks of {context.sync.dynamic_url}",
        "get_schema": get_schema,
        "get_display_url": lambda context: f"{context.sync.dynamic_url}/view",
        "list_dynamic_urls": None,
        "search_dynamic_urls": None,
        "parameters": (),
        "vararg_parameters": (),
        "execute": lambda context: [],
    }
    return table_spelled_out(given | said)


def context(url: str | None = None) -> sdk.ExecutionContext:
    """Return a context of a dynamic table's URL."""
    return replace(CONTEXT, sync=sdk.Sync(dynamic_url=url))


def values(formula: Formula, *texts: str, **named: str) -> list[object]:
    """Return the values of a command line."""
    return read_parameters(formula, texts, list(named.items()), UTC)
