"""Coda's own log records, shown as messages."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coda_cli.cli.messages import Messages


class _MessageHandler(logging.Handler):
    """Log records of coda as messages; warnings say that they are one."""

    def __init__(self, messages: Messages) -> None:
        super().__init__()
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        prefix = "Warning: " if record.levelno >= logging.WARNING else "coda: "
        self._messages.write(prefix + "\n  ".join(record.getMessage().splitlines()) + "\n")


@contextmanager
def logged_to(messages: Messages, *, verbose: bool, debug: bool) -> Iterator[None]:
    """Show coda's own log: warnings always, INFO with ``-v``, DEBUG with ``--debug``.

    botocore's and urllib3's loggers stay off: theirs hold session tokens before anybody can know them.
    """
    logger = logging.getLogger("coda_cli")
    handler = _MessageHandler(messages)
    before = logger.level, logger.propagate
    logger.setLevel(logging.DEBUG if debug else logging.INFO if verbose else logging.WARNING)
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = before
