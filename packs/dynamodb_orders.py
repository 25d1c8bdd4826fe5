"""Amazon DynamoDB as a table that can be edited: orders, whose total and payment can be changed.

    coda execute packs/dynamodb_orders.py Orders
    coda execute packs/dynamodb_orders.py Orders --query '[?!paid]'
    coda execute packs/dynamodb_orders.py Orders:update '[{ \\
      "previousValue": {"id": "linus/1004", "customer": "linus", "order": "1004", "paid": true}, \\
      "newValue": {"id": "linus/1004", "customer": "linus", "order": "1004", "paid": false}}]'

--param table=NAME reads another table of the same key, customer and order. It needs dynamodb:Scan, and
dynamodb:UpdateItem for updates. An order that somebody else changed meanwhile is not overwritten: its update
is refused, the others are made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

# A file beside a pack can be imported.
from dynamodb import Region, Table, call, from_attributes, to_attribute, to_attributes

from coda_cli import sdk

pack = sdk.new_pack()
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="dynamodb")

EDITABLE = ("total", "paid")

Row = dict[str, Any]


@sdk.schema(id="id", display="id", featured=["date", "total", "paid"])
@dataclass
class Order:
    id: Annotated[str, "CUSTOMER/ORDER: a row has one id, and the table's key has two parts."]
    customer: str
    order: str
    date: Annotated[str | None, sdk.ValueHintType.DATE]
    total: Annotated[
        float | None,
        sdk.make_schema(type=sdk.ValueType.NUMBER, coda_type=sdk.ValueHintType.CURRENCY, mutable=True),
    ]
    paid: Annotated[bool | None, sdk.make_schema(type=sdk.ValueType.BOOLEAN, mutable=True)]
    items: list[str] | None


def update_orders(
    context: sdk.ExecutionContext, updates: Sequence[sdk.SyncUpdate], table: str, region: str
) -> list[Row | Exception]:
    """Make each update, or say why it is refused."""
    return [update_order(context, update, table, region) for update in updates]


@pack.sync_table(identity_name="Order", schema=Order, execute_update=update_orders)
def orders(
    context: sdk.ExecutionContext, table: Table = "Orders", region: Region = "us-east-1"
) -> sdk.SyncResult:
    """The orders of a shop."""
    request: Row = {"TableName": table}
    if context.sync.continuation:
        request["ExclusiveStartKey"] = context.sync.continuation
    answer = call(context, region, "Scan", request)
    return sdk.SyncResult([read_order(item) for item in answer["Items"]], answer.get("LastEvaluatedKey"))


def update_order(
    context: sdk.ExecutionContext, update: sdk.SyncUpdate, table: str, region: str
) -> Row | Exception:
    """Set what was changed, if it still is what the person saw."""
    fields = update.updated_fields
    if not fields or not set(fields) <= set(EDITABLE):
        return sdk.UserVisibleError(f"Only {' and '.join(EDITABLE)} of an order can be changed.")
    key = {name: update.previous_value[name] for name in ("customer", "order")}
    old = {field: update.previous_value.get(field) for field in fields}
    new = {field: update.new_value.get(field) for field in fields}
    request = {
        "TableName": table,
        "Key": to_attributes(key),
        "UpdateExpression": "SET " + ", ".join(f"#{field} = :new_{field}" for field in fields),
        "ConditionExpression": " AND ".join(
            ["attribute_exists(customer)", *map(is_still, fields, old.values())]
        ),
        "ExpressionAttributeNames": {f"#{field}": field for field in fields},
        "ExpressionAttributeValues": {
            **{f":old_{field}": to_attribute(value) for field, value in old.items()},
            **{f":new_{field}": to_attribute(value) for field, value in new.items()},
        },
        "ReturnValues": "ALL_NEW",
    }
    try:
        return read_order(call(context, region, "UpdateItem", request)["Attributes"])
    except sdk.StatusCodeError as error:
        if error.error_code != "ConditionalCheckFailedException":
            raise
        return sdk.UserVisibleError(
            f"Order {update.previous_value['id']} was changed or removed by somebody else."
        )


def is_still(field: str, value: Any) -> str:
    """Write the condition that nobody else has changed an attribute; one that is missing is nothing, too."""
    same = f"#{field} = :old_{field}"
    return f"(attribute_not_exists(#{field}) OR {same})" if value is None else same


def read_order(item: Row) -> Row:
    """Make a row of an item, of which the schema keeps what an order has."""
    values = from_attributes(item)
    return {**values, "id": f"{values['customer']}/{values['order']}"}
