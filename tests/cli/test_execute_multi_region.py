"""Requests to Multi-Region hosts from the command line, with the extra ``crt`` and without it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.auth.world import EXTERNAL_ID, KEY_ID, ROLE, SECRET
from tests.programs import run_coda, write_pack
from tests.servers import Answer, LoopbackServer, Received
from tests.sigv4_verifier import verify

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

SOURCE = """
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.{kind}, service="events")

@pack.formula
def put_events(context):
    url = "https://a1b2c3.veo.endpoint.events.amazonaws.com/"
    return context.fetcher.fetch("POST", url, body="{{}}").body
"""


def run(
    folder: Path, server: LoopbackServer, *more: str, kind: str = "AWS_ACCESS_KEY", **environ: str
) -> CompletedProcess[str]:
    """Run the formula with everything of AWS on the server."""
    write_pack(folder, SOURCE.format(kind=kind))
    keys = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_ENDPOINT_URL": server.url}
    return run_coda("execute", "pack.py", "PutEvents", *more, cwd=folder, env=keys | environ)


def test_asymmetric_signature(tmp_path: Path) -> None:
    """A process of its own signs for every region, says so, and shows the signature nowhere, even echoed."""

    def echo(received: Received) -> Answer:
        return Answer(body=(received.header("Authorization") or "").encode())

    with LoopbackServer(echo) as server:
        done = run(tmp_path, server, "--debug")
    assert done.returncode == 0, done.stderr
    (received,) = server.requests
    assert verify(received, KEY_ID, SECRET, now=datetime.now(UTC)).region == "*"
    assert "signing for events in every region, by Signature Version 4A" in done.stderr
    signature = (received.header("Authorization") or "").rpartition("=")[2]
    assert "Signature=[secret]" in done.stdout
    assert signature[64:] not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("source", "environ", "message"),
    [
        pytest.param(
            "raise ImportError('there is no awscrt here')",
            {},
            "the extra 'crt' is not installed",
            id="not installed",
        ),
        pytest.param("", {"BOTO_DISABLE_CRT": "true"}, "BOTO_DISABLE_CRT is set", id="switched off"),
    ],
)
def test_without_the_extra(tmp_path: Path, source: str, environ: dict[str, str], message: str) -> None:
    """Where nothing can sign, the error says what to do, and nothing is sent, to STS neither."""
    if source:
        (tmp_path / "awscrt.py").write_text(source)
        environ = {"PYTHONPATH": str(tmp_path)}
    with LoopbackServer() as server:
        role = ("--role-arn", ROLE, "--external-id", EXTERNAL_ID)
        done = run(tmp_path, server, *role, kind="AWS_ASSUME_ROLE", **environ)
    assert done.returncode == 5
    assert f"a1b2c3.veo.endpoint.events.amazonaws.com cannot be signed: {message}" in done.stderr
    assert ("pip install '.[crt]'" in done.stderr) is ("extra" in message)
    assert server.requests == []
