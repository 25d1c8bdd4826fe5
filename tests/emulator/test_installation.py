"""Where the emulator's environment is, and how it is made."""

from __future__ import annotations

import io
import os
import select
import signal
import subprocess
import sys
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from coda_cli.emulator.installation import VERSION, installed_python, required_cache_folder
from coda_cli.errors import EmulatorError
from tests.emulator_fixture import CACHE_FOLDER

if TYPE_CHECKING:
    from pathlib import Path

PLACE = f"emulator/{VERSION}-{sys.implementation.cache_tag}"


@pytest.mark.usefixtures("emulator")
def test_installation_is_used_again() -> None:
    """What was installed once is used without a word, and runs although it was moved into place."""
    said: list[str] = []
    python = installed_python(CACHE_FOLDER, said.append)
    code = "import importlib.metadata as m; print(m.version('ministack'))"
    found = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert (found.stdout.strip(), said) == (VERSION, [])


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pip find an empty package that calls itself MiniStack, and nothing else."""
    about = f"Metadata-Version: 2.1\nName: ministack\nVersion: {VERSION}\n"
    tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(tmp_path / f"ministack-{VERSION}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("ministack/__init__.py", "")
        wheel.writestr("ministack/app.py", "")
        wheel.writestr(f"ministack-{VERSION}.dist-info/METADATA", about)
        wheel.writestr(f"ministack-{VERSION}.dist-info/WHEEL", tag)
        wheel.writestr(f"ministack-{VERSION}.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")


@pytest.mark.usefixtures("stand_in")
def test_two_first_uses_at_once(tmp_path: Path) -> None:
    """Each ends with a whole environment, made with the person's pip settings, and leaves nothing else.

    An environment whose interpreter was removed, by an upgrade of Python, is in both's way.
    """
    place = tmp_path / "cache" / PLACE
    (place / "bin").mkdir(parents=True)
    (place / "bin" / "python").symlink_to(tmp_path / "removed")
    said: list[str] = []
    with ThreadPoolExecutor() as pool:
        pythons = list(pool.map(lambda _: installed_python(tmp_path / "cache", said.append), range(2)))
    assert pythons == [place / "bin" / "python"] * 2
    subprocess.run([pythons[0], "-I", "-c", "import ministack.app"], check=True)
    assert len(said) == 2
    assert str(place) in said[0]
    assert list(place.parent.iterdir()) == [place]


INSTALL = """
import sys
from pathlib import Path
from coda_cli.emulator.installation import installed_python
installed_python(Path(sys.argv[1]), print)
"""

BACKEND = """
import os, signal
signal.alarm(60)
os.write(os.open({alive!r}, os.O_WRONLY), b"x")
while True:
    signal.pause()
"""


def test_interrupted_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped in the middle, it ends whatever pip has started, and leaves no folder."""
    alive, cache = tmp_path / "alive", tmp_path / "cache"
    os.mkfifo(alive)
    source = f"ministack-{VERSION}"
    with tarfile.open(tmp_path / f"{source}.tar.gz", "w:gz") as archive:
        for name, text in {
            "PKG-INFO": f"Metadata-Version: 2.1\nName: ministack\nVersion: {VERSION}\n",
            "pyproject.toml": "[build-system]\nrequires=[]\nbuild-backend='backend'\nbackend-path=['.']\n",
            "backend.py": BACKEND.format(alive=str(alive)),
        }.items():
            member = tarfile.TarInfo(f"{source}/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    reader = os.open(alive, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(reader, "rb", buffering=0) as pipe:
        process = subprocess.Popen(
            [sys.executable, "-c", INSTALL, str(cache)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        with process:
            select.select([pipe], [], [], 60)
            assert pipe.read(1) == b"x", process.communicate()
            process.send_signal(signal.SIGINT)
            process.communicate()
        select.select([pipe], [], [], 10)
        assert pipe.read(1) == b"", "what pip started is alive"
    assert process.returncode == -signal.SIGINT
    assert list(cache.glob("emulator/*")) == []


def test_no_home_folder() -> None:
    """Where the home folder is not known, the error says what to set instead."""
    with pytest.raises(EmulatorError, match="no home folder") as raised:
        required_cache_folder({"HOME": "~"})
    assert "XDG_CACHE_HOME" in raised.value.details[0]


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A cache folder that cannot be made is an error that says what to set."""
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(EmulatorError, match="cannot be installed") as raised:
        installed_python(tmp_path / "cache", print)
    assert "XDG_CACHE_HOME" in raised.value.details[0]
