"""Amazon CloudWatch Logs: log groups, and the events of one.

    coda execute packs/cloudwatch_logs.py LogGroups
    coda execute packs/cloudwatch_logs.py Events /coda-demo/app
    coda execute packs/cloudwatch_logs.py Events /coda-demo/app --param pattern=ERROR --output csv
    coda execute packs/cloudwatch_logs.py Events /coda-demo/app --param since=2026-01-14T08:00 --max-rows 20

--param region=eu-central-1 asks another region. It needs logs:DescribeLogGroups and logs:FilterLogEvents.
CloudWatch speaks AWS's JSON protocol in version 1.1: each operation is a POST to one URL, named by a header.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from coda_cli import sdk

Region = Annotated[str, "The AWS region of the logs."]

pack = sdk.new_pack()
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="logs")


@sdk.schema(id="name", display="name", featured=["stored_bytes", "created"])
@dataclass
class LogGroup:
    name: str
    created: Annotated[datetime, sdk.ValueHintType.DATE_TIME]
    stored_bytes: int
    retention_days: Annotated[int | None, "Events are deleted after so many days; nothing for never."]


@sdk.schema(id="id", display="message", featured=["time", "stream"])
@dataclass
class Event:
    id: str
    time: Annotated[datetime, sdk.ValueHintType.DATE_TIME]
    stream: str
    message: str


@pack.sync_table(identity_name="LogGroup", schema=LogGroup)
def log_groups(
    context: sdk.ExecutionContext,
    prefix: Annotated[str, "Only groups whose name starts with this."] = "",
    region: Region = "us-east-1",
) -> sdk.SyncResult:
    """The log groups of a region."""
    request = {"logGroupNamePrefix": prefix} if prefix else {}
    answer = call_page(context, region, "DescribeLogGroups", request)
    groups = [
        LogGroup(
            name=group["logGroupName"],
            created=moment(group["creationTime"]),
            stored_bytes=group.get("storedBytes", 0),
            retention_days=group.get("retentionInDays"),
        )
        for group in answer["logGroups"]
    ]
    return sdk.SyncResult(groups, continuation=answer.get("nextToken"))


@pack.sync_table(identity_name="Event", schema=Event)
def events(
    context: sdk.ExecutionContext,
    group: Annotated[str, "The log group's name."],
    pattern: Annotated[str, "Only events that match: ERROR, or ?WARN ?ERROR for either."] = "",
    since: Annotated[datetime | None, "Only events from then on."] = None,
    region: Region = "us-east-1",
) -> sdk.SyncResult:
    """The events of a log group."""
    request: dict[str, Any] = {"logGroupName": group}
    if pattern:
        request["filterPattern"] = pattern
    if since is not None:
        request["startTime"] = round(since.timestamp() * 1000)
    answer = call_page(context, region, "FilterLogEvents", request)
    found = [
        Event(
            id=event["eventId"],
            time=moment(event["timestamp"]),
            stream=event["logStreamName"],
            message=event["message"].rstrip("\n"),
        )
        for event in answer["events"]
    ]
    return sdk.SyncResult(found, continuation=answer.get("nextToken"))


def call_page(
    context: sdk.ExecutionContext, region: str, operation: str, request: dict[str, Any]
) -> dict[str, Any]:
    """Ask for the page of a listing that the sync has come to."""
    if context.sync.continuation:
        request = request | {"nextToken": context.sync.continuation}
    response = context.fetcher.fetch(
        "POST",
        f"https://logs.{region}.amazonaws.com/",
        headers={"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"Logs_20140328.{operation}"},
        body=json.dumps(request),
    )
    answer: dict[str, Any] = response.body
    return answer


def moment(milliseconds: int) -> datetime:
    """Read a time as CloudWatch writes it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
