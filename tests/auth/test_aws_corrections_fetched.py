"""Corrections through a whole fetch: checked by the policy, sent where an override says, remembered."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest

from coda_cli.errors import CredentialsError, HostNotAllowedError, StatusCodeError
from coda_cli.runtime.contexts import RunOptions, open_context
from coda_cli.sdk import AuthenticationType, new_pack
from tests.auth.world import EXTERNAL_ID, KEY_ID, NOON, ROLE, ROLE_KEY_ID, SECRET, FakeSts, details
from tests.servers import Answer, LoopbackServer, Received

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from coda_cli.sdk import ExecutionContext

HOME = "eu-west-1"


def ireland(status: int, received: Received) -> Answer:
    """Answer as an S3 whose buckets are all in Ireland: other hosts get this status, other scopes 400."""
    if f".{HOME}." not in (received.header("host") or "") and status != 400:
        return Answer(status, (("x-amz-bucket-region", HOME), ("Location", "")))
    if scope(received)[1] != HOME:
        said = f"the region '{scope(received)[1]}' is wrong; expecting &apos;{HOME}&apos;"
        error = f"<Error><Code>AuthorizationHeaderMalformed</Code><Message>{said}</Message></Error>"
        return Answer(400, body=error.encode())
    return Answer(body=b"found")


@pytest.fixture
def buckets() -> Iterator[LoopbackServer]:
    """Run an S3."""
    with LoopbackServer(partial(ireland, 301)) as running:
        yield running


def scope(received: Received) -> tuple[str, str]:
    """Return the access key id and the region of a request."""
    found = re.search(r"Credential=([^/]+)/\d{8}/([^/]+)/", received.header("authorization") or "")
    assert found is not None
    return found[1], found[2]


def hosts(server: LoopbackServer) -> list[tuple[str, str]]:
    """Return host and region of every request that arrived."""
    return [(received.header("host") or "", scope(received)[1]) for received in server.requests]


def context_of(
    endpoint: str,
    *,
    domain: str = "amazonaws.com",
    service: str = "s3",
    sts: str | None = None,
    region: str | None = None,
) -> AbstractContextManager[ExecutionContext]:
    """Open the context of a pack, as a run does; it is noon."""
    kind = AuthenticationType.AWS_ACCESS_KEY if sts is None else AuthenticationType.AWS_ASSUME_ROLE
    pack = new_pack()
    pack.add_network_domain(domain)
    pack.set_user_authentication(type=kind, service=service)
    environ = {
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ENDPOINT_URL_STS": sts or "",
    }
    options = RunOptions(
        environ=environ,
        region=region,
        role_arn=None if sts is None else ROLE,
        external_id=None if sts is None else EXTERNAL_ID,
    )
    return open_context(pack, "pack", options, lambda: NOON)


@pytest.mark.parametrize(
    ("method", "status"),
    [
        (method, status)
        for status in (301, 307, 400)
        for method in ("GET", "HEAD", "PUT", "POST", "DELETE")
        if (method, status) != ("HEAD", 400)  # which says no region
    ],
)
def test_region(method: str, status: int) -> None:
    """S3's three answers lead to the bucket, for every method and body; later requests go there at once."""
    with LoopbackServer(partial(ireland, status)) as buckets, context_of(buckets.url) as context:
        url = "https://logs.s3.amazonaws.com/a%20b?x=1"
        body = None if method in ("GET", "HEAD") else "body"
        for _ in range(2):
            context.fetcher.fetch(method, url, body=body)
        found = f"logs.s3{'' if status == 400 else f'.{HOME}'}.amazonaws.com"
        assert hosts(buckets) == [("logs.s3.amazonaws.com", "us-east-1"), (found, HOME), (found, HOME)]
        assert {received.target for received in buckets.requests} == {b"/a%20b?x=1"}
        assert {received.body for received in buckets.requests} == {(body or "").encode()}


def test_region_is_corrected_before_a_redirect_is_followed() -> None:
    """Where S3 names the region, its Location, which may lead nowhere, is left alone."""
    away = (("x-amz-bucket-region", HOME), ("Location", "https://elsewhere.example/"))
    with (
        LoopbackServer(Answer(307, away), Answer(body=b"found")) as server,
        context_of(server.url) as context,
    ):
        assert context.fetcher.fetch("GET", "https://s3.us-east-1.amazonaws.com/logs/x").body == "found"
        assert hosts(server)[1] == (f"s3.{HOME}.amazonaws.com", HOME)


@pytest.mark.parametrize(
    "region", ["evil.example/", "us-gov-west-1", "cn-north-1", "eu-west-1.evil.example", "x"]
)
def test_region_that_is_none_of_the_partition(region: str) -> None:
    """What is no region of the host's partition is not gone to, whoever says it."""
    with (
        LoopbackServer(Answer(301, (("x-amz-bucket-region", region),))) as server,
        context_of(server.url) as context,
        pytest.raises(StatusCodeError) as caught,
    ):
        context.fetcher.fetch("GET", "https://s3.us-east-1.amazonaws.com/logs/x")
    assert caught.value.exit_code == 5
    assert len(server.requests) == 1


def test_policy_is_asked_before_the_corrected_request(buckets: LoopbackServer) -> None:
    """A host that the pack did not declare gets nothing, now or later, remembered or not."""
    with context_of(buckets.url, domain="s3.us-east-1.amazonaws.com") as context:
        for _ in range(2):
            with pytest.raises(HostNotAllowedError) as caught:
                context.fetcher.fetch("GET", "https://s3.us-east-1.amazonaws.com/logs/x")
            assert f"s3.{HOME}.amazonaws.com" in details(caught.value)
    assert hosts(buckets) == [("s3.us-east-1.amazonaws.com", "us-east-1")]


def test_explicit_region_gets_an_explanation(buckets: LoopbackServer) -> None:
    """An explicit region is not corrected; the answer is told with what to leave out."""
    with context_of(buckets.url, region="us-east-1") as context, pytest.raises(StatusCodeError) as caught:
        context.fetcher.fetch("GET", "https://s3.us-east-1.amazonaws.com/logs/x")
    assert f"The bucket is in {HOME}, and --region says us-east-1: leave --region out" in details(
        caught.value
    )
    assert len(buckets.requests) == 1


def test_clock() -> None:
    """A wrong clock costs one refusal for all fetches of a run."""

    def respond(received: Received) -> Answer:
        if received.header("x-amz-date") == "20261123T113000Z":
            return Answer(body=b"in time")
        late = b'{"__type": "InvalidSignatureException", "message": "Signature not yet current: 2026 ..."}'
        return Answer(400, (("Date", "Mon, 23 Nov 2026 11:30:00 GMT"),), late)

    with LoopbackServer(respond) as server, context_of(server.url, service="dynamodb") as context:
        for url in ("https://dynamodb.us-east-1.amazonaws.com/", "https://dynamodb.eu-west-1.amazonaws.com/"):
            assert context.fetcher.fetch("POST", url, body="{}").body == "in time"
        assert len(server.requests) == 3


def test_expired_session() -> None:
    """A session that is over is replaced in the middle of a run, and the pack does not notice."""

    def respond(received: Received) -> Answer:
        if scope(received)[0] != ROLE_KEY_ID:
            return Answer(body=b"yes")
        return Answer(400, (), b"<Error><Code>ExpiredToken</Code></Error>")

    with (
        FakeSts() as sts,
        LoopbackServer(respond) as server,
        context_of(server.url, sts=sts.url) as context,
    ):
        sts.key_ids.append("ASIAEXAMPLENEWER0004")
        for _ in range(2):
            assert context.fetcher.fetch("GET", "https://s3.us-east-1.amazonaws.com/logs/x").body == "yes"
        assert [scope(received)[0] for received in server.requests] == [
            ROLE_KEY_ID,
            *["ASIAEXAMPLENEWER0004"] * 2,
        ]
        assert len(sts.requests) == 2


def test_expired_session_that_cannot_be_replaced() -> None:
    """Where STS refuses a new session, that refusal is the error."""

    def respond(_: Received) -> Answer:
        sts.refusal = ("ExpiredToken", "no more")
        return Answer(400, (), b"<Error><Code>ExpiredToken</Code></Error>")

    with (
        FakeSts() as sts,
        LoopbackServer(respond) as server,
        context_of(server.url, sts=sts.url) as context,
        pytest.raises(CredentialsError, match="AWS refused to assume the role") as caught,
    ):
        context.fetcher.fetch("GET", "https://s3.us-east-1.amazonaws.com/logs/x")
    assert caught.value.exit_code == 4
    assert len(server.requests) == 1
