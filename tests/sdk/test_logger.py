"""What a pack says by its logger."""

from __future__ import annotations

import logging

import pytest

from coda_cli import sdk
from coda_cli.sdk.logger import PACK_LOGGER, PackLogger
from tests.fetchers import OneByOne


@pytest.mark.parametrize(
    ("method", "level"),
    [
        ("trace", "DEBUG"),
        ("debug", "DEBUG"),
        ("info", "INFO"),
        ("warn", "WARNING"),
        ("warning", "WARNING"),
        ("error", "ERROR"),
    ],
)
def test_methods(caplog: pytest.LogCaptureFixture, method: str, level: str) -> None:
    """The reference's names and Python's, with arguments; a pack's own tests see the records."""
    logger = sdk.ExecutionContext(fetcher=OneByOne()).logger
    with caplog.at_level(logging.DEBUG, PACK_LOGGER):
        getattr(logger, method)("found %s of %s", 1, "two")
    (record,) = caplog.records
    assert (record.levelname, record.getMessage(), record.name) == (level, "found 1 of two", PACK_LOGGER)
    assert record.funcName == "test_methods" or method in ("trace", "warn")


def test_it_is_a_logger_of_python(caplog: pytest.LogCaptureFixture) -> None:
    """What else Python's loggers have is there, such as the traceback of ``exception``."""
    with caplog.at_level(logging.DEBUG, PACK_LOGGER):
        try:
            raise KeyError("x")
        except KeyError:
            PackLogger().exception("lost")
        PackLogger().warn("with", exc_info=False)
    assert caplog.records[0].exc_info is not None
