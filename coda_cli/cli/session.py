"""What one run of the program shares between its commands and the error boundary."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coda_cli.cli.messages import Messages
    from coda_cli.redaction import Redactor


class Session:
    """What one run of the program shares between the commands and the error boundary.

    No dataclass: ``--help`` would load them for it alone.
    """

    __slots__ = ("debug", "messages", "redactor")

    def __init__(self, redactor: Redactor, messages: Messages) -> None:
        self.redactor = redactor
        self.messages = messages
        self.debug = False
