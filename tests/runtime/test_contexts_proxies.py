"""Proxies and certificates: the same for what a pack fetches and for the STS that its role is assumed at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from coda_cli.errors import CodaError, ConnectionFailedError, CredentialsError
from coda_cli.redaction import Redactor
from coda_cli.runtime.contexts import RunOptions, open_context
from coda_cli.sdk.authentication import AuthenticationType
from coda_cli.sdk.pack import Pack
from tests.auth.world import EXTERNAL_ID, ROLE, ROLE_TOKEN, FakeSts, set_keys, write_files
from tests.certificates import AUTHORITY, server_context
from tests.servers import Answer, LoopbackServer
from tests.tunnels import TunnelProxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STS, S3 = "sts.us-east-1.amazonaws.com", "s3.us-east-1.amazonaws.com"
PASSWORD = "hunter2-of-the-proxy"
PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


class Aws(FakeSts):
    """An STS and an S3, over TLS."""

    def __init__(self) -> None:
        super().__init__(tls=server_context())
        self.answer(
            lambda request: self.respond(request) if request.method == b"POST" else Answer(body=b"an object")
        )


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    """An AWS that nobody reaches by its names but through the proxy."""
    set_keys(monkeypatch)
    monkeypatch.setenv("CODA_ROLE_ARN", ROLE)
    monkeypatch.setenv("CODA_EXTERNAL_ID", EXTERNAL_ID)
    with Aws() as running:
        yield running


@pytest.fixture
def proxy(aws: LoopbackServer) -> Iterator[TunnelProxy]:
    """The only way to it."""
    with TunnelProxy(aws) as running:
        yield running


def fetch(kind: AuthenticationType, url: str = f"https://{S3}/") -> object:
    """Get an object, with this process's environment."""
    pack = Pack()
    pack.add_network_domain("amazonaws.com")
    pack.set_user_authentication(type=kind, service="s3")
    redactor = Redactor(os.environ)
    with open_context(pack, "pack", RunOptions(os.environ, retries=0, redactor=redactor)) as context:
        return context.fetcher.fetch("GET", url).body


def check_both(aws: LoopbackServer, proxy: TunnelProxy) -> None:
    """Check that the role was assumed, and the object fetched with it, by the same way."""
    assert fetch(AuthenticationType.AWS_ASSUME_ROLE) == "an object"
    assert proxy.asked == [f"{STS}:443", f"{S3}:443"]
    assert [request.header("Host") for request in aws.requests] == [STS, S3]
    assert aws.requests[1].header("X-Amz-Security-Token") == ROLE_TOKEN


@pytest.mark.parametrize("variable", PROXY_VARIABLES)
def test_proxy(
    monkeypatch: pytest.MonkeyPatch, aws: LoopbackServer, proxy: TunnelProxy, variable: str
) -> None:
    """Whatever variable names the proxy, STS and data go through it."""
    monkeypatch.setenv(variable, proxy.url)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(AUTHORITY))
    check_both(aws, proxy)


@pytest.mark.parametrize("place", ["AWS_CA_BUNDLE", "profile", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates(
    monkeypatch: pytest.MonkeyPatch,
    scrubbed_environment: Path,
    aws: LoopbackServer,
    proxy: TunnelProxy,
    place: str,
) -> None:
    """Wherever the bundle is named, STS and data are verified with it."""
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    if place == "profile":
        write_files(scrubbed_environment, f"[default]\nca_bundle = {AUTHORITY}\n")
    else:
        monkeypatch.setenv(place, str(AUTHORITY))
    check_both(aws, proxy)


def test_password(monkeypatch: pytest.MonkeyPatch, aws: LoopbackServer, proxy: TunnelProxy) -> None:
    """A proxy that wants a password gets it for both."""
    monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", f"//user:{PASSWORD}@"))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(AUTHORITY))
    check_both(aws, proxy)
    assert len(set(proxy.authorizations)) == 1
    assert proxy.authorizations[0] is not None


BOTH = [
    pytest.param(AuthenticationType.AWS_ACCESS_KEY, ConnectionFailedError, 5, id="data"),
    pytest.param(AuthenticationType.AWS_ASSUME_ROLE, CredentialsError, 4, id="STS"),
]


@pytest.mark.parametrize(("kind", "error", "exit_code"), BOTH)
def test_untrusted(
    monkeypatch: pytest.MonkeyPatch,
    aws: LoopbackServer,
    proxy: TunnelProxy,
    kind: AuthenticationType,
    error: type[CodaError],
    exit_code: int,
) -> None:
    """Without the bundle neither is talked to."""
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    with pytest.raises(error) as caught:
        fetch(kind)
    assert caught.value.exit_code == exit_code
    assert aws.requests == []


@pytest.mark.parametrize(("kind", "error", "exit_code"), BOTH)
def test_proxy_that_refuses(
    monkeypatch: pytest.MonkeyPatch, kind: AuthenticationType, error: type[CodaError], exit_code: int
) -> None:
    """A proxy that opens no tunnel is told without the password in its address."""
    set_keys(monkeypatch)
    monkeypatch.setenv("CODA_ROLE_ARN", ROLE)
    monkeypatch.setenv("CODA_EXTERNAL_ID", EXTERNAL_ID)
    with LoopbackServer(Answer(407)) as refusing:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:{PASSWORD}@127.0.0.1:{refusing.port}")
        with pytest.raises(error) as caught:
            fetch(kind)
    assert caught.value.exit_code == exit_code
    said = " ".join([caught.value.message, *caught.value.details])
    assert "HTTPS_PROXY" in said
    assert PASSWORD not in said
    assert refusing.requests[0].request_line.startswith(b"CONNECT ")


@pytest.mark.parametrize("missing", ["AWS_CA_BUNDLE", "profile", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("kind", [AuthenticationType.AWS_ACCESS_KEY, AuthenticationType.AWS_ASSUME_ROLE])
def test_missing_bundle(
    monkeypatch: pytest.MonkeyPatch,
    scrubbed_environment: Path,
    aws: LoopbackServer,
    proxy: TunnelProxy,
    missing: str,
    kind: AuthenticationType,
) -> None:
    """A bundle that is not there is told by where it is named, before anybody is called."""
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    if missing == "profile":
        write_files(scrubbed_environment, "[default]\nca_bundle = /nowhere.pem\n")
    else:
        monkeypatch.setenv(missing, "/nowhere.pem")
    with pytest.raises(CodaError, match=f"{missing}.*does not exist: /nowhere.pem"):
        fetch(kind)
    assert proxy.asked == []


@pytest.mark.parametrize("is_listed", [True, False])
def test_no_proxy(
    monkeypatch: pytest.MonkeyPatch, aws: LoopbackServer, proxy: TunnelProxy, is_listed: bool
) -> None:
    """A host that NO_PROXY lists is reached directly, STS and data alike."""
    elsewhere = f"127.1:{aws.port}"  # this machine, but not in a form that always goes direct
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://{elsewhere}")
    monkeypatch.setenv("AWS_CA_BUNDLE", str(AUTHORITY))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "example.com, 127.1" if is_listed else "example.com")
    assert fetch(AuthenticationType.AWS_ASSUME_ROLE) == "an object"
    assert proxy.asked == ([] if is_listed else [elsewhere] * 2)
    assert len(aws.requests) == 2
