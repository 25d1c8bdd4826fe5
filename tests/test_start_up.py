"""What a start of the program loads: modules counted, not seconds, in fresh interpreters."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.source_model import ROOT

HTTP = {"requests", "urllib3", "botocore"}
DISPLAY = {"rich"}


def libraries_loaded(*arguments: str) -> set[str]:
    """Run a fresh interpreter to a good end and name the libraries outside Python's own that it loaded.

    What an interpreter of this environment loads by itself (editable installs do) is left out.
    """
    return _loaded(*arguments) - _loaded("-c", "pass") - {"coda_cli"}


def _loaded(*arguments: str) -> set[str]:
    process = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = process.stderr.splitlines()
    report = [line for line in lines if line.startswith("import time:")]
    said = "\n".join(line for line in lines if line not in report)
    assert process.returncode == 0, said
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in report[1:]}
    # Imports that failed are reported too: the standard library tries Jython's `org`.
    return {name for name in names - sys.stdlib_module_names if find_spec(name)}


def test_libraries_are_seen_when_loaded() -> None:
    """The measure itself sees a library that is loaded, and its absence."""
    assert "click" in libraries_loaded("-c", "import click")
    assert libraries_loaded("-c", "import json") == set()


def test_sdk_loads_the_standard_library_only() -> None:
    """A pack's own tests and editors import the sdk at the price of the standard library."""
    assert libraries_loaded("-c", "from coda_cli import sdk") == set()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--help"], id="help"),
        pytest.param(["--version"], id="version"),
        pytest.param(["execute", "--help"], id="help of execute"),
        pytest.param(["describe", "packs/hello.py"], id="describe, piped"),
        pytest.param(["describe", "packs/s3.py", "--output", "json"], id="describe as JSON"),
        pytest.param(["validate", "packs/s3.py"], id="validate"),
    ],
)
def test_help_loads_no_heavy_library(arguments: list[str]) -> None:
    """Asking what there is waits for neither HTTP, AWS nor the display library."""
    assert not libraries_loaded("-m", "coda_cli", *arguments) & (HTTP | DISPLAY)


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param([], id="piped"),
        pytest.param(["--output", "json"], id="json"),
        pytest.param(["--verbose"], id="verbose"),
    ],
)
def test_formula_without_fetch_loads_no_http(extra: list[str]) -> None:
    """A formula that sends nothing starts without requests and botocore, and without rich when piped."""
    loaded = libraries_loaded("-m", "coda_cli", "execute", "packs/hello.py", "Hello", "World", *extra)
    assert not loaded & (HTTP | DISPLAY)
