"""What is wrong with a pack's sync tables, each with its place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from coda_cli.runtime.pack_problems import Level, problems_of
from tests.programs import restored_interpreter, write_pack

if TYPE_CHECKING:
    import pytest

ERROR, WARNING = Level.ERROR, Level.WARNING


def test_sync_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are looked at like formulas, and one by whose id no row is known again is warned of."""
    monkeypatch.chdir(tmp_path)
    write_pack(
        tmp_path,
        """
        NAME = sdk.make_schema(type=sdk.ValueType.STRING)

        @pack.sync_table(schema=sdk.make_object_schema(properties={"name": NAME}))
        def unknown(context, prefix): return []

        @pack.sync_table(schema=sdk.make_object_schema(properties={"name": NAME}, id_property="name"))
        def known(context):
            'Rows that have an id.'
            return []

        @pack.sync_table(schema=str)
        def texts(context): return []

        @pack.formula(description="A formula.")
        def known(context): pass

        @pack.sync_table(description="Rows.", identity_name="Known")
        def others(context): return []
        """,
    )
    with restored_interpreter():
        problems = problems_of(Path("pack.py"))
    assert [(one.line, one.level, one.problem.partition("\n")[0]) for one in problems] == [
        (6, WARNING, "Unknown has no description"),
        (6, WARNING, "Unknown has no description of its parameter prefix"),
        (6, WARNING, "Unknown has no id_property in its schema, by which a row is known again"),
        (14, ERROR, "sync table Texts, schema: a row is an object, and this is string"),
        (17, ERROR, "formula Known: a sync table has this name"),
        (20, ERROR, "sync table Others, identity_name 'Known' is that of Known too"),
    ]
