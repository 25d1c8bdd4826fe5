"""What is said of a run while it goes on."""

from __future__ import annotations

from coda_cli import sdk
from coda_cli.cli.run_progress import RunProgress
from coda_cli.runtime.sync import TableSync
from tests.fetchers import OneByOne


def test_a_formula_is_named() -> None:
    """How many requests there were does not matter where nobody knows how many will follow."""
    progress = RunProgress("Hello")
    progress.count_request()
    assert progress() == "Running Hello"


def test_a_sync_is_told_by_its_rows() -> None:
    """Rows and requests show that it moves."""
    pack = sdk.new_pack()
    pack.sync_table(name="Items")(lambda context: ({"id": number} for number in range(2000)))
    progress = RunProgress("Items")
    progress.sync = TableSync(pack.sync_tables[0], sdk.ExecutionContext(OneByOne()), [])
    list(progress.sync.rows())
    progress.count_request()
    assert progress() == "Running Items … 1,000 rows, 1 requests"
