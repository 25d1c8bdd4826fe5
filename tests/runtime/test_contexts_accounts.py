"""Which account the requests of one run are sent with, as they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import CodaError, CredentialsError, RequestError
from coda_cli.runtime.connections import connection_of
from coda_cli.runtime.contexts import RunOptions, open_context
from coda_cli.runtime.invocations import choose_invocation
from coda_cli.sdk.formulas import formula_of
from tests.auth.world import EXTERNAL_ID, KEY_ID, ROLE, ROLE_KEY_ID, SECRET, FakeSts
from tests.runtime.declared import ACCESS_KEY, ASSUME_ROLE, KEYS, chosen, loaded
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

C = sdk.ConnectionRequirement
S3 = "https://s3.eu-west-1.amazonaws.com/"


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """The service."""
    with LoopbackServer() as running:
        yield running


def fetched(pack: sdk.Pack, options: RunOptions, said: dict[str, Any], name: str | None = None) -> None:
    """Fetch once, in the context of a formula that says this of its account."""
    formula = formula_of(lambda context: "", name="F", **said)
    with open_context(pack, "pack", options, connection=connection_of(pack, formula, name)) as context:
        context.fetcher.fetch("GET", S3)


@pytest.mark.parametrize(
    ("requirement", "environ", "key"),
    [
        pytest.param(C.NONE, KEYS, None, id="none"),
        pytest.param(C.OPTIONAL, KEYS, KEY_ID, id="optional, with an account"),
        pytest.param(C.OPTIONAL, {}, None, id="optional, without"),
        pytest.param(C.REQUIRED, KEYS, KEY_ID, id="required"),
    ],
)
def test_requirements(
    tmp_path: Path,
    server: LoopbackServer,
    requirement: sdk.ConnectionRequirement,
    environ: dict[str, str],
    key: str | None,
) -> None:
    """NONE signs nothing, OPTIONAL what it can, REQUIRED everything; the override is found for all."""
    options = chosen(None, {**environ, "AWS_ENDPOINT_URL_S3": server.url})
    fetched(loaded(tmp_path, ACCESS_KEY).pack, options, {"connection_requirement": requirement})
    (received,) = server.requests
    signature = received.header("Authorization")
    assert (signature is None) if key is None else (key in (signature or ""))


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        pytest.param({"AWS_ACCESS_KEY_ID": KEY_ID}, "AWS_SECRET_ACCESS_KEY is not", id="half of a key"),
        pytest.param({"AWS_PROFILE": "nope"}, "no profile 'nope'", id="profile that is not there"),
    ],
)
def test_an_optional_account_that_is_broken(
    tmp_path: Path, server: LoopbackServer, environ: dict[str, str], said: str
) -> None:
    """An account that was meant and cannot be used is an error, not a request without one."""
    options = chosen(None, {**environ, "AWS_ENDPOINT_URL_S3": server.url})
    with pytest.raises(CredentialsError, match=said):
        fetched(loaded(tmp_path, ACCESS_KEY).pack, options, {"connection_requirement": C.OPTIONAL})
    assert server.requests == []


@pytest.mark.parametrize(
    ("more", "is_error"),
    [
        pytest.param({}, False, id="no role"),
        pytest.param({"external_id": EXTERNAL_ID}, True, id="an external id without a role"),
    ],
)
def test_an_optional_role(
    tmp_path: Path, server: LoopbackServer, more: dict[str, Any], is_error: bool
) -> None:
    """Without a role there is no account; who gives a part of one means to have it."""
    options = chosen(None, {**KEYS, "AWS_ENDPOINT_URL_S3": server.url}, **more)
    pack = loaded(tmp_path, ASSUME_ROLE).pack
    if is_error:
        with pytest.raises(CredentialsError, match="assumes a role, and none was given"):
            fetched(pack, options, {"connection_requirement": C.OPTIONAL})
    else:
        fetched(pack, options, {"connection_requirement": C.OPTIONAL})
        assert [received.header("Authorization") for received in server.requests] == [None]


def test_a_required_account_that_is_missing(tmp_path: Path) -> None:
    """Where an account is needed, none is an error."""
    with pytest.raises(CredentialsError, match="no AWS credentials were found"):
        fetched(loaded(tmp_path, ACCESS_KEY).pack, chosen(), {"connection_requirement": C.REQUIRED})


def test_the_named_authentication_signs(tmp_path: Path, server: LoopbackServer) -> None:
    """A formula runs with the one that it allows, another one with the pack's own."""
    pack = loaded(tmp_path, ACCESS_KEY).pack
    pack.add_admin_authentication(name="admin", type=ASSUME_ROLE, service="s3")
    with FakeSts() as sts:
        environ = {"AWS_ENDPOINT_URL_STS": sts.url, "AWS_ENDPOINT_URL_S3": server.url, **KEYS}
        role = {"CODA_ROLE_ARN": ROLE, "CODA_EXTERNAL_ID": EXTERNAL_ID}
        options = chosen(None, {**environ, **role})
        fetched(pack, options, {"allowed_authentication_names": ["admin"]})
        fetched(pack, options, {}, "admin")
        fetched(pack, options, {})
    keys = [received.header("Authorization") or "" for received in server.requests]
    assert [ROLE_KEY_ID in keys[0], ROLE_KEY_ID in keys[1], KEY_ID in keys[2]] == [True] * 3
    assert SECRET not in repr(keys)


def endpoints(context: sdk.ExecutionContext) -> list[str]:
    """Ask the service which endpoints there are."""
    assert context.endpoint is None
    found: list[str] = context.fetcher.fetch("GET", S3).body["sites"]
    return found


def test_a_step_of_the_set_up_has_no_endpoint_yet(tmp_path: Path, server: LoopbackServer) -> None:
    """It asks one of the declared domains, signed, whatever endpoint may be stored already."""
    server.answer(Answer(body=b'{"sites": ["https://a.example"]}'))
    step = sdk.SetEndpoint(name="site", description="Choose.", get_options=endpoints)
    pack = loaded(tmp_path, ACCESS_KEY, post_setup=[step])
    options = chosen(
        None, {**KEYS, "AWS_ENDPOINT_URL_S3": server.url, "CODA_ENDPOINT_URL": "https://b.example"}
    )
    run = choose_invocation(pack, "Auth:postSetup:setEndpoint:site")
    with open_context(pack.pack, "pack", options, connection=run.connection) as context:
        assert run.formula.execute(context) == [
            {"display": "https://a.example", "value": "https://a.example"}
        ]
    assert [KEY_ID in (received.header("Authorization") or "") for received in server.requests] == [True]


def test_blobs_are_fetched_as_the_run_fetches(tmp_path: Path, server: LoopbackServer) -> None:
    """The storage of a run sends its requests through the network policy, signed as all are."""
    server.answer(Answer(headers=(("Content-Type", "image/png"),), body=b"\x89PNG"))
    pack = loaded(tmp_path, ACCESS_KEY).pack
    options = chosen(None, {**KEYS, "AWS_ENDPOINT_URL_S3": server.url})
    with open_context(pack, "pack", options) as context:
        with pytest.raises(CodaError, match="not under a declared network domain"):
            context.temporary_blob_storage.store_url("https://elsewhere.example/x.png")
        with pytest.raises(RequestError, match="cannot be the name"):
            context.temporary_blob_storage.store_url(S3, download_filename="../x")
    assert server.requests == []
