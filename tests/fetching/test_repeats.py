"""Which failures are worth another try, with which method, and after what pause."""

from __future__ import annotations

import logging

import pytest
from botocore.retries.standard import RetryContext, ThrottledRetryableChecker

from coda_cli.errors import ConnectionFailedError, DecodingError, RequestError, RequestTimeoutError
from coda_cli.fetching.repeats import THROTTLING_CODES, Tries
from coda_cli.wire import ServiceError, WireResponse
from tests.fetching.parts import Pauses

IDEMPOTENT = ("GET", "HEAD", "PUT", "DELETE")
OTHERS = ("POST", "PATCH")


def answer(status: int, code: str = "", *headers: tuple[str, str]) -> WireResponse:
    """Make an answer that is an error."""
    return WireResponse(status, headers, error=ServiceError(code))


def tries_of(retries: int = 3, timeout: float = 60) -> tuple[Tries, Pauses]:
    """Make the tries of a fetch whose first try has begun."""
    pauses = Pauses()
    tries = Tries(retries, timeout, pauses)
    tries.begin()
    return tries, pauses


@pytest.mark.parametrize("method", IDEMPOTENT + OTHERS)
@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(answer(429), id="429"),
        pytest.param(answer(400, "ThrottlingException"), id="throttled, 400"),
        pytest.param(answer(503, "SlowDown"), id="throttled, 503"),
        pytest.param(ConnectionFailedError("refused", is_transient=True, is_unsent=True), id="nothing sent"),
    ],
)
def test_what_did_nothing_is_tried_again(method: str, failure: RequestError | WireResponse) -> None:
    """Where nothing was done, any method is tried again, up to the number given."""
    tries, pauses = tries_of()
    assert [tries.again(method, failure) for _ in range(4)] == [True, True, True, False]
    assert len(pauses.seconds) == 3
    assert tries.told == ("Tried 4 times.",)


@pytest.mark.parametrize("method", IDEMPOTENT + OTHERS)
@pytest.mark.parametrize(
    "failure",
    [
        *(pytest.param(answer(status), id=str(status)) for status in (408, 500, 502, 503, 504, 509, 599)),
        pytest.param(answer(400, "RequestTimeout"), id="request timeout"),
        pytest.param(ConnectionFailedError("reset", is_transient=True), id="broken connection"),
    ],
)
def test_what_may_have_done_something(method: str, failure: RequestError | WireResponse) -> None:
    """Where a request may have been carried out, only methods are tried again that may be twice."""
    tries, _ = tries_of()
    assert tries.again(method, failure) is (method in IDEMPOTENT)


@pytest.mark.parametrize(
    "failure",
    [
        *(pytest.param(answer(status), id=str(status)) for status in (301, 400, 403, 404, 501, 505)),
        pytest.param(answer(400, "ValidationException"), id="another code"),
        pytest.param(answer(404, "NoSuchKey", ("Retry-After", "1")), id="Retry-After alone"),
        pytest.param(ConnectionFailedError("certificate"), id="lasting"),
        pytest.param(DecodingError("gzip"), id="broken body"),
        pytest.param(RequestTimeoutError("late"), id="timeout"),
    ],
)
def test_what_lasts_is_not_tried_again(failure: RequestError | WireResponse) -> None:
    """What would be the same a second later is told at once, without a word about tries."""
    tries, pauses = tries_of()
    assert not tries.again("GET", failure)
    assert (pauses.seconds, tries.told) == ([], ())


def test_a_broken_post_is_explained() -> None:
    """A person who would now repeat it by hand learns that it may have been carried out."""
    tries, _ = tries_of()
    assert not tries.again("POST", ConnectionFailedError("reset", is_transient=True))
    assert tries.told == ("A POST is not tried again, since it may have been carried out.",)


@pytest.mark.parametrize("code", sorted(THROTTLING_CODES))
def test_codes_are_botocores(code: str) -> None:
    """Each code is one that botocore's standard mode takes for throttling."""
    context = RetryContext(attempt_number=1, parsed_response={"Error": {"Code": code}})
    assert ThrottledRetryableChecker().is_retryable(context)
    assert tries_of()[0].again("POST", answer(400, code))


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_number(retries: int) -> None:
    """There are as many tries after the first as the person chose."""
    tries, pauses = tries_of(retries)
    while tries.again("GET", answer(500)):
        pass
    assert len(pauses.seconds) == retries
    assert tries.told == ((f"Tried {retries + 1} times.",) if retries else ())


@pytest.mark.parametrize(
    ("failure", "pace"),
    [pytest.param(answer(500), 1, id="error"), pytest.param(answer(429), 5, id="throttled")],
)
def test_pauses(failure: WireResponse, pace: int) -> None:
    """The pauses grow, differ from run to run, and are longer where a service is asked too often."""
    first: set[float] = set()
    for _ in range(10):
        tries, pauses = tries_of()
        while tries.again("GET", failure):
            pass
        for seconds, least, most in zip(pauses.seconds, (0.1, 0.2, 0.4), (0.2, 0.3, 0.5), strict=True):
            assert least * pace <= seconds <= most * pace
        first.add(pauses.seconds[0])
    assert len(first) > 1


def test_pauses_have_a_limit() -> None:
    """However many tries there are, no pause of ours is longer than twenty seconds."""
    tries, pauses = tries_of(100, timeout=86400)
    while tries.again("GET", answer(429)):
        pass
    assert (len(pauses.seconds), max(pauses.seconds)) == (100, 20)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_retry_after(method: str) -> None:
    """A service that says how long to wait is waited for as long."""
    tries, pauses = tries_of()
    assert tries.again(method, answer(429, "", ("retry-after", " 7 ")))
    assert pauses.seconds == [7]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="empty"),
        pytest.param("0", id="zero"),
        pytest.param("-5", id="negative"),
        pytest.param("soon", id="a word"),
        pytest.param("1.5", id="a fraction"),
        pytest.param("1e9", id="a power"),
        pytest.param("9" * 5000, id="more digits than Python reads"),
        pytest.param("Fri, 31 Dec 1999 23:59:59 GMT", id="a date that is over"),
        pytest.param("Fri, 99 Dec 9999999999 99:99:99 GMT", id="no date"),
        pytest.param("٣", id="digits of another script"),
    ],
)
def test_retry_after_that_says_nothing(value: str) -> None:
    """A value that is no time to come leaves the pause to us."""
    tries, pauses = tries_of()
    assert tries.again("GET", answer(503, "", ("Retry-After", value)))
    assert 0.1 <= pauses.seconds[0] <= 0.2


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param("61", "61", id="seconds"),
        pytest.param("Fri, 31 Dec 9998 23:59:59 GMT", "21600", id="a date"),
    ],
)
def test_pause_past_the_deadline(value: str, seconds: str) -> None:
    """A pause that would end after the time of the fetch is not begun, and told."""
    tries, pauses = tries_of()
    assert tries.again("GET", answer(500))
    assert not tries.again("GET", answer(503, "", ("Retry-After", value)))
    assert len(pauses.seconds) == 1
    assert tries.told == (
        "Tried 2 times.",
        f"The next try would be {seconds} s from now, past the 60 s of --timeout.",
    )


def test_the_time_begins_once() -> None:
    """All tries share one time, which the first begins."""
    tries, _ = tries_of(timeout=60)
    before = tries.seconds_left
    tries.begin()
    assert tries.seconds_left <= before <= 60


def test_each_repeat_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """With -v there is a line a repeat: after how long, which of how many, and why."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    tries, pauses = tries_of()
    tries.again("GET", answer(503, "SlowDown"))
    tries.again("GET", ConnectionFailedError("a.example refused", is_transient=True))
    assert caplog.messages == [
        f"trying again in {pauses.seconds[0]:.2f} s (1 of 3): 503 SlowDown",
        f"trying again in {pauses.seconds[1]:.2f} s (2 of 3): a.example refused",
    ]
