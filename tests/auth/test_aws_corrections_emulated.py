"""Corrections against an emulator that checks times, regions and signatures as AWS does."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.errors import StatusCodeError
from coda_cli.runtime.contexts import RunOptions, open_context
from coda_cli.sdk import AuthenticationType, Pack, new_pack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coda_cli.emulator.running import Emulator

JSON = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.ListTables"}
REQUESTS: dict[str, dict[str, Any]] = {
    "s3": {"method": "GET", "url": "https://s3.us-east-1.amazonaws.com/"},
    "dynamodb": {
        "method": "POST",
        "url": "https://dynamodb.us-east-1.amazonaws.com/",
        "headers": JSON,
        "body": "{}",
    },
    "iam": {"method": "POST", "url": "https://iam.amazonaws.com/", "form": {"Action": "GetUser"}},
    "ec2": {
        "method": "POST",
        "url": "https://ec2.us-east-1.amazonaws.com/",
        "form": {"Action": "DescribeVpcs", "Version": "2016-11-15"},
    },
}
"""One request for each way in which services say that a clock is wrong."""


def pack_for(service: str) -> Pack:
    """Declare a pack for a service."""
    pack = new_pack()
    pack.add_network_domain("amazonaws.com")
    pack.set_user_authentication(type=AuthenticationType.AWS_ACCESS_KEY, service=service)
    return pack


def clock_off_by(offset: timedelta) -> Callable[[], datetime]:
    """Return a clock that is wrong."""
    return lambda: datetime.now(UTC) + offset


@pytest.mark.parametrize("service", REQUESTS)
@pytest.mark.parametrize("minutes", [pytest.param(-37, id="behind"), pytest.param(600, id="ahead")])
def test_clock(emulator: Emulator, caplog: pytest.LogCaptureFixture, service: str, minutes: int) -> None:
    """A wrong clock costs one refusal a run, told with -v, whatever way the service says it in."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    options = RunOptions(environ=emulator.environment)
    with open_context(
        pack_for(service), "pack", options, clock_off_by(timedelta(minutes=minutes))
    ) as context:
        for _ in range(2):
            assert context.fetcher.fetch(**REQUESTS[service]).status == 200
    sent = [line for line in caplog.messages if line.startswith(("GET ", "POST "))]
    assert [line.split(" in ")[0].rpartition(" ")[2] for line in sent][1:] == ["200", "200"]
    assert len(sent) == 3
    words = "37 minutes behind" if minutes < 0 else "10 hours ahead"
    assert [line for line in caplog.messages if "clock" in line] == [
        f"this machine's clock is {words}: signing by AWS's from now on"
    ]


@pytest.fixture(scope="module")
def bucket(emulator: Emulator) -> Iterator[str]:
    """Make a bucket in Ireland, with an object in it, for the tests of this file."""
    name, url = "coda-test-in-ireland", "https://s3.eu-west-1.amazonaws.com/coda-test-in-ireland"
    place = (
        '<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        "<LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>"
    )
    with open_context(pack_for("s3"), "pack", RunOptions(environ=emulator.environment)) as context:
        context.fetcher.fetch("PUT", url, body=place)
        context.fetcher.fetch("PUT", f"{url}/hello.txt", body="Dia duit")
        yield name
        context.fetcher.fetch("DELETE", f"{url}/hello.txt")
        context.fetcher.fetch("DELETE", url)


@pytest.mark.parametrize(
    ("host", "path", "found_at"),
    [
        pytest.param("s3.us-east-1.amazonaws.com", "{}/", "s3.eu-west-1.amazonaws.com", id="path-style"),
        pytest.param(
            "{}.s3.us-east-1.amazonaws.com", "", "{}.s3.eu-west-1.amazonaws.com", id="virtual-hosted"
        ),
        pytest.param("{}.s3.amazonaws.com", "", "{}.s3.eu-west-1.amazonaws.com", id="global"),
        pytest.param("s3.amazonaws.com", "{}/", "s3.eu-west-1.amazonaws.com", id="global, path-style"),
    ],
)
def test_region(
    emulator: Emulator, caplog: pytest.LogCaptureFixture, bucket: str, host: str, path: str, found_at: str
) -> None:
    """A bucket is found in its region, for objects, lists and HEAD, and asked there at once from then on."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    url = f"https://{host}/{path}".format(bucket)
    with open_context(pack_for("s3"), "pack", RunOptions(environ=emulator.environment)) as context:
        assert context.fetcher.fetch("GET", f"{url}hello.txt").body == "Dia duit"
        assert context.fetcher.fetch("HEAD", f"{url}hello.txt").status == 200
        assert context.fetcher.fetch("GET", f"{url}?list-type=2").body["Name"] == [bucket]
    sent = [line.split("/")[2] for line in caplog.messages if line.startswith(("GET ", "HEAD "))]
    assert sent == [host.format(bucket), *[found_at.format(bucket)] * 3]
    assert (
        f"the bucket is in eu-west-1: signing again for it there, at {found_at.format(bucket)}"
        in caplog.messages
    )


def test_clock_of_head(emulator: Emulator) -> None:
    """The first request of a run may be a HEAD, whose refusal says nothing of the clock."""
    options, offset = RunOptions(environ=emulator.environment), timedelta(hours=2)
    with open_context(pack_for("s3"), "pack", options, clock_off_by(offset)) as context:
        url = "https://coda-demo-reports.s3.us-east-1.amazonaws.com/readme.txt"
        assert context.fetcher.fetch("HEAD", url).status == 200


def test_region_of_head(emulator: Emulator, caplog: pytest.LogCaptureFixture, bucket: str) -> None:
    """An answer to HEAD has no body: its header says the region."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    with open_context(pack_for("s3"), "pack", RunOptions(environ=emulator.environment)) as context:
        assert context.fetcher.fetch("HEAD", f"https://s3.us-east-1.amazonaws.com/{bucket}").status == 200
    assert len([line for line in caplog.messages if line.startswith("HEAD ")]) == 2


def test_explicit_region_is_kept(emulator: Emulator, bucket: str) -> None:
    """Who gave a region gets that region's answer, and is told what to leave out."""
    options = RunOptions(environ=emulator.environment, region="us-east-1")
    with (
        open_context(pack_for("s3"), "pack", options) as context,
        pytest.raises(StatusCodeError) as caught,
    ):
        context.fetcher.fetch("GET", f"https://s3.us-east-1.amazonaws.com/{bucket}/hello.txt")
    assert caught.value.error_code == "PermanentRedirect"
    assert caught.value.exit_code == 5
    assert "The bucket is in eu-west-1, and --region says us-east-1" in "\n".join(caught.value.details)
