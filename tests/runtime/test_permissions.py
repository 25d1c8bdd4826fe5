"""Permissions of rows: the forms in which rows are given, batches, and what a table's function may say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import FormulaError, ResultError, UsageError
from coda_cli.runtime.permissions import MOST_CALLS, permissions_formula
from tests.runtime.tables import TASK, context, dynamic_table, table, values

if TYPE_CHECKING:
    from collections.abc import Callable

ROW = {"id": 1, "name": "a"}
ADA = {"principal": {"type": "user", "userId": "ada@example.com"}}


def definition(row_id: object = 1, *permissions: object) -> dict[str, Any]:
    """What a pack says of a row, in the reference's spelling."""
    return {"rowId": row_id, "permissions": list(permissions)}


def everyone(context: Any, request: sdk.GetPermissionsRequest, *params: object) -> list[Any]:
    """Say that all users may see each row."""
    return [definition(row["id"], {"principal": {"type": "allUsers"}}) for row in request.rows]


def run(given: object, gets: Callable[..., Any] = everyone, *texts: str, **said: Any) -> list[Any]:
    """Ask for the permissions of rows of the table of tasks."""
    formula = permissions_formula("Tasks:permissions", table(execute_get_permissions=gets, **said), gets)
    text = given if isinstance(given, str) else json.dumps(given)
    return list(formula.execute(context(), *values(formula, *texts, text)))


@pytest.mark.parametrize(
    ("given", "rows", "contexts"),
    [
        pytest.param([ROW], [ROW], None, id="list"),
        pytest.param(ROW, [ROW], None, id="one row"),
        pytest.param([], None, None, id="no rows"),
        pytest.param({"rows": [{"row": {"task_id": 1, "name": "a"}}]}, [ROW], None, id="as in the reference"),
        pytest.param({"rows": [ROW], "permissionsContext": [{"x": 1}]}, [ROW], [{"x": 1}], id="with context"),
        pytest.param({"rows": [ROW], "permissions_context": None}, [ROW], None, id="without context"),
    ],
)
def test_forms_of_rows(
    given: object, rows: list[dict[str, Any]] | None, contexts: list[object] | None
) -> None:
    """Rows are given as the table prints them, or as the reference's runner takes them."""
    came: list[sdk.GetPermissionsRequest] = []

    def gets(context: Any, request: sdk.GetPermissionsRequest, *params: object) -> list[Any]:
        came.append(request)
        return everyone(context, request)

    results = run(given, gets)
    assert came == ([] if rows is None else [sdk.GetPermissionsRequest(rows, contexts)])
    one = {"row_id": 1, "permissions": [{"principal": {"type": "allUsers"}}]}
    assert results == [one for _ in rows or ()]


def test_batches_and_parameters() -> None:
    """The function gets as many rows at once as the table says, their contexts, and its parameters."""
    came: list[tuple[Any, ...]] = []

    def gets(context: Any, request: sdk.GetPermissionsRequest, *params: object) -> list[Any]:
        came.append(([row["id"] for row in request.rows], request.permissions_context, params))
        return everyone(context, request)

    given = {"rows": [ROW, ROW | {"id": 2}, ROW | {"id": 3}], "permissionsContext": [1, 2, 3]}
    results = run(given, gets, "work", "tag", max_permission_batch_size=2)
    assert came == [([1, 2], [1, 2], ("work", "tag")), ([3], [3], ("work", "tag"))]
    assert [one["row_id"] for one in results] == [1, 2, 3]


def test_a_batch_can_be_continued() -> None:
    """The function is called again with its continuation; the next batch begins without one."""
    came: list[object] = []

    def gets(context: Any, request: sdk.GetPermissionsRequest, *params: object) -> dict[str, Any]:
        came.append(context.sync.continuation)
        at = context.sync.continuation or 0
        more = {"continuation": at + 1} if at + 1 < len(request.rows) else {}
        return {"rowAccessDefinitions": [definition(request.rows[at]["id"])], **more}

    results = run([ROW, ROW | {"id": 2}, ROW | {"id": 3}], gets, max_permission_batch_size=2)
    assert came == [None, 1, None]
    assert [one["row_id"] for one in results] == [1, 2, 3]


def test_a_continuation_without_end() -> None:
    """A batch that is continued for ever is an error of the pack."""
    calls: list[object] = []

    def gets(*_: Any) -> dict[str, Any]:
        calls.append(1)
        return {"row_access_definitions": [], "continuation": "x"}

    with pytest.raises(ResultError, match=f"still has a continuation after {MOST_CALLS} calls"):
        run(ROW, gets)
    assert len(calls) == MOST_CALLS


@pytest.mark.parametrize(
    "permission",
    [
        pytest.param(ADA, id="user"),
        pytest.param({"permission_type": "direct", **ADA}, id="said to be direct"),
        pytest.param({"principal": {"type": "group", "group_id": 7}}, id="group"),
        pytest.param({"principal": {"type": "domain", "domain": "example.com"}}, id="domain"),
        pytest.param({"principal": {"type": "anyone"}}, id="anyone"),
        pytest.param(
            {
                "permissionType": "delegated",
                "item": {"id": 1, "syncTableName": "Lists", "identityName": "List"},
            },
            id="delegated",
        ),
    ],
)
def test_permissions(permission: dict[str, Any]) -> None:
    """Every kind of permission that the reference has is taken, and printed in our spelling."""
    (result,) = run(ROW, lambda *_: [definition("a", permission)])
    assert result["row_id"] == "a"
    (printed,) = result["permissions"]
    spelled = json.dumps(permission).replace("permissionType", "permission_type").replace("userId", "user_id")
    spelled = spelled.replace("syncTableName", "sync_table_name").replace("identityName", "identity_name")
    assert printed == json.loads(spelled)


@pytest.mark.parametrize(
    ("gives", "said"),
    [
        pytest.param(None, "gave nothing, and no list of definitions", id="nothing"),
        pytest.param({}, "gave nothing, and no list of definitions", id="no definitions"),
        pytest.param([], "0 definitions came for 1 rows", id="too few"),
        pytest.param([definition(), definition()], "2 definitions came for 1 rows", id="too many"),
        pytest.param([{"permissions": []}], "Tasks:permissions[0].row_id: expected text", id="no row"),
        pytest.param([definition("")], "Tasks:permissions[0].row_id: expected text", id="empty row"),
        pytest.param([definition([])], "permissions[0].row_id: expected text", id="no id"),
        pytest.param(
            [
                definition(
                    1,
                    {
                        "permissionType": "delegated",
                        "item": {"id": [], "syncTableName": "Lists", "identityName": "List"},
                    },
                )
            ],
            "permissions[0].item.id: expected text or a number that is not empty, came list",
            id="delegated to no id",
        ),
        pytest.param([{"rowId": 1}], "[0].permissions: expected array of object", id="no permissions"),
        pytest.param([definition(1, {})], "[0].permissions[0].principal: expected object", id="no principal"),
        pytest.param(
            [definition(1, {"principal": {"type": "user"}})],
            "[0].permissions[0].principal.user_id: expected text or a number that is not empty, came nothing",
            id="user without id",
        ),
        pytest.param(
            [definition(1, {"principal": {"type": "users"}})],
            "principal.type: expected one of user, group, domain, anyone, allUsers, came str 'users'",
            id="unknown principal",
        ),
        pytest.param(
            [definition(1, {"permissionType": "x"})],
            "permissions[0].permission_type: expected direct or delegated, came str 'x'",
            id="unknown kind",
        ),
        pytest.param(
            [definition(1, {"permissionType": "delegated", **ADA})],
            "permissions[0].item: expected object, came nothing",
            id="delegated to nothing",
        ),
    ],
)
def test_what_says_no_permissions(gives: object, said: str) -> None:
    """Anything but a definition for each row is a bad result, and told where."""
    with pytest.raises(ResultError) as caught:
        run(ROW, lambda *_: gives)
    assert said in "\n".join((caught.value.message, *caught.value.details))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param("[", "Tasks:permissions: the rows are no JSON", id="no JSON"),
        pytest.param("1", "the rows are no list of objects", id="number"),
        pytest.param([1], "the rows are no list of objects", id="no rows"),
        pytest.param({"rows": [1]}, "the rows are no list of objects", id="no rows in a request"),
        pytest.param(
            {"rows": [], "x": 1}, "the request.x: expected one of rows, permissionsContext", id="key"
        ),
        pytest.param(
            {"rows": [ROW], "permissionsContext": []},
            "permissionsContext is no list of one value for each row",
            id="contexts",
        ),
        pytest.param([ROW, {"id": 2}], "rows[1].name: expected string, came nothing", id="incomplete"),
        pytest.param([{**ROW, "nmae": ""}], "rows[0].nmae: expected the property name", id="mistyped"),
    ],
)
def test_bad_rows(given: object, said: str) -> None:
    """They are mistakes on the command line, found before the function is called."""
    with pytest.raises(UsageError) as caught:
        run(given, lambda *_: 1 / 0)
    assert said in "\n".join((caught.value.message, *caught.value.details))


def test_a_function_that_raises() -> None:
    """Its exception is the failure of a formula."""

    def fails(*_: Any) -> Any:
        raise LookupError("no such row")

    with pytest.raises(FormulaError, match="Tasks:permissions failed: LookupError: no such row"):
        run(ROW, fails)


def test_a_dynamic_table_is_told_its_schema() -> None:
    """Rows are read by the schema of the table that is meant."""

    def gets(context: Any, request: sdk.GetPermissionsRequest) -> list[Any]:
        assert context.sync.schema == TASK
        return everyone(context, request)

    formula = permissions_formula("Tasks:permissions", dynamic_table(execute_get_permissions=gets), gets)
    (result,) = formula.execute(context("https://a.example"), *values(formula, json.dumps(ROW)))
    assert isinstance(result, dict)
    assert result["row_id"] == 1
