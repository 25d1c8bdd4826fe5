"""What a start of the program loads: modules counted, not seconds, in fresh interpreters."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.auth.world import EXTERNAL_ID, ROLE, FakeSts, set_keys
from tests.servers import Answer, LoopbackServer
from tests.source_model import ROOT

HTTP = {"requests", "urllib3", "botocore"}
DISPLAY = {"rich"}


def libraries_loaded(*arguments: str) -> set[str]:
    """Run a fresh interpreter to a good end and name the libraries outside Python's own that it loaded.

    What an interpreter of this environment loads by itself (editable installs do) is left out.
    """
    return _loaded(*arguments) - _loaded("-c", "pass") - {"coda_cli"}


def _loaded(*arguments: str) -> set[str]:
    names = {name.partition(".")[0] for name in _modules_loaded(*arguments)}
    # Imports that failed are reported too: the standard library tries Jython's `org`.
    return {name for name in names - sys.stdlib_module_names if find_spec(name)}


def _modules_loaded(*arguments: str) -> set[str]:
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
    return {line.rpartition("|")[2].strip() for line in report[1:]}


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
        pytest.param(["auth", "--help"], id="help of auth"),
        pytest.param(["trust-policy", "--help"], id="help of trust-policy"),
        pytest.param(["auth", "packs/s3.py", "--clear"], id="clear"),
        pytest.param(["init", "--help"], id="help of init"),
        pytest.param(["describe", "packs/hello.py"], id="describe, piped"),
        pytest.param(["describe", "packs/s3.py", "--output", "json"], id="describe as JSON"),
        pytest.param(["validate", "packs/s3.py"], id="validate"),
    ],
)
def test_help_loads_no_heavy_library(arguments: list[str]) -> None:
    """Asking what there is waits for neither HTTP, AWS nor the display library."""
    assert not libraries_loaded("-m", "coda_cli", *arguments) & (HTTP | DISPLAY)


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        pytest.param(["coda", ""], set(), id="commands"),
        pytest.param(["coda", "execute", "packs/s3.py", ""], set(), id="formulas"),
        pytest.param(["coda", "execute", "packs/s3.py", "--out"], set(), id="options"),
        pytest.param(["coda", "auth", "packs/s3.py", "--profile", ""], {"botocore"}, id="profiles"),
    ],
)
def test_completion_loads_no_heavy_library(
    monkeypatch: pytest.MonkeyPatch, words: list[str], allowed: set[str]
) -> None:
    """A Tab waits for no library, but where botocore's reader of configuration files is what is wanted."""
    monkeypatch.setenv("_CODA_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "\n".join(words))
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    assert libraries_loaded("-m", "coda_cli") & (HTTP | DISPLAY) == allowed


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param([], id="piped"),
        pytest.param(["--output", "json"], id="json"),
        pytest.param(["--verbose"], id="verbose"),
        pytest.param(["--dry-run"], id="dry run"),
    ],
)
def test_formula_without_fetch_loads_no_http(extra: list[str]) -> None:
    """A formula that sends nothing starts without requests and botocore, and without rich when piped."""
    loaded = libraries_loaded("-m", "coda_cli", "execute", "packs/hello.py", "Hello", "World", *extra)
    assert not loaded & (HTTP | DISPLAY)


def test_kept_session_loads_no_session_of_botocores(monkeypatch: pytest.MonkeyPatch) -> None:
    """With keys in the environment and a role that an earlier run assumed, only what signs is loaded."""
    set_keys(monkeypatch)
    listing = b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"
    with FakeSts() as sts, LoopbackServer(Answer(200, (("Content-Type", "text/xml"),), listing)) as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", service.url)
        role = ("--role-arn", ROLE, "--external-id", EXTERNAL_ID)
        arguments = ("-m", "coda_cli", "execute", "packs/s3_assume_role.py", "ListBuckets", *role)
        first, second = _modules_loaded(*arguments), _modules_loaded(*arguments)
        assert len(sts.requests) == 1
        assert len(service.requests) == 2
    what_assumes = {"botocore.session", "botocore.client", "botocore.credentials"}
    assert what_assumes <= first
    assert "botocore.auth" in second
    assert what_assumes & second == set()
