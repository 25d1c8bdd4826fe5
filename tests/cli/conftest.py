"""What the tests of the command line run in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.programs import restored_interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def interpreter() -> Iterator[None]:
    """Load packs in this process, and leave nothing of them behind."""
    with restored_interpreter():
        yield
