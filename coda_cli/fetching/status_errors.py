"""What is raised for an answer with a status outside 2xx: who answered what, and why.

Owns the words of a ``StatusCodeError``. Whether the credentials were refused, and how often it was tried, is
told to it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from coda_cli.errors import DecodingError, StatusCodeError
from coda_cli.fetching.decoding import decode
from coda_cli.sdk.exchanges import Headers

if TYPE_CHECKING:
    from coda_cli.wire import Refusal, WireRequest, WireResponse


def status_error(
    request: WireRequest,
    response: WireResponse,
    *,
    refusal: Refusal | None,
    tries: tuple[str, ...],
    binary: bool,
) -> StatusCodeError:
    """Return the error for an answer.

    Args:
        request: what was answered.
        response: has its ``error``.
        refusal: what it means for the credentials; None where it means nothing for them.
        tries: what is to be said of earlier tries.
        binary: the pack wants bytes.
    """
    error = response.error
    assert error is not None
    reason = error.code or _phrase(response.status)
    message = f"{request.method} {request.url.origin}{request.url.path} answered {response.status} {reason}"
    said = (f"The service says: {error.message}",) if error.message else ()
    request_id = (f"Request id: {error.request_id}",) if error.request_id else ()
    return StatusCodeError(
        message.rstrip(),
        *said,
        *(refusal.lines if refusal else ()),
        *request_id,
        *tries,
        status_code=response.status,
        body=_decoded_anyway(response, binary=binary),
        headers=Headers(response.headers),
        error_code=error.code or None,
        credentials_refused=refusal is not None and refusal.of_credentials,
    )


def _decoded_anyway(response: WireResponse, *, binary: bool) -> Any:
    try:
        return decode(response, binary=binary)
    except DecodingError:  # the status is the news; a broken body must not hide it
        return response.body.decode("utf-8", "replace")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
