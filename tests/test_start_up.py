"""What a start of the program loads: modules counted, not seconds, in fresh interpreters."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from tests.auth.world import EXTERNAL_ID, ROLE, FakeSts, set_keys
from tests.programs import run_coda, write_pack
from tests.servers import Answer, LoopbackServer
from tests.source_model import PACKAGE, ROOT

if TYPE_CHECKING:
    from pathlib import Path

LISTING = Answer(
    200, (("Content-Type", "text/xml"),), b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"
)
HTTP = {"requests", "urllib3", "botocore"}
DISPLAY = {"rich"}


MODULES_LOADED = ROOT / "tests" / "data" / "modules_loaded.json"
"""Our own modules that each kind of start loads, beside those of the kind before it."""

NEVER_WHERE_KEYS_ARE_AT_HAND = {
    *("botocore.session", "botocore.client", "botocore.credentials", "botocore.configloader"),
    *("botocore.parsers", "botocore.model", "botocore.endpoint", "configparser", "subprocess"),
}
"""What a signed request needs only where botocore itself looks for credentials, or asks STS."""

NEVER_WITHOUT_A_REQUEST = {"ssl", "http", "http.client", "email", "xml", "hashlib", "tempfile", "subprocess"}
NEVER_UNLESS_SOMETHING_IS_WRONG = {"difflib", "click.shell_completion"}


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


def expected_modules(*kinds: str) -> set[str]:
    """Return our modules that these kinds of start load together."""
    told: dict[str, list[str]] = json.loads(MODULES_LOADED.read_text(encoding="utf-8"))
    return {module for kind in kinds for module in told[kind]}


def our_modules(loaded: set[str]) -> set[str]:
    """Return those that are coda's own."""
    return {name for name in loaded if name.partition(".")[0] == PACKAGE}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_asking_what_there_is_loads_what_it_shows(option: str) -> None:
    """Help and version load click and the table of commands: no pack's sdk, and not what it is made of."""
    loaded = _modules_loaded("-m", "coda_cli", option)
    assert our_modules(loaded) == expected_modules("help")
    assert not loaded & {"dataclasses", "pathlib", "urllib.parse", "json", "logging"}


def test_formula_without_network_loads_no_more_than_it_needs() -> None:
    """A formula that sends nothing loads neither fetching nor auth, nor what a connection needs."""
    loaded = _modules_loaded("-m", "coda_cli", "execute", "packs/hello.py", "Hello")
    assert our_modules(loaded) == expected_modules("help", "formula")
    assert not loaded & (NEVER_WITHOUT_A_REQUEST | NEVER_UNLESS_SOMETHING_IS_WRONG)


def test_signed_request_loads_the_signer_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """With keys in the environment, botocore's signer is loaded, and nothing that explains a refusal."""
    set_keys(monkeypatch)
    with LoopbackServer(LISTING) as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", service.url)
        loaded = _modules_loaded("-m", "coda_cli", "execute", "packs/s3.py", "ListBuckets")
        assert len(service.requests) == 1
    assert "botocore.auth" in loaded
    assert our_modules(loaded) == expected_modules("help", "formula", "signed request")
    assert not loaded & (NEVER_WHERE_KEYS_ARE_AT_HAND | NEVER_UNLESS_SOMETHING_IS_WRONG)


def test_kept_session_loads_no_session_of_botocores(monkeypatch: pytest.MonkeyPatch) -> None:
    """With keys in the environment and a role that an earlier run assumed, only what signs is loaded."""
    set_keys(monkeypatch)
    with FakeSts() as sts, LoopbackServer(LISTING) as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", service.url)
        role = ("--role-arn", ROLE, "--external-id", EXTERNAL_ID)
        arguments = ("-m", "coda_cli", "execute", "packs/s3_assume_role.py", "ListBuckets", *role)
        first, second = _modules_loaded(*arguments), _modules_loaded(*arguments)
        assert len(sts.requests) == 1
        assert len(service.requests) == 2
    assert first >= NEVER_WHERE_KEYS_ARE_AT_HAND - {"subprocess", "configparser"}
    assert our_modules(second) == expected_modules("help", "formula", "signed request", "kept session")
    assert not second & {"botocore.session", "botocore.client", "botocore.credentials"}


def test_starting_searches_for_no_garbage(tmp_path: Path) -> None:
    """What is loaded makes no garbage, and is not searched for any dozens of times."""
    counting = 'gc.get_stats()[0]["collections"]'
    source = f"""
    import gc

    @pack.formula
    def count(context) -> int:
        return {counting}
    """
    write_pack(tmp_path, source)
    before = subprocess.run(
        [sys.executable, "-c", f"import gc; print({counting})"], capture_output=True, text=True, check=True
    )
    count = run_coda("execute", "pack.py", "Count", cwd=tmp_path)
    assert int(count.stdout) - int(before.stdout) < 12
