"""Log records of coda as messages, by the level that was asked for."""

from __future__ import annotations

import io
import logging

import pytest

from coda_cli.cli.log import logged_to
from coda_cli.cli.messages import Messages
from coda_cli.redaction import Redactor

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
