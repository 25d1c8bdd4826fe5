"""``s3_assume_role.py``: the formulas of ``s3.py`` through a role."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coda_cli.emulator.filling import BUCKETS
from tests.packs.running import execute, result

if TYPE_CHECKING:
    from coda_cli.emulator.running import Emulator

PACK = "s3_assume_role.py"


@pytest.mark.parametrize(
    "options",
    [pytest.param([], id="environment"), pytest.param(["--profile", "emulator-role"], id="profile")],
)
def test_buckets(emulator: Emulator, options: list[str]) -> None:
    """The role may list the buckets, whether it comes from variables or from a profile."""
    buckets = result(emulator.environment, PACK, "ListBuckets", *options)
    assert [bucket["name"] for bucket in buckets] == list(BUCKETS)


def test_objects_and_text(emulator: Emulator) -> None:
    """The role may list and read objects."""
    (found,) = result(emulator.environment, PACK, "ListObjects", "coda-demo-reports", "readme")
    text = result(emulator.environment, PACK, "GetText", "coda-demo-reports", found["key"])
    assert text == BUCKETS["coda-demo-reports"]["readme.txt"]


def test_inline_credentials(emulator: Emulator) -> None:
    """Without role variables, the role by options."""
    environment = {
        name: value for name, value in emulator.environment.items() if not name.startswith("CODA_")
    }
    options = ["--role-arn", emulator.role.arn, "--external-id", emulator.role.external_id]
    assert len(result(environment, PACK, "ListBuckets", *options)) == len(BUCKETS)


def test_wrong_external_id(emulator: Emulator) -> None:
    """The role's trust policy refuses another external id, which is a matter of credentials."""
    done = execute(dict(emulator.environment) | {"CODA_EXTERNAL_ID": "another"}, PACK, "ListBuckets")
    assert (done.returncode, done.stdout) == (4, "")
    assert "AccessDenied" in done.stderr


def test_it_only_reads() -> None:
    """What the role may not do is not offered."""
    done = execute({}, PACK, "PutText", "a", "b", "c")
    assert done.returncode == 2
