"""The parts of one fetch: what the pack asked for, and what each redirect made of it.

Owns what is carried from one part to the next. Nothing here is sent, and nothing checked against a policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coda_cli.errors import InvalidURLError
from coda_cli.fetching.urls import join, normalise, split_url
from coda_cli.sdk.exchanges import Headers
from coda_cli.wire import PathStyle

if TYPE_CHECKING:
    from coda_cli.fetching.batches import Batch
    from coda_cli.fetching.pack_request import PackRequest
    from coda_cli.wire import Authenticator, Url, WireRequest, WireResponse

_REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Leg:
    """One part of a fetch: what the pack asked for, or what a redirect made of it.

    ``url`` is where it goes instead, once that was corrected. ``corrections`` are those of the fetch so far.
    ``batch`` is what it is sent together with.
    """

    asked: PackRequest
    is_signed: bool
    batch: Batch
    came_from: Url | None = None
    url: Url | None = None
    corrections: frozenset[str] = frozenset()

    def redirected(self, response: WireResponse, came_from: Url, location: str) -> Leg:
        """Make the leg that the answer's ``Location`` asks for; nothing is checked against a policy."""
        try:
            raw = join(came_from, split_url(location))
            target = normalise(raw, PathStyle.AS_WRITTEN)
        except InvalidURLError as error:
            raise InvalidURLError(
                f"{came_from.origin} redirects to a URL that is refused", error.message, *error.details
            ) from error
        same_origin = target.origin == came_from.origin
        asked = self.asked.redirected(response.status, raw, same_origin=same_origin)
        return Leg(asked, self.is_signed, self.batch, came_from, corrections=self.corrections)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request as it was sent, what authenticated it, and the answer."""

    leg: Leg
    request: WireRequest
    authenticator: Authenticator | None
    response: WireResponse


def location_of(response: WireResponse) -> str | None:
    """Return where a redirect points; None where the answer is none, or does not say."""
    if response.status not in _REDIRECTS:
        return None
    location = Headers(response.headers).get("location")
    if not location:
        return None
    try:
        return location.encode("latin-1").decode()  # servers send UTF-8, http.client reads Latin-1
    except UnicodeError:
        return location
