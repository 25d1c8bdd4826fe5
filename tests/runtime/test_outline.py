"""The outline of a pack: what its source shows without being run."""

from __future__ import annotations

import os
import warnings
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from coda_cli.runtime.loader import load_pack
from coda_cli.runtime.outline import Outlined, read_outline
from tests.programs import restored_interpreter, write_pack
from tests.source_model import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKS = sorted(path.name for path in ROOT.glob("packs/*.py"))


def names(path: Path) -> list[str]:
    """The names of the formulas that the source shows."""
    return [outlined.name for outlined in read_outline(path) if outlined.kind == "formula"]


@pytest.mark.parametrize("pack", PACKS)
def test_our_packs(pack: str) -> None:
    """For each of our packs the source shows what running it shows."""
    path = ROOT / "packs" / pack
    with restored_interpreter():
        loaded = load_pack(path).pack
    assert {(one.name, one.description) for one in read_outline(path)} == {
        (block.name, block.description) for block in (*loaded.formulas, *loaded.sync_tables)
    }


def test_sync_tables(tmp_path: Path) -> None:
    """Tables are shown as such, in whichever way they are declared."""
    path = write_pack(
        tmp_path,
        '''
        @pack.sync_table
        def all_items(context):
            """Items."""

        @pack.sync_table(name="Others", identity_name="Other")
        def more(context):
            """More."""

        pack.add_sync_table(name="Spelled", description="Spelled out.", execute=more)
        pack.add_dynamic_sync_table(name="Lists", description="Many.", execute=more)
        ''',
    )
    assert read_outline(path) == (
        Outlined("sync table", "AllItems", "Items."),
        Outlined("sync table", "Others", "More."),
        Outlined("sync table", "Spelled", "Spelled out."),
        Outlined("sync table", "Lists", "Many."),
    )


def test_a_description(tmp_path: Path) -> None:
    """A description is the one that is given, else the docstring's first paragraph."""
    path = write_pack(
        tmp_path,
        '''
        @pack.formula
        def one(context):
            """First
            paragraph.

            Second."""

        @pack.formula(description="Given " "text.")
        def two(context):
            """Not this."""

        @pack.formula(description=f"{one}")
        def three(context):
            """What is computed is not known."""
        ''',
    )
    assert read_outline(path) == (
        Outlined("formula", "One", "First paragraph."),
        Outlined("formula", "Two", "Given text."),
        Outlined("formula", "Three", "What is computed is not known."),
    )


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param("@pack.formula\ndef a_b(context): ...", ["AB"], id="decorated"),
        pytest.param("@pack.formula()\ndef f(context): ...", ["F"], id="called"),
        pytest.param("@pack.formula(name='X')\ndef f(context): ...", ["X"], id="named"),
        pytest.param("@pack.formula(name=None)\ndef f(context): ...", ["F"], id="named None"),
        pytest.param("@pack.formula(name=str(1))\ndef f(context): ...", [], id="name computed"),
        pytest.param("@other\n@pack.formula\n@other\ndef f(context): ...", ["F"], id="several decorators"),
        pytest.param("pack.add_formula(name='X', execute=f)", ["X"], id="spelled out"),
        pytest.param("pack.add_formula(**options)", [], id="spelled out elsewhere"),
        pytest.param("def f(context): ...\npack.formula(f)", ["F"], id="function passed"),
        pytest.param("def f(context): ...\npack.formula(name='X')(f)", ["X"], id="function passed, named"),
        pytest.param("from lib import some_name as s\npack.formula(s)", ["SomeName"], id="of a library"),
        pytest.param("import lib.a\npack.formula(lib.a.some_name)", ["SomeName"], id="by a library's name"),
        pytest.param("for f in (a, b):\n    pack.formula(f)", [], id="loop"),
        pytest.param("pack.formula(lambda context: 1)", [], id="lambda"),
        pytest.param("if True:\n    @pack.formula\n    def f(context): ...", ["F"], id="under if"),
        pytest.param("p = pack\n@p.formula\ndef f(context): ...", ["F"], id="other name of the pack"),
        pytest.param("def add(p):\n    p.add_formula(name='X')\nadd(pack)", ["X"], id="parameter"),
        pytest.param("o = sdk.new_pack()\n@o.formula\ndef f(context): ...", [], id="another pack"),
        pytest.param("@pack.table\ndef f(context): ...", [], id="no formula"),
        pytest.param("@pack.formula(name='a b')\ndef f(context): ...", [], id="no name of a formula"),
        pytest.param("@pack.formula(name=1)\ndef f(context): ...", [], id="name is a number"),
        pytest.param("@pack.formula(name='x\\ny')\ndef f(context): ...", [], id="line end"),
        pytest.param("@pack.formula\ndef f(c): ...\npack.add_formula(name='f')", ["F"], id="twice"),
        pytest.param("pack = pack\n@pack.formula\ndef f(context): ...", ["F"], id="bound to itself"),
        pytest.param("import pack as pack\n@pack.formula\ndef f(context): ...", ["F"], id="imports itself"),
        pytest.param("", [], id="none"),
    ],
)
def test_ways_to_declare(tmp_path: Path, source: str, found: list[str]) -> None:
    """What the tree shows is found; what only running would show is not."""
    assert names(write_pack(tmp_path, source)) == found


def test_the_variable_manifest(tmp_path: Path) -> None:
    """A pack may be the variable ``manifest``."""
    path = tmp_path / "pack.py"
    path.write_text(
        "from coda_cli.sdk import new_pack\nmanifest: object = new_pack()\n"
        "@manifest.formula\nasync def f(context): ...\n",
        encoding="utf-8",
    )
    assert names(path) == ["F"]


SPLIT = {
    "main.py": """
        import library
        from parts import register
        from parts.core import pack
        from parts.more import *
        import other as elsewhere

        register(pack)
        pack.formula(elsewhere.kept)
        pack.formula(name="Renamed")(elsewhere.kept)
    """,
    "parts/__init__.py": """
        from .core import pack as shared

        @shared.formula
        def in_package(context): ...

        def register(given):
            given.add_formula(name="Registered")
    """,
    "parts/core.py": """
        from coda_cli import sdk
        pack = sdk.new_pack()

        @pack.formula
        def in_core(context):
            "In the core."
    """,
    "parts/more.py": """
        from . import core
        from parts.deep.down import thing

        @core.pack.formula
        def in_more(context): ...
    """,
    "parts/deep/__init__.py": "",
    "parts/deep/down.py": """
        from ..core import *
        from parts import more  # each imports the other
        thing = 1

        @pack.formula
        def in_depth(context): ...
    """,
    "other.py": """
        from coda_cli import sdk
        pack = sdk.new_pack()

        @pack.formula
        def kept(context):
            "Kept."

        @pack.formula
        def left(context): ...
    """,
    "unused.py": """
        from parts.core import pack

        @pack.formula
        def never(context): ...
    """,
}


def test_a_pack_of_several_modules(tmp_path: Path) -> None:
    """Modules beside the pack are read where they are imported; another pack's formulas are not ours."""
    for name, source in SPLIT.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(source), encoding="utf-8")
    found = {outlined.name: outlined.description for outlined in read_outline(tmp_path / "main.py")}
    assert found == {
        "Kept": "Kept.",
        "Renamed": "Kept.",
        "InPackage": "",
        "Registered": "",
        "InCore": "In the core.",
        "InMore": "",
        "InDepth": "",
    }


def test_a_linked_pack(tmp_path: Path) -> None:
    """A link is followed to the pack, whose neighbours are those of the file that it leads to."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "core.py").write_text("pack = 1\npack.add_formula(name='X')\n", encoding="utf-8")
    (tmp_path / "real" / "main.py").write_text("from core import pack\n", encoding="utf-8")
    (tmp_path / "linked.py").symlink_to(tmp_path / "real" / "main.py")
    assert names(tmp_path / "linked.py") == ["X"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"@pack.formula\ndef f(context:", id="no Python"),
        pytest.param(b"\x00", id="NUL"),
        pytest.param(b"# \xff\nx = 1", id="no UTF-8"),
        pytest.param(b"# coding: nosuch\n", id="unknown encoding"),
        pytest.param(b"x = " + b"(" * 5000 + b")" * 5000, id="too deep"),
        pytest.param(b"x = " + b"-" * 100_000 + b"1", id="too deep by operators"),
        pytest.param(b"", id="empty"),
        pytest.param(b"import main\nfrom main import *\nfrom . import x\nfrom ... import y\n", id="imports"),
    ],
)
def test_a_source_that_declares_nothing(tmp_path: Path, content: bytes) -> None:
    """What cannot be parsed declares nothing, and is no error."""
    (tmp_path / "main.py").write_bytes(content)
    assert read_outline(tmp_path / "main.py") == ()


def test_what_is_no_file(tmp_path: Path) -> None:
    """A missing file, a folder, a pipe, a link to itself and a name that none can have declare nothing."""
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "link.py").symlink_to(tmp_path / "link.py")
    for name in ("missing.py", ".", "pipe.py", "link.py", "nul\0.py", "x" * 5000):
        assert read_outline(tmp_path / name) == ()


def test_nothing_is_run(tmp_path: Path) -> None:
    """Reading a pack runs none of it."""
    path = write_pack(tmp_path, "open('run', 'w').close()\nraise SystemExit(1)\npack.add_formula(name='X')\n")
    assert names(path) == ["X"]
    assert not (tmp_path / "run").exists()


def test_python_warns_of_nothing(tmp_path: Path) -> None:
    """What Python's compiler warns of is not said in the middle of somebody's line."""
    path = write_pack(tmp_path, "@pack.formula\ndef f(context): return '\\d' is 1\n")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert names(path) == ["F"]
    assert said == []
