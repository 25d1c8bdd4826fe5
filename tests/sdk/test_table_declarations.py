"""The sync tables of a pack, beside one another and beside its formulas."""

from __future__ import annotations

from typing import Any

import pytest

from coda_cli import sdk
from coda_cli.errors import DeclarationError


def rows(context: sdk.ExecutionContext) -> list[Any]:
    """Give no rows."""
    return []


def test_tables_are_no_formulas() -> None:
    """A pack has both, each in the order of its declaration."""
    pack = sdk.new_pack()
    pack.sync_table(name="B")(rows)
    pack.formula(name="F")(rows)
    pack.add_sync_table(name="A", execute=rows)
    assert [table.name for table in pack.sync_tables] == ["B", "A"]
    assert [formula.name for formula in pack.formulas] == ["F"]


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        pytest.param("sync_table", "sync_table", "sync table rows is declared twice", id="tables"),
        pytest.param("formula", "formula", "formula rows is declared twice", id="formulas"),
        pytest.param("formula", "sync_table", "sync table rows: a formula has this name", id="table last"),
        pytest.param("sync_table", "formula", "formula rows: a sync table has this name", id="formula last"),
    ],
)
def test_a_name_is_taken_once(first: str, second: str, message: str) -> None:
    """A formula and a table cannot have one name, whatever its case."""
    pack = sdk.new_pack()
    getattr(pack, first)(name="Rows")(rows)
    with pytest.raises(DeclarationError) as caught:
        getattr(pack, second)(name="rows")(rows)
    assert caught.value.message == message


def test_an_identity_is_taken_once() -> None:
    """It is what tells the rows of one table from those of another."""
    pack = sdk.new_pack()
    pack.sync_table(name="A", identity_name="Row")(rows)
    with pytest.raises(DeclarationError) as caught:
        pack.sync_table(name="B", identity_name="Row")(rows)
    assert caught.value.message == "sync table B, identity_name 'Row' is that of A too"


def test_the_account_that_a_table_wants() -> None:
    """It must be declared, as for formulas."""
    pack = sdk.new_pack()
    pack.sync_table(connection_requirement=sdk.ConnectionRequirement.REQUIRED)(rows)
    (found,) = pack.contradictions()
    assert found.problem == "Rows: it requires an account, and the pack declares no authentication"
    assert found.about is pack.sync_tables[0]
