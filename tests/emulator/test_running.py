"""A filled emulator: who may do what, and an error where it does not come up."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from coda_cli.emulator.installation import VERSION
from coda_cli.emulator.running import running_emulator
from coda_cli.errors import EmulatorError, StatusCodeError
from coda_cli.runtime.contexts import RunOptions, open_context
from coda_cli.sdk import AuthenticationType, new_pack
from tests.emulator.listening import LOOPBACK, children, listeners

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from coda_cli.emulator.running import Emulator


def fetch_signed(environ: Mapping[str, str], service: str, method: str, url: str) -> int:
    """Send a request with the environment's keys and return the status."""
    pack = new_pack()
    pack.add_network_domain("amazonaws.com")
    pack.set_user_authentication(type=AuthenticationType.AWS_ACCESS_KEY, service=service)
    with open_context(pack, "test", RunOptions(environ=environ)) as context:
        return context.fetcher.fetch(method, url).status


def test_external_id_cannot_be_guessed(emulator: Emulator) -> None:
    """Each emulator makes a random external id."""
    assert UUID(emulator.role.external_id).version == 4
    assert emulator.environment["CODA_EXTERNAL_ID"] == emulator.role.external_id
    assert emulator.environment["CODA_ROLE_ARN"] == emulator.role.arn


def test_signatures_are_verified(emulator: Emulator) -> None:
    """The user's key opens S3, and the same key with another secret does not."""
    url = "https://s3.us-east-1.amazonaws.com/"
    assert fetch_signed(emulator.environment, "s3", "GET", url) == 200
    wrong = dict(emulator.environment) | {"AWS_SECRET_ACCESS_KEY": "another-secret-key"}
    with pytest.raises(StatusCodeError) as raised:
        fetch_signed(wrong, "s3", "GET", url)
    assert raised.value.error_code == "SignatureDoesNotMatch"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_only_loopback_listens_after_use(emulator: Emulator) -> None:
    """No service that was used opened a port of its own."""
    port = int(emulator.server.endpoint.rpartition(":")[2])
    assert listeners(emulator.server.pid) == [f"{LOOPBACK}:{port:04X}"]
    assert children(emulator.server.pid) == []


def test_server_that_does_not_start(tmp_path: Path) -> None:
    """Its last words are the error, and nothing of it stays behind."""
    python = tmp_path / "coda" / "emulator" / f"{VERSION}-{sys.implementation.cache_tag}" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)  # an environment without MiniStack
    environ = {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(tmp_path)}
    with (
        pytest.raises(EmulatorError, match=r"did not start: .*No module named hypercorn") as raised,
        running_emulator(environ, print),
    ):
        pytest.fail("it cannot run")
    assert raised.value.exit_code == 5


def test_server_that_cannot_be_executed(tmp_path: Path) -> None:
    """What the system refuses is the emulator's error, and not a bug in coda."""
    python = tmp_path / "coda" / "emulator" / f"{VERSION}-{sys.implementation.cache_tag}" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    environ = {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(tmp_path)}
    with (
        pytest.raises(EmulatorError, match=r"cannot be started: .*Permission denied"),
        running_emulator(environ, print),
    ):
        pytest.fail("it cannot run")
