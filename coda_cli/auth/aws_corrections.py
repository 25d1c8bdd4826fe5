"""Mistakes that AWS names and that can be mended: the clock, the region of a bucket, an expired session.

Owns which answer means which, and that each is mended once for a request. What is learned (the time, the
bucket's place, the new keys) is kept for the rest of the run. It signs nothing and sends nothing.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from coda_cli.auth.aws_advice import MAY_BE_EXPIRED, MAY_BE_THE_CLOCK, Mistake, mistake_in
from coda_cli.auth.aws_clock import CorrectedClock, time_of
from coda_cli.auth.aws_regions import S3_FAMILY
from coda_cli.auth.aws_s3_regions import BucketRegions
from coda_cli.auth.aws_scope import scope_of
from coda_cli.redaction import mask

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.auth.aws_scope import Scope
    from coda_cli.wire import WireRequest, WireResponse

logger = logging.getLogger(__name__)


class Corrections:
    """What the answers of one run have taught, and what can be learned from the next one.

    Args:
        service: what the pack's requests are signed for.
        options: an explicit region is never corrected.
        clock: is set where AWS's time is another.
        renew: gets new keys in place of those of an access key id, and tells whether there are any.
    """

    def __init__(
        self, service: str, options: AwsOptions, clock: CorrectedClock, renew: Callable[[str], bool]
    ) -> None:
        self._service = service
        self._options = options
        self._clock = clock
        self._renew = renew
        self.buckets = BucketRegions()
        self._all = {"clock": self._set_clock, "region": self._find_bucket, "session": self._renew_session}

    def learn(self, request: WireRequest, response: WireResponse) -> str | None:
        """Mend the mistake that a response names, so that signing again is right; return what was mended.

        None where there is none, or where it was mended for this request before: then nobody is asked for
        anything.

        Raises:
            CredentialsError: the session is over, and a new one was refused.
        """
        scope = scope_of(request)
        if response.error is None or scope is None:
            return None
        for name, mend in self._all.items():
            if name not in request.corrections and mend(request, response, scope):
                return name
        return None

    def _set_clock(self, request: WireRequest, response: WireResponse, scope: Scope) -> bool:
        if not (_is(Mistake.CLOCK, MAY_BE_THE_CLOCK, response) or _gives_no_reason(request, response)):
            return False
        now = time_of(response.headers)
        return now is not None and self._clock.correct(scope.at, now)

    def _find_bucket(self, request: WireRequest, response: WireResponse, scope: Scope) -> bool:
        if self._service not in S3_FAMILY or self._options.explicit_region is not None:
            return False
        place = self.buckets.learn(request.url, scope.region, response)
        if place is None:
            return False
        logger.info("the bucket is in %s: signing again for it there, at %s", place.region, place.host)
        return True

    def _renew_session(self, _request: WireRequest, response: WireResponse, scope: Scope) -> bool:
        if not _is(Mistake.EXPIRED, MAY_BE_EXPIRED, response) or not self._renew(scope.key):
            return False
        logger.info("the session of key %s is over: signing again with new keys", mask(scope.key))
        return True


def _is(mistake: Mistake, may_be: frozenset[str], response: WireResponse) -> bool:
    error = response.error
    return error is not None and (mistake_in(error) is mistake or error.code in may_be)


def _gives_no_reason(request: WireRequest, response: WireResponse) -> bool:
    """Tell whether a refusal may be the clock's because it cannot say what it is: HEAD has no body."""
    no_code = response.error is not None and not response.error.code
    return request.method == "HEAD" and response.status == 403 and no_code
