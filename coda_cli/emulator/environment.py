"""What a command gets to see of the emulator: environment variables, and an AWS configuration of its own.

It must not be able to reach real AWS by accident: whatever it inherited about AWS and coda goes.
"""

from __future__ import annotations

import os
from configparser import ConfigParser
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REGION = "us-east-1"
PROFILE = "emulator"
ROLE_PROFILE = "emulator-role"


@dataclass(frozen=True, slots=True)
class Keys:
    """The access key of a user."""

    access_key_id: str
    secret_access_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Role:
    """A role, and the external id that its trust policy requires."""

    arn: str
    external_id: str = field(repr=False)


def environment_with_keys(
    inherited: Mapping[str, str], endpoint: str, keys: Keys, folder: Path
) -> dict[str, str]:
    """Return an environment that reaches the emulator only, and has no role yet."""
    kept = {name: value for name, value in inherited.items() if not name.startswith(("AWS_", "CODA_"))}
    return {
        **kept,
        **_without_proxy(inherited),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def environment_with_role(environment: Mapping[str, str], role: Role) -> dict[str, str]:
    """Add the role for assume-role packs."""
    return {**environment, "CODA_ROLE_ARN": role.arn, "CODA_EXTERNAL_ID": role.external_id}


def write_profiles(folder: Path, endpoint: str, keys: Keys, role: Role) -> None:
    """Write the AWS CLI's two files: a profile with keys, and one that assumes the role from it."""
    everywhere = {"region": REGION, "endpoint_url": endpoint}
    assume = {"role_arn": role.arn, "source_profile": PROFILE, "external_id": role.external_id}
    _write(
        folder / "config", {f"profile {PROFILE}": everywhere, f"profile {ROLE_PROFILE}": assume | everywhere}
    )
    secret = {
        "aws_access_key_id": keys.access_key_id,
        "aws_secret_access_key": keys.secret_access_key,
    }
    _write(folder / "credentials", {PROFILE: secret})


def _write(path: Path, sections: Mapping[str, Mapping[str, str]]) -> None:
    parser = ConfigParser(interpolation=None)
    parser.read_dict(sections)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - made with its mode
        parser.write(file)


def _without_proxy(inherited: Mapping[str, str]) -> dict[str, str]:
    """Keep requests to this machine off a proxy, for programs that read either spelling."""
    listed = inherited.get("no_proxy") or inherited.get("NO_PROXY") or ""
    everything = listed.strip() == "*"
    value = "*" if everything else f"{listed},127.0.0.1,localhost".strip(",")
    return {"NO_PROXY": value, "no_proxy": value}
