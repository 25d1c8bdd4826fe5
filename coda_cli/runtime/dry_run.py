"""A dry run: a formula runs until its first request, which is kept instead of being sent.

Owns keeping that request and ending the formula with it, whatever the pack does about errors. It opens no
connection, and how a request is shown is not its business.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coda_cli.wire import Url, WireRequest, WireResponse


class FirstRequestKept(BaseException):
    """Ends a formula at its first request. It is no ``Exception``: packs catch those."""


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """A request as it would be sent, the origin to connect to in place of its own, and the certificates."""

    request: WireRequest
    connect_to: Url | None = None
    ca_bundle: str | None = None


class DryRun:
    """Stands for the network in one run: a ``fetching.transport.Transport`` that sends nothing.

    Attributes:
        kept: the first request, or None as long as there was none.
        whose: says, line by line, whose credentials it needs; empty where it needs none.
    """

    def __init__(self) -> None:
        self.kept: KeptRequest | None = None
        self.whose: tuple[str, ...] = ()
        self._ca_bundle: str | None = None
        self._lock = threading.Lock()  # a pack may fetch from several threads

    def tell(self, whose: tuple[str, ...]) -> None:
        """Take note of whose credentials the first request needs."""
        if self.kept is None:
            self.whose = whose

    def opened(self, ca_bundle: str | None) -> DryRun:
        """Return itself as the transport of a run that trusts these certificates."""
        self._ca_bundle = ca_bundle
        return self

    def send(self, request: WireRequest, *, timeout: float, connect_to: Url | None = None) -> WireResponse:  # noqa: ARG002 - protocol
        """Keep the request if it is the first.

        Raises:
            FirstRequestKept: always, so that a pack that catches everything gets no further the next time.
        """
        with self._lock:
            if self.kept is None:
                self.kept = KeptRequest(request, connect_to, self._ca_bundle)
        raise FirstRequestKept

    def close(self) -> None:
        """Do nothing: nothing was opened."""


@contextmanager
def until_first_request(dry_run: DryRun) -> Iterator[None]:
    """Run a formula inside; what it raises at its first request, or after it, is no error in a dry run."""
    told_before = threading.excepthook

    def tell(failure: threading.ExceptHookArgs) -> None:
        """Tell of what ended a thread of the pack's, unless it was the dry run."""
        if failure.exc_type is not FirstRequestKept:
            told_before(failure)

    threading.excepthook = tell
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException:
        if dry_run.kept is None:
            raise
    finally:
        threading.excepthook = told_before
