"""``dynamodb.py``: tables, items, and DynamoDB's values as plain JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.errors import UserVisibleError
from tests.packs.running import call, execute, result
from tests.packs.scripted_fetcher import scripted

if TYPE_CHECKING:
    from coda_cli.emulator.running import Emulator

ADA_1001 = {
    "customer": "ada",
    "order": "1001",
    "date": "2026-01-14",
    "total": 42.5,
    "paid": True,
    "items": ["notebook", "pencil"],
}


def test_tables(emulator: Emulator) -> None:
    """The tables are listed by name."""
    assert "Orders" in result(emulator.environment, "dynamodb.py", "ListTables")


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("customer=ada,order=1001", id="pairs"),
        pytest.param('{"customer": "ada", "order": "1001"}', id="JSON"),
    ],
)
def test_item(emulator: Emulator, key: str) -> None:
    """An item is plain JSON, by a key in either form."""
    assert result(emulator.environment, "dynamodb.py", "GetItem", "Orders", key) == ADA_1001


def test_no_item(emulator: Emulator) -> None:
    """A key that nothing has gives nothing."""
    assert result(emulator.environment, "dynamodb.py", "GetItem", "Orders", "customer=x,order=1") is None


def test_query(emulator: Emulator) -> None:
    """A partition's items come in the order of their sort key, as many as wanted."""
    found = result(emulator.environment, "dynamodb.py", "Query", "Orders", "customer=ada")
    assert [item["order"] for item in found] == ["1001", "1002"]
    assert found[0] == ADA_1001
    assert result(emulator.environment, "dynamodb.py", "Query", "Orders", "customer=ada", "1") == found[:1]
    exact = result(emulator.environment, "dynamodb.py", "Query", "Orders", "customer=ada,order=1002")
    assert exact == found[1:]


def test_put_and_scan(emulator: Emulator) -> None:
    """An item that was put is among those of the table, its values unchanged."""
    item = {
        "customer": "zoe",
        "order": "1",
        "whole": 12345678901234567890,
        "nested": {"none": None, "list": [1, "two", False], "empty": {}},
    }
    put = result(emulator.environment, "dynamodb.py", "PutItem", "Orders", json.dumps(item))
    assert put == item
    assert item in result(emulator.environment, "dynamodb.py", "Scan", "Orders")


def test_missing_table(emulator: Emulator) -> None:
    """The service's own code says that the table is missing."""
    done = execute(emulator.environment, "dynamodb.py", "Scan", "Nothing")
    assert (done.returncode, done.stdout) == (5, "")
    assert "ResourceNotFoundException" in done.stderr


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        pytest.param({"S": "1"}, "1", id="text"),
        pytest.param({"N": "1"}, 1, id="whole"),
        pytest.param({"N": "99999999999999999999999999999999999999"}, 10**38 - 1, id="38 digits"),
        pytest.param({"N": "1.50"}, 1.5, id="fraction"),
        pytest.param({"N": "1E+2"}, 100, id="exponent"),
        pytest.param({"B": "aGk="}, "aGk=", id="binary"),
        pytest.param({"BOOL": False}, False, id="boolean"),
        pytest.param({"NULL": True}, None, id="null"),
        pytest.param({"SS": ["a", "b"]}, ["a", "b"], id="set of texts"),
        pytest.param({"NS": ["1", "2.5"]}, [1, 2.5], id="set of numbers"),
        pytest.param({"L": [{"S": "a"}, {"N": "1"}]}, ["a", 1], id="list"),
        pytest.param({"M": {"a": {"L": []}}}, {"a": []}, id="map"),
    ],
)
def test_values_are_plain_json(attribute: dict[str, Any], value: object) -> None:
    """Each of DynamoDB's types becomes the JSON value that a person expects."""
    context, _ = scripted({"Item": {"value": attribute}})
    assert call("dynamodb.py", "GetItem", context, "Orders", "id=1") == {"value": value}


@pytest.mark.parametrize(
    ("value", "attribute"),
    [
        pytest.param('"a"', {"S": "a"}, id="text"),
        pytest.param("0.1000000000000000055", {"N": "0.1000000000000000055"}, id="all digits"),
        pytest.param("true", {"BOOL": True}, id="boolean"),
        pytest.param("1", {"N": "1"}, id="number"),
        pytest.param("null", {"NULL": True}, id="null"),
        pytest.param('[1, {"a": "b"}]', {"L": [{"N": "1"}, {"M": {"a": {"S": "b"}}}]}, id="nested"),
    ],
)
def test_values_are_sent_with_their_types(value: str, attribute: dict[str, Any]) -> None:
    """Each JSON value is sent as DynamoDB's type for it, numbers to the last digit."""
    context, fetcher = scripted({})
    call("dynamodb.py", "PutItem", context, "Orders", f'{{"value": {value}}}')
    assert json.loads(fetcher.requests[0]["body"])["Item"] == {"value": attribute}


def test_all_pages_are_read() -> None:
    """One call follows the last key to the end, and asks for no more than is missing."""
    first = {"Items": [{"id": {"N": "1"}}], "LastEvaluatedKey": {"id": {"N": "1"}}}
    context, fetcher = scripted(first, {"Items": [{"id": {"N": "2"}}]})
    assert call("dynamodb.py", "Scan", context, "Orders", 5) == [{"id": 1}, {"id": 2}]
    assert [json.loads(request["body"]) for request in fetcher.requests] == [
        {"TableName": "Orders", "Limit": 5},
        {"TableName": "Orders", "Limit": 4, "ExclusiveStartKey": {"id": {"N": "1"}}},
    ]


def test_all_tables_are_listed() -> None:
    """A region with more tables than one answer holds is asked again."""
    context, fetcher = scripted({"TableNames": ["a"], "LastEvaluatedTableName": "a"}, {"TableNames": ["b"]})
    assert call("dynamodb.py", "ListTables", context, "eu-west-1") == ["a", "b"]
    assert json.loads(fetcher.requests[1]["body"]) == {"ExclusiveStartTableName": "a"}
    assert fetcher.requests[1]["url"] == "https://dynamodb.eu-west-1.amazonaws.com/"


@pytest.mark.parametrize("key", ["", "ada", "customer=ada,1001", "=x", "{", "{}"])
def test_key_that_is_none(key: str) -> None:
    """A key that cannot be read is refused before anything is sent."""
    context, fetcher = scripted()
    with pytest.raises(UserVisibleError, match=r"no key|not JSON|no JSON object"):
        call("dynamodb.py", "GetItem", context, "Orders", key)
    assert fetcher.requests == []
