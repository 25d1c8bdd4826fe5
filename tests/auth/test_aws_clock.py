"""The corrected clock: what it takes over from an answer, and what it leaves alone."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pytest

from coda_cli.auth.aws_clock import CorrectedClock, in_words, time_of
from tests.auth.world import NOON

HOUR = timedelta(hours=1)
DATE = "Mon, 23 Nov 2026 13:00:00 GMT"


def test_it_is_the_machines_until_corrected() -> None:
    """The time is the machine's as long as nobody said another."""
    assert CorrectedClock(lambda: NOON)() == NOON


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        pytest.param(HOUR, "60 minutes behind", id="behind"),
        pytest.param(-HOUR, "60 minutes ahead", id="ahead"),
        pytest.param(timedelta(minutes=4), "4 minutes behind", id="by as little as can matter"),
    ],
)
def test_correction(caplog: pytest.LogCaptureFixture, offset: timedelta, words: str) -> None:
    """A difference is told, and kept while the machine's clock runs on."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    machine = [NOON]
    clock = CorrectedClock(lambda: machine[0])
    assert clock.correct(NOON, NOON + offset)
    assert [record.getMessage() for record in caplog.records] == [
        f"this machine's clock is {words}: signing by AWS's from now on"
    ]
    machine[0] += timedelta(seconds=90)
    assert clock() == NOON + offset + timedelta(seconds=90)


@pytest.mark.parametrize("offset", [timedelta(), timedelta(minutes=3, seconds=59), timedelta(minutes=-3)])
def test_small_differences_are_left_alone(offset: timedelta) -> None:
    """A request was not refused for a difference that AWS allows."""
    clock = CorrectedClock(lambda: NOON)
    assert not clock.correct(NOON, NOON + offset)
    assert clock() == NOON


def test_slow_request_does_not_move_a_right_clock() -> None:
    """What was long on its way was signed in time, as far as this machine can tell."""
    clock = CorrectedClock(lambda: NOON + HOUR)
    assert not clock.correct(NOON, NOON + HOUR)
    assert clock() == NOON + HOUR


def test_second_thread_signs_again_by_the_corrected_clock(caplog: pytest.LogCaptureFixture) -> None:
    """A request signed before the clock was corrected is signed again; nothing is corrected twice."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    clock = CorrectedClock(lambda: NOON)
    assert clock.correct(NOON, NOON + HOUR)
    assert clock.correct(NOON, NOON + HOUR + timedelta(seconds=2))
    assert clock() == NOON + HOUR
    assert len(caplog.records) == 1


def test_corrected_again() -> None:
    """A clock that jumps in the middle of a run is corrected once more, by its own difference."""
    machine = [NOON]
    clock = CorrectedClock(lambda: machine[0])
    assert clock.correct(NOON, NOON + HOUR)
    machine[0] = NOON + HOUR
    assert clock.correct(clock(), NOON + HOUR)
    assert clock() == NOON + HOUR
    assert clock.ahead_of(NOON) == HOUR


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param((("Date", DATE),), NOON + HOUR, id="date"),
        pytest.param({"date": DATE}, NOON + HOUR, id="botocore's dict"),
        pytest.param((("DATE", "Mon, 23 Nov 2026 15:00:00 +0200"),), NOON + HOUR, id="other zone"),
        pytest.param((("Date", "Mon, 23 Nov 2026 13:00:00 -0000"),), NOON + HOUR, id="no zone"),
        pytest.param((), None, id="none"),
        pytest.param((("Date", ""),), None, id="empty"),
        pytest.param((("Date", "yesterday"),), None, id="rubbish"),
        pytest.param((("Date", "Mon, 99 Nov 2026 13:00:00 GMT"),), None, id="no such day"),
        pytest.param((("Date", "2026-11-23T13:00:00Z"),), None, id="another form"),
        pytest.param((("Date", "Thu, 01 Jan 1970 00:00:00 GMT"),), None, id="before the signature's time"),
        pytest.param((("Date", "Fri, 31 Dec 9999 23:59:59 GMT"),), None, id="end of time"),
        pytest.param((("Date", "Fri, 31 Dec 9999 23:59:59 -1200"),), None, id="after the end of time"),
        pytest.param((("Date", DATE), ("Age", "0")), None, id="from a cache"),
        pytest.param((("Date", DATE), ("age", "600")), None, id="from a cache, old"),
    ],
)
def test_time_of(headers: tuple[tuple[str, str], ...] | dict[str, str], expected: datetime | None) -> None:
    """Only a date that can be now, of an answer that was made now, tells the time."""
    assert time_of(headers) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(1, "1 second ahead", id="second"),
        pytest.param(-90, "90 seconds behind", id="seconds"),
        pytest.param(121, "2 minutes ahead", id="minutes"),
        pytest.param(-725, "12 minutes behind", id="minutes behind"),
        pytest.param(2 * 3600, "2 hours ahead", id="hours"),
        pytest.param(-86400 * 365, "365 days behind", id="days"),
    ],
)
def test_in_words(seconds: int, expected: str) -> None:
    """A difference is said in the largest unit of which it has two."""
    assert in_words(timedelta(seconds=seconds)) == expected
