"""``dynamodb_orders.py``: orders as rows, and updates that overwrite nobody's."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.errors import StatusCodeError, UserVisibleError
from coda_cli.sdk import Sync, SyncUpdate
from tests.packs.running import result, table
from tests.packs.scripted_fetcher import scripted

if TYPE_CHECKING:
    from coda_cli.emulator.running import Emulator

PACK = "dynamodb_orders.py"
ITEM = {
    "customer": {"S": "ada"},
    "order": {"S": "1001"},
    "date": {"S": "2026-01-14"},
    "total": {"N": "42.5"},
    "paid": {"BOOL": True},
    "items": {"L": [{"S": "notebook"}]},
}
ROW = {
    "id": "ada/1001",
    "customer": "ada",
    "order": "1001",
    "date": "2026-01-14",
    "total": 42.5,
    "paid": True,
    "items": ["notebook"],
}
REFUSED = StatusCodeError("refused", status_code=400, error_code="ConditionalCheckFailedException")


def update(**changes: object) -> SyncUpdate:
    """Change some of the row's properties."""
    return SyncUpdate(previous_value=ROW, new_value=ROW | changes, updated_fields=list(changes))


def update_orders(updates: list[SyncUpdate], *answers: Any) -> tuple[list[Any], list[Any]]:
    """Update rows; give back the results and the requests."""
    context, fetcher = scripted(*answers)
    execute_update = table(PACK, "Orders").execute_update
    assert execute_update is not None
    results = execute_update(context, updates, "Orders", "us-east-1")
    return results, [json.loads(request["body"]) for request in fetcher.requests]


def test_page() -> None:
    """One call reads one page, and says where the next one begins."""
    key = {"customer": {"S": "ada"}, "order": {"S": "1001"}}
    context, fetcher = scripted({"Items": [ITEM], "LastEvaluatedKey": key})
    found = table(PACK, "Orders").execute(context, "Orders", "eu-west-1")
    assert (found.rows, found.continuation) == ([ROW], key)
    assert json.loads(fetcher.requests[0]["body"]) == {"TableName": "Orders"}
    assert fetcher.requests[0]["url"] == "https://dynamodb.eu-west-1.amazonaws.com/"


def test_last_page() -> None:
    """The continuation is where the scan goes on, and the last page has none."""
    key = {"customer": {"S": "ada"}, "order": {"S": "1001"}}
    context, fetcher = scripted({"Items": []})
    found = table(PACK, "Orders").execute(replace(context, sync=Sync(continuation=key)))
    assert (found.rows, found.continuation) == ([], None)
    assert json.loads(fetcher.requests[0]["body"])["ExclusiveStartKey"] == key


def test_update() -> None:
    """What was changed is set, on the condition that it still is what the person saw."""
    changed = ITEM | {"total": {"N": "40"}, "paid": {"BOOL": False}}
    results, requests = update_orders([update(total=40, paid=False)], {"Attributes": changed})
    assert results == [ROW | {"total": 40, "paid": False}]
    assert requests == [
        {
            "TableName": "Orders",
            "Key": {"customer": {"S": "ada"}, "order": {"S": "1001"}},
            "UpdateExpression": "SET #total = :new_total, #paid = :new_paid",
            "ConditionExpression": "attribute_exists(customer) AND #total = :old_total AND #paid = :old_paid",
            "ExpressionAttributeNames": {"#total": "total", "#paid": "paid"},
            "ExpressionAttributeValues": {
                ":new_total": {"N": "40"},
                ":new_paid": {"BOOL": False},
                ":old_total": {"N": "42.5"},
                ":old_paid": {"BOOL": True},
            },
            "ReturnValues": "ALL_NEW",
        }
    ]


def test_update_of_what_an_order_has_not() -> None:
    """An attribute that is missing, or null, may be set; one that is taken away is null."""
    row = {"id": "ada/1001", "customer": "ada", "order": "1001"}
    changed = SyncUpdate(row | {"paid": True}, row | {"total": 7}, ["total", "paid"])
    _, requests = update_orders([changed], {"Attributes": ITEM})
    assert requests[0]["ConditionExpression"] == (
        "attribute_exists(customer) AND "
        "(attribute_not_exists(#total) OR #total = :old_total) AND #paid = :old_paid"
    )
    assert requests[0]["ExpressionAttributeValues"] == {
        ":old_total": {"NULL": True},
        ":new_total": {"N": "7"},
        ":old_paid": {"BOOL": True},
        ":new_paid": {"NULL": True},
    }


def test_refused_update() -> None:
    """An order that somebody else changed is left alone, and the others are updated all the same."""
    results, requests = update_orders([update(paid=False)] * 2, REFUSED, {"Attributes": ITEM})
    assert isinstance(results[0], UserVisibleError)
    assert "Order ada/1001 was changed or removed" in str(results[0])
    assert results[1] == ROW
    assert len(requests) == 2


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"customer": "grace"}, id="key"),
        pytest.param({"total": 1, "date": "2026-02-01"}, id="one of two"),
        pytest.param({}, id="nothing"),
    ],
)
def test_update_that_cannot_be_made(changes: dict[str, object]) -> None:
    """Where anything else than a total or a payment is changed, nothing is sent."""
    (refusal,), requests = update_orders([update(**changes)])
    assert isinstance(refusal, UserVisibleError)
    assert "Only total and paid" in str(refusal)
    assert requests == []


def test_update_that_fails() -> None:
    """What is no refusal is the failure of the whole update."""
    failure = StatusCodeError("denied", status_code=400, error_code="AccessDeniedException")
    with pytest.raises(StatusCodeError, match="denied"):
        update_orders([update(paid=False)], failure)


def changed(emulator: Emulator, *updates: tuple[dict[str, Any], dict[str, Any]]) -> Any:
    """Run the update of rows on the command line, each given as it was and what is changed."""
    given = [{"previousValue": row, "newValue": row | changes} for row, changes in updates]
    return result(emulator.environment, PACK, "Orders:update", json.dumps(given))


def test_orders_of_the_emulator(emulator: Emulator) -> None:
    """An order is a row, and an item that has only the key of one is, too."""
    item = {"customer": "hedy", "order": "1"}
    result(emulator.environment, "dynamodb.py", "PutItem", "Orders", json.dumps(item | {"extra": 1}))
    rows = {row["id"]: row for row in result(emulator.environment, PACK, "Orders")}
    assert rows["ada/1001"] == ROW | {"items": ["notebook", "pencil"]}
    assert rows["hedy/1"] == {"id": "hedy/1", **item}


def test_update_in_the_emulator(emulator: Emulator) -> None:
    """A change is made once: who still sees the old row is refused, and the others are served."""
    item = {"customer": "joan", "order": "1", "date": "2026-02-01", "total": 10, "paid": False, "items": []}
    result(emulator.environment, "dynamodb.py", "PutItem", "Orders", json.dumps(item))
    row = {"id": "joan/1", **item}
    first, refused, last = changed(
        emulator, (row, {"paid": True}), (row, {"paid": True, "total": 5}), (row, {"total": 12.5})
    )
    assert first == row | {"paid": True}
    assert "changed or removed by somebody else" in refused["error"]
    assert last == row | {"paid": True, "total": 12.5}
    kept = result(emulator.environment, "dynamodb.py", "GetItem", "Orders", "customer=joan,order=1")
    assert kept == item | {"paid": True, "total": 12.5}


def test_update_of_an_attribute_that_is_not_there(emulator: Emulator) -> None:
    """What an order has not can be set, but no order is made of an id that none has."""
    item = {"customer": "mina", "order": "1"}
    result(emulator.environment, "dynamodb.py", "PutItem", "Orders", json.dumps(item))
    there = {"id": "mina/1", **item}
    nowhere = {"id": "mina/2", **item, "order": "2"}
    made, refused = changed(emulator, (there, {"total": 3}), (nowhere, {"total": 3}))
    assert made == there | {"total": 3}
    assert "changed or removed by somebody else" in refused["error"]
    assert result(emulator.environment, "dynamodb.py", "GetItem", "Orders", "customer=mina,order=2") is None
