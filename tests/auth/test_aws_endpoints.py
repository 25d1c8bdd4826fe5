"""Endpoint overrides: the order of places, what is refused, which hosts they concern."""

from __future__ import annotations

import logging

import pytest

from coda_cli.auth.aws_endpoints import (
    AwsRouter,
    ProfileConfig,
    checked_endpoint,
    configured_endpoint,
    names_of,
)
from coda_cli.auth.aws_options import AwsOptions, Given
from coda_cli.auth.aws_profiles import Profiles
from coda_cli.errors import CredentialsError
from coda_cli.redaction import Redactor
from coda_cli.wire import Url
from tests.auth.world import details, request

LOGS = names_of("logs")
PROFILE = ProfileConfig(
    "dev",
    {"endpoint_url": "http://127.0.0.1:5", "services": "local"},
    {
        "cloudwatch_logs": {"endpoint_url": "http://127.0.0.1:3"},
        "logs": {"endpoint_url": "http://127.0.0.1:4"},
    },
)


def port_of(environ: dict[str, str], profile: ProfileConfig | None = None) -> int | None:
    """Look up the endpoint of CloudWatch Logs, and return its port."""
    found = configured_endpoint(LOGS, AwsOptions(environ), lambda: profile)
    return None if found is None else checked_endpoint(found).port


OF_ID = {"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": "http://127.0.0.1:1"}
OF_WORD = {"AWS_ENDPOINT_URL_LOGS": "http://127.0.0.1:2"}
OF_ALL = {"AWS_ENDPOINT_URL": "http://127.0.0.1:6"}


@pytest.mark.parametrize(
    ("environ", "profile", "expected"),
    [
        pytest.param({}, None, None, id="nothing"),
        pytest.param({**OF_ID, **OF_WORD, **OF_ALL}, PROFILE, 1, id="service id"),
        pytest.param({**OF_WORD, **OF_ALL}, PROFILE, 2, id="service word"),
        pytest.param(OF_ALL, PROFILE, 6, id="all services, before the profile"),
        pytest.param({}, PROFILE, 3, id="services section, service id"),
        pytest.param(
            {},
            ProfileConfig("dev", PROFILE.values, {"logs": PROFILE.services["logs"]}),
            4,
            id="services section, service word",
        ),
        pytest.param({}, ProfileConfig("dev", PROFILE.values), 5, id="profile"),
        pytest.param({"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": "", **OF_ALL}, None, 6, id="empty counts as unset"),
        pytest.param({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"}, None, None, id="another service's"),
    ],
)
def test_order_of_places(
    environ: dict[str, str], profile: ProfileConfig | None, expected: int | None
) -> None:
    """The variable of the service comes first, the profile's endpoint_url last."""
    assert port_of(environ, profile) == expected


@pytest.mark.parametrize(
    ("environ", "config", "expected"),
    [
        pytest.param("true", None, None, id="variable"),
        pytest.param("TRUE", None, None, id="variable in capitals"),
        pytest.param("false", None, 6, id="variable false"),
        pytest.param("", None, 6, id="variable empty"),
        pytest.param("", "true", None, id="profile"),
        pytest.param("false", "true", 6, id="variable before profile"),
    ],
)
def test_overrides_can_be_ignored(environ: str, config: str | None, expected: int | None) -> None:
    """A variable or the profile switches all of them off."""
    profile = None if config is None else ProfileConfig("dev", {"ignore_configured_endpoint_urls": config})
    assert port_of({**OF_ALL, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": environ}, profile) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("http://127.0.0.1:4566", "http://127.0.0.1:4566", id="loopback"),
        pytest.param("http://127.0.0.1:4566/", "http://127.0.0.1:4566", id="slash at its end"),
        pytest.param("http://localhost:80", "http://localhost", id="default port"),
        pytest.param("HTTP://LocalHost:4566", "http://localhost:4566", id="capitals"),
        pytest.param("http://[::1]:4566", "http://[::1]:4566", id="IPv6"),
        pytest.param("http://s3.localhost.localstack.localhost:4566", None, id="name under localhost"),
        pytest.param("https://vpce.example.com", "https://vpce.example.com", id="https anywhere"),
    ],
)
def test_endpoint_is_taken(text: str, expected: str | None) -> None:
    """Https is taken anywhere, plain http to this machine."""
    assert checked_endpoint(Given(text, "AWS_ENDPOINT_URL")).origin == (expected or text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("http://evil.example:4566", id="plain http elsewhere"),
        pytest.param("http://127.0.0.1.evil.example", id="loopback in the name only"),
        pytest.param("http://user:hidden-password@127.0.0.1:4566", id="userinfo"),
        pytest.param("http://127.0.0.1:4566/path", id="path"),
        pytest.param("http://127.0.0.1:4566?q=1", id="query"),
        pytest.param("http://127.0.0.1:4566#f", id="fragment"),
        pytest.param("http://127.0.0.1:65536", id="port too large"),
        pytest.param("http://127.0.0.1:x", id="port no number"),
        pytest.param("http://127.0.0.1\\@evil.example", id="backslash"),
        pytest.param("http://127.0.0.1\n", id="line end"),
        pytest.param("ftp://127.0.0.1", id="scheme"),
        pytest.param("127.0.0.1:4566", id="no scheme"),
        pytest.param("http://", id="no host"),
    ],
)
def test_endpoint_is_refused(text: str) -> None:
    """Anything else is refused by the name of its variable, without showing a password."""
    with pytest.raises(CredentialsError, match="AWS_ENDPOINT_URL_S3") as caught:
        checked_endpoint(Given(text, "AWS_ENDPOINT_URL_S3"))
    assert caught.value.exit_code == 4
    assert "hidden-password" not in details(caught.value)


def router(environ: dict[str, str], service: str = "s3") -> AwsRouter:
    """Make a router; there are no configuration files."""
    options = AwsOptions(environ)
    return AwsRouter(service, options, Profiles(options, Redactor()))


@pytest.mark.parametrize(
    ("url", "routed"),
    [
        pytest.param("https://b.s3.eu-west-1.amazonaws.com/k", True, id="AWS"),
        pytest.param("https://sqs.cn-north-1.amazonaws.com.cn/", True, id="China"),
        pytest.param("https://api.example.com/", False, id="somebody's"),
        pytest.param("http://127.0.0.1:8080/", False, id="loopback"),
    ],
)
def test_only_hosts_of_aws_are_overridden(url: str, routed: bool) -> None:
    """A pack's own API is never sent to the override."""
    override = router(OF_ALL).connect_to(request(url).url)
    assert override == (Url("http", "127.0.0.1", 6, "/", "") if routed else None)


def test_unsafe_override_is_no_matter_elsewhere() -> None:
    """An override that is refused stops requests to AWS only."""
    unsafe = router({"AWS_ENDPOINT_URL": "http://evil.example"})
    assert unsafe.connect_to(request("https://api.example.com/").url) is None
    with pytest.raises(CredentialsError, match="AWS_ENDPOINT_URL is plain http"):
        unsafe.connect_to(request().url)


def test_requests_without_a_service_follow_the_general_override() -> None:
    """What is fetched without authentication obeys the override for all services, and no other."""
    assert router({"AWS_ENDPOINT_URL_": "http://127.0.0.1:1"}, "").connect_to(request().url) is None
    assert router(OF_ALL, "").connect_to(request().url) is not None


def test_override_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """With -v, one line says where requests go instead."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    routing = router(OF_ALL)
    for _ in range(2):
        routing.connect_to(request().url)
    assert [record.getMessage() for record in caplog.records] == [
        "connecting to http://127.0.0.1:6 instead of AWS (AWS_ENDPOINT_URL)"
    ]
