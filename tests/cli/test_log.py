"""Log records of coda as messages, by the level that was asked for."""

from __future__ import annotations

import io
import logging

import pytest

from coda_cli.cli.log import logged_to
from coda_cli.cli.messages import Messages
from coda_cli.redaction import Redactor
from coda_cli.sdk.logger import PackLogger

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.mark.parametrize(
    ("verbose", "debug", "shown"),
    [
        pytest.param(False, False, ["Warning: w"], id="quiet"),
        pytest.param(True, False, ["coda: i", "Warning: w"], id="verbose"),
        pytest.param(False, True, ["coda: d", "coda: i", "Warning: w"], id="debug"),
    ],
)
def test_log_levels(verbose: bool, debug: bool, shown: list[str]) -> None:
    """Warnings always, INFO with ``-v``, DEBUG with ``--debug``; secrets never."""
    stream, redactor = io.StringIO(), Redactor()
    redactor.add_secret(SECRET)
    logger = logging.getLogger("coda_cli.test")
    with logged_to(Messages(redactor, stream), verbose=verbose, debug=debug):
        logger.debug("d %s", SECRET)
        logger.info("i %s", SECRET)
        logger.warning("w %s", SECRET)
    logger.warning("afterwards")
    assert stream.getvalue().splitlines() == [f"{line} [secret]" for line in shown]


@pytest.mark.parametrize(
    ("verbose", "debug", "shown"),
    [
        pytest.param(False, False, ["Warning of the pack: w", "Error of the pack: e"], id="quiet"),
        pytest.param(
            True, False, ["pack: i", "Warning of the pack: w", "Error of the pack: e"], id="verbose"
        ),
        pytest.param(
            False,
            True,
            ["pack: t", "pack: d", "pack: i", "Warning of the pack: w", "Error of the pack: e"],
            id="debug",
        ),
    ],
)
def test_what_a_pack_logs(verbose: bool, debug: bool, shown: list[str]) -> None:
    """The levels of ``context.logger`` are shown as coda's own are, and say whose they are."""
    stream, redactor = io.StringIO(), Redactor()
    redactor.add_secret(SECRET)
    logger = PackLogger()
    with logged_to(Messages(redactor, stream), verbose=verbose, debug=debug):
        for method in (logger.trace, logger.debug, logger.info, logger.warn, logger.error):
            method(f"{method.__name__[0]} %s", SECRET)
    assert stream.getvalue().splitlines() == [f"{line} [secret]" for line in shown]


class Untold:
    """An object that has no text."""

    def __str__(self) -> str:
        raise ValueError("no text")


@pytest.mark.parametrize(
    ("message", "arguments", "shown"),
    [
        pytest.param("a %d", ("b",), "a %d (its arguments do not fit)", id="type"),
        pytest.param("a %s", (1, 2), "a %s (its arguments do not fit)", id="too many"),
        pytest.param("a %s", (Untold(),), "a %s (its arguments do not fit)", id="argument without text"),
        pytest.param(Untold(), (), "(what has no text)", id="message without text"),
        pytest.param({"a": 1}, (), "{'a': 1}", id="no text at all"),
        pytest.param("a\nb\x1b[2J", (), "a\n  b\\x1b[2J", id="lines and control characters"),
    ],
)
def test_what_cannot_be_said_ends_no_run(message: object, arguments: tuple[object, ...], shown: str) -> None:
    """A pack's message that does not fit its arguments is shown as far as it can be."""
    stream = io.StringIO()
    with logged_to(Messages(Redactor(), stream), verbose=False, debug=False):
        PackLogger().warn(message, *arguments)
    assert stream.getvalue() == f"Warning of the pack: {shown}\n"


def test_an_exception_that_a_pack_logs() -> None:
    """It is shown with the pack's own frames."""
    stream = io.StringIO()
    with logged_to(Messages(Redactor(), stream), verbose=False, debug=False):
        try:
            raise KeyError("lost")
        except KeyError:
            PackLogger().exception("gone")
    lines = stream.getvalue().splitlines()
    assert lines[0] == "Error of the pack: gone"
    assert lines[-1] == "  KeyError: 'lost'"
