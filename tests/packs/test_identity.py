"""``identity.py``: who is calling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coda_cli.emulator.filling import ROLE, USER
from tests.packs.running import result

if TYPE_CHECKING:
    from coda_cli.emulator.running import Emulator


@pytest.mark.parametrize(
    ("options", "principal"),
    [
        pytest.param([], f"iam::000000000000:user/{USER}", id="keys"),
        pytest.param(["--profile", "emulator"], f"iam::000000000000:user/{USER}", id="profile"),
        pytest.param(["--profile", "emulator-role"], f"sts::000000000000:assumed-role/{ROLE}/", id="role"),
    ],
)
def test_caller(emulator: Emulator, options: list[str], principal: str) -> None:
    """The principal is the one whose credentials signed the request."""
    caller = result(emulator.environment, "identity.py", "GetCallerIdentity", *options)
    assert caller["arn"].startswith(f"arn:aws:{principal}")
    assert caller["account"] == "000000000000"
    assert caller["user_id"]
