"""Every first pack is what its author would want to have written: clean, typed, tested, and it runs."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from coda_cli.runtime.first_pack import FirstPack
from coda_cli.sdk import AuthenticationType
from tests.programs import run_coda

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from coda_cli.emulator.running import Emulator

KEY, ROLE = AuthenticationType.AWS_ACCESS_KEY, AuthenticationType.AWS_ASSUME_ROLE
IDENTITY = "/?Action=GetCallerIdentity&Version=2011-06-15"
PACKS = (
    FirstPack("Hello", "first_hello"),
    *(
        FirstPack("AWS", f"first_{type_.name.lower()}_{service}", type_, service)
        for type_ in (KEY, ROLE)
        for service in ("s3", "dynamodb", "sts")
    ),
)
RUN = {
    None: (["Hello", "Ada"], "Hello Ada!"),
    "s3": (["ListBuckets"], "coda-demo-logs"),
    "dynamodb": (["ListTables"], "Orders"),
    "sts": (["Get", IDENTITY], "coda-demo"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all packs and their tests."""
    folder = tmp_path_factory.mktemp("first_packs")
    for pack in PACKS:
        for name, text in pack.files().items():
            if name.endswith(".py"):
                (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "tool",
    [
        pytest.param("ruff check --isolated --no-cache", id="lint"),
        pytest.param(
            "ruff check --isolated --no-cache --select A,B,C4,D,E,ERA,F,I,N,PL,RUF,SIM,UP,W", id="more"
        ),
        pytest.param("ruff format --isolated --no-cache --check", id="format"),
        pytest.param("ruff format --isolated --no-cache --check --line-length 110", id="format, wide"),
        pytest.param("mypy --strict --config-file= --cache-dir=.mypy", id="types"),
        pytest.param("pytest -q -p no:cacheprovider -W error", id="tests"),
    ],
)
def test_tools_find_nothing(folder: Path, tool: str) -> None:
    """Linter, formatter and type checker have nothing to say, and its own tests pass without AWS."""
    ignored = ["--ignore", "D107,D203,D213"] if "--select" in tool else []
    done = subprocess.run(
        [sys.executable, "-m", *tool.split(), *ignored, "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.module)
def test_it_uses_what_is_public(pack: FirstPack) -> None:
    """Pack and test import the sdk, the standard library and each other, and nothing else of coda."""
    files = pack.files()
    for name in (f"{pack.module}.py", f"test_{pack.module}.py"):
        assert set(imported(files[name])) <= {"typing", "coda_cli.sdk", pack.module}


def imported(source: str) -> Iterator[str]:
    """The modules that a source imports; of ``coda_cli`` what is imported from it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            yield from (
                f"coda_cli.{alias.name}" if node.module == "coda_cli" else str(node.module)
                for alias in node.names
            )
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.module)
def test_it_is_described_and_runs(folder: Path, emulator: Emulator, pack: FirstPack) -> None:
    """``coda describe`` shows it, and its formula gives a result, with the emulator where it needs AWS."""
    described = run_coda("describe", f"{pack.module}.py", cwd=folder)
    assert (described.returncode, described.stderr) == (0, "")
    assert pack.run.partition(" ")[0] in described.stdout
    words, wanted = RUN[pack.service]
    environment = emulator.environment if pack.service else {}
    done = run_coda("execute", f"{pack.module}.py", *words, cwd=folder, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert wanted in json.dumps(json.loads(done.stdout))


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.module)
def test_it_says_how_it_is_run(pack: FirstPack) -> None:
    """Docstring and README show the command, and the README the account that the pack needs."""
    files = pack.files()
    command = f"coda execute {pack.module}.py {pack.run}"
    assert command in files[f"{pack.module}.py"]
    readme = files["README.md"]
    assert command in readme
    assert ("coda auth" in readme) == (pack.service is not None)
    assert ("coda trust-policy" in readme) == (pack.type is ROLE)
