"""Running a pack's formula in a test: on the command line in the emulator, or as a function."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from coda_cli.runtime.loader import load_pack
from coda_cli.runtime.spec import choose_formula
from tests.source_model import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coda_cli.sdk import ExecutionContext, SyncTable


def call(pack: str, formula: str, context: ExecutionContext, *values: object) -> Any:
    """Call a formula of one of our packs as the function that it is."""
    return choose_formula(load_pack(ROOT / "packs" / pack), formula).execute(context, *values)


def table(pack: str, name: str) -> SyncTable:
    """One of the sync tables of one of our packs."""
    (found,) = (one for one in load_pack(ROOT / "packs" / pack).pack.sync_tables if one.name == name)
    return found


def execute(environment: Mapping[str, str], pack: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``coda execute`` on one of our packs; options come last."""
    return subprocess.run(
        [sys.executable, "-m", "coda_cli", "execute", f"packs/{pack}", *arguments],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def result(environment: Mapping[str, str], pack: str, *arguments: str) -> Any:
    """Run ``coda execute``, which must succeed, and return its result."""
    done = execute(environment, pack, *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
