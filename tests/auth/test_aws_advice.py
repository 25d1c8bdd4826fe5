"""Advice for what AWS refuses: each code its kind, each kind its own next step, nothing for anything else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coda_cli.auth.aws_advice import Caller, Mistake, Signed, advice, is_temporary, mistake_in
from coda_cli.wire import ServiceError
from tests.auth.codes import CODES

STATIC = Caller("****0001", has_token=False, origin="somewhere", renewal="Log in again.", is_temporary=False)
STRAY = Caller("****0001", has_token=True, origin="somewhere", renewal="Log in again.", is_temporary=False)
TEMPORARY = Caller("****0001", has_token=True, origin="somewhere", renewal="Log in again.", is_temporary=True)
BARE = Caller("****0001", has_token=False, origin="somewhere", renewal="Log in again.", is_temporary=True)
UNKNOWN = Caller("", has_token=False, origin="somewhere", renewal="Log in again.")

EXPIRED = (
    "Signature expired: 20261123T120000Z is now earlier than 20261123T121000Z (20261123T122500Z - 15 min.)"
)


@pytest.mark.parametrize(("code", "mistake"), CODES.items(), ids=CODES.keys())
def test_codes(code: str, mistake: Mistake) -> None:
    """Each code is of one kind, and each kind has something to say, in five lines at most."""
    assert mistake_in(ServiceError(code)) is mistake
    for caller in (STATIC, TEMPORARY, UNKNOWN):
        for signed in (None, Signed("s3", "us-east-1")):
            assert 1 <= len(advice(ServiceError(code), caller, signed)) <= 5


@pytest.mark.parametrize("code", ["NoSuchBucket", "ValidationException", "ForbiddenException", ""])
def test_other_codes(code: str) -> None:
    """What is not about who is calling is of no kind, and gets no advice."""
    assert mistake_in(ServiceError(code, "something")) is None
    assert advice(ServiceError(code, "something"), STATIC, Signed("s3", "us-east-1")) == ()


@pytest.mark.parametrize(
    ("code", "message", "mistake"),
    [
        pytest.param("InvalidSignatureException", EXPIRED, Mistake.CLOCK, id="expired, JSON"),
        pytest.param("SignatureDoesNotMatch", EXPIRED, Mistake.CLOCK, id="expired, XML"),
        pytest.param(
            "InvalidSignatureException",
            "Signature not yet current: 20261123T130000Z is still later than 20261123T121500Z",
            Mistake.CLOCK,
            id="not yet",
        ),
        pytest.param(
            "UnrecognizedClientException",
            "The security token included in the request is expired",
            Mistake.EXPIRED,
            id="expired token",
        ),
        pytest.param(
            "", "The security token included in the request is expired", Mistake.EXPIRED, id="without a code"
        ),
        pytest.param(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            Mistake.KEY,
            id="invalid token",
        ),
        pytest.param(
            "SignatureDoesNotMatch",
            "Credential should be scoped to a valid region, not 'us-east-1'.",
            Mistake.REGION,
            id="region",
        ),
        pytest.param(
            "InvalidSignatureException",
            "Credential should be scoped to correct service: 'bedrock'.",
            Mistake.SIGNATURE,
            id="service",
        ),
        pytest.param(
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed; Invalid credential date.",
            Mistake.SIGNATURE,
            id="malformed otherwise",
        ),
        pytest.param("ValidationException", EXPIRED, None, id="a sentence that somebody else quotes"),
    ],
)
def test_sentences(code: str, message: str, mistake: Mistake | None) -> None:
    """What AWS says in a sentence counts before the code beside it, if that is one of these."""
    assert mistake_in(ServiceError(code, message)) is mistake


@pytest.mark.parametrize(
    ("error", "caller", "expected"),
    [
        pytest.param(ServiceError("SignatureDoesNotMatch"), STATIC, "secret access key", id="signature"),
        pytest.param(ServiceError("IncompleteSignature"), STATIC, "proxy", id="incomplete signature"),
        pytest.param(ServiceError("InvalidSignatureException", EXPIRED), STATIC, "clock", id="expired"),
        pytest.param(ServiceError("RequestTimeTooSkewed"), STATIC, "date -u", id="skew"),
        pytest.param(ServiceError("InvalidClientTokenId"), STATIC, "another partition", id="key"),
        pytest.param(ServiceError("InvalidClientTokenId"), BARE, "none was sent", id="ASIA, no token"),
        pytest.param(ServiceError("InvalidClientTokenId"), UNKNOWN, "(ASIA…) also", id="key of unknown kind"),
        pytest.param(ServiceError("InvalidClientTokenId"), TEMPORARY, "to another key", id="key with token"),
        pytest.param(
            ServiceError("InvalidClientTokenId"), STRAY, "unset AWS_SESSION_TOKEN", id="AKIA, token"
        ),
        pytest.param(
            ServiceError("AuthFailure"), STATIC, "deleted or deactivated", id="EC2's word for a key"
        ),
        pytest.param(ServiceError("InvalidToken"), TEMPORARY, "Log in again.", id="token"),
        pytest.param(ServiceError("ExpiredToken"), TEMPORARY, "Log in again.", id="expired token"),
        pytest.param(ServiceError("RequestExpired"), TEMPORARY, "Log in again.", id="EC2's expired token"),
        pytest.param(ServiceError("MissingAuthenticationToken"), STATIC, "API Gateway", id="no signature"),
        pytest.param(ServiceError("AccessDenied"), STATIC, "service control policy", id="denied"),
        pytest.param(
            ServiceError("AuthorizationHeaderMalformed", "the region 'x' is wrong; expecting 'eu-west-1'"),
            STATIC,
            "--region eu-west-1",
            id="region in the message",
        ),
        pytest.param(
            ServiceError("AuthorizationHeaderMalformed", region="eu-west-1"),
            STATIC,
            "--region eu-west-1",
            id="region beside it",
        ),
        pytest.param(ServiceError("AuthorizationHeaderMalformed"), STATIC, "by --region", id="region unsaid"),
        pytest.param(
            ServiceError(
                "SignatureDoesNotMatch", "Credential should be scoped to correct region: 'sa-east-1'"
            ),
            STATIC,
            "--region sa-east-1",
            id="region of other services",
        ),
    ],
)
def test_advice(error: ServiceError, caller: Caller, expected: str) -> None:
    """Each kind of refusal leads to the step that is likely to help, with and without a known service."""
    for signed in (None, Signed("sqs", "us-east-1")):
        assert expected in "\n".join(advice(error, caller, signed))


@pytest.mark.parametrize(
    ("word", "message", "expected"),
    [
        pytest.param("bedrock-runtime", "", "service='bedrock'", id="a host's word"),
        pytest.param("no-such", "", "no service that is signed by the name 'no-such'", id="no word at all"),
        pytest.param(
            "cloudwatch",
            "Credential should be scoped to correct service: 'monitoring'.",
            "service='monitoring'",
            id="the service says it",
        ),
        pytest.param(
            "s3api",
            'The authorization header is malformed; incorrect service. This endpoint belongs to "s3".',
            "service='s3'",
            id="S3 says it",
        ),
    ],
)
def test_service_words(word: str, message: str, expected: str) -> None:
    """A word that AWS does not sign by is named, with the right one."""
    said = advice(ServiceError("SignatureDoesNotMatch", message), STATIC, Signed(word, "us-east-1"))
    assert expected in said[0]


def test_right_service_word_is_not_doubted() -> None:
    """Where the word is right, nothing is said of it."""
    said = advice(ServiceError("SignatureDoesNotMatch"), STATIC, Signed("bedrock", "us-east-1"))
    assert "bedrock" not in "\n".join(said)


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        pytest.param(timedelta(minutes=12), "clock is 12 minutes ahead", id="ahead"),
        pytest.param(timedelta(minutes=-12), "clock is 12 minutes behind", id="behind"),
        pytest.param(timedelta(seconds=2), "too long on its way", id="right"),
        pytest.param(None, "date -u", id="unknown"),
    ],
)
def test_clock(ahead: timedelta | None, expected: str) -> None:
    """How far the clock is ahead is said where it is known; a right clock is not blamed."""
    said = advice(ServiceError("RequestTimeTooSkewed"), STATIC, Signed("s3", "us-east-1", ahead=ahead))
    assert expected in said[0]


@pytest.mark.parametrize("code", ["SignatureDoesNotMatch", "AuthFailure"])
def test_wrong_clock_is_told_beside_other_causes(code: str) -> None:
    """A clock that is wrong may be the reason of a refusal that does not say so."""
    for minutes, told in ((12, True), (1, False)):
        signed = Signed("ec2", "us-east-1", ahead=timedelta(minutes=minutes))
        assert ("minutes ahead" in "\n".join(advice(ServiceError(code), STATIC, signed))) is told


def test_explicit_region_is_named() -> None:
    """Where --region is what the service does not expect, that is what to change."""
    signed = Signed("sqs", "us-west-2", explicit_region=True)
    for error, expected in (
        (ServiceError("AuthorizationHeaderMalformed", region="eu-west-1"), "expects eu-west-1"),
        (ServiceError("AuthorizationHeaderMalformed"), "expects another"),
    ):
        said = "\n".join(advice(error, STATIC, signed))
        assert "--region says us-west-2" in said
        assert expected in said


def test_only_s3_hides_missing_keys() -> None:
    """That a key may not be there at all is said of S3 alone, where it does not name an action."""
    action = "User: arn:aws:iam::1:user/x is not authorized to perform: s3:GetObject"
    for service, message, told in (("s3", "Access Denied", True), ("s3", action, False), ("sqs", "", False)):
        error = ServiceError("AccessDenied", message)
        said = "\n".join(advice(error, STATIC, Signed(service, "us-east-1")))
        assert ("not there" in said) is told


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        pytest.param("AKIAEXAMPLE", False, id="long-term"),
        pytest.param("ASIAEXAMPLE", True, id="temporary"),
        pytest.param("test", None, id="an emulator's"),
        pytest.param("", None, id="none"),
    ],
)
def test_is_temporary(key: str, expected: bool | None) -> None:
    """The kind of a key is read from its first letters, and not guessed."""
    assert is_temporary(key) is expected
