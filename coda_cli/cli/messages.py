"""What goes to standard error: messages, errors, what a pack prints, a line of progress.

Everything passes the redactor and loses its control characters here. Results are ``output``'s.
"""

from __future__ import annotations

import io
import os
import re
import sys
import threading
import time
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coda_cli.errors import CodaError
    from coda_cli.redaction import Redactor

_CONTROL_IN_ASCII = "[\x00-\x08\x0b-\x1f\x7f]"
_CONTROL = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
"""Takes ten times as long to compile, hence only when there is other text."""

_FIRST_PROGRESS = 1.0
_PROGRESS_EVERY = 0.2
_CLEAR_LINE = "\r\x1b[K"


def printable(text: str) -> str:
    """Write control characters, which could drive a terminal, as escapes; keep tabs and line ends.

    Those that end a line or reverse the direction of text are among them, and lone surrogates, which no
    encoding has.
    """
    pattern = _CONTROL_IN_ASCII if text.isascii() else _CONTROL
    return re.sub(pattern, _escape, text.replace("\r\n", "\n"))


def _escape(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape", "surrogatepass").decode("ascii")


def counted(count: int, what: str) -> str:
    """Write how many there are: ``1 row``, ``2,000 rows``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def colour_wanted() -> bool:
    """Tell whether a terminal may be sent more than plain text."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Messages(io.TextIOBase):
    """Standard error, as a text stream that redacts, escapes and makes room for a line of progress."""

    def __init__(self, redactor: Redactor, stream: TextIO | None = None) -> None:
        self._redactor = redactor
        self._stream = sys.stderr if stream is None else stream
        self._lock = threading.RLock()
        self._progress_shown = False
        self._is_line_open = False  # what was written last is a line without an end, such as a prompt

    encoding = "utf-8"

    def fileno(self) -> int:
        """Return the descriptor, for programs that a pack starts with it; theirs is not redacted.

        Raises:
            OSError: standard error was closed, or is no file.
        """
        if self._stream is None:
            raise io.UnsupportedOperation("standard error is closed")
        return self._stream.fileno()

    def writable(self) -> bool:
        """Tell that text can be written."""
        return True

    @property
    def buffer(self) -> io.RawIOBase:
        """What takes bytes, for packs that write them."""
        return _Bytes(self)

    def isatty(self) -> bool:
        """Tell whether a person is likely to see it at once."""
        return self._stream is not None and self._stream.isatty()

    def write(self, text: str) -> int:
        """Write text without secrets and without control characters."""
        self._put(printable(self._redactor.message(text)))
        if text:
            self._is_line_open = not text.endswith("\n")
        return len(text)

    def flush(self) -> None:
        """Do nothing: every write is flushed."""

    def error(self, error: CodaError) -> None:
        """Show an error: what happened, then further lines."""
        self.failure(error.message, *error.details)

    def failure(self, message: str, *details: str) -> None:
        """Show what happened in the first line, and further lines below it."""
        lines = [line for text in (message, *details) for line in text.splitlines() or [""]]
        self._styled("Error: ", bold=True, fg="red")
        self.write("\n  ".join(lines) + "\n")

    def progress(self, text: str) -> None:
        """Replace the line of progress, but wipe out no question that a person is asked."""
        with self._lock:
            if self._is_line_open or self._is_echo_off():
                return
            self._put(f"{_CLEAR_LINE}{printable(text)}", keep_progress=True)
            self._progress_shown = True

    def clear_progress(self) -> None:
        """Take the line of progress away."""
        self._put("")

    @contextmanager
    def without_progress(self, *, ends_line: bool = True) -> Iterator[None]:
        """Keep the line of progress away while something else is written to the same terminal.

        Where that does not end its line, progress stays away, since it would wipe the line out.
        """
        with self._lock:
            self.clear_progress()
            yield
            self._is_line_open = not ends_line

    def _is_echo_off(self) -> bool:
        """Tell whether something reads from the terminal without echo, as for an MFA code."""
        try:
            import termios

            return not termios.tcgetattr(self._stream.fileno())[3] & termios.ECHO
        except (ImportError, OSError, ValueError, termios.error):
            return False

    def _styled(self, text: str, **style: object) -> None:
        plain = not self.isatty() or not colour_wanted()
        self._put(text if plain else click.style(text, **style))  # type: ignore[arg-type]  # style's own words

    def _put(self, text: str, *, keep_progress: bool = False) -> None:
        if self._stream is None:  # standard error was closed
            return
        with self._lock, suppress(OSError):  # nobody is left to tell: a closed pipe, a full disk
            if self._progress_shown and not keep_progress:
                text = f"{_CLEAR_LINE}{text}"
                self._progress_shown = False
            encoding = getattr(self._stream, "encoding", None) or "utf-8"
            self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            self._stream.flush()


class _Bytes(io.RawIOBase):
    """Messages as a stream of bytes: each write is text in UTF-8, escaped where it is none."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        written = bytes(content)
        self._messages.write(written.decode("utf-8", "backslashreplace"))
        return len(written)


@contextmanager
def pack_output(messages: Messages) -> Iterator[TextIO]:
    """Send what a pack prints, and what programs that it starts print, to standard error.

    Standard output carries the result and nothing else: it is written to the stream that this gives, and to
    no other, while threads of the pack may still print. They may do so afterwards, too: the program's
    descriptor 1 is never given back.
    """
    with _results() as results, redirect_stdout(messages), redirect_stderr(messages):
        yield results


@contextmanager
def _results() -> Iterator[TextIO]:
    """Give standard output, and point descriptor 1 to where 2 points, for programs that a pack starts."""
    stdout = sys.stdout
    try:
        is_real = stdout.fileno() == 1 and sys.stderr.fileno() == 2
    except (AttributeError, OSError, ValueError):  # closed, or replaced in a test
        is_real = False
    if not is_real:
        yield io.StringIO() if stdout is None else stdout
        return
    stdout.flush()
    results = os.fdopen(os.dup(1), "w", encoding=stdout.encoding, errors=stdout.errors)
    os.dup2(2, 1)
    try:
        yield results
    finally:
        for stream in (stdout, results):  # what the pack wrote to sys.__stdout__
            with suppress(OSError):  # closed at its other end
                stream.flush()
        with suppress(OSError):
            results.close()


@contextmanager
def progress(messages: Messages, text: Callable[[], str], *, shown: bool) -> Iterator[None]:
    """Show a line of progress for work that takes over a second, on a terminal only.

    ``text`` is called from another thread for each line.
    """
    if not shown or not messages.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_show_progress, args=(messages, text, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        messages.clear_progress()


def _show_progress(messages: Messages, text: Callable[[], str], done: threading.Event) -> None:
    start = time.monotonic()
    wait = _FIRST_PROGRESS
    while not done.wait(wait):
        messages.progress(f"{text()} … {time.monotonic() - start:.0f} s")
        wait = _PROGRESS_EVERY
