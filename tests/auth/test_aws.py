"""The authenticator for AWS: which region is signed for, which headers are refused, what a refusal means."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from coda_cli.errors import CredentialsError, RequestError
from coda_cli.redaction import mask
from coda_cli.wire import PathStyle, ServiceError, WireResponse
from tests.auth.world import (
    ASSUME_ROLE,
    EXTERNAL_ID,
    KEY_ID,
    MARKED,
    ROLE,
    ROLE_KEY_ID,
    TOKEN,
    FakeSts,
    authenticator,
    details,
    header,
    request,
    set_keys,
    write_files,
)

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


def test_multi_region_refusal_is_explained() -> None:
    """A refused asymmetric signature is told with the regions that it was for."""
    auth = authenticator(service="events")
    signed = auth.authenticate(request("https://a1b2.veo.endpoint.events.amazonaws.com/"))
    lines = auth.refusal(signed, refused("SignatureDoesNotMatch"))
    assert lines[0].startswith(f"It was signed for events in every region by key {mask(KEY_ID)}, from")


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


def refused(code: str, message: str = "") -> WireResponse:
    """Make a response that refuses with a code."""
    return WireResponse(403, (), b"", ServiceError(code, message))


@pytest.mark.parametrize(
    "code",
    [
        "SignatureDoesNotMatch",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "AuthFailure",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidToken",
        "InvalidSignatureException",
        "RequestTimeTooSkewed",
        "RequestExpired",
        "TokenRefreshRequired",
        "AuthorizationHeaderMalformed",
    ],
)
def test_refusal_is_explained(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Each code that refuses the credentials is answered with region, name, key, origin and a next step."""
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    auth = authenticator(service="sqs")
    signed = auth.authenticate(request(REGIONAL))
    lines = auth.refusal(signed, refused(code))
    assert lines[0] == (
        f"It was signed for sqs in eu-west-1 by key {mask(KEY_ID)}, "
        "from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    )
    assert len(lines) >= 2
    assert not [secret for secret in (*MARKED, KEY_ID) if secret in "\n".join(lines)]


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(refused("AccessDenied"), id="the service denies"),
        pytest.param(refused("AccessDeniedException"), id="a JSON service denies"),
        pytest.param(refused("NoSuchBucket"), id="something else"),
        pytest.param(refused(""), id="no code"),
        pytest.param(WireResponse(200), id="no error"),
    ],
)
def test_other_errors_refuse_no_credentials(response: WireResponse) -> None:
    """What is not about signature, token or key gets no explanation."""
    auth = authenticator(service="sqs")
    signed = auth.authenticate(request(REGIONAL))
    assert auth.refusal(signed, response) == ()


def test_refused_signature_hints_at_the_service_word() -> None:
    """Where our own signature is refused, the pack's service word and the canonical request are hinted at."""
    auth = authenticator(service="bedrock-runtime")
    signed = auth.authenticate(request(REGIONAL))
    said = "\n".join(auth.refusal(signed, refused("SignatureDoesNotMatch")))
    assert "signed as bedrock" in said
    assert "--debug" in said
    assert "--debug" not in "\n".join(auth.refusal(signed, refused("ExpiredToken")))


def test_refusal_of_an_older_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Telling of a refusal asks nobody for newer keys, and names the one that was refused."""
    with FakeSts(seconds=1) as sts:  # too short to be held
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        auth = authenticator(ASSUME_ROLE, "sqs", role_arn=ROLE, external_id=EXTERNAL_ID)
        signed = auth.authenticate(request(REGIONAL))
        older = tuple(
            (name, value.replace(ROLE_KEY_ID, "ASIAEXAMPLEOLDER0009")) for name, value in signed.headers
        )
        sts.refusal = ("AccessDenied", "no more")
        lines = auth.refusal(replace(signed, headers=older), refused("ExpiredToken"))
        assert len(sts.requests) == 1
    assert f"by key ****0009, from role {ROLE}, assumed with AWS_ACCESS_KEY_ID" in lines[0]


def test_nothing_refuses_what_was_not_signed() -> None:
    """A request without our signature, which was sent without credentials, had none to be refused."""
    assert authenticator().refusal(request(), refused("MissingAuthenticationToken")) == ()


def test_nothing_is_retried_yet() -> None:
    """No response leads to a corrected request."""
    auth = authenticator(service="sqs")
    signed = auth.authenticate(request(REGIONAL))
    assert auth.retry(signed, refused("RequestTimeTooSkewed")) is None
