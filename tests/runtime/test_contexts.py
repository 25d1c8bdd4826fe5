"""What a formula is given, and that fetching and authentication are put together as it promises."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.errors import (
    CredentialsError,
    HostNotAllowedError,
    RequestError,
    RequestTimeoutError,
    StatusCodeError,
    UsageError,
)
from coda_cli.runtime.contexts import RunOptions, check_options, open_context
from coda_cli.sdk.authentication import AuthenticationType
from coda_cli.sdk.pack import Pack, new_pack
from tests.auth.world import EXTERNAL_ID, KEY_ID, ROLE, ROLE_KEY_ID, SECRET, FakeSts
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_EC2_METADATA_DISABLED": "true"}
S3 = "https://s3.eu-west-1.amazonaws.com/"


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """Whatever the pack talks to."""
    with LoopbackServer() as running:
        yield running


def pack_of(*domains: str, kind: AuthenticationType = AuthenticationType.NONE, **given: Any) -> Pack:
    """Declare a pack."""
    pack = new_pack()
    if domains:
        pack.add_network_domain(*domains)
    pack.set_user_authentication(type=kind, **given)
    return pack


def aws_pack(kind: AuthenticationType = AuthenticationType.AWS_ACCESS_KEY) -> Pack:
    """Declare a pack for S3."""
    return pack_of("amazonaws.com", kind=kind, service="s3")


def options(environ: dict[str, str] | None = None, **chosen: Any) -> RunOptions:
    """Choose what a person may choose."""
    return RunOptions(environ=environ or {}, **chosen)


NOTHING_LOADED = """
import sys
from coda_cli.errors import RequestError
from coda_cli.runtime.contexts import RunOptions, open_context
from coda_cli.sdk import AuthenticationType, new_pack

pack = new_pack()
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=AuthenticationType.AWS_ASSUME_ROLE, service="s3")
with open_context(pack, "pack", RunOptions(environ={}, may_fetch=False)) as context:
    print(*sys.modules)
    try:
        context.fetcher.fetch("GET", "https://s3.amazonaws.com/")
    except RequestError:
        print(*sys.modules)
"""
OF_A_FETCH = ("coda_cli.fetching.fetcher", "coda_cli.auth.aws")
OF_A_REQUEST = ("requests", "urllib3", "botocore", "coda_cli.fetching.transport")


def test_nothing_is_imported_before_it_is_needed() -> None:
    """A context alone loads neither layer, and a fetch that is not sent no library."""
    done = subprocess.run([sys.executable, "-c", NOTHING_LOADED], capture_output=True, text=True, check=True)
    opened, fetched = (line.split() for line in done.stdout.splitlines())
    assert not {*OF_A_FETCH, *OF_A_REQUEST} & set(opened)
    assert set(OF_A_FETCH) <= set(fetched)
    assert not set(OF_A_REQUEST) & set(fetched)


def test_what_a_formula_is_given() -> None:
    """The context says UTC, no endpoint where none is declared, and a token of its own each time."""
    tokens = []
    for _ in range(2):
        with open_context(
            pack_of(), "pack", options({"CODA_ENDPOINT_URL": "https://example.com"})
        ) as context:
            assert context.timezone is UTC
            assert context.endpoint is None
            tokens.append(context.invocation_token)
    assert tokens[0] != tokens[1]
    assert len(tokens[0]) == 32


def test_requests_are_signed_by_the_clock(server: LoopbackServer) -> None:
    """Options, credentials, override and clock arrive where they belong; the host stays AWS's."""
    environ = KEYS | {"AWS_ENDPOINT_URL": server.url}
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    with open_context(aws_pack(), "pack", options(environ, region="eu-west-2"), lambda: noon) as context:
        context.fetcher.fetch("GET", S3)
    (received,) = server.requests
    assert received.header("Host") == "s3.eu-west-1.amazonaws.com"
    assert received.header("X-Amz-Date") == "20261123T120000Z"
    scope = f"AWS4-HMAC-SHA256 Credential={KEY_ID}/20261123/eu-west-2/s3/aws4_request,"
    assert (received.header("Authorization") or "").startswith(scope)


def test_one_role_session_for_all_fetches(server: LoopbackServer) -> None:
    """STS is called once however many requests there are, over one connection, and named after the pack."""
    with FakeSts() as sts:
        environ = KEYS | {"AWS_ENDPOINT_URL_S3": server.url, "AWS_ENDPOINT_URL_STS": sts.url}
        chosen = options(environ, role_arn=ROLE, external_id=EXTERNAL_ID)
        with open_context(aws_pack(AuthenticationType.AWS_ASSUME_ROLE), "my pack", chosen) as context:
            assert sts.asked == []
            for _ in range(5):
                context.fetcher.fetch("GET", S3)
        (asked,) = sts.asked
    assert (asked["RoleArn"], asked["ExternalId"]) == (ROLE, EXTERNAL_ID)
    assert asked["RoleSessionName"] == "coda-my-pack"
    assert [ROLE_KEY_ID in (received.header("Authorization") or "") for received in server.requests] == [
        True
    ] * 5
    assert server.connections == 1


def test_one_role_session_for_all_threads(server: LoopbackServer) -> None:
    """A pack may fetch from several threads: they share one fetcher, and STS is still called once."""
    with FakeSts() as sts, ThreadPoolExecutor(8) as pool:
        environ = KEYS | {"AWS_ENDPOINT_URL_S3": server.url, "AWS_ENDPOINT_URL_STS": sts.url}
        chosen = options(environ, role_arn=ROLE, external_id=EXTERNAL_ID)
        with open_context(aws_pack(AuthenticationType.AWS_ASSUME_ROLE), "pack", chosen) as context:
            fetches = [pool.submit(lambda: context.fetcher.fetch("GET", S3)) for _ in range(8)]
            assert [fetch.result().status for fetch in fetches] == [200] * 8
        assert len(sts.asked) == 1


@pytest.mark.parametrize(
    ("host", "is_signed"),
    [pytest.param("127.0.0.1", True, id="its domain"), pytest.param("localhost", False, id="another")],
)
def test_credentials_go_to_one_domain(server: LoopbackServer, host: str, is_signed: bool) -> None:
    """Of several declared domains, the authentication's own gets credentials, and no other does."""
    pack = pack_of(
        "127.0.0.1",
        "localhost",
        kind=AuthenticationType.AWS_ACCESS_KEY,
        service="execute-api",
        network_domain="127.0.0.1",
    )
    chosen = options(KEYS, region="us-east-1", allow_multiple_network_domains=True)
    with open_context(pack, "pack", chosen) as context:
        context.fetcher.fetch("GET", f"http://{host}:{server.port}/")
    (received,) = server.requests
    assert (received.header("Authorization") is not None) is is_signed


def test_several_domains_need_consent(server: LoopbackServer) -> None:
    """Without it nothing is sent."""
    pack = pack_of("127.0.0.1", "localhost")
    with (
        open_context(pack, "pack", options()) as context,
        pytest.raises(HostNotAllowedError, match="2 network domains"),
    ):
        context.fetcher.fetch("GET", server.url)
    assert server.requests == []


def test_endpoint(server: LoopbackServer) -> None:
    """A pack that requires an endpoint is told it, and its relative URLs are appended to it."""
    pack = pack_of("127.0.0.1", requires_endpoint_url=True)
    endpoint = f"{server.url}/base"
    with open_context(pack, "pack", options({"CODA_ENDPOINT_URL": endpoint})) as context:
        assert context.endpoint == endpoint
        context.fetcher.fetch("GET", "/x")
    assert [received.target for received in server.requests] == [b"/base/x"]


@pytest.mark.parametrize("environ", [{}, {"CODA_ENDPOINT_URL": ""}], ids=["unset", "empty"])
def test_endpoint_that_is_missing(environ: dict[str, str]) -> None:
    """It is missed when a request needs it, not before."""
    with open_context(
        pack_of("example.com", requires_endpoint_url=True), "pack", options(environ)
    ) as context:
        assert context.endpoint is None
        with pytest.raises(CredentialsError, match="requires an endpoint URL"):
            context.fetcher.fetch("GET", "/x")


def test_no_fetch() -> None:
    """A run without network refuses every request, and needs no credentials to do so."""
    with (
        open_context(aws_pack(), "pack", options(may_fetch=False)) as context,
        pytest.raises(RequestError, match="unhandled fetch"),
    ):
        context.fetcher.fetch("GET", S3)


def test_timeout(server: LoopbackServer) -> None:
    """The time that the person gave a request is the one it gets."""
    server.answer(lambda _: Answer(raw=server.stall()))
    with (
        open_context(pack_of("127.0.0.1"), "pack", options(timeout=0.9)) as context,
        pytest.raises(RequestTimeoutError, match=r"within 0\.\d+ seconds"),
    ):
        context.fetcher.fetch("GET", server.url)


@pytest.mark.parametrize("retries", [0, 1])
def test_retries(server: LoopbackServer, retries: int) -> None:
    """A request that fails is sent again as often as the person chose."""
    server.answer(Answer(503))
    with (
        open_context(pack_of("127.0.0.1"), "pack", options(retries=retries)) as context,
        pytest.raises(StatusCodeError),
    ):
        context.fetcher.fetch("GET", server.url)
    assert len(server.requests) == retries + 1


def test_requests_are_told(server: LoopbackServer) -> None:
    """Whoever shows how far a run has come hears of every request, however the pack asks for it."""
    told: list[None] = []
    chosen = options(on_request=lambda: told.append(None))
    with open_context(pack_of("127.0.0.1"), "pack", chosen) as context:
        context.fetcher.fetch("GET", server.url)
        context.fetcher.fetch_all([server.url] * 3)
        following = iter([server.url + "/2"])
        list(context.fetcher.pages(server.url, lambda _: next(following, None)))
    assert len(told) == len(server.requests) == 6


def test_connections_are_closed(server: LoopbackServer) -> None:
    """A run ends with no connection left open, also when its formula fails."""

    def formula() -> None:
        with open_context(pack_of("127.0.0.1"), "pack", options()) as context:
            context.fetcher.fetch("GET", server.url)
            context.fetcher.fetch("GET", server.url)
            raise KeyError

    with pytest.raises(KeyError):
        formula()
    _, conversation = server._threads
    conversation.join(timeout=10)  # it ends when its client hangs up
    assert not conversation.is_alive()


@pytest.mark.parametrize(
    ("chosen", "kind", "option"),
    [
        pytest.param({"profile": "p"}, AuthenticationType.NONE, "--profile", id="profile"),
        pytest.param({"region": "r"}, AuthenticationType.NONE, "--region", id="region"),
        pytest.param({"role_arn": "a"}, AuthenticationType.NONE, "--role-arn", id="role"),
        pytest.param({"external_id": "i"}, AuthenticationType.NONE, "--external-id", id="external id"),
        pytest.param({"role_arn": "a"}, AuthenticationType.AWS_ACCESS_KEY, "--role-arn", id="role, keys"),
        pytest.param({"external_id": ""}, AuthenticationType.AWS_ACCESS_KEY, "--external-id", id="id, keys"),
        pytest.param({"profile": "p", "region": "r"}, AuthenticationType.AWS_ACCESS_KEY, None, id="keys"),
        pytest.param(
            {"profile": "p", "region": "r", "role_arn": "a", "external_id": "i"},
            AuthenticationType.AWS_ASSUME_ROLE,
            None,
            id="assume role",
        ),
    ],
)
def test_options_that_mean_nothing(
    chosen: dict[str, Any], kind: AuthenticationType, option: str | None
) -> None:
    """An option for another type of authentication is a usage error; what fits is none."""
    authentication = (pack_of() if kind is AuthenticationType.NONE else aws_pack(kind)).authentication
    if option is None:
        check_options(authentication, options(**chosen))
        return
    with pytest.raises(UsageError, match=f"{option} does not go with this pack") as caught:
        check_options(authentication, options(**chosen))
    assert kind.name in caught.value.details[0]
