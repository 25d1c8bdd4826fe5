"""The tries of one fetch: whether a request that failed is sent again, and when.

Owns which failures may pass by themselves, for which methods another try is safe, and the time that all
tries of a fetch have together. Counting and backing off are urllib3's, which is loaded when something has
failed. It sends and signs nothing.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from coda_cli.errors import ConnectionFailedError, RequestError
from coda_cli.sdk.exchanges import Headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from urllib3.util.retry import Retry

    from coda_cli.wire import WireResponse

logger = logging.getLogger(__name__)

THROTTLING_CODES = frozenset(
    {
        *("Throttling", "ThrottlingException", "ThrottledException", "EC2ThrottledException"),
        *("RequestThrottled", "RequestThrottledException", "TooManyRequestsException", "SlowDown"),
        *("ProvisionedThroughputExceededException", "RequestLimitExceeded", "BandwidthLimitExceeded"),
        *("LimitExceededException", "PriorRequestNotComplete", "TransactionInProgressException"),
    }
)
"""What AWS's services say where they did nothing since they were asked too often: botocore's list."""

_IDEMPOTENT = {"GET", "HEAD", "PUT", "DELETE"}
_TRANSIENT_CODES = frozenset({"RequestTimeout", "RequestTimeoutException"})
_TOO_MANY_REQUESTS = 429
_LASTING = {501, 505}  # what a server cannot do now it cannot do in a second
_PASSING = frozenset({408, *range(500, 600)}) - _LASTING

_PACE, _THROTTLED_PACE = 0.05, 0.25
"""Seconds: the first pause is two to four times as long, and each later one twice the one before."""
_LONGEST_PAUSE = 20


class Tries:
    """Counts the tries of one fetch, waits between them, and says in the end how many there were.

    Args:
        retries: how many there may be after the first.
        timeout: seconds for all of them, with the pauses, from ``begin`` on.
        wait: does nothing for some seconds.
    """

    def __init__(self, retries: int, timeout: float, wait: Callable[[float], None]) -> None:
        self.timeout = timeout
        self._retries = retries
        self._wait = wait
        self._deadline: float | None = None
        self._schedule: Retry | None = None
        self._remark = ""

    def begin(self) -> None:
        """Let the time run, if it does not yet."""
        if self._deadline is None:
            self._deadline = time.monotonic() + self.timeout

    @property
    def seconds_left(self) -> float:
        """How much of the time is left, or less than nothing."""
        assert self._deadline is not None
        return self._deadline - time.monotonic()

    def again(self, method: str, failure: RequestError | WireResponse, where: str = "") -> bool:
        """Wait and return True, if a request that failed like this is to be sent again.

        ``where`` it went is told with it: others may fail beside it.
        """
        if not _may_repeat(method, failure):
            self._remark = _why_not(method, failure)
            return False
        before = self._schedule or _schedule(self._retries)
        if not before.total:
            return False
        pace = _THROTTLED_PACE if _is_throttled(failure) else _PACE
        schedule = before.new(backoff_factor=pace, backoff_jitter=2 * pace).increment(method)
        pause = _asked_for(failure, schedule) or schedule.get_backoff_time()
        if pause >= self.seconds_left:
            self._remark = (
                f"The next try would be {round(pause, 1):g} s from now,"
                f" past the {self.timeout:g} s of --timeout."
            )
            return False
        self._schedule = schedule
        said = f"{_reason(failure)} ({method} {where})" if where else _reason(failure)
        logger.info("trying again in %.2f s (%d of %d): %s", pause, self._made, self._retries, said)
        self._wait(pause)
        return True

    @property
    def told(self) -> tuple[str, ...]:
        """What a person must know of the tries of a fetch that failed; nothing where there was only one."""
        made = f"Tried {self._made + 1} times." if self._made else ""
        return tuple(line for line in (made, self._remark) if line)

    @property
    def _made(self) -> int:
        return 0 if self._schedule is None else len(self._schedule.history) - 1


def _may_repeat(method: str, failure: RequestError | WireResponse) -> bool:
    """Tell whether a failure may pass by itself, and nothing is done twice by trying again."""
    if isinstance(failure, ConnectionFailedError):
        return failure.is_transient and (failure.is_unsent or method in _IDEMPOTENT)
    if isinstance(failure, RequestError) or failure.error is None:
        return False
    is_passing = failure.status in _PASSING or failure.error.code in _TRANSIENT_CODES
    return (is_passing and method in _IDEMPOTENT) or _is_throttled(failure)


def _is_throttled(failure: RequestError | WireResponse) -> bool:
    """Tell whether a service did nothing, since it was asked too often: any method may be tried again."""
    if isinstance(failure, RequestError) or failure.error is None:
        return False
    return failure.status == _TOO_MANY_REQUESTS or failure.error.code in THROTTLING_CODES


def _why_not(method: str, failure: RequestError | WireResponse) -> str:
    """Say what a person must know before trying again by hand."""
    if isinstance(failure, ConnectionFailedError) and failure.is_transient:
        return f"A {method} is not tried again, since it may have been carried out."
    return ""


def _schedule(retries: int) -> Retry:
    from urllib3.util.retry import RequestHistory, Retry

    first_try = RequestHistory(None, None, None, None, None)  # without it the first repeat would come at once
    return Retry(retries, history=(first_try,), backoff_max=_LONGEST_PAUSE)


def _asked_for(failure: RequestError | WireResponse, schedule: Retry) -> float:
    """Return the seconds of ``Retry-After``; none where there is none, or nothing that can be read."""
    from urllib3.exceptions import InvalidHeader

    if isinstance(failure, RequestError):
        return 0
    try:
        return schedule.parse_retry_after(Headers(failure.headers).get("retry-after", ""))
    except (InvalidHeader, ValueError, OverflowError):
        return 0


def _reason(failure: RequestError | WireResponse) -> str:
    if isinstance(failure, RequestError):
        return failure.message
    code = failure.error.code if failure.error else ""
    return f"{failure.status} {code}".rstrip()
