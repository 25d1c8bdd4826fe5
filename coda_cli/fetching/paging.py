"""Paged listings: the next page is fetched while the pack uses the one before.

Owns being one page ahead, and that nothing of it shows: what is wrong with a page is told when it is asked
for. The pack's own functions run in its own thread, and so does finding credentials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coda_cli.errors import RequestError
from coda_cli.fetching.batches import Batch
from coda_cli.fetching.deadlines import Outcome, in_thread, waited_for
from coda_cli.fetching.pack_request import checked_request
from coda_cli.fetching.url_secrets import without_query
from coda_cli.sdk.fetch_requests import next_page

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from queue import SimpleQueue

    from coda_cli.fetching.batches import Begin
    from coda_cli.fetching.pack_request import PackRequest
    from coda_cli.sdk.exchanges import FetchRequest, FetchResponse

    Following = Callable[[FetchResponse], FetchRequest | str | None]


class Listing:
    """One walk through a paged listing.

    Args:
        begin: checks and authenticates a request, and returns what sends it and waits for the answer.
        following: makes the request for the next page of a page.
    """

    def __init__(self, begin: Begin, following: Following) -> None:
        self._begin = begin
        self._following = following
        self._batch = Batch()
        self._seen: set[PackRequest] = set()

    def pages(self, request: FetchRequest) -> Generator[FetchResponse, None, None]:
        """Give page after page; when it is closed, the page ahead is given up.

        Raises:
            RequestError: a page cannot be fetched, or is asked for a second time.
        """
        try:
            page = self._ready(request)()
            while True:
                ahead = self._ahead(request, page)
                yield page
                if ahead is None:
                    return
                request, wait = ahead.get()
                page = wait()
        finally:
            self._batch.give_up()

    def _ready(self, request: FetchRequest) -> Callable[[], FetchResponse]:
        asked = checked_request(request)
        if asked in self._seen:
            raise RequestError(
                f"{asked.method} {without_query(asked.url)} would be fetched again, as the next page",
                "What next returns has to differ from page to page; None ends the listing.",
            )
        self._seen.add(asked)
        return self._begin(request, self._batch)

    def _ahead(
        self, request: FetchRequest, page: FetchResponse
    ) -> Outcome[tuple[FetchRequest, Callable[[], FetchResponse]]] | None:
        """Begin to fetch what follows a page, and return what to wait with; None where nothing follows."""
        try:
            following = next_page(request, page, self._following)
            if following is None:
                return None
            send = self._ready(following)
        except Exception as error:  # noqa: BLE001 - raised when the page is asked for, as it would be there
            return Outcome(error=error)
        outcomes = in_thread(send)
        return Outcome((following, lambda: _answer(outcomes)))


def _answer(outcomes: SimpleQueue[Outcome[FetchResponse]]) -> FetchResponse:
    outcome = waited_for(outcomes)
    assert outcome is not None, "there is no end to the time it waits"
    return outcome.get()
