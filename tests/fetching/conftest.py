"""The loopback server that the tests of fetching talk to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """Start a server of plain http."""
    with LoopbackServer() as running:
        yield running
