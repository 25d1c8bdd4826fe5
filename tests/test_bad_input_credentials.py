"""Bad input to the whole program: credentials, regions and endpoint overrides, missing or malformed."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.auth.world import (
    EXTERNAL_ID,
    ROLE,
    STATIC_PROFILE,
    set_keys,
    write_files,
)
from tests.programs import write_pack
from tests.refusals import CREDENTIALS, REQUEST_FAILED, check_execute

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

PACK = '''
pack.add_network_domain("{domain}")
pack.set_user_authentication(type=sdk.AuthenticationType.{type}, service="{service}")


@pack.formula
def get(context: sdk.ExecutionContext, url: str = "https://{host}/") -> object:
    """Get whatever is there."""
    return context.fetcher.fetch("GET", url).body
'''
S3 = {"domain": "amazonaws.com", "service": "s3", "host": "s3.us-east-1.amazonaws.com"}
KEYS_PACK = PACK.format(type="AWS_ACCESS_KEY", **S3)
ROLE_PACK = PACK.format(type="AWS_ASSUME_ROLE", **S3)
PRIVATE_PACK = PACK.format(
    type="AWS_ACCESS_KEY", domain="example.com", service="execute-api", host="api.example.com"
)
PROFILES = "[profile empty]\nregion = us-east-1\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder with an access-key pack, an assume-role pack, and one whose host names no region."""
    monkeypatch.chdir(tmp_path)
    write_pack(tmp_path, KEYS_PACK, "keys.py")
    write_pack(tmp_path, ROLE_PACK, "role.py")
    write_pack(tmp_path, PRIVATE_PACK, "private.py")
    return tmp_path


def set_all(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    """Set environment variables."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_no_credentials_at_all(capsys: Capture, scrubbed_environment: Path) -> None:
    """Every place that was looked at is told, and what to do."""
    said = (
        "no AWS credentials were found; looked at",
        "--profile: not given",
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: not set",
        "AWS_PROFILE and AWS_DEFAULT_PROFILE: not set",
        f"{scrubbed_environment}/.aws/config (not there)",
        "container credentials",
        "EC2 instance metadata: switched off",
        "Set the two variables, or name a profile by --profile",
    )
    check_execute(capsys, CREDENTIALS, said, "keys.py", "Get")
    check_execute(capsys, CREDENTIALS, said, "role.py", "Get")


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
    ],
)
def test_half_of_the_keys(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path, there: str, missing: str
) -> None:
    """One of the two variables is an error though a profile could stand in; its value is not shown."""
    write_files(scrubbed_environment, credentials=STATIC_PROFILE.replace("[dev]", "[default]"))
    monkeypatch.setenv(there, "value-of-the-variable")
    err = check_execute(
        capsys, CREDENTIALS, (f"{there} is set, but {missing} is not", "Set both"), "keys.py", "Get"
    )
    assert "value-of-the-variable" not in err


@pytest.mark.parametrize("by_variable", [False, True], ids=["by option", "by variable"])
def test_unknown_profile(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path, by_variable: bool
) -> None:
    """An unknown profile is told with the ones that exist, and where its name came from."""
    write_files(scrubbed_environment, PROFILES, STATIC_PROFILE)
    if by_variable:
        monkeypatch.setenv("AWS_PROFILE", "deev")
    origin, options = ("AWS_PROFILE", []) if by_variable else ("--profile", ["--profile", "deev"])
    said = (f"no profile 'deev' (named by {origin})", ": dev, empty")
    check_execute(capsys, CREDENTIALS, said, "keys.py", "Get", *options)


def test_profile_without_credentials(capsys: Capture, scrubbed_environment: Path) -> None:
    """A profile that is there and holds no credentials is another mistake."""
    write_files(scrubbed_environment, PROFILES, STATIC_PROFILE)
    said = ("profile 'empty' (named by --profile) has no credentials", "credential_process")
    check_execute(capsys, CREDENTIALS, said, "keys.py", "Get", "--profile", "empty")


@pytest.mark.parametrize(
    ("variables", "options", "said"),
    [
        pytest.param({}, [], ("no region", "api.example.com", "--region", "AWS_REGION"), id="none"),
        pytest.param(
            {"AWS_REGION": "US East"}, [], ("AWS_REGION is not a region: 'US East'",), id="variable"
        ),
        pytest.param({}, ["--region", "us/east"], ("--region is not a region: 'us/east'",), id="option"),
    ],
)
def test_region(
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    options: list[str],
    said: tuple[str, ...],
) -> None:
    """A host without a region needs one from elsewhere, of the right shape."""
    set_keys(monkeypatch)
    set_all(monkeypatch, variables)
    check_execute(capsys, CREDENTIALS, said, "private.py", "Get", *options)


@pytest.mark.parametrize(
    ("pack", "variable", "value", "said"),
    [
        pytest.param(
            "keys.py", "AWS_ENDPOINT_URL", "http://10.0.0.1:4566", ("http://10.0.0.1:4566", "https"), id="all"
        ),
        pytest.param("keys.py", "AWS_ENDPOINT_URL_S3", "http://example.com", ("example.com",), id="service"),
        pytest.param("role.py", "AWS_ENDPOINT_URL_STS", "http://example.com", ("example.com",), id="STS"),
        pytest.param("keys.py", "AWS_ENDPOINT_URL", "http://u:passw0rd@127.0.0.1", ("host",), id="userinfo"),
        pytest.param("keys.py", "AWS_ENDPOINT_URL", "https://127.0.0.1/path", ("without a path",), id="path"),
        pytest.param("keys.py", "AWS_ENDPOINT_URL", "localhost:4566", ("scheme",), id="no scheme"),
    ],
)
def test_endpoint_override(
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    pack: str,
    variable: str,
    value: str,
    said: tuple[str, ...],
) -> None:
    """An override that would show credentials to the network is refused by the variable's name."""
    set_keys(monkeypatch)
    set_all(monkeypatch, {variable: value, "CODA_ROLE_ARN": ROLE, "CODA_EXTERNAL_ID": EXTERNAL_ID})
    assert "passw0rd" not in check_execute(capsys, CREDENTIALS, (variable, *said), pack, "Get")


def test_refused_host_costs_no_credentials(capsys: Capture) -> None:
    """The policy is asked before credentials are: without any, the host is what is wrong."""
    check_execute(capsys, REQUEST_FAILED, ("evil.example",), "role.py", "Get", "https://evil.example/")


@pytest.mark.parametrize(
    ("pack", "code", "said"),
    [
        pytest.param(
            "keys.py", REQUEST_FAILED, ("in place of s3.us-east-1.amazonaws.com", "refused"), id="service"
        ),
        pytest.param("role.py", CREDENTIALS, ("cannot be reached", "127.0.0.1"), id="STS"),
    ],
)
def test_override_where_nobody_listens(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, pack: str, code: int, said: tuple[str, ...]
) -> None:
    """Where the emulator is gone, the message names the address that was tried."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
    set_keys(monkeypatch)
    set_all(
        monkeypatch, {"AWS_ENDPOINT_URL": endpoint, "CODA_ROLE_ARN": ROLE, "CODA_EXTERNAL_ID": EXTERNAL_ID}
    )
    assert endpoint in check_execute(capsys, code, said, pack, "Get")
