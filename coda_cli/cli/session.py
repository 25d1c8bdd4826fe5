"""What one run of the program shares between its commands and the error boundary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coda_cli.cli.messages import Messages
    from coda_cli.redaction import Redactor


@dataclass(slots=True)
class Session:
    """What one run of the program shares between the commands and the error boundary."""

    redactor: Redactor
    messages: Messages
    debug: bool = False
