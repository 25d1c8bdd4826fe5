"""Other programs that do the same, as far as they are installed, and how each is called.

Owns finding them: on PATH, or by ``BENCHMARK_REFERENCE`` the folder in which npm installed
``@codahq/packs-sdk``. A peer that is missing is named, and no failure.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.contenders import FOLDER, RATE, WALL, Contender

REFERENCE = "the reference, packs-sdk"
ROLE = "arn:aws:iam::123456789012:role/reader"
EXTERNAL_ID = "tenant-id-0815"
BY_ROLE = ("--authentication", "role", "--role-arn", ROLE, "--external-id", EXTERNAL_ID)
"""Options that make the formulas of ``packs/signed.py`` use a role."""

_SDK = Path("@codahq/packs-sdk")
_VARIABLE = "BENCHMARK_REFERENCE"


@dataclass(frozen=True, slots=True)
class Peers:
    """What was found.

    Attributes:
        one_get: one signed GET each, whole processes.
        reference_gets: the reference's GETs one after another, with keys and with a role.
        versions: by name.
        missing: what was not found, and how it would be.
    """

    one_get: tuple[Contender, ...] = ()
    reference_gets: tuple[Contender, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def find_peers(url: str, folder: Path) -> Peers:
    """Look for all of them.

    Args:
        url: the server's address.
        folder: of this run, for the reference's packs.
    """
    commands = {
        "awscurl": ("awscurl", "--service", "s3", "--region", "us-east-1", f"{url}/"),
        "aws s3api": ("aws", "s3api", "list-buckets"),
        "curl --aws-sigv4": (
            *("curl", "-sS", "--fail", "--aws-sigv4", "aws:amz:us-east-1:s3"),
            *("--user", "AKIAEXAMPLESOURCE001:secret", f"{url}/"),
        ),
    }
    found = {name: command for name, command in commands.items() if shutil.which(command[0])}
    missing = [f"{command[0]} (not on PATH)" for name, command in commands.items() if name not in found]
    versions = {command[0]: _version(command[0]) for command in found.values()}
    one_get = [Contender(name, command, WALL, is_peer=True) for name, command in found.items()]
    reference_gets: tuple[Contender, ...] = ()
    modules = _reference_modules()
    if modules is None:
        missing.append(f"{REFERENCE} ({_VARIABLE} names no folder that has it, and packs is not on PATH)")
    else:
        versions[REFERENCE] = json.loads((modules / _SDK / "package.json").read_text())["version"]
        versions["node"] = _version("node")
        keys, role = _reference_packs(modules, url.removeprefix("http://"), folder)
        one_get.append(_reference(REFERENCE, keys, "Get", is_captured=False))
        reference_gets = (
            _reference(REFERENCE, keys, "Gets", "1000"),
            _reference(f"{REFERENCE}, role", role, "Gets", "200"),
        )
    return Peers(tuple(one_get), reference_gets, versions, tuple(missing))


def _reference(name: str, folder: Path, *call: str, is_captured: bool = True) -> Contender:
    program = folder / "node_modules" / _SDK / "dist" / "cli" / "coda.js"
    readings = RATE if is_captured else WALL
    command = ("node", str(program), "execute", "pack.ts", *call)
    return Contender(name, command, readings, is_captured=is_captured, is_peer=True, folder=folder)


def _reference_modules() -> Path | None:
    """Return the folder ``node_modules`` that holds the reference."""
    places = [Path(os.environ[_VARIABLE]) / "node_modules"] if _VARIABLE in os.environ else []
    if program := shutil.which("packs"):
        places += [path for path in Path(program).resolve().parents if path.name == "node_modules"]
    return next((place.resolve() for place in places if (place / _SDK).is_dir()), None)


def _reference_packs(modules: Path, address: str, folder: Path) -> tuple[Path, Path]:
    """Write a pack for keys and one for a role, each with its credentials beside it."""
    keys = {"accessKeyId": "AKIAEXAMPLESOURCE001", "secretAccessKey": "secret-of-the-benchmark-000001"}
    role = {"roleArn": ROLE, "externalId": EXTERNAL_ID}
    source = (FOLDER / "reference" / "pack.ts").read_text().replace("ADDRESS", address)
    places = []
    for kind, credentials in (("AWSAccessKey", keys), ("AWSAssumeRole", role)):
        place = folder / kind
        place.mkdir()
        (place / "node_modules").symlink_to(modules)
        (place / "pack.ts").write_text(source.replace("TYPE", kind))
        (place / ".coda-credentials.json").write_text(json.dumps({"credentials": credentials}))
        places.append(place)
    return places[0], places[1]


def _version(program: str) -> str:
    """Return what a program says of its version, as far as it does."""
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return " ".join(told.stdout.split()[:2]) if told.returncode == 0 else ""
