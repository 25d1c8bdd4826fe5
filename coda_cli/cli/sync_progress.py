"""How far a run has come, for its line of progress: of a table, its rows and requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coda_cli.cli.messages import counted

if TYPE_CHECKING:
    from coda_cli.runtime.sync import TableSync


class SyncProgress:
    """Says how far a run has come: of a table, its rows and requests."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._requests = 0
        self.sync: TableSync | None = None

    def count_request(self) -> None:
        """Count one more request."""
        self._requests += 1

    def __call__(self) -> str:
        """Return the line of progress, without the time."""
        if self.sync is None:
            return f"Running {self._name}"
        rows, requests = counted(self.sync.count, "row"), counted(self._requests, "request")
        return f"Running {self._name} … {rows}, {requests}"
