"""The headers of a signed request: those that only a signer sets, and a pack's beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coda_cli.errors import RequestError

if TYPE_CHECKING:
    from coda_cli.wire import WireRequest

ONLY_OURS = frozenset({"host", "authorization", "x-amz-date", "x-amz-security-token", "x-amz-region-set"})
"""The headers that only a signer sets."""


def signable_headers(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return a pack's headers without ``Date``, whose place the signer's own date takes.

    Raises:
        RequestError: one is there that only a signer may set.
    """
    for name, _ in headers:
        if name.lower() in ONLY_OURS:
            raise RequestError(
                f"the pack sets the header {name}, which is the signature's own",
                "Leave it out, or fetch with disable_authentication=True.",
            )
    return tuple(header for header in headers if header[0].lower() != "date")


def unsigned_headers(request: WireRequest) -> tuple[tuple[str, str], ...]:
    """Return a signed request's headers as they were before: to be signed again."""
    return tuple(header for header in request.headers if header[0].lower() not in ONLY_OURS)
