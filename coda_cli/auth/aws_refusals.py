"""Why a service refused a signed request, and what to do next, for a person.

Owns putting together what the request says of its signature, what the answer says, and what is known of the
caller; the advice itself is ``aws_advice``'s. It calls nobody.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from coda_cli.auth.aws_advice import Mistake, Signed, advice, mistake_in
from coda_cli.auth.aws_clock import time_of
from coda_cli.auth.aws_regions import MULTI_REGION, S3_FAMILY
from coda_cli.auth.aws_s3_regions import named_region
from coda_cli.auth.aws_scope import scope_of
from coda_cli.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.auth.aws_advice import Caller
    from coda_cli.auth.aws_clock import CorrectedClock
    from coda_cli.auth.aws_scope import Scope
    from coda_cli.wire import WireRequest, WireResponse

logger = logging.getLogger(__name__)

_OF_HEAD = ("An answer to HEAD has no room for a reason: GET the same to see it.",)


def explain(
    request: WireRequest,
    response: WireResponse,
    caller_of: Callable[[Scope], Caller],
    clock: CorrectedClock,
    *,
    explicit_region: bool,
) -> Refusal:
    """Explain a response that is about the signature, the token, the key, or what the caller may not do.

    Args:
        request: as it was signed and sent.
        response: what it was answered.
        caller_of: says who signed; asked only where that is told.
        clock: tells how far this machine's own is ahead.
        explicit_region: whether ``--region`` gave the region that was signed for.
    """
    scope, error = scope_of(request), response.error
    if error is None or scope is None:
        return Refusal()
    mistake = mistake_in(error)
    gives_no_reason = not error.code and response.status in (400, 403)
    if mistake is None and not (gives_no_reason and response.status == 403):
        elsewhere = _elsewhere(request, response, scope, explicit_region=explicit_region)
        return Refusal((*elsewhere, *(_OF_HEAD if gives_no_reason and request.method == "HEAD" else ())))
    caller = caller_of(scope)
    now = time_of(response.headers)
    ahead = None if now is None else clock.ahead_of(now)
    where = "every region" if scope.region == MULTI_REGION else scope.region
    lines = [
        f"It was signed for {scope.service} in {where} by key {caller.key}, from {caller.origin}.",
        *advice(error, caller, Signed(scope.service, scope.region, explicit_region, ahead)),
    ]
    if mistake is Mistake.SIGNATURE:
        lines += _canonical_request(request, scope, clock)
    if gives_no_reason and request.method == "HEAD":
        lines += _OF_HEAD
    return Refusal(tuple(lines), of_credentials=mistake not in (Mistake.DENIED, None))


def _elsewhere(
    request: WireRequest, response: WireResponse, scope: Scope, *, explicit_region: bool
) -> tuple[str, ...]:
    """Say why a request that S3 wants in another region was not sent there."""
    region = named_region(response) if scope.service in S3_FAMILY else ""
    if region in ("", scope.region):
        return ()
    if explicit_region:
        return (
            f"The bucket is in {region}, and --region says {scope.region}: leave --region out,",
            "and the request goes to where S3 says.",
        )
    return (f"The bucket is in {region}, and {request.url.host} is not: build the URL for that region.",)


def _canonical_request(request: WireRequest, scope: Scope, clock: CorrectedClock) -> list[str]:
    """Tell the canonical request with ``-v``, or else how to see it."""
    if scope.region == MULTI_REGION:
        return []
    if not logger.isEnabledFor(logging.INFO):
        return ["-v shows the canonical request that was signed."]
    from coda_cli.auth.aws_keys import Keys
    from coda_cli.auth.aws_signing import shown_canonical_request, signer_for

    signer = signer_for(Keys(scope.key, ""), scope.service, scope.region, clock)  # no secret is a part of it
    logger.info("canonical request of the refused signature:\n%s", shown_canonical_request(request, signer))
    return []
