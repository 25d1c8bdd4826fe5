"""STS asked by the right time, where this machine's clock is wrong.

Owns what botocore leaves out: it signs by the machine's clock and cannot be told another. Its events let a
refusal tell the time, and let what it signed be signed anew on the way out, by the clock that all requests
of a run share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from coda_cli.auth.aws_advice import Mistake, mistake_in
from coda_cli.auth.aws_clock import time_of
from coda_cli.auth.aws_headers import unsigned_headers
from coda_cli.auth.aws_scope import scope_of
from coda_cli.auth.aws_signing import signer_for
from coda_cli.wire import ServiceError, Url, WireRequest

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.client import BaseClient

    from coda_cli.auth.aws_clock import CorrectedClock
    from coda_cli.auth.aws_keys import Keys

_ASKED = "coda_clock_asked"


def keep_time(client: BaseClient, keys: Keys, clock: CorrectedClock) -> None:
    """Make a client of STS ask once more where its clock was the mistake, by the time of the refusal.

    What it sends is signed by that time from then on, or from the start if the clock was corrected before.
    """
    asking = _Asking(keys, client.meta.region_name, clock)
    events = client.meta.events
    events.register_first("needs-retry.sts", asking.needs_retry)  # type: ignore[arg-type]  # its answer counts
    events.register("before-send.sts", asking.before_send)


class _Asking:
    """The handlers of one client."""

    def __init__(self, keys: Keys, region: str, clock: CorrectedClock) -> None:
        self._signer = signer_for(keys, "sts", region, clock)
        self._clock = clock

    def needs_retry(self, response: Any, request_dict: dict[str, Any], **_: Any) -> int | None:
        """Return 0, the seconds to wait, where the clock was corrected for this call just now."""
        if response is None or request_dict["context"].get(_ASKED):
            return None
        answer = response[1]
        error = answer.get("Error", {})
        said = ServiceError(error.get("Code", ""), error.get("Message", ""))
        now = time_of(answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}))
        if mistake_in(said) is not Mistake.CLOCK or now is None:
            return None
        request_dict["context"][_ASKED] = True
        return 0 if self._clock.correct(self._clock(), now) else None

    def before_send(self, request: AWSPreparedRequest, **_: Any) -> None:
        """Sign a request anew whose signature is of the wrong time."""
        sent = _wire_request(request)
        if not self._clock.offset or scope_of(sent) is None:
            return
        signed = self._signer.sign(WireRequest(sent.method, sent.url, unsigned_headers(sent), sent.body))
        for name, value in signed.headers:
            request.headers[name] = value


def _wire_request(request: AWSPreparedRequest) -> WireRequest:
    parts = urlsplit(request.url)
    url = Url(parts.scheme, parts.hostname or "", parts.port, parts.path or "/", parts.query)
    headers = tuple((name, _text(value)) for name, value in request.headers.items())
    return WireRequest(request.method, url, headers, _bytes(request.body))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else body or b""
