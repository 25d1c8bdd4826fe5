"""What is stored beside a pack, in a run: its endpoint and credentials, and when the file is looked at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.auth.store import FILE_NAME
from coda_cli.errors import CredentialsError
from coda_cli.redaction import Redactor, mask
from coda_cli.runtime.contexts import RunOptions, open_context
from coda_cli.sdk.authentication import AuthenticationType
from coda_cli.sdk.pack import Pack, new_pack
from tests.auth.world import (
    EXTERNAL_ID,
    KEY_ID,
    PROFILE_KEY_ID,
    PROFILE_SECRET,
    ROLE,
    ROLE_KEY_ID,
    SECRET,
    TOKEN,
    FakeSts,
    details,
)
from tests.servers import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from coda_cli.sdk.context import ExecutionContext

NONE, ACCESS_KEY, ASSUME_ROLE = (
    AuthenticationType.NONE,
    AuthenticationType.AWS_ACCESS_KEY,
    AuthenticationType.AWS_ASSUME_ROLE,
)
S3 = "https://s3.eu-west-1.amazonaws.com/"
STORED_KEYS = {"accessKeyId": KEY_ID, "secretAccessKey": SECRET, "sessionToken": TOKEN}
ENVIRONMENT_KEYS = {"AWS_ACCESS_KEY_ID": PROFILE_KEY_ID, "AWS_SECRET_ACCESS_KEY": PROFILE_SECRET}
NO_METADATA = {"AWS_EC2_METADATA_DISABLED": "true"}


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """Whatever the pack talks to."""
    with LoopbackServer() as running:
        yield running


def endpoint_pack(**given: Any) -> Pack:
    """Declare a pack that requires an endpoint."""
    pack = new_pack()
    pack.add_network_domain("127.0.0.1")
    pack.set_user_authentication(type=NONE, requires_endpoint_url=True, **given)
    return pack


def aws_pack(kind: AuthenticationType = ACCESS_KEY) -> Pack:
    """Declare a pack for S3."""
    pack = new_pack()
    pack.add_network_domain("amazonaws.com")
    pack.set_user_authentication(type=kind, service="s3")
    return pack


def store(folder: Path, content: object, *, mode: int = 0o600) -> Path:
    """Write the file of credentials; an entry is the pack's, text is the file's own."""
    path = folder / FILE_NAME
    path.write_text(content if isinstance(content, str) else json.dumps({"packs": {"pack.py": content}}))
    path.chmod(mode)
    return path


def opened(
    folder: Path, pack: Pack, environ: dict[str, str] | None = None, **chosen: Any
) -> AbstractContextManager[ExecutionContext]:
    """Open the context of a run of ``pack.py`` in this folder."""
    options = RunOptions(environ={**NO_METADATA, **(environ or {})}, **chosen)
    return open_context(pack, "pack", options, path=folder / "pack.py")


@pytest.mark.parametrize(
    "environ", [pytest.param({}, id="unset"), pytest.param({"CODA_ENDPOINT_URL": ""}, id="empty")]
)
@pytest.mark.parametrize("form", ["own", "reference"])
def test_endpoint(tmp_path: Path, server: LoopbackServer, environ: dict[str, str], form: str) -> None:
    """Where no variable names an endpoint, the stored one is the pack's, in either form."""
    endpoint = {"endpointUrl": f"{server.url}/base"}
    store(tmp_path, endpoint if form == "own" else json.dumps({"credentials": endpoint}))
    with opened(tmp_path, endpoint_pack(), environ) as context:
        assert context.endpoint == f"{server.url}/base"
        context.fetcher.fetch("GET", "/x")
    assert [received.target for received in server.requests] == [b"/base/x"]


@pytest.mark.parametrize("content", [{"endpointUrl": "https://stored.example"}, "no JSON"])
def test_variable_comes_before_the_stored_endpoint(
    tmp_path: Path, server: LoopbackServer, content: object
) -> None:
    """CODA_ENDPOINT_URL decides, and what is stored is no matter then, not even if it is corrupt."""
    store(tmp_path, content)
    with opened(tmp_path, endpoint_pack(), {"CODA_ENDPOINT_URL": server.url}) as context:
        assert context.endpoint == server.url
        context.fetcher.fetch("GET", "/x")
    assert [received.target for received in server.requests] == [b"/x"]


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        pytest.param(
            "no JSON", 0o600, "the stored credentials cannot be read: {path} is no JSON", id="corrupt"
        ),
        pytest.param({"endpointUrl": 17}, 0o600, "something else than text as endpointUrl", id="a number"),
        pytest.param({"endpointUrl": "https://h.example"}, 0o644, "others may read {path}", id="others"),
        pytest.param({}, 0o600, "requires an endpoint URL, and none is configured", id="none"),
        pytest.param(
            {"endpointUrl": "http://192.0.2.1"},
            0o600,
            "the endpoint http://192.0.2.1 cannot be used",
            id="plain http elsewhere",
        ),
        pytest.param({"endpointUrl": "nonsense"}, 0o600, "the endpoint URL cannot be used", id="no URL"),
        pytest.param(
            {"endpointUrl": "https://a:b@127.0.0.1"},
            0o600,
            "the endpoint URL cannot be used",
            id="user and password",
        ),
        pytest.param(
            {"endpointUrl": "https://elsewhere.example"},
            0o600,
            "the endpoint https://elsewhere.example cannot be used",
            id="not under its domain",
        ),
    ],
)
def test_stored_endpoint_that_cannot_be_used(
    tmp_path: Path, content: object, mode: int, message: str
) -> None:
    """It is told when a request needs it, with exit code 4; a formula that does not fetch need not care."""
    path = store(tmp_path, content, mode=mode)
    with opened(tmp_path, endpoint_pack(endpoint_domain="127.0.0.1")) as context:
        _ = context.endpoint
        for _ in range(2):
            with pytest.raises(CredentialsError) as caught:
                context.fetcher.fetch("GET", "/x")
            assert message.format(path=path) in str(caught.value)
            assert caught.value.exit_code == 4


def test_endpoint_of_a_pack_that_requires_none(tmp_path: Path) -> None:
    """An endpoint that was stored when the pack still required one is not the pack's any more."""
    store(tmp_path, {"endpointUrl": "https://stored.example"})
    with opened(tmp_path, aws_pack()) as context:
        assert context.endpoint is None


def test_nothing_is_stored_for_a_pack_without_a_file() -> None:
    """A pack that comes from no file has nothing stored."""
    with open_context(endpoint_pack(), "pack", RunOptions(environ={})) as context:
        assert context.endpoint is None
        with pytest.raises(CredentialsError, match="none is configured") as caught:
            context.fetcher.fetch("GET", "/x")
    assert "Store one by coda auth, or set CODA_ENDPOINT_URL" in details(caught.value)


@pytest.mark.parametrize("kind", [ACCESS_KEY, ASSUME_ROLE])
def test_the_file_is_looked_at_when_a_request_needs_it(tmp_path: Path, kind: AuthenticationType) -> None:
    """A run that does not fetch does not care about the file; one that does names it."""
    with opened(tmp_path, aws_pack(kind)) as context:
        path = store(tmp_path, "no JSON")
        with pytest.raises(CredentialsError, match="cannot be read") as caught:
            context.fetcher.fetch("GET", S3)
        assert str(path) in str(caught.value)


def test_no_file_is_looked_at_for_a_pack_without_an_account(
    tmp_path: Path, server: LoopbackServer, scrubbed_environment: Path
) -> None:
    """A pack that declares neither authentication nor endpoint has nothing to look for."""
    (scrubbed_environment / ".aws").mkdir()
    (scrubbed_environment / ".aws" / "config").write_text(f"[default]\nendpoint_url = {server.url}\n")
    store(tmp_path, "no JSON")
    pack = new_pack()
    pack.add_network_domain("amazonaws.com")
    with opened(tmp_path, pack) as context:
        assert context.fetcher.fetch("GET", S3).status == 200
    assert len(server.requests) == 1


def test_stored_keys_sign(tmp_path: Path, server: LoopbackServer) -> None:
    """An access-key pack's requests are signed with what is stored, and what is secret of it is known."""
    store(tmp_path, STORED_KEYS)
    redactor = Redactor()
    with opened(tmp_path, aws_pack(), {"AWS_ENDPOINT_URL": server.url}, redactor=redactor) as context:
        for _ in range(2):
            context.fetcher.fetch("GET", S3)
    for received in server.requests:
        assert f"Credential={KEY_ID}/" in (received.header("Authorization") or "")
        assert received.header("X-Amz-Security-Token") == TOKEN
    assert redactor.text(f"{KEY_ID} {SECRET} {TOKEN}") == f"{mask(KEY_ID)} [secret] [secret]"


def test_a_pack_that_changed_its_type(tmp_path: Path, server: LoopbackServer) -> None:
    """Keys are for access-key packs: one that assumes a role now does not call with them."""
    store(tmp_path, {**STORED_KEYS, "roleArn": ROLE, "externalId": EXTERNAL_ID})
    with (
        opened(tmp_path, aws_pack(ASSUME_ROLE), {"AWS_ENDPOINT_URL": server.url}) as context,
        pytest.raises(CredentialsError, match="no AWS credentials were found"),
    ):
        context.fetcher.fetch("GET", S3)
    assert server.requests == []


def test_stored_role(tmp_path: Path, server: LoopbackServer) -> None:
    """An assume-role pack takes on the stored role, with the environment's keys and the stored id."""
    store(tmp_path, {"roleArn": ROLE, "externalId": EXTERNAL_ID})
    with FakeSts() as sts:
        environ = {**ENVIRONMENT_KEYS, "AWS_ENDPOINT_URL": server.url, "AWS_ENDPOINT_URL_STS": sts.url}
        with opened(tmp_path, aws_pack(ASSUME_ROLE), environ) as context:
            context.fetcher.fetch("GET", S3)
        assert [(call["RoleArn"], call["ExternalId"]) for call in sts.asked] == [(ROLE, EXTERNAL_ID)]
        assert PROFILE_KEY_ID in (sts.requests[0].header("Authorization") or "")
    assert ROLE_KEY_ID in (server.requests[0].header("Authorization") or "")
