"""Loading a pack by its path, and every way in which that goes wrong."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coda_cli.errors import PackError
from coda_cli.runtime.loader import load_pack
from tests.programs import HEAD, restored_interpreter, run_coda, write_pack

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def interpreter() -> Iterator[None]:
    """Load packs in this process, and leave nothing of them behind."""
    with restored_interpreter():
        yield


def refusal(path: Path) -> PackError:
    """Return the error with which loading fails; it ends the program with 3."""
    with pytest.raises(PackError) as caught:
        load_pack(path)
    assert caught.value.exit_code == 3
    return caught.value


def told(error: PackError) -> str:
    """Everything that an error says."""
    return "\n".join((error.message, *error.details))


def test_a_pack_is_loaded(tmp_path: Path) -> None:
    """The module's variable ``pack`` is the pack."""
    path = write_pack(tmp_path, "@pack.formula\ndef one(context): pass\n", name="my-pack.v2.py")
    loaded = load_pack(path)
    assert [formula.name for formula in loaded.pack.formulas] == ["One"]
    assert (loaded.path, loaded.file_name) == (path, "my-pack.v2.py")


def test_manifest_is_accepted_too(tmp_path: Path) -> None:
    """``manifest`` is the reference's word; ``pack`` comes first where both are there."""
    head = "from coda_cli import sdk\n"
    first = write_pack(tmp_path, "manifest = sdk.new_pack()\nmanifest.set_version('1')\n", "a.py", head)
    both = write_pack(tmp_path, "manifest = 'text'\npack = sdk.new_pack()\n", "b.py", head)
    assert load_pack(first).pack.version == "1"
    assert load_pack(both).pack.version is None


def test_two_packs_of_one_name(tmp_path: Path) -> None:
    """Packs of the same file name in two folders do not meet."""
    versions = []
    for folder in ("1", "2"):
        (tmp_path / folder).mkdir()
        path = write_pack(tmp_path / folder, f"pack.set_version({folder!r})\n")
        versions.append(load_pack(path).pack.version)
    assert versions == ["1", "2"]


def test_dataclasses_of_a_pack_know_their_module(tmp_path: Path) -> None:
    """A pack with postponed annotations may use dataclasses as results."""
    source = """
        import dataclasses

        @dataclasses.dataclass
        class Point:
            x: int
            other: "Other | None" = None

        @dataclasses.dataclass
        class Other:
            y: int

        @pack.formula
        def point(context: sdk.ExecutionContext) -> list[Point]:
            return [Point(1)]
    """
    path = write_pack(tmp_path, source, head=f"from __future__ import annotations\n{HEAD}")
    assert str(load_pack(path).pack.formulas[0].result) == "array of object"


def test_a_pack_may_be_split(tmp_path: Path) -> None:
    """A module beside the pack is found, by an absolute import."""
    (tmp_path / "beside_the_pack.py").write_text("VERSION = '7'\n")
    path = write_pack(tmp_path, "import beside_the_pack\npack.set_version(beside_the_pack.VERSION)\n")
    assert load_pack(path).pack.version == "7"


@pytest.mark.parametrize("name", ["json", "click", "requests", "coda_cli", "jmespath", "decimal"])
def test_a_module_beside_the_pack_shadows_no_library(tmp_path: Path, name: str) -> None:
    """A file named like a library is not it, neither for coda nor for the pack."""
    folder = tmp_path / "packs"
    folder.mkdir()
    (folder / f"{name}.py").write_text("raise SystemExit('shadowed')\n")
    source = f"""
        import {name}

        @pack.formula
        def number(context, x: float) -> dict[str, float]:
            return {{"x": x}}
    """
    path = write_pack(folder, source)
    process = run_coda("execute", path, "Number", "1", "--query", "x", cwd=tmp_path)
    assert (process.returncode, process.stdout, process.stderr) == (0, "1.0\n", "")


def test_no_such_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file is told with the folder in which it was looked for."""
    monkeypatch.chdir(tmp_path)
    error = refusal(Path("nosuch.py"))
    assert error.message == "there is no file nosuch.py"
    assert str(tmp_path) in error.details[0]


def test_a_folder(tmp_path: Path) -> None:
    """A folder is told with the modules in it, one of which was probably meant."""
    write_pack(tmp_path, "")
    error = refusal(tmp_path)
    assert error.message == f"{tmp_path} is a folder, not a pack"
    assert error.details == ("It holds pack.py.",)


def test_an_empty_folder(tmp_path: Path) -> None:
    """There is nothing to suggest."""
    assert refusal(tmp_path).details == ()


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    """A name that the file system refuses is an error like any other."""
    assert "cannot be opened" in refusal(tmp_path / ("a" * 5000)).message


@pytest.mark.usefixtures("permissions")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    """A file that may not be read is told as that."""
    path = write_pack(tmp_path, "")
    path.chmod(0)
    assert "cannot be read: Permission denied" in refusal(path).message


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A file that fails when it is read is told as that, not as the pack's own failure."""
    path = tmp_path / "pack.py"
    path.symlink_to("/proc/self/mem")
    if not path.exists():
        pytest.skip("there is no such file on this system")
    assert refusal(path).message == f"{path} cannot be read: Input/output error"


@pytest.mark.parametrize(
    ("content", "message", "details"),
    [
        pytest.param(
            b"x = 1\ndef f(context)\n    return 1\n",
            "{} is not valid Python: expected ':'",
            ["at {}, line 2", "    def f(context)", "                  ^"],
            id="syntax error",
        ),
        pytest.param(
            b"if True:\n    x = (1,,2)\n",
            "{} is not valid Python: invalid syntax",
            ["at {}, line 2", "    x = (1,,2)", "           ^"],
            id="syntax error in an indented line",
        ),
        pytest.param(b"x = 1\0\n", "{} is not valid Python: source code", [], id="NUL byte"),
        pytest.param("x = 'é'\n".encode("latin-1"), "{} is not valid Python: ", [], id="not UTF-8"),
        pytest.param(b"# coding: nonsense\n", "{} is not valid Python: unknown encoding", [], id="encoding"),
        pytest.param(b"\x7fELF\x02\x01\x00\xff", "{} is not valid Python: ", [], id="a program"),
        pytest.param(b"", "{} has no variable `pack`", [], id="empty"),
        pytest.param(b"x = 1\n", "{} has no variable `pack`", [], id="no pack"),
        pytest.param(b"pack = None\n", "{} has no variable `pack`", [], id="None"),
        pytest.param(b"pack = {'a': 1}\n", "{} has a `pack` that is no pack but of type dict", [], id="dict"),
        pytest.param(
            b"from coda_cli import sdk\npack = sdk.new_pack\n",
            "{} has a `pack` that is no pack but of type function",
            [],
            id="not called",
        ),
    ],
)
def test_what_is_no_pack(tmp_path: Path, content: bytes, message: str, details: list[str]) -> None:
    """Each has its own message; a syntax error shows its line with a caret under the place."""
    path = tmp_path / "pack.py"
    path.write_bytes(content)
    error = refusal(path)
    assert error.message.startswith(message.format(path))
    assert [*error.details][: len(details)] == [detail.format(path) for detail in details]


def test_a_syntax_error_beside_the_pack_names_its_file(tmp_path: Path) -> None:
    """The file that cannot be read is the one that is named."""
    (tmp_path / "broken_beside.py").write_text("x = = 1\n")
    error = refusal(write_pack(tmp_path, "import broken_beside\n"))
    assert error.message.startswith(f"{tmp_path / 'broken_beside.py'} is not valid Python")


def test_a_missing_import_says_how_to_add_it(tmp_path: Path) -> None:
    """The pack's line, the environment in use, and the command that adds a package to it."""
    error = refusal(write_pack(tmp_path, "import not_installed_here.deep\n"))
    assert error.message == f"{tmp_path / 'pack.py'}: No module named 'not_installed_here'"
    assert error.details[0] == f"at {tmp_path / 'pack.py'}, line 3"
    assert sys.prefix in error.details[1]
    assert error.details[2].endswith(" install not_installed_here")


def test_a_missing_import_of_a_library_shows_the_line_of_the_pack(tmp_path: Path) -> None:
    """The innermost line that is the pack's, not one of the library that it imports."""
    source = (
        "import importlib\ndef imported():\n    importlib.import_module('not_installed_here')\nimported()\n"
    )
    error = refusal(write_pack(tmp_path, source))
    assert error.details[0] == f"at {tmp_path / 'pack.py'}, line 5"


@pytest.mark.parametrize(
    ("source", "last"),
    [
        pytest.param("1 / 0\n", "ZeroDivisionError: division by zero", id="exception"),
        pytest.param("import sys\nsys.exit(7)\n", "SystemExit: 7", id="sys.exit"),
        pytest.param("raise GeneratorExit\n", "GeneratorExit", id="no Exception at all"),
        pytest.param("eval('1 +')\n", "SyntaxError: invalid syntax", id="eval"),
        pytest.param("b'\\xff'.decode()\n", "UnicodeDecodeError: 'utf-8' codec", id="decoding"),
        pytest.param("open('nosuch')\n", "FileNotFoundError: ", id="file"),
        pytest.param("from json import nosuch\n", "ImportError: cannot import name", id="name of a module"),
    ],
)
def test_an_exception_shows_the_frames_of_the_pack(tmp_path: Path, source: str, last: str) -> None:
    """A pack that fails while it is loaded shows the traceback from its first frame on, none of ours."""
    path = write_pack(tmp_path, source)
    error = refusal(path)
    assert error.message == f"{path} failed while it was loaded"
    assert error.details[0] == "Traceback (most recent call last):"
    assert error.details[1].startswith(f'  File "{path}", line ')
    assert error.details[-1].startswith(last)
    assert "importlib" not in told(error)
    assert f"runtime{os.sep}loader.py" not in told(error)


def test_interruptions_are_not_failures_of_the_pack(tmp_path: Path) -> None:
    """Ctrl-C while a pack is loaded interrupts the program."""
    with pytest.raises(KeyboardInterrupt):
        load_pack(write_pack(tmp_path, "raise KeyboardInterrupt\n"))


@pytest.mark.parametrize(
    ("source", "said", "line"),
    [
        pytest.param(
            "@pack.formula\ndef f(context, blob: bytes):\n    pass\n",
            "formula F, parameter blob: bytes is not a type",
            3,
            id="parameter",
        ),
        pytest.param(
            "\npack.add_network_domain('https://a.com')\n", "'https://a.com' is a URL", 4, id="domain"
        ),
        pytest.param(
            "pack.set_user_authentication(\n    type=sdk.AuthenticationType.AWS_ACCESS_KEY)\n",
            "AWS_ACCESS_KEY needs the name of an AWS service",
            3,
            id="service missing",
        ),
    ],
)
def test_declaration_errors_name_file_and_line(tmp_path: Path, source: str, said: str, line: int) -> None:
    """A declaration that makes no sense is told with the line where it is made, without a traceback."""
    path = write_pack(tmp_path, source)
    error = refusal(path)
    assert error.message.startswith(f"{path}: ")
    assert said in error.message
    assert error.details[0] == f"at {path}, line {line}"
    assert "Traceback" not in told(error)


def test_contradictions_are_told_when_the_pack_was_loaded(tmp_path: Path) -> None:
    """What only the whole pack shows is an error of the whole pack."""
    source = """
        pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="s3")
        pack.add_network_domain("a.com", "b.com")
    """
    path = write_pack(tmp_path, source)
    assert refusal(path).message.startswith(f"{path} contradicts itself: it declares several network domains")


def test_a_file_of_another_kind(tmp_path: Path) -> None:
    """Text that is not called a Python module is not run as one."""
    path = tmp_path / "notes.txt"
    path.write_text("hello\n", encoding="utf-8")
    assert refusal(path).message == f"{path} is not a Python module: its name does not end in .py"


def test_a_relative_import_says_how_to_import(tmp_path: Path) -> None:
    """A pack is a module of its own: files beside it are imported by their names."""
    path = tmp_path / "pack.py"
    path.write_text("from . import helper\n", encoding="utf-8")
    assert refusal(path).details == (f"at {path}, line 1", "Import a file beside the pack by its name.")


def test_a_missing_part_of_a_package_that_is_there(tmp_path: Path) -> None:
    """Where the package itself is installed, nobody is told to install it."""
    path = tmp_path / "pack.py"
    path.write_text("import json.nothing\n", encoding="utf-8")
    assert not any("To add" in detail for detail in refusal(path).details)


def test_a_pack_with_a_dot_in_its_name(tmp_path: Path) -> None:
    """A dot names no package: such a pack is loaded, and told the same about relative imports."""
    path = tmp_path / "pack.v2.py"
    path.write_text("from . import helper\n", encoding="utf-8")
    assert refusal(path).details == (f"at {path}, line 1", "Import a file beside the pack by its name.")
