"""A first pack: what its module may be called, and that its files are written together or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coda_cli.errors import UsageError
from coda_cli.runtime.first_pack import FirstPack, check_service, checked_title, module_name, write_files
from coda_cli.sdk import AuthenticationType

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("title", "name"),
    [
        pytest.param("weather", "weather", id="plain"),
        pytest.param("My Pack", "my_pack", id="words"),
        pytest.param("a--b.c", "a_b_c", id="signs"),
        pytest.param("_private_", "private", id="underscores"),
        pytest.param("2026 report", "pack_2026_report", id="digit first"),
        pytest.param("Größe", "größe", id="letters beyond ASCII"),
        pytest.param("日本", "日本", id="another script"),
        pytest.param("\ufb01nance", "finance", id="as Python reads a ligature"),
        pytest.param("cafe\u0301", "caf\u00e9", id="as Python reads a combined accent"),
        pytest.param("rocket 🚀", "rocket", id="picture"),
        pytest.param("json", "json_pack", id="module of Python"),
        pytest.param("JSON", "json_pack", id="module of Python in capitals"),
        pytest.param("requests", "requests_pack", id="library"),
        pytest.param("pytest", "pytest_pack", id="what runs its test"),
        pytest.param("coda-cli", "coda_cli_pack", id="coda"),
        pytest.param("SDK", "sdk_pack", id="a name that it imports"),
        pytest.param("class", "class_pack", id="keyword"),
    ],
)
def test_the_name_of_the_module(title: str, name: str) -> None:
    """Any name with letters in it makes a module that can be imported, and hides no library."""
    assert module_name(title) == name
    assert name.isidentifier()


@pytest.mark.parametrize(
    ("title", "said"),
    [
        pytest.param("", "no name of a module", id="empty"),
        pytest.param("---", "no name of a module", id="signs only"),
        pytest.param("🚀", "no name of a module", id="picture only"),
        pytest.param("a\x1b[31m", "cannot be printed", id="control character"),
        pytest.param("two\nlines", "cannot be printed", id="line end"),
        pytest.param("a\udcff", "cannot be printed", id="no text"),
    ],
)
def test_names_that_are_refused(title: str, said: str) -> None:
    """A name that names no module, or cannot be shown, is refused."""
    with pytest.raises(UsageError, match=said):
        checked_title(title)


def test_blanks_around_a_name() -> None:
    """Blanks around a name are nobody's intention."""
    assert checked_title("  My pack ") == "My pack"


@pytest.mark.parametrize("service", ["a/b", "a b", 'x"', "é", "a\n"])
def test_services_that_are_refused(service: str) -> None:
    """What the sdk would refuse in the pack is refused before it is written."""
    with pytest.raises(UsageError, match="is not the name of an AWS service"):
        check_service(AuthenticationType.AWS_ACCESS_KEY, service)


def test_the_files() -> None:
    """There are four, named after the module where that matters."""
    files = FirstPack("My Pack", "my_pack").files()
    assert list(files) == ["my_pack.py", "test_my_pack.py", "README.md", ".gitignore"]
    assert ".coda-credentials.json" in files[".gitignore"].splitlines()
    assert files["README.md"].startswith("# My Pack\n")
    assert "$" not in "".join(files.values())


def test_writing_makes_folders(tmp_path: Path) -> None:
    """The folder and those above it are made; what is there already stays."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "other").touch()
    write_files(tmp_path / "a" / "b" / "c", {"one": "1\n", "two": "ß\n"})
    write_files(tmp_path / "a", {"one": "1\n"})
    assert (tmp_path / "a" / "b" / "c" / "two").read_bytes() == "ß\n".encode()
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["b", "one", "other"]


def test_files_that_exist(tmp_path: Path) -> None:
    """Nothing is written over, a link that leads nowhere neither, and each is named."""
    (tmp_path / "two").write_text("mine", encoding="utf-8")
    (tmp_path / "three").symlink_to("nowhere")
    with pytest.raises(UsageError, match=r"two and .*three exist already"):
        write_files(tmp_path, {"one": "", "two": "", "three": ""})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["three", "two"]
    assert (tmp_path / "two").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("folder", ["there", "new/folder"])
def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path, folder: str) -> None:
    """Where one file cannot be written, those before it and the folders made for them are taken back."""
    (tmp_path / "there").mkdir()
    with pytest.raises(UsageError, match="cannot be written") as caught:
        write_files(tmp_path / folder, {"one": "1", "two": "2", "x" * 300: "3"})
    assert caught.value.details == ("Nothing was written.",)
    assert list(tmp_path.rglob("*")) == [tmp_path / "there"]


def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    """A path that goes through a file is refused."""
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written: "):
        write_files(tmp_path / "file" / "pack", {"one": ""})


@pytest.mark.usefixtures("permissions")
def test_a_folder_that_is_read_only(tmp_path: Path) -> None:
    """A folder that may not be written to is named, with the reason."""
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="cannot be written: Permission denied"):
        write_files(tmp_path, {"one": ""})
