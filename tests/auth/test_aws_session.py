"""The gate that every client of botocore's passes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from coda_cli.auth.aws_options import AwsOptions
from coda_cli.auth.aws_session import CONNECT_SECONDS, CodaSession
from coda_cli.errors import CredentialsError
from coda_cli.redaction import Redactor
from tests.auth.world import ROLE_KEY_ID, ROLE_SECRET, ROLE_TOKEN, FakeSts, write_files

if TYPE_CHECKING:
    from pathlib import Path

CHINA = "arn:aws-cn:iam::123456789012:role/packs"
COMMERCIAL = "arn:aws:iam::123456789012:role/packs"


def session(
    redactor: Redactor | None = None, *, region: str | None = None, profile: str | None = None
) -> CodaSession:
    """Make a session for this process's environment."""
    return CodaSession(AwsOptions(os.environ, profile, region), redactor or Redactor())


def client(made: CodaSession, service: str = "sts", **arguments: Any) -> Any:
    """Make a client with somebody's keys."""
    keys = {"aws_access_key_id": ROLE_KEY_ID, "aws_secret_access_key": ROLE_SECRET}
    return made.create_client(service, **keys, aws_session_token=ROLE_TOKEN, **arguments)


@pytest.mark.parametrize(
    ("arn", "option", "environ", "config", "expected"),
    [
        pytest.param(COMMERCIAL, None, {}, "", "us-east-1", id="default of the partition"),
        pytest.param(CHINA, None, {}, "", "cn-northwest-1", id="default of another partition"),
        pytest.param(COMMERCIAL, "eu-west-1", {"AWS_REGION": "eu-west-2"}, "", "eu-west-1", id="option"),
        pytest.param(
            COMMERCIAL,
            None,
            {"AWS_REGION": "eu-west-2", "AWS_DEFAULT_REGION": "eu-west-3"},
            "region = sa-east-1",
            "eu-west-2",
            id="AWS_REGION",
        ),
        pytest.param(
            COMMERCIAL, None, {"AWS_DEFAULT_REGION": "eu-west-3"}, "region = sa-east-1", "eu-west-3", id="2nd"
        ),
        pytest.param(COMMERCIAL, None, {}, "region = sa-east-1", "sa-east-1", id="profile"),
        pytest.param(
            CHINA, "eu-west-1", {"AWS_REGION": "us-east-1"}, "region = cn-north-1", "cn-north-1", id="skipped"
        ),
        pytest.param(CHINA, "eu-west-1", {}, "", "cn-northwest-1", id="none of the partition"),
    ],
)
def test_sts_region(
    monkeypatch: pytest.MonkeyPatch,
    scrubbed_environment: Path,
    arn: str,
    option: str | None,
    environ: dict[str, str],
    config: str,
    expected: str,
) -> None:
    """STS is asked in the first region given that belongs to the role's partition, else in its default."""
    write_files(scrubbed_environment, f"[default]\n{config}\n")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert session(region=option).sts_region(arn) == expected


def test_region_for_the_role_of_a_profile(scrubbed_environment: Path) -> None:
    """STS clients that botocore makes for a profile's role are in that role's partition."""
    write_files(scrubbed_environment, f"[profile dev]\nrole_arn = {CHINA}\nregion = us-east-1\n")
    made = client(session(profile="dev"))
    assert made.meta.region_name == "cn-northwest-1"
    assert made.meta.endpoint_url == "https://sts.cn-northwest-1.amazonaws.com.cn"


@pytest.mark.parametrize(
    ("service", "variable"),
    [
        pytest.param("sts", "AWS_ENDPOINT_URL_STS", id="sts"),
        pytest.param("sso", "AWS_ENDPOINT_URL_SSO", id="sso, whose signing name is another service's id"),
        pytest.param("sso-oidc", "AWS_ENDPOINT_URL_SSO_OIDC", id="sso-oidc"),
        pytest.param("sts", "AWS_ENDPOINT_URL", id="all services"),
    ],
)
def test_override_of_any_client(monkeypatch: pytest.MonkeyPatch, service: str, variable: str) -> None:
    """Each client is given the configured address, and no proxy for one on this machine."""
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    made = client(session(), service, region_name="us-east-1")
    assert made.meta.endpoint_url == "http://127.0.0.1:9"
    assert made.meta.config.proxies == {}


@pytest.mark.parametrize("service", ["sts", "sso"])
def test_unsafe_override_is_refused_before_there_is_a_client(
    monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    """An address that is plain http elsewhere is an error that names its variable."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://evil.example")
    with pytest.raises(CredentialsError, match="AWS_ENDPOINT_URL is plain http"):
        client(session(), service, region_name="us-east-1")


def test_no_override_escapes_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Botocore's own look at the environment is switched off: only what we found and checked counts."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://evil.example")
    made = CodaSession(AwsOptions({}), Redactor())
    assert client(made, region_name="us-east-1").meta.endpoint_url == "https://sts.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("timeout", "connect"),
    [pytest.param(60.0, CONNECT_SECONDS, id="long"), pytest.param(0.5, 0.5, id="short")],
)
def test_settings_of_all_clients(timeout: float, connect: float) -> None:
    """Clients are named after us, wait no longer than told, and try twice."""
    config = client(CodaSession(AwsOptions(os.environ, timeout=timeout), Redactor())).meta.config
    assert config.user_agent.startswith("coda-cli/")
    assert (config.connect_timeout, config.read_timeout) == (connect, timeout)
    assert (config.retries["mode"], config.retries["total_max_attempts"]) == ("standard", 2)


def test_configured_retries_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """A retry mode that the person configured is kept."""
    monkeypatch.setenv("AWS_RETRY_MODE", "legacy")
    assert client(session()).meta.config.retries["mode"] == "legacy"


def test_secrets_are_known_before_they_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys of a client and the secrets among a call's parameters reach the redactor."""
    redactor = Redactor()
    with FakeSts() as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        made = client(session(redactor))
        made.assume_role(RoleArn=COMMERCIAL, RoleSessionName="coda", ExternalId="tenant-0815-x")
        made.assume_role_with_web_identity(
            RoleArn=COMMERCIAL, RoleSessionName="coda", WebIdentityToken="a-web-identity-token"
        )
        made.close()
    shown = redactor.text(
        f"{ROLE_KEY_ID} {ROLE_SECRET} {ROLE_TOKEN} tenant-0815-x a-web-identity-token {COMMERCIAL}"
    )
    assert shown == f"****0003 [secret] [secret] ****15-x [secret] {COMMERCIAL}"


def test_calls_are_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """With -v each call of ours is told with its status and time, as requests of packs are."""
    caplog.set_level("INFO", "coda_cli")
    with FakeSts() as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        asking = client(session())
        asking.get_caller_identity()
        sts.refusal = ("AccessDenied", "no")
        with pytest.raises(ClientError):
            asking.get_caller_identity()
    told = [line for line in caplog.messages if line.startswith("sts ")]
    assert [line.partition(" in ")[0] for line in told] == [
        "sts GetCallerIdentity 200",
        "sts GetCallerIdentity 403",
    ]


def test_certificates_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundle that does not exist is named, by what names it, before anybody is called."""
    monkeypatch.setenv("AWS_CA_BUNDLE", "/no/such/bundle")
    with pytest.raises(CredentialsError, match="AWS_CA_BUNDLE names a file that does not exist: /no/such"):
        client(session())
