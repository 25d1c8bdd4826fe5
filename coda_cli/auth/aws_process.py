"""The program of a profile's ``credential_process``: ended in time, and its failures named.

Owns running it for botocore, which waits for it without end and says of a failure only what the program
wrote. The program gets the terminal and standard input, since it may have to ask a person. Nothing of what
it writes to standard output is told: that is where the keys are.
"""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from coda_cli.auth.aws_failures import learn_keys_in
from coda_cli.errors import CredentialsError

if TYPE_CHECKING:
    from coda_cli.redaction import Redactor

_LONGEST_LINE = 300


class Program(subprocess.Popen[bytes]):
    """One run of the program, for botocore's ``ProcessProvider`` to start and to read.

    Args:
        arguments: the program and its arguments, which are never told.
        profile: whose setting it is.
        seconds: how long it may take.
        redactor: learns what looks like a key in an error of the program's.
        streams: what ``Popen`` takes.

    Raises:
        CredentialsError: there is no such program.
    """

    def __init__(
        self, arguments: list[str], *, profile: str, seconds: float, redactor: Redactor, **streams: Any
    ) -> None:
        self._name = arguments[0] if arguments else ""
        self._profile = profile
        self._seconds = seconds
        self._redactor = redactor
        if not arguments:
            raise self._failure("it is empty")
        try:
            super().__init__(arguments, **streams)
        except OSError as error:
            raise self._failure(f"{self._name} cannot be started: {error.strerror}") from error

    def communicate(self, input: bytes | None = None, timeout: float | None = None) -> tuple[bytes, bytes]:  # noqa: A002 - Popen's word
        """Return what the program wrote, if that can be credentials.

        Raises:
            CredentialsError: it took too long, failed, or wrote something else.
        """
        try:
            output, errors = super().communicate(input, self._seconds if timeout is None else timeout)
        except subprocess.TimeoutExpired:
            self._end()
            raise self._failure(
                f"{self._name} did not end within {self._seconds:g} seconds", "--timeout gives it longer."
            ) from None
        except BaseException:  # Ctrl-C: it must not go on alone
            self._end()
            raise
        if self.returncode:
            raise self._failure(f"{self._name} {self._ended()}", *_first_line(errors))
        fault = _fault(output)
        if fault:
            raise self._failure(f"{self._name} {fault}")
        return output, errors

    def _end(self) -> None:
        self.kill()
        self.wait()
        for pipe in (self.stdout, self.stderr):
            if pipe is not None:
                pipe.close()

    def _ended(self) -> str:
        code = self.returncode
        return f"ended with exit status {code}" if code > 0 else f"was ended by signal {-code}"

    def _failure(self, what: str, *details: str) -> CredentialsError:
        for detail in details:
            learn_keys_in(detail, self._redactor)
        return CredentialsError(
            f"the credential_process of profile {self._profile!r} gave no credentials: {what}", *details
        )


def _first_line(errors: bytes) -> tuple[str, ...]:
    lines = [line.strip() for line in errors.decode(errors="replace").splitlines() if line.strip()]
    # Cut between words: half of a secret would not be recognised when it is printed.
    return (
        (f"It said: {shorten(lines[0], _LONGEST_LINE, placeholder=' …')}",)
        if lines
        else ("It said nothing.",)
    )


def _fault(output: bytes) -> str:
    """Say what is wrong with what it wrote; the rest of it botocore looks at."""
    if not output.strip():
        return "wrote nothing"
    try:
        written = json.loads(output)
    except (ValueError, RecursionError):
        return "wrote something that is no JSON"
    if not isinstance(written, dict):
        return "wrote JSON that is no object"
    try:
        end = datetime.fromisoformat(written["Expiration"])
    except (KeyError, TypeError, ValueError):
        return ""  # none, or in a form that botocore may know
    if end.tzinfo is None:
        return "wrote an Expiration without an offset from UTC"
    return f"wrote a key that expired at {end:%Y-%m-%d %H:%M:%S %Z}" if end <= datetime.now(UTC) else ""
