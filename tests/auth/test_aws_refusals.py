"""What is said of a refused request: by whom and for what it was signed, and the next step."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from coda_cli.auth.aws_advice import Mistake
from coda_cli.auth.aws_keys import Keys
from coda_cli.auth.aws_signing import signer_for
from coda_cli.redaction import mask
from coda_cli.wire import Refusal, ServiceError, WireResponse
from tests.auth.codes import CODES
from tests.auth.world import (
    ASSUME_ROLE,
    EXTERNAL_ID,
    KEY_ID,
    MARKED,
    NOON,
    ROLE,
    ROLE_KEY_ID,
    TOKEN,
    FakeSts,
    authenticator,
    header,
    request,
    set_keys,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

REGIONAL = "https://sqs.eu-west-1.amazonaws.com/"
S3 = "https://logs.s3.us-east-1.amazonaws.com/x"
ACCELERATE = "https://logs.s3-accelerate.amazonaws.com/x"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test here has keys."""
    set_keys(monkeypatch)


def refused(
    code: str, message: str = "", *, status: int = 403, headers: Iterable[tuple[str, str]] = ()
) -> WireResponse:
    """Make a response that refuses with a code."""
    return WireResponse(status, tuple(headers), b"", ServiceError(code, message))


@pytest.mark.parametrize(("code", "mistake"), CODES.items(), ids=CODES.keys())
def test_refusal_is_explained(monkeypatch: pytest.MonkeyPatch, code: str, mistake: Mistake) -> None:
    """Each code is answered with region, name, key, origin and a next step; no secret is in them."""
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    auth = authenticator(service="sqs")
    signed = auth.authenticate(request(REGIONAL))
    refusal = auth.refusal(signed, refused(code))
    assert refusal.lines[0] == (
        f"It was signed for sqs in eu-west-1 by key {mask(KEY_ID)}, "
        "from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    )
    assert len(refusal.lines) >= 2
    assert refusal.of_credentials is (mistake is not Mistake.DENIED)
    assert not [secret for secret in (*MARKED, KEY_ID) if secret in "\n".join(refusal.lines)]


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(refused("NoSuchBucket", status=404), id="something else"),
        pytest.param(refused("ForbiddenException"), id="forbidden by who knows what"),
        pytest.param(refused("", status=500), id="no code"),
        pytest.param(WireResponse(200), id="no error"),
    ],
)
def test_other_errors_are_not_explained(response: WireResponse) -> None:
    """What is not about who is calling gets no explanation."""
    auth = authenticator(service="sqs")
    signed = auth.authenticate(request(REGIONAL))
    assert auth.refusal(signed, response) == Refusal()


def test_role_of_a_denied_request_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a service denies, the principal is named as far as it is known without asking."""
    with FakeSts() as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        auth = authenticator(ASSUME_ROLE, "sqs", role_arn=ROLE, external_id=EXTERNAL_ID)
        refusal = auth.refusal(auth.authenticate(request(REGIONAL)), refused("AccessDenied"))
        assert len(sts.requests) == 1
    assert f"key {mask(ROLE_KEY_ID)}, from role {ROLE}, assumed with AWS_ACCESS_KEY_ID" in refusal.lines[0]


@pytest.mark.parametrize(("method", "told"), [pytest.param("HEAD", True), pytest.param("GET", False)])
def test_refusal_without_a_reason(method: str, told: bool) -> None:
    """A 403 that says nothing names the caller and refuses no credentials; HEAD is told how to learn more."""
    auth = authenticator(service="s3")
    refusal = auth.refusal(auth.authenticate(request(S3, method=method)), refused(""))
    assert "by key" in refusal.lines[0]
    assert not refusal.of_credentials
    assert ("GET the same" in "\n".join(refusal.lines)) is told


def test_refused_signature_names_the_service_word() -> None:
    """Where our own signature is refused, the word that AWS signs by is named."""
    auth = authenticator(service="bedrock-runtime")
    signed = auth.authenticate(request("https://bedrock-runtime.eu-west-1.amazonaws.com/model/x/invoke"))
    for code, told in (("SignatureDoesNotMatch", True), ("ExpiredToken", False)):
        assert ("service='bedrock'" in "\n".join(auth.refusal(signed, refused(code)).lines)) is told


def test_canonical_request_is_shown_with_v(caplog: pytest.LogCaptureFixture) -> None:
    """With -v the canonical request of a refused signature is told, as it was signed; else how to see it."""
    auth = authenticator(service="sqs")
    signed = auth.authenticate(request(f"{REGIONAL}a%20b?x=1", ("X-Api-Key", "hidden-from-everybody")))
    assert "-v shows the canonical request" in "\n".join(
        auth.refusal(signed, refused("SignatureDoesNotMatch")).lines
    )
    caplog.set_level(logging.INFO, logger="coda_cli")
    assert "-v" not in "\n".join(auth.refusal(signed, refused("SignatureDoesNotMatch")).lines)
    told = caplog.messages[-1].partition("\n")[2].splitlines()
    assert told[:3] == ["GET", "/a%2520b", "x=1"]
    assert "x-amz-date:20261123T120000Z" in told
    assert "x-api-key:[secret]" in told
    assert "hidden-from-everybody" not in caplog.text


def test_session_token_is_not_in_the_canonical_request(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The header of the session token is told, and its value is not."""
    set_keys(monkeypatch, token=TOKEN)
    caplog.set_level(logging.INFO, logger="coda_cli")
    auth = authenticator(service="s3")
    auth.refusal(auth.authenticate(request(S3)), refused("SignatureDoesNotMatch"))
    assert "\nx-amz-security-token:[secret]\n" in caplog.text
    assert TOKEN not in caplog.text


def test_canonical_request_is_told_of_refused_signatures_only(caplog: pytest.LogCaptureFixture) -> None:
    """Other refusals have other reasons than what was signed."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    auth = authenticator(service="sqs")
    auth.refusal(auth.authenticate(request(REGIONAL)), refused("InvalidClientTokenId"))
    assert "canonical request" not in caplog.text


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
        lines = auth.refusal(replace(signed, headers=older), refused("ExpiredToken")).lines
        assert len(sts.requests) == 1
    assert f"by key ****0009, from role {ROLE}, assumed with AWS_ACCESS_KEY_ID" in lines[0]


def test_nothing_refuses_what_was_not_signed() -> None:
    """A request without our signature, which was sent without credentials, had none to be refused."""
    assert authenticator().refusal(request(), refused("MissingAuthenticationToken")) == Refusal()


def test_clock_of_a_refusal_is_told() -> None:
    """How far this machine's clock is ahead is read from the answer's date."""
    auth = authenticator(service="sqs")
    signed = auth.authenticate(request(REGIONAL))
    late = refused("RequestTimeTooSkewed", headers=[("Date", "Mon, 23 Nov 2026 11:30:00 GMT")])
    assert "This machine's clock is 30 minutes ahead: set it." in auth.refusal(signed, late).lines


@pytest.mark.parametrize(
    ("region", "url", "named", "said"),
    [
        pytest.param(
            "us-west-2", S3, "eu-west-1", "--region says us-west-2: leave --region out", id="--region"
        ),
        pytest.param(
            None,
            "https://logs.s3-accelerate.amazonaws.com/x",
            "eu-west-1",
            "is not: build the URL",
            id="host",
        ),
        pytest.param(None, S3, "cn-north-1", "is not: build the URL", id="partition"),
        pytest.param(None, S3, "us-east-1", "", id="the same region"),
        pytest.param(None, S3, None, "", id="no region"),
    ],
)
def test_region_that_was_not_gone_to(
    monkeypatch: pytest.MonkeyPatch, region: str | None, url: str, named: str | None, said: str
) -> None:
    """Why a request was not sent to the region that S3 names is said, and refuses no credentials."""
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    auth = authenticator(service="s3", region=region)
    headers = [] if named is None else [("x-amz-bucket-region", named)]
    response = refused("PermanentRedirect", status=301, headers=headers)
    signed = auth.authenticate(request(url))
    assert auth.retry(signed, response) is None
    refusal = auth.refusal(signed, response)
    assert not refusal.of_credentials
    assert bool(refusal.lines) is bool(said)
    assert said in "\n".join(refusal.lines)


def test_canonical_request_is_the_signed_one() -> None:
    """What is shown leads to the signature that was sent."""
    from hashlib import sha256

    from botocore.awsrequest import AWSRequest

    from coda_cli.auth.aws_signing import shown_canonical_request

    keys = Keys(KEY_ID, "a-secret-of-nobody")
    for service, url in (("sqs", f"{REGIONAL}a%20b//c/../d?x=1&a=%2F"), ("s3", f"{S3}/a%20b//c/../d?x=1")):
        signer = signer_for(keys, service, "eu-west-1", lambda: NOON)
        signed = signer.sign(request(url, ("Content-Type", "text/plain"), method="POST", body=b"body"))
        shown = shown_canonical_request(signed, signer)
        scope = f"20261123/eu-west-1/{service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n20261123T120000Z\n{scope}\n{sha256(shown.encode()).hexdigest()}"
        again = AWSRequest("POST", url)
        again.context["timestamp"] = "20261123T120000Z"
        assert (header(signed, "authorization") or "").endswith(signer.signature(text, again))


def test_signature_for_several_regions_has_no_canonical_request_of_ours(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What was signed with Signature Version 4A is explained, without a canonical request of Version 4."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    scope = f"AWS4-ECDSA-P256-SHA256 Credential={KEY_ID}/20261123/s3/aws4_request, SignedHeaders=host"
    sent = request(S3, ("Authorization", scope), ("X-Amz-Date", "20261123T120000Z"))
    refusal = authenticator().refusal(sent, refused("SignatureDoesNotMatch"))
    assert refusal.lines[0].startswith("It was signed for s3 in every region by key")
    assert "canonical request" not in "\n".join((*refusal.lines, *caplog.messages))
