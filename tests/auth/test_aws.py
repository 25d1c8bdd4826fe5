"""The authenticator for AWS: which region is signed for, and which headers are refused."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from coda_cli.errors import CredentialsError, RequestError
from coda_cli.wire import PathStyle
from tests.auth.world import authenticator, details, header, request, set_keys, write_files

if TYPE_CHECKING:
    from pathlib import Path

REGIONAL = "https://sqs.eu-west-1.amazonaws.com/"
ELSEWHERE = "https://api.example.com/"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test here has keys."""
    set_keys(monkeypatch)


@pytest.mark.parametrize(
    ("service", "style"),
    [
        pytest.param("s3", PathStyle.S3, id="s3"),
        pytest.param("s3express", PathStyle.S3, id="s3express"),
        pytest.param("dynamodb", PathStyle.ENCODED_TWICE, id="dynamodb"),
    ],
)
def test_path_style(service: str, style: PathStyle) -> None:
    """The fetcher is told the normal form that the service's signatures are computed over."""
    assert authenticator(service=service).path_style is style


@pytest.mark.parametrize(
    ("url", "option", "environ", "expected"),
    [
        pytest.param(REGIONAL, None, {}, "eu-west-1", id="the host's"),
        pytest.param(REGIONAL, None, {"AWS_REGION": "us-west-2"}, "eu-west-1", id="host before variable"),
        pytest.param(REGIONAL, "us-west-2", {}, "us-west-2", id="option before host"),
        pytest.param(
            ELSEWHERE,
            None,
            {"AWS_REGION": "us-west-1", "AWS_DEFAULT_REGION": "us-west-2"},
            "us-west-1",
            id="1st",
        ),
        pytest.param(ELSEWHERE, None, {"AWS_DEFAULT_REGION": "us-west-2"}, "us-west-2", id="2nd variable"),
        pytest.param(ELSEWHERE, "sa-east-1", {"AWS_REGION": "us-west-2"}, "sa-east-1", id="option first"),
    ],
)
def test_signing_region(
    monkeypatch: pytest.MonkeyPatch, url: str, option: str | None, environ: dict[str, str], expected: str
) -> None:
    """The option wins, then the host, then the variables."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    signed = authenticator(service="execute-api", region=option).authenticate(request(url))
    assert f"/{expected}/execute-api/aws4_request" in (header(signed, "authorization") or "")


def test_region_of_the_profile_comes_last(scrubbed_environment: Path) -> None:
    """Where nothing else says it, the profile's region is signed for, though its keys are not used."""
    write_files(scrubbed_environment, "[default]\nregion = ap-south-1\n")
    signed = authenticator(service="execute-api").authenticate(request(ELSEWHERE))
    assert "/ap-south-1/" in (header(signed, "authorization") or "")


def test_no_region_to_be_found() -> None:
    """A host that says no region, and nobody else either, is an error with the ways to give one."""
    with pytest.raises(CredentialsError, match=r"no region to sign requests to api\.example\.com") as caught:
        authenticator(service="execute-api").authenticate(request(ELSEWHERE))
    assert caught.value.exit_code == 4
    assert "--region" in details(caught.value)


def test_other_region_than_the_hosts_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """An option that contradicts the host is followed with one warning that names both."""
    auth = authenticator(service="sqs", region="us-west-2")
    for _ in range(2):
        auth.authenticate(request(REGIONAL))
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "us-west-2" in warnings[0]
    assert "eu-west-1" in warnings[0]


def test_same_region_as_the_hosts_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    """An option that agrees with the host, or where the host says nothing, is worth no warning."""
    auth = authenticator(service="execute-api", region="eu-west-1")
    auth.authenticate(request(REGIONAL))
    auth.authenticate(request(ELSEWHERE))
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize(
    ("region", "region_set", "warned"),
    [
        pytest.param(None, "*", False, id="every region"),
        pytest.param("us-east-1", "us-east-1", True, id="--region"),
    ],
)
def test_multi_region_hosts(
    caplog: pytest.LogCaptureFixture, region: str | None, region_set: str, warned: bool
) -> None:
    """Their signature is asymmetric, and good in every region unless one is given, with a warning."""
    auth = authenticator(region=region)
    url = "https://x.mrap.accesspoint.s3-global.amazonaws.com/"
    signed, again = auth.authenticate(request(url)), auth.authenticate(request(url))
    assert (header(signed, "authorization") or "").startswith("AWS4-ECDSA-P256-SHA256 ")
    assert header(signed, "x-amz-region-set") == header(again, "x-amz-region-set") == region_set
    assert ("is in every region" in caplog.text) is warned
    assert (
        header(auth.authenticate(request("https://s3.us-east-1.amazonaws.com/")), "x-amz-region-set") is None
    )


@pytest.mark.parametrize(
    "name", ["Host", "authorization", "X-Amz-Date", "x-amz-security-token", "X-Amz-Region-Set"]
)
def test_headers_of_the_signature_are_refused(name: str) -> None:
    """A pack may not set what the signature sets; the message names the header, not its value."""
    with pytest.raises(RequestError, match=f"sets the header {name},") as caught:
        authenticator().authenticate(request(REGIONAL, (name, "some-hidden-value")))
    assert "some-hidden-value" not in details(caught.value)


def test_date_is_dropped() -> None:
    """A pack's Date gives way to the signer's X-Amz-Date."""
    signed = authenticator(service="sqs").authenticate(request(REGIONAL, ("date", "yesterday"), ("X-A", "1")))
    assert header(signed, "date") is None
    assert header(signed, "x-a") == "1"
    assert header(signed, "x-amz-date") == "20261123T120000Z"


def test_region_and_service_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """With -v, one line a region says what is signed for."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    auth = authenticator(service="sqs")
    for url in (REGIONAL, REGIONAL, "https://sqs.us-east-2.amazonaws.com/"):
        auth.authenticate(request(url))
    told = [record.getMessage() for record in caplog.records if record.getMessage().startswith("signing for")]
    assert told == ["signing for sqs in eu-west-1", "signing for sqs in us-east-2"]
