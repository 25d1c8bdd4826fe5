"""Where a parameter's text comes from: the command line, a file (``@file``) or standard input (``-``)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

from coda_cli.errors import UsageError


class ValueSource:
    """Read the values of one command; standard input can be read once."""

    def __init__(self, stdin: BinaryIO | None = None) -> None:
        self._stdin = stdin
        self._was_read = False

    def text(self, word: str) -> str:
        r"""Return the text that a word of the command line stands for.

        ``@name`` is the file's text and ``-`` standard input's, both UTF-8 and kept as they are; ``@@x``
        and ``\-`` are the literal texts ``@x`` and ``-``.

        Raises:
            UsageError: the file or input cannot be read, is not UTF-8, or is asked for twice.
        """
        if word == "-":
            return self._standard_input()
        if word == r"\-":
            return "-"
        if word.startswith("@@"):
            return _unicode(word[1:])
        if word.startswith("@"):
            return self._file(word[1:])
        return _unicode(word)

    def pair(self, word: str) -> tuple[str, str]:
        """Return the name and the text of ``--param NAME=VALUE``.

        Raises:
            UsageError: there is no ``=``, or the value cannot be read.
        """
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(f"--param {word!r} is not of the form NAME=VALUE")
        return name, self.text(value)

    def _file(self, name: str) -> str:
        try:
            return _decoded(Path(name).read_bytes(), f"the file {name!r}")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise UsageError(
                f"the value @{name} cannot be read: {reason}", f"For the text itself write @@{name}."
            ) from None

    def _standard_input(self) -> str:
        if self._was_read:
            raise UsageError(
                "standard input can be read once, and `-` is given twice", r"For a dash write \-."
            )
        self._was_read = True
        stdin = self._stdin or (sys.stdin.buffer if sys.stdin is not None else None)
        if stdin is None:
            raise UsageError("`-` asks for standard input, and it is closed")
        try:
            content = stdin.read()
        except OSError as error:
            raise UsageError(f"standard input cannot be read: {error.strerror}") from None
        return _decoded(content, "standard input")


def _unicode(word: str) -> str:
    """Return a word as the UTF-8 that was typed: Python keeps bytes that its locale lacks as surrogates."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return _decoded(os.fsencode(word), "a value on the command line")
    return word


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not text in UTF-8, from byte {error.start} on") from None
