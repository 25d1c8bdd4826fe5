"""What a command sees: nothing of the person's AWS, everything of the emulator."""

from __future__ import annotations

import stat
from configparser import ConfigParser
from typing import TYPE_CHECKING

import pytest

from coda_cli.emulator.environment import (
    Keys,
    Role,
    environment_with_keys,
    environment_with_role,
    write_profiles,
)

if TYPE_CHECKING:
    from pathlib import Path

ENDPOINT = "http://127.0.0.1:4566"
KEYS = Keys("AKIAEXAMPLE", "secret%key")
ROLE = Role("arn:aws:iam::000000000000:role/reader", "an-external-id")


def test_nothing_of_aws_or_coda_is_inherited(tmp_path: Path) -> None:
    """Every inherited AWS_* and CODA_* variable goes, also those that we do not set; others stay."""
    theirs = {
        "AWS_ENDPOINT_URL_S3": "https://real.example",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_PROFILE": "production",
        "AWS_SECRET_ACCESS_KEY": "theirs",
        "AWS_SESSION_TOKEN": "theirs",
        "CODA_ENDPOINT_URL": "https://real.example",
        "CODA_ROLE_ARN": "theirs",
    }
    kept = {"HOME": "/home/ada", "XDG_CACHE_HOME": "/cache", "MY_AWS_KEY": "x"}
    environment = environment_with_keys(theirs | kept, ENDPOINT, KEYS, tmp_path)
    assert environment == kept | {
        "AWS_ENDPOINT_URL": ENDPOINT,
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret%key",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def test_role_comes_on_top(tmp_path: Path) -> None:
    """The role's ARN and external id are what assume-role packs read."""
    environment = environment_with_role({"HOME": "/home/ada"}, ROLE)
    assert environment == {
        "HOME": "/home/ada",
        "CODA_ROLE_ARN": ROLE.arn,
        "CODA_EXTERNAL_ID": ROLE.external_id,
    }


@pytest.mark.parametrize(
    ("inherited", "value"),
    [
        pytest.param({}, "127.0.0.1,localhost", id="none"),
        pytest.param({"NO_PROXY": "a.example"}, "a.example,127.0.0.1,localhost", id="upper case"),
        pytest.param(
            {"no_proxy": "a.example,b.example"}, "a.example,b.example,127.0.0.1,localhost", id="lower"
        ),
        pytest.param({"no_proxy": "a", "NO_PROXY": "b"}, "a,127.0.0.1,localhost", id="lower case wins"),
        pytest.param({"no_proxy": "*"}, "*", id="everything"),
    ],
)
def test_this_machine_is_reached_without_a_proxy(
    inherited: dict[str, str], value: str, tmp_path: Path
) -> None:
    """Whatever proxy the person has, requests to the emulator do not go there."""
    environment = environment_with_keys(inherited, ENDPOINT, KEYS, tmp_path)
    assert environment["no_proxy"] == value
    assert environment["NO_PROXY"] == value


def test_profiles(tmp_path: Path) -> None:
    """The two files hold a profile with keys and one that assumes the role, for the owner's eyes only."""
    write_profiles(tmp_path, ENDPOINT, KEYS, ROLE)
    everywhere = {"region": "us-east-1", "endpoint_url": ENDPOINT}
    assert read(tmp_path / "config") == {
        "profile emulator": everywhere,
        "profile emulator-role": {
            "role_arn": ROLE.arn,
            "source_profile": "emulator",
            "external_id": ROLE.external_id,
            **everywhere,
        },
    }
    assert read(tmp_path / "credentials") == {
        "emulator": {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "secret%key"}
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def read(path: Path) -> dict[str, dict[str, str]]:
    """The sections of a file, but the one of defaults that the format adds."""
    parser = ConfigParser(interpolation=None)
    parser.read(path, encoding="utf-8")
    return {name: dict(parser[name]) for name in parser.sections()}
