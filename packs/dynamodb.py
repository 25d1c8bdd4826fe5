"""Amazon DynamoDB: tables and their items as plain JSON.

    coda execute packs/dynamodb.py ListTables
    coda execute packs/dynamodb.py GetItem Orders customer=ada,order=1001
    coda execute packs/dynamodb.py GetItem Orders '{"customer": "ada", "order": "1001"}'
    coda execute packs/dynamodb.py Query Orders customer=ada
    coda execute packs/dynamodb.py Scan Orders --query '[?total > `100`]'
    coda execute packs/dynamodb.py PutItem Orders '{"customer": "mary", "order": "1005", "total": 12.5}'

--param region=eu-central-1 asks another region. Each formula needs the dynamodb: permission of its name.
"""

import json
from decimal import Decimal
from typing import Annotated, Any

from coda_cli import sdk

Item = dict[str, Any]
Table = Annotated[str, "The table's name."]
Key = Annotated[str, "NAME=VALUE,... where the values are text, otherwise a JSON object."]
Limit = Annotated[int, "Stop after this many items."]
Region = Annotated[str, "The AWS region of the table."]

pack = sdk.new_pack()
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="dynamodb")


@pack.formula
def list_tables(context: sdk.ExecutionContext, region: Region = "us-east-1") -> list[str]:
    """List the names of the tables in a region."""
    request: Item = {}
    tables: list[str] = []
    while True:
        answer = call(context, region, "ListTables", request)
        tables += answer["TableNames"]
        if "LastEvaluatedTableName" not in answer:
            return tables
        request["ExclusiveStartTableName"] = answer["LastEvaluatedTableName"]


@pack.formula
def get_item(
    context: sdk.ExecutionContext, table: Table, key: Key, region: Region = "us-east-1"
) -> Item | None:
    """Read the item with this primary key; nothing if there is none."""
    answer = call(context, region, "GetItem", {"TableName": table, "Key": to_attributes(read_key(key))})
    return from_attributes(answer["Item"]) if "Item" in answer else None


@pack.formula
def query(
    context: sdk.ExecutionContext,
    table: Table,
    key: Annotated[str, "The partition key, with or without the sort key, as for GetItem."],
    limit: Limit = 100,
    region: Region = "us-east-1",
) -> list[Item]:
    """Read the items of one partition, in the order of their sort key."""
    names, values = zip(*read_key(key).items(), strict=True)
    request = {
        "TableName": table,
        "KeyConditionExpression": " AND ".join(f"#n{i} = :v{i}" for i in range(len(names))),
        "ExpressionAttributeNames": {f"#n{i}": name for i, name in enumerate(names)},
        "ExpressionAttributeValues": {f":v{i}": to_attribute(value) for i, value in enumerate(values)},
    }
    return read_pages(context, region, "Query", request, limit)


@pack.formula
def scan(
    context: sdk.ExecutionContext, table: Table, limit: Limit = 100, region: Region = "us-east-1"
) -> list[Item]:
    """Read the items of a whole table, in no order."""
    return read_pages(context, region, "Scan", {"TableName": table}, limit)


@pack.formula(is_action=True)
def put_item(
    context: sdk.ExecutionContext,
    table: Table,
    item: Annotated[str, "A JSON object with all attributes; @FILE takes it from a file."],
    region: Region = "us-east-1",
) -> Item:
    """Write an item, replacing one that has the same key, and return it."""
    attributes = to_attributes(read_object(item))
    call(context, region, "PutItem", {"TableName": table, "Item": attributes})
    return from_attributes(attributes)


def call(context: sdk.ExecutionContext, region: str, operation: str, request: Item) -> Item:
    """Call one operation of DynamoDB's JSON protocol."""
    response = context.fetcher.fetch(
        "POST",
        f"https://dynamodb.{region}.amazonaws.com/",
        headers={
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        },
        body=json.dumps(request),
    )
    answer: Item = response.body
    return answer


def read_pages(
    context: sdk.ExecutionContext, region: str, operation: str, request: Item, limit: int
) -> list[Item]:
    """Ask for page after page until there are as many items as wanted."""
    items: list[Item] = []
    while len(items) < limit:
        answer = call(context, region, operation, request | {"Limit": limit - len(items)})
        items += [from_attributes(item) for item in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            break
        request = request | {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
    return items


def read_key(text: str) -> Item:
    """Read ``customer=ada,order=1001`` or a JSON object."""
    if text.lstrip().startswith("{"):
        return read_object(text)
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(name and equals for name, equals, _ in pairs):
        raise sdk.UserVisibleError(f"{text!r} is no key: write NAME=VALUE,... or a JSON object.")
    return {name: value for name, _, value in pairs}


def read_object(text: str) -> Item:
    """Read a JSON object, its numbers to the last digit."""
    try:
        value = json.loads(text, parse_float=Decimal)
    except ValueError as error:
        raise sdk.UserVisibleError(f"This is not JSON ({error}): {text}") from error
    if not isinstance(value, dict) or not value:
        raise sdk.UserVisibleError(f"This is no JSON object with names and values: {text}")
    return value


def to_attributes(item: Item) -> Item:
    return {name: to_attribute(value) for name, value in item.items()}


def from_attributes(item: Item) -> Item:
    return {name: from_attribute(value) for name, value in item.items()}


def to_attribute(value: Any) -> Item:
    """Write a JSON value as DynamoDB does: ``"ada"`` is ``{"S": "ada"}``."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case list():
            return {"L": [to_attribute(item) for item in value]}
        case dict():
            return {"M": to_attributes(value)}
        case _:
            return {"N": str(value)}


def from_attribute(attribute: Item) -> Any:
    """Read a value as DynamoDB writes it; binary values stay in base64."""
    ((kind, value),) = attribute.items()
    match kind:
        case "NULL":
            return None
        case "N":
            return number(value)
        case "NS":
            return [number(item) for item in value]
        case "L":
            return [from_attribute(item) for item in value]
        case "M":
            return from_attributes(value)
        case _:
            return value


def number(text: str) -> int | float:
    """Read a number; a whole one keeps all of its 38 digits."""
    exact = Decimal(text)
    return int(exact) if exact == exact.to_integral_value() else float(exact)
