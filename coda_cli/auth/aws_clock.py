"""The time that requests are signed at: this machine's, or AWS's where the two differ.

Owns the difference, which one answer tells and the rest of a run is signed by, and what it is called in
words. Whether an answer is about the clock at all is not its business.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from coda_cli.sdk.exchanges import Headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coda_cli.wire import Clock

logger = logging.getLogger(__name__)

SMALLEST = timedelta(minutes=4)
"""AWS allows five minutes at least: a smaller difference is not why a request was refused."""

_FIRST_YEAR, _LAST_YEAR = 2012, 9000
"""From Signature Version 4 on, and as long as hours can be added: other dates are nobody's time."""

_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60))


def _now() -> datetime:
    return datetime.now(UTC)


class CorrectedClock:
    """A clock that can be told the time; a ``wire.Clock``.

    Attributes:
        offset: what was found to be between this machine's clock and AWS's.
    """

    def __init__(self, clock: Clock = _now) -> None:
        self._clock = clock
        self.offset = timedelta()

    def __call__(self) -> datetime:
        """Return the time now, as far as it is known."""
        return self._clock() + self.offset

    def of_machine(self) -> datetime:
        """Return AWS's time by the machine's own clock, which the ends of sessions are compared with."""
        return datetime.now(UTC) + self.offset

    def correct(self, signed_at: datetime, now: datetime) -> bool:
        """Take over the time of an answer that refuses a request as signed too early or too late.

        False where it was signed in time, so that signing again would not help. Another thread may have
        corrected the clock since: then it is left as it is.
        """
        if abs(now - signed_at) < SMALLEST:
            return False
        if abs(self() - now) >= SMALLEST:
            self.offset = now - self._clock()
            logger.info(
                "this machine's clock is %s: signing by AWS's from now on", in_words(self.ahead_of(now))
            )
            return True
        return bool(self.offset)

    def ahead_of(self, now: datetime) -> timedelta:
        """Return how far this machine's own clock is ahead."""
        return self._clock() - now


def time_of(headers: Mapping[str, str] | tuple[tuple[str, str], ...]) -> datetime | None:
    """Return the time that an answer was made at, by its ``Date``, or None where it does not tell.

    An answer with an ``Age`` comes from a cache, and its date from another time.
    """
    found = Headers(headers)
    if "age" in found:
        return None
    try:
        date = parsedate_to_datetime(found.get("date", ""))
        date = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return date if _FIRST_YEAR <= date.year <= _LAST_YEAR else None


def in_words(ahead: timedelta) -> str:
    """Say how far a clock is ahead, or behind: ``7 minutes behind``."""
    seconds = abs(round(ahead.total_seconds()))
    # From two of a unit on: "1 hour" would be true of 31 minutes as well as of 89.
    unit, length = next((one for one in _UNITS if seconds >= 2 * one[1]), ("second", 1))
    count = round(seconds / length)
    return f"{count} {unit}{'' if count == 1 else 's'} {'ahead' if ahead > timedelta() else 'behind'}"
