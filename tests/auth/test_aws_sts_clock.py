"""STS asked by a corrected clock: told the time by a refusal, or knowing it from before."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.auth.aws_clock import CorrectedClock
from coda_cli.auth.aws_options import AwsOptions
from coda_cli.auth.aws_session import CodaSession
from coda_cli.errors import CredentialsError
from coda_cli.redaction import Redactor
from tests.auth.world import (
    EXTERNAL_ID,
    KEY_ID,
    MARKED,
    ROLE,
    SECRET,
    TOKEN,
    FakeSts,
    credentials,
    details,
    set_keys,
)
from tests.servers import Answer, LoopbackServer, Received

if TYPE_CHECKING:
    from coda_cli.emulator.running import Emulator

HOUR = timedelta(hours=1)
KEYS = {"aws_access_key_id": KEY_ID, "aws_secret_access_key": SECRET, "aws_session_token": TOKEN}


def refusal(
    date: str | None, code: str = "SignatureDoesNotMatch", said: str = "Signature expired: 2026 …"
) -> Answer:
    """Make STS's answer to who signs at the wrong time."""
    error = f"<Error><Code>{code}</Code><Message>{said}</Message></Error><RequestId>1</RequestId>"
    headers = (("Content-Type", "text/xml"), *((("Date", date),) if date else ()))
    return Answer(403, headers, f"<ErrorResponse>{error}</ErrorResponse>".encode())


def in_an_hour() -> str:
    """Return a date that this machine's clock is an hour behind of."""
    return format_datetime(datetime.now(UTC) + HOUR, usegmt=True)


def signed_after(received: Received) -> timedelta:
    """Return how far from now a request was signed."""
    at = datetime.strptime(received.header("x-amz-date") or "", "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return at - datetime.now(UTC)


def sts_client(endpoint: str, clock: CorrectedClock | None = None, **keys: str) -> Any:
    """Make a client of STS that passes the session's gate."""
    session = CodaSession(AwsOptions({"AWS_ENDPOINT_URL_STS": endpoint}), Redactor(), clock)
    return session.create_client("sts", "us-east-1", **(keys or KEYS))


def test_refused_call_is_signed_again_by_the_refusals_date(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A role is assumed though this machine's clock is wrong: one refusal tells the time."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    set_keys(monkeypatch, token=TOKEN)

    def respond(received: Received) -> Answer:
        return refusal(in_an_hour()) if len(server.requests) == 1 else sts.respond(received)

    sts = FakeSts(seconds=2 * 3600)
    with sts, LoopbackServer(respond) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        keys = credentials(assume_role=True, role_arn=ROLE, external_id=EXTERNAL_ID).keys()
    assert keys.token
    first, second = server.requests
    assert abs(signed_after(first)) < HOUR / 4
    assert abs(signed_after(second) - HOUR) < HOUR / 4
    assert first.header("authorization") != second.header("authorization")
    assert first.body == second.body
    assert second.header("x-amz-security-token") == TOKEN
    assert "this machine's clock is 60 minutes behind: signing by AWS's from now on" in caplog.messages
    assert not [secret for secret in (*MARKED, KEY_ID) if secret in caplog.text]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda: refusal(None), id="no date"),
        pytest.param(lambda: refusal("yesterday"), id="rubbish"),
        pytest.param(lambda: refusal(format_datetime(datetime.now(UTC), usegmt=True)), id="as here"),
        pytest.param(lambda: refusal(in_an_hour(), said="another"), id="wrong secret"),
        pytest.param(lambda: refusal(in_an_hour(), "AccessDenied", "no"), id="denied"),
    ],
)
def test_other_refusals_are_not_repeated(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    """Without a date that tells of a difference, or for another mistake, STS is not asked again."""
    set_keys(monkeypatch)
    with LoopbackServer(lambda _: answer()) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        with pytest.raises(CredentialsError, match="refused to assume the role"):
            credentials(assume_role=True, role_arn=ROLE, external_id=EXTERNAL_ID).keys()
        assert len([one for one in server.requests if b"AssumeRole" in one.body]) == 1


def test_time_is_told_once_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """An STS that refuses every time is asked twice, and then it is the clock that is advised on."""
    set_keys(monkeypatch)
    days = iter(range(1, 9))
    with LoopbackServer(
        lambda _: refusal(format_datetime(datetime.now(UTC) + next(days) * 24 * HOUR, usegmt=True))
    ) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        with pytest.raises(CredentialsError) as caught:
            credentials(assume_role=True, role_arn=ROLE, external_id=EXTERNAL_ID).keys()
        assert len(server.requests) == 2
    assert "clock" in details(caught.value)


def test_right_clock_changes_nothing() -> None:
    """As long as the clock is right, botocore's own signature is what is sent."""
    with FakeSts() as sts:
        sts.caller_arn = "arn:aws:iam::123456789012:user/dev"
        sts_client(sts.url, CorrectedClock(lambda: datetime.now(UTC) + 9 * HOUR)).get_caller_identity()
        assert abs(signed_after(sts.requests[0])) < HOUR / 4


def test_unsigned_calls_stay_unsigned() -> None:
    """A web identity proves itself by its token: what was sent without a signature stays so."""
    from botocore import UNSIGNED
    from botocore.config import Config

    clock = CorrectedClock(lambda: datetime.now(UTC) - HOUR)
    assert clock.correct(clock(), datetime.now(UTC))
    session = CodaSession(AwsOptions({}), Redactor(), clock)
    with FakeSts() as sts:
        client: Any = session.create_client(
            "sts", "us-east-1", endpoint_url=sts.url, config=Config(signature_version=UNSIGNED), **KEYS
        )
        client.assume_role_with_web_identity(
            RoleArn=ROLE, RoleSessionName="coda", WebIdentityToken="token-of-nobody"
        )
        assert sts.requests[0].header("authorization") is None


@pytest.mark.parametrize("offset", [-9 * HOUR, 9 * HOUR])
def test_emulator_accepts_what_is_signed_anew(emulator: Emulator, offset: timedelta) -> None:
    """A verifier of its own takes the signature that stands in for botocore's."""
    clock = CorrectedClock(lambda: datetime.now(UTC) + offset)
    assert clock.correct(clock(), datetime.now(UTC))
    environ = emulator.environment
    keys = {
        "aws_access_key_id": environ["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": environ["AWS_SECRET_ACCESS_KEY"],
    }
    client = sts_client(environ["AWS_ENDPOINT_URL"], clock, **keys)
    assert client.get_caller_identity()["Arn"].endswith(":user/coda-demo")


def test_clock_that_is_ahead_of_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session is not over because this machine's clock is ahead of its end: AWS's counts."""
    set_keys(monkeypatch)

    def respond(received: Received) -> Answer:
        hours_ago = format_datetime(datetime.now(UTC) - 9 * HOUR, usegmt=True)
        return refusal(hours_ago) if len(server.requests) == 1 else sts.respond(received)

    sts = FakeSts(seconds=-8 * 3600)
    with sts, LoopbackServer(respond) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        held = credentials(assume_role=True, role_arn=ROLE, external_id=EXTERNAL_ID)
        for _ in range(3):
            held.keys()
        assert len(server.requests) == 2
