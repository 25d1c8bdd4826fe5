"""``cloudwatch_logs.py``: log groups and events, a page a call."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.emulator.filling import LOG_GROUP, LOG_STREAM, MESSAGES
from coda_cli.sdk import Sync
from tests.packs.running import execute, result, table
from tests.packs.scripted_fetcher import scripted

if TYPE_CHECKING:
    from coda_cli.emulator.running import Emulator
    from coda_cli.sdk import SyncResult

PACK = "cloudwatch_logs.py"
EVENT = {
    "eventId": "1",
    "timestamp": 1_768_377_601_250,
    "logStreamName": "web",
    "message": "started\n",
    "ingestionTime": 1_768_377_601_300,
}
GROUP = {"logGroupName": "/app", "creationTime": 1_768_377_600_000, "storedBytes": 31, "retentionInDays": 14}


def page(
    name: str, continuation: str | None, answer: dict[str, Any], *values: object
) -> tuple[SyncResult, Any]:
    """Call the function of a table for one page; give back the page and the request."""
    context, fetcher = scripted(answer)
    found = table(PACK, name).execute(replace(context, sync=Sync(continuation=continuation)), *values)
    (request,) = fetcher.requests
    return found, json.loads(request["body"])


def test_events() -> None:
    """An event is a row with its time, and the next page begins where the service says."""
    found, request = page("Events", None, {"events": [EVENT], "nextToken": "t1"}, "/app")
    assert [asdict(row) for row in found.rows] == [
        {
            "id": "1",
            "time": datetime(2026, 1, 14, 8, 0, 1, 250_000, UTC),
            "stream": "web",
            "message": "started",
        }
    ]
    assert (found.continuation, request) == ("t1", {"logGroupName": "/app"})


def test_next_page_of_events() -> None:
    """The continuation goes into the request, with what the person asked for; the last page has none."""
    since = datetime(2026, 1, 14, 8, tzinfo=UTC)
    found, request = page("Events", "t1", {"events": []}, "/app", "ERROR", since)
    assert (found.rows, found.continuation) == ([], None)
    assert request == {
        "logGroupName": "/app",
        "filterPattern": "ERROR",
        "startTime": 1_768_377_600_000,
        "nextToken": "t1",
    }


def test_region_of_events() -> None:
    """Another region is another host."""
    context, fetcher = scripted({"events": []})
    table(PACK, "Events").execute(context, "/app", "", None, "eu-west-1")
    assert fetcher.requests[0]["url"] == "https://logs.eu-west-1.amazonaws.com/"


@pytest.mark.parametrize(
    ("group", "days"),
    [
        pytest.param(GROUP, 14, id="deleted after days"),
        pytest.param({name: GROUP[name] for name in GROUP if name != "retentionInDays"}, None, id="kept"),
    ],
)
def test_log_groups(group: dict[str, Any], days: int | None) -> None:
    """A log group is a row, whether or not its events are ever deleted."""
    found, request = page("LogGroups", None, {"logGroups": [group], "nextToken": "t"})
    assert [asdict(row) for row in found.rows] == [
        {
            "name": "/app",
            "created": datetime(2026, 1, 14, 8, tzinfo=UTC),
            "stored_bytes": 31,
            "retention_days": days,
        }
    ]
    assert (found.continuation, request) == ("t", {})


def test_next_page_of_log_groups() -> None:
    """The prefix is asked for in every page."""
    _, request = page("LogGroups", "t", {"logGroups": []}, "/aws")
    assert request == {"logGroupNamePrefix": "/aws", "nextToken": "t"}


def test_log_group_of_the_emulator(emulator: Emulator) -> None:
    """The log group is listed by its name, and by no other."""
    (group,) = result(emulator.environment, PACK, "LogGroups", "/coda-demo/")
    assert group["name"] == LOG_GROUP
    assert group["stored_bytes"] > 0
    assert result(emulator.environment, PACK, "LogGroups", "/other/") == []


def test_events_of_the_emulator(emulator: Emulator) -> None:
    """Events come in the order of their time."""
    events = result(emulator.environment, PACK, "Events", LOG_GROUP)
    assert [event["message"] for event in events] == list(MESSAGES)
    assert [event["time"] for event in events] == sorted(event["time"] for event in events)
    assert {event["stream"] for event in events} == {LOG_STREAM}


def test_events_that_match(emulator: Emulator) -> None:
    """A pattern and a time leave out the others."""
    events = result(emulator.environment, PACK, "Events", LOG_GROUP, "ERROR", "2026-01-14")
    assert [event["message"] for event in events] == [one for one in MESSAGES if "ERROR" in one]
    assert result(emulator.environment, PACK, "Events", LOG_GROUP, "--param", "since=2999-01-01") == []


def test_missing_log_group(emulator: Emulator) -> None:
    """The service's own code says that the log group is missing."""
    done = execute(emulator.environment, PACK, "Events", "/no/such/group")
    assert done.returncode == 5
    assert "ResourceNotFoundException" in done.stderr
