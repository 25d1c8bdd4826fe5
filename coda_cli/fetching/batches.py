"""Requests that belong together: given up together, and refused credentials once for all.

Owns what one of them means for the others. Nothing here sends anything or waits for it.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.errors import CredentialsError
    from coda_cli.sdk.exchanges import FetchRequest, FetchResponse

    # Checks and authenticates a request, and returns what sends it and waits for the answer.
    Begin = Callable[[FetchRequest, "Batch"], Callable[[], FetchResponse]]


class GivenUp(Exception):  # noqa: N818 - no error, and nobody hears of it
    """Ends the thread of a request whose answer nobody waits for any more."""


class Batch:
    """The requests of one ``fetch``, ``fetch_all`` or ``pages``."""

    def __init__(self) -> None:
        self._is_given_up = False
        self._refused: dict[str, CredentialsError] = {}

    def give_up(self) -> None:
        """Send nothing more: no repeat, no redirect, nothing that was corrected."""
        self._is_given_up = True

    def check_wanted(self) -> None:
        """End here if the batch was given up.

        Raises:
            GivenUp: it was.
        """
        if self._is_given_up:
            raise GivenUp

    def refuse(self, host: str, error: CredentialsError) -> None:
        """Keep why there are no credentials for a host, so that nobody is asked for them again."""
        self._refused.setdefault(host, error)

    def check_credentials(self, host: str) -> None:
        """Raise what another request of the batch met when it needed credentials for this host."""
        if host in self._refused:
            error = copy(self._refused[host])  # with a traceback of its own, since each may be kept
            raise error
