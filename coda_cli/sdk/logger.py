"""The logger of a pack: Python's own, with the reference's names too.

Which levels are shown, and where, is the runner's. It is imported when a context is made, since the library's
logging is not needed to declare a pack.
"""

from __future__ import annotations

import logging
from typing import Any

PACK_LOGGER = "coda_cli.pack"
"""The name of the logger; a pack's own tests find its records under it."""


class PackLogger(logging.LoggerAdapter[logging.Logger]):
    """Python's own logger, with the two names that only the reference has."""

    def __init__(self) -> None:
        super().__init__(logging.getLogger(PACK_LOGGER), {})

    def trace(self, message: object, /, *args: object) -> None:
        """Say it as ``debug`` does: Python has no finer level."""
        self.debug(message, *args)

    def warn(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Say it as ``warning`` does."""
        self.warning(msg, *args, **kwargs)
