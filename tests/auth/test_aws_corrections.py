"""What is mended after an answer, what is kept, and that each mistake is mended once for a request."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from coda_cli.wire import ServiceError, WireRequest, WireResponse
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
    header,
    request,
    set_keys,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SQS = "https://sqs.eu-west-1.amazonaws.com/"
S3 = "https://logs.s3.us-east-1.amazonaws.com/x"
LATER = "Mon, 23 Nov 2026 13:00:00 GMT"
SKEWED = [
    pytest.param("RequestTimeTooSkewed", "", id="S3"),
    pytest.param(
        "SignatureDoesNotMatch", "Signature expired: 20261123T120000Z is now earlier than …", id="XML"
    ),
    pytest.param("InvalidSignatureException", "Signature expired: 20261123T120000Z is now …", id="JSON"),
    pytest.param(
        "InvalidSignatureException", "Signature not yet current: 20261123T120000Z …", id="JSON, early"
    ),
    pytest.param("RequestExpired", "Request has expired.", id="EC2"),
    pytest.param("RequestInTheFuture", "", id="future"),
    pytest.param(
        "AuthFailure", "AWS was not able to validate the provided access credentials", id="EC2's other"
    ),
]


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test here has keys."""
    set_keys(monkeypatch)


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSts]:
    """Run an STS whose sessions outlast any correction of the clock in here."""
    with FakeSts(seconds=12 * 3600) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        yield server


def refused(code: str, message: str = "", *headers: tuple[str, str], status: int = 403) -> WireResponse:
    """Make a response that refuses with a code."""
    return WireResponse(status, headers, b"", ServiceError(code, message))


def moved(region: str = "eu-west-1") -> WireResponse:
    """Make S3's answer to who asked in the wrong region."""
    return refused("PermanentRedirect", "", ("x-amz-bucket-region", region), status=301)


def signed_in(signed: WireRequest | None) -> str:
    """Return host, region and time of a signed request."""
    assert signed is not None
    scope = (header(signed, "authorization") or "").split("/")
    return f"{header(signed, 'host')} {scope[2]} {header(signed, 'x-amz-date')}"


@pytest.mark.parametrize(("code", "message"), SKEWED)
def test_clock_is_corrected(caplog: pytest.LogCaptureFixture, code: str, message: str) -> None:
    """The answer's date is signed with from then on, for every region, and the difference is told once."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    auth = authenticator(service="sqs")
    auth.authenticate(request("https://sqs.us-east-2.amazonaws.com/"))
    signed = auth.authenticate(request(SQS, ("X-Pack", "1"), method="POST", body=b"body"))
    again = auth.retry(signed, refused(code, message, ("Date", LATER)))
    assert signed_in(again) == "sqs.eu-west-1.amazonaws.com eu-west-1 20261123T130000Z"
    assert again is not None
    assert (again.method, again.body, header(again, "x-pack")) == ("POST", b"body", "1")
    assert header(again, "authorization") != header(signed, "authorization")
    assert set(again.secrets) > set(signed.secrets)
    for url in (SQS, "https://sqs.us-east-2.amazonaws.com/", "https://sqs.sa-east-1.amazonaws.com/"):
        assert header(auth.authenticate(request(url)), "x-amz-date") == "20261123T130000Z"
    told = [message for message in caplog.messages if "clock" in message]
    assert told == ["this machine's clock is 60 minutes behind: signing by AWS's from now on"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param((), id="no date"),
        pytest.param((("Date", "yesterday"),), id="rubbish"),
        pytest.param((("Date", "Mon, 23 Nov 2026 12:03:00 GMT"),), id="as here"),
        pytest.param((("Date", LATER), ("Age", "30")), id="from a cache"),
    ],
)
@pytest.mark.parametrize(("code", "message"), SKEWED)
def test_clock_is_not_corrected(code: str, message: str, headers: tuple[tuple[str, str], ...]) -> None:
    """Without a date that tells of a difference nothing is signed again, and the clock stays."""
    auth = authenticator(service="sqs")
    signed = auth.authenticate(request(SQS))
    assert auth.retry(signed, refused(code, message, *headers)) is None
    assert header(auth.authenticate(request(SQS)), "x-amz-date") == "20261123T120000Z"


def test_clock_is_corrected_once_for_a_request() -> None:
    """What is refused again after that gets no third try, whatever its date."""
    auth = authenticator(service="sqs")
    again = auth.retry(auth.authenticate(request(SQS)), refused("RequestTimeTooSkewed", "", ("Date", LATER)))
    assert again is not None
    assert again.corrections == {"clock"}
    much_later = refused("RequestTimeTooSkewed", "", ("Date", "Mon, 23 Nov 2026 18:00:00 GMT"))
    assert auth.retry(again, much_later) is None
    assert header(auth.authenticate(request(SQS)), "x-amz-date") == "20261123T130000Z"


@pytest.mark.parametrize(
    "code", ["NoSuchBucket", "AccessDenied", "InvalidClientTokenId", "SignatureDoesNotMatch"]
)
def test_other_refusals_are_not_corrected(code: str) -> None:
    """A date that differs is no reason to sign again where nothing says that it was."""
    auth = authenticator(service="sqs")
    signed = auth.authenticate(request(SQS))
    assert auth.retry(signed, refused(code, "no", ("Date", LATER))) is None


@pytest.mark.parametrize(
    ("method", "status", "corrected"),
    [
        pytest.param("HEAD", 403, True, id="HEAD"),
        pytest.param("HEAD", 404, False, id="not there"),
        pytest.param("GET", 403, False, id="what could have said"),
    ],
)
def test_clock_of_a_refusal_without_a_reason(method: str, status: int, corrected: bool) -> None:
    """An answer to HEAD cannot say that it is the clock: its date is taken for a reason."""
    auth = authenticator()
    signed = auth.authenticate(request(S3, method=method))
    again = auth.retry(signed, refused("", "", ("Date", LATER), status=status))
    assert (again is not None) is corrected


def test_unsigned_requests_are_not_corrected() -> None:
    """What was sent without a signature is not signed on the way."""
    assert authenticator().retry(request(SQS), refused("RequestTimeTooSkewed", "", ("Date", LATER))) is None
    auth = authenticator(service="sqs")
    assert auth.retry(auth.authenticate(request(SQS)), WireResponse(200, (("Date", LATER),))) is None


def test_region_is_corrected_and_remembered(caplog: pytest.LogCaptureFixture) -> None:
    """A bucket elsewhere is asked there, signed for there, and so are later requests for it at once."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    auth = authenticator()
    again = auth.retry(auth.authenticate(request(S3)), moved())
    assert signed_in(again) == "logs.s3.eu-west-1.amazonaws.com eu-west-1 20261123T120000Z"
    assert again is not None
    assert again.url == replace(request(S3).url, host="logs.s3.eu-west-1.amazonaws.com")
    assert (
        "the bucket is in eu-west-1: signing again for it there, at logs.s3.eu-west-1.amazonaws.com"
        in caplog.text
    )
    later = auth.authenticate(request("https://logs.s3.us-east-1.amazonaws.com/y"))
    assert signed_in(later) == "logs.s3.eu-west-1.amazonaws.com eu-west-1 20261123T120000Z"
    assert later.corrections == frozenset()
    other = auth.authenticate(request("https://other.s3.us-east-1.amazonaws.com/y"))
    assert signed_in(other) == "other.s3.us-east-1.amazonaws.com us-east-1 20261123T120000Z"


def test_remembered_place_may_be_corrected_too() -> None:
    """A bucket that moved in the middle of a run is found again, once for each request."""
    auth = authenticator()
    auth.retry(auth.authenticate(request(S3)), moved())
    again = auth.retry(auth.authenticate(request(S3)), moved("eu-west-2"))
    assert signed_in(again) == "logs.s3.eu-west-2.amazonaws.com eu-west-2 20261123T120000Z"
    assert again is not None
    assert auth.retry(again, moved("eu-west-3")) is None


def test_global_host_stays() -> None:
    """Where only the signature was for another region, the global host is asked again, now and later."""
    auth = authenticator()
    url = "https://logs.s3.amazonaws.com/x"
    response = WireResponse(400, (), b"", ServiceError("AuthorizationHeaderMalformed", region="eu-west-1"))
    again = auth.retry(auth.authenticate(request(url)), response)
    expected = "logs.s3.amazonaws.com eu-west-1 20261123T120000Z"
    assert signed_in(again) == expected
    assert signed_in(auth.authenticate(request(url))) == expected


def test_explicit_region_is_not_corrected() -> None:
    """What a person said on the command line is not overruled by an answer."""
    auth = authenticator(region="us-east-1")
    assert auth.retry(auth.authenticate(request(S3)), moved()) is None


def test_region_is_corrected_for_s3_only() -> None:
    """Other services that answer so mean something else by it."""
    auth = authenticator(service="sqs")
    assert auth.retry(auth.authenticate(request(S3)), moved()) is None


EXPIRED = [
    pytest.param("ExpiredToken", "", id="XML"),
    pytest.param("ExpiredTokenException", "", id="JSON"),
    pytest.param("TokenRefreshRequired", "", id="S3"),
    pytest.param("RequestExpired", "Request has expired.", id="EC2"),
    pytest.param(
        "UnrecognizedClientException", "The security token included in the request is expired", id="message"
    ),
]


@pytest.mark.parametrize(("code", "message"), EXPIRED)
def test_expired_session_is_renewed(
    sts: FakeSts, caplog: pytest.LogCaptureFixture, code: str, message: str
) -> None:
    """A session that is over is replaced, and the request signed with the new keys."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    auth = authenticator(ASSUME_ROLE, "sqs", role_arn=ROLE, external_id=EXTERNAL_ID)
    sts.key_ids.append("ASIAEXAMPLENEWER0004")
    signed = auth.authenticate(request(SQS))
    again = auth.retry(signed, refused(code, message, ("Date", "Mon, 23 Nov 2026 12:00:01 GMT")))
    assert again is not None
    assert "Credential=ASIAEXAMPLENEWER0004/" in (header(again, "authorization") or "")
    assert again.corrections == {"session"}
    assert "the session of key ****0003 is over: signing again with new keys" in caplog.text
    assert not [secret for secret in (*MARKED, ROLE_KEY_ID, KEY_ID) if secret in caplog.text]
    assert auth.retry(again, refused(code, message)) is None
    assert len(sts.asked) == 2  # nobody is asked for a third session


def test_session_renewed_by_another_thread(sts: FakeSts) -> None:
    """A request signed with keys that are replaced by now is signed again without a call."""
    auth = authenticator(ASSUME_ROLE, "sqs", role_arn=ROLE, external_id=EXTERNAL_ID)
    sts.key_ids.append("ASIAEXAMPLENEWER0004")
    first, second = (auth.authenticate(request(SQS)) for _ in range(2))
    assert auth.retry(first, refused("ExpiredToken")) is not None
    assert auth.retry(second, refused("ExpiredToken")) is not None
    assert len(sts.asked) == 2


def test_static_keys_are_not_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that a person has set are explained, and not sent again."""
    set_keys(monkeypatch, token=TOKEN)
    auth = authenticator(service="sqs")
    assert auth.retry(auth.authenticate(request(SQS)), refused("ExpiredToken")) is None


def test_ec2s_expired_request_is_the_clock_first(sts: FakeSts) -> None:
    """Where a code means one of two things, the date tells which; no session is spent on a wrong clock."""
    auth = authenticator(ASSUME_ROLE, "ec2", role_arn=ROLE, external_id=EXTERNAL_ID)
    signed = auth.authenticate(request("https://ec2.us-east-1.amazonaws.com/"))
    again = auth.retry(signed, refused("RequestExpired", "", ("Date", LATER)))
    assert again is not None
    assert again.corrections == {"clock"}
    assert len(sts.asked) == 1


def test_each_mistake_once_and_all_of_them(sts: FakeSts) -> None:
    """One request may have every mistake: each is mended, those before stay mended, and then it is enough."""
    auth = authenticator(ASSUME_ROLE, "s3", role_arn=ROLE, external_id=EXTERNAL_ID)
    sts.key_ids.append("ASIAEXAMPLENEWER0004")
    first = auth.authenticate(request(S3, ("x-amz-acl", "private"), method="PUT", body=b"body"))
    second = auth.retry(first, moved())
    assert second is not None
    third = auth.retry(second, refused("RequestTimeTooSkewed", "", ("Date", LATER)))
    assert third is not None
    fourth = auth.retry(third, refused("ExpiredToken"))
    assert fourth is not None
    assert signed_in(fourth) == "logs.s3.eu-west-1.amazonaws.com eu-west-1 20261123T130000Z"
    assert "Credential=ASIAEXAMPLENEWER0004/" in (header(fourth, "authorization") or "")
    assert (fourth.method, fourth.body, header(fourth, "x-amz-acl")) == ("PUT", b"body", "private")
    assert fourth.corrections == {"region", "clock", "session"}
    for response in (
        moved("eu-west-2"),
        refused("RequestTimeTooSkewed", "", ("Date", "Mon, 23 Nov 2026 23:00:00 GMT")),
        refused("ExpiredToken"),
    ):
        assert auth.retry(fourth, response) is None
    assert len(sts.asked) == 2
