"""Packs that need an account, and the file that it is stored in, as the tests of the command line see it.

Owns no more than writing and reading that file: which form it has is said in ``tests/auth/test_store.py``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.auth.world import KEY_ID
from tests.programs import write_pack

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
"""AWS's own example of a secret access key."""

FILE = ".coda-credentials.json"
KEYS = {"accessKeyId": KEY_ID, "secretAccessKey": SECRET}

_PACK = """
pack.add_network_domain("{domain}")
pack.set_user_authentication(
    type=sdk.AuthenticationType.{type}, service="s3", instructions_url="https://example.com/how"{more}
)


@pack.formula
def get(context: sdk.ExecutionContext, url: str = "https://s3.us-east-1.amazonaws.com/") -> object:
    \"\"\"Get whatever is there.\"\"\"
    return context.fetcher.fetch("GET", url).body
"""
KEYS_PACK = _PACK.format(domain="amazonaws.com", type="AWS_ACCESS_KEY", more="")
ROLE_PACK = _PACK.format(domain="amazonaws.com", type="AWS_ASSUME_ROLE", more="")
ENDPOINT_PACK = _PACK.format(
    domain="example.com",
    type="AWS_ACCESS_KEY",
    more=", requires_endpoint_url=True, endpoint_domain='example.com'",
)


def write_packs(folder: Path) -> None:
    """Write a pack of each AWS type, one that requires an endpoint, and one without authentication."""
    write_pack(folder, KEYS_PACK, "keys.py")
    write_pack(folder, ROLE_PACK, "role.py")
    write_pack(folder, ENDPOINT_PACK, "endpoint.py")
    write_pack(folder, "", "none.py")


def write_file(folder: Path, text: str) -> Path:
    """Write the file in which accounts are stored, readable by its owner only."""
    path = folder / FILE
    path.touch(0o600)
    path.write_text(text)
    return path


def store(folder: Path, **packs: dict[str, str]) -> None:
    """Store this for packs, by the names of their files without the ending."""
    entries = {f"{name}.py": entry for name, entry in packs.items()}
    write_file(folder, json.dumps({"version": 1, "packs": entries}))


def stored(folder: Path, pack: str) -> dict[str, Any] | None:
    """Return what is stored for a pack; None where there is no file, or nothing for it."""
    path = folder / FILE
    if not path.exists():
        return None
    entry: dict[str, Any] | None = json.loads(path.read_text()).get("packs", {}).get(f"{pack}.py")
    return entry
