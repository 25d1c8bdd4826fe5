"""``dynamodb_orders.py``: orders as rows, and updates that overwrite nobody's."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from coda_cli.errors import StatusCodeError, UserVisibleError
from coda_cli.sdk import Sync, SyncUpdate
from tests.packs.running import table
from tests.packs.scripted_fetcher import scripted

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
    row = {"id": "ada/1001", "paid": True}
    changed = SyncUpdate(row, {"id": "ada/1001", "total": 7}, ["total", "paid"])
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


def test_customer_with_a_slash() -> None:
    """The id is cut at its last slash, since orders are numbers and customers may be anything."""
    row = ROW | {"id": "ada/ltd/1001"}
    changed = SyncUpdate(row, row | {"paid": False}, ["paid"])
    _, requests = update_orders([changed], {"Attributes": ITEM})
    assert requests[0]["Key"] == {"customer": {"S": "ada/ltd"}, "order": {"S": "1001"}}


def test_refused_update() -> None:
    """An order that somebody else changed is left alone, and the others are updated all the same."""
    results, requests = update_orders([update(paid=False)] * 2, REFUSED, {"Attributes": ITEM})
    assert isinstance(results[0], UserVisibleError)
    assert "1001 of ada was changed or removed" in str(results[0])
    assert results[1] == ROW
    assert len(requests) == 2


def test_property_that_cannot_be_changed() -> None:
    """A key is no property to be changed: nothing is sent."""
    (refusal,), requests = update_orders([update(customer="grace")])
    assert isinstance(refusal, UserVisibleError)
    assert "Only total and paid" in str(refusal)
    assert requests == []


def test_update_that_fails() -> None:
    """What is no refusal is the failure of the whole update."""
    failure = StatusCodeError("denied", status_code=400, error_code="AccessDeniedException")
    with pytest.raises(StatusCodeError, match="denied"):
        update_orders([update(paid=False)], failure)
