"""The built wheel: what is in it, what it says of itself, and that it runs without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from email.parser import HeaderParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import coda_cli
from tests.source_model import PACKAGE, ROOT, project_files

if TYPE_CHECKING:
    from email.message import Message

DIST_INFO = f"coda_cli-{coda_cli.__version__}.dist-info"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout, with the build backend of this environment."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    process = subprocess.run(build, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stdout + process.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    """What the wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        return HeaderParser().parsestr(archive.read(f"{DIST_INFO}/METADATA").decode())


def test_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """The wheel has every file of the package, its own metadata and licence, and no test or pack."""
    package = {path.as_posix() for path in project_files() if path.parts[0] == PACKAGE}
    about = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")
    with zipfile.ZipFile(wheel) as archive:
        assert set(archive.namelist()) == package | {f"{DIST_INFO}/{name}" for name in about}


def test_wheel_is_for_every_platform(wheel: Path) -> None:
    """Pure Python: one wheel, named after the distribution and its version."""
    assert wheel.name == f"coda_cli-{coda_cli.__version__}-py3-none-any.whl"


def test_metadata_is_the_projects(metadata: Message) -> None:
    """Name, version, licence, Python, dependencies and extras are those that pyproject.toml declares."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert metadata["Name"] == "coda-cli"
    assert metadata["Version"] == coda_cli.__version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"
    extras = project["optional-dependencies"]
    of_extras = [f"{one}; extra == '{name}'" for name, needed in extras.items() for one in needed]
    assert sorted(metadata.get_all("Requires-Dist", [])) == sorted([*project["dependencies"], *of_extras])
    assert metadata.get_all("Provides-Extra") == list(extras)


def test_wheel_says_that_it_is_typed(wheel: Path) -> None:
    """Type checkers of pack authors read our annotations."""
    with zipfile.ZipFile(wheel) as archive:
        assert f"{PACKAGE}/py.typed" in archive.namelist()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a folder of its own; its dependencies are those of this environment."""
    folder = tmp_path_factory.mktemp("installed")
    install = ["install", "--quiet", "--no-deps", "--no-index", "--target", str(folder), str(wheel)]
    process = subprocess.run(
        [sys.executable, "-m", "pip", *install], capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return folder


@pytest.mark.parametrize(
    "command",
    [
        pytest.param([sys.executable, "-m", "coda_cli"], id="python -m coda_cli"),
        pytest.param(["bin/coda"], id="coda"),
    ],
)
def test_wheel_runs(installed: Path, tmp_path: Path, command: list[str]) -> None:
    """The command runs a pack with the wheel's code, in a folder where the checkout is not."""
    pack = tmp_path / "where.py"
    pack.write_text(
        "import coda_cli\n"
        "from coda_cli import sdk\n"
        "pack = sdk.new_pack()\n\n\n"
        '@pack.formula(description="Where coda is.")\n'
        "def where(context: sdk.ExecutionContext) -> str:\n"
        "    return coda_cli.__file__\n",
        encoding="utf-8",
    )
    program = [str(installed / part) if part == "bin/coda" else part for part in command]
    process = subprocess.run(
        [*program, "execute", str(pack), "Where", "--output", "text"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    assert Path(process.stdout.strip()) == installed / PACKAGE / "__init__.py"
