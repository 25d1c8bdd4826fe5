"""What one run of the program shares between its commands and the error boundary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coda_cli.cli.output import nothing_shown, write_result

if TYPE_CHECKING:
    from typing import TextIO

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

    def show(self, value: object, output_format: str | None, out: TextIO) -> None:
        """Print a result, without secrets, nor what a query may have made of a secret's parts.

        Raises:
            CodaError: as for ``write_result``.
        """
        shown = self.redactor.value(value)
        with self.messages.without_progress():
            write_result(shown, output_format, out)
        self.messages.write(nothing_shown(shown, output_format, out))
