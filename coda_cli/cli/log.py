"""Log records as messages: coda's own, and what a pack says by ``context.logger``."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from coda_cli.sdk.logger import PACK_LOGGER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coda_cli.cli.messages import Messages


class _MessageHandler(logging.Handler):
    """Log records of coda and of the pack as messages; warnings say that they are one."""

    def __init__(self, messages: Messages) -> None:
        super().__init__()
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        of_pack = record.name == PACK_LOGGER
        if record.levelno >= logging.WARNING:
            prefix = f"{record.levelname.capitalize()} of the pack: " if of_pack else "Warning: "
        else:
            prefix = "pack: " if of_pack else "coda: "
        lines = [*_text(record).splitlines(), *(_traceback(record) if of_pack else ())]
        self._messages.write(prefix + "\n  ".join(lines) + "\n")


def _traceback(record: logging.LogRecord) -> tuple[str, ...]:
    """Return what ``exc_info=True`` asks for, as the failure of a formula would show it."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return ()
    from coda_cli.runtime.tracebacks import pack_traceback

    return pack_traceback(error)


def _text(record: logging.LogRecord) -> str:
    """Return the message with its arguments; a pack's may not fit together, or be of classes that fail."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - see above; what is said in a log must not end a run
        is_text = isinstance(record.msg, str)
        return f"{record.msg} (its arguments do not fit)" if is_text else "(what has no text)"


@contextmanager
def logged_to(messages: Messages, *, verbose: bool, debug: bool) -> Iterator[None]:
    """Show coda's own log and the pack's: warnings always, INFO with ``-v``, DEBUG with ``--debug``.

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
