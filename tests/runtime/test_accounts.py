"""The account behind a pack: what it needs, who calls, and the walk that checks it from end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.auth.aws_doctor import Step
from coda_cli.auth.store import CredentialsStore, StoredCredentials
from coda_cli.errors import CredentialsError, UsageError
from coda_cli.redaction import Redactor, mask
from coda_cli.runtime.accounts import (
    checked_endpoint_url,
    examine_account,
    known_profiles,
    needs_account,
)
from tests.auth.world import (
    EXTERNAL_ID,
    KEY_ID,
    MARKED,
    PROFILE_KEY_ID,
    ROLE,
    ROLE_SECRET,
    ROLE_TOKEN,
    SECRET,
    STATIC_PROFILE,
    TOKEN,
    FakeSts,
    details,
    write_files,
)
from tests.runtime.declared import ACCESS_KEY, ASSUME_ROLE, KEYS, NONE, chosen, loaded, write_entry
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from coda_cli.sdk.authentication import AuthenticationType
    from coda_cli.sdk.context import ExecutionContext


@pytest.fixture
def sts() -> Iterator[FakeSts]:
    """Run an STS that is IAM, too."""
    with FakeSts() as server:
        yield server


def names(steps: list[Step]) -> list[str]:
    """Name the steps; the one that failed has an exclamation mark."""
    return [step.name if step.is_right else f"{step.name}!" for step in steps]


@pytest.mark.parametrize(
    ("kind", "given"),
    [(NONE, {"requires_endpoint_url": True}), (ACCESS_KEY, {}), (ASSUME_ROLE, {})],
    ids=["endpoint", "keys", "role"],
)
def test_packs_with_an_account(tmp_path: Path, kind: AuthenticationType, given: dict[str, Any]) -> None:
    """Whatever declares an authentication, or an endpoint, has something to set up."""
    needs_account(loaded(tmp_path, kind, **given))


def test_a_pack_without_an_account(tmp_path: Path) -> None:
    """What declares neither is a mistake of usage, with the reason."""
    with pytest.raises(
        UsageError, match=r"pack\.py declares no authentication, so there is nothing"
    ) as caught:
        needs_account(loaded(tmp_path, NONE))
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("environ", [{}, {"AWS_PROFILE": "gone"}, {"AWS_DEFAULT_PROFILE": "gone"}, KEYS])
def test_known_profiles(scrubbed_environment: Path, environ: dict[str, str]) -> None:
    """Profiles of both files are known, sorted; a variable that names one which is gone is no matter."""
    write_files(
        scrubbed_environment,
        "[default]\n[profile zoo]\nregion = eu-west-1\n[sso-session x]\n",
        STATIC_PROFILE,
    )
    assert known_profiles(environ) == ["default", "dev", "zoo"]


def test_no_profiles() -> None:
    """Somebody who never used the AWS CLI has none."""
    assert known_profiles({}) == []


def test_profiles_that_cannot_be_read(scrubbed_environment: Path) -> None:
    """A file that is none of the AWS CLI's is an error of credentials."""
    write_files(scrubbed_environment, "no section\n= x")
    with pytest.raises(CredentialsError, match="configuration files cannot be read"):
        known_profiles({})


@pytest.mark.parametrize(
    ("url", "error"),
    [
        pytest.param("https://api.example.com/v1", None, id="under its domain"),
        pytest.param("https://example.com", None, id="its domain"),
        pytest.param("https://example.org", "under example.com", id="another domain"),
        pytest.param("https://badexample.com", "under example.com", id="only looks like it"),
        pytest.param("http://example.com", "It must be https", id="plain http"),
        pytest.param("https://you:secret-word@example.com", "cannot be used", id="password"),
        pytest.param("https://example.com/?a=b", "It has a query", id="query"),
        pytest.param("example.com", "cannot be used", id="no scheme"),
        pytest.param("", "none is configured", id="empty"),
    ],
)
def test_endpoint_url(tmp_path: Path, url: str, error: str | None) -> None:
    """An endpoint is checked as a run would, and the password in one is not repeated."""
    pack = loaded(tmp_path, NONE, requires_endpoint_url=True, endpoint_domain="example.com")
    if error is None:
        assert checked_endpoint_url(pack, url) == url
        return
    with pytest.raises(CredentialsError) as caught:
        checked_endpoint_url(pack, url)
    assert error in details(caught.value)
    assert "secret-word" not in details(caught.value)


def test_endpoint_on_this_machine(tmp_path: Path) -> None:
    """Plain http is for this machine."""
    pack = loaded(tmp_path, NONE, requires_endpoint_url=True)
    assert checked_endpoint_url(pack, "http://127.0.0.1:8080") == "http://127.0.0.1:8080"


def test_walk_of_an_access_key_pack(tmp_path: Path, sts: FakeSts) -> None:
    """Stored keys are walked with, and nothing secret is told."""
    pack = loaded(tmp_path, ACCESS_KEY)
    CredentialsStore(pack.path).write(StoredCredentials(KEY_ID, SECRET, TOKEN, role_arn=ROLE))
    steps = list(examine_account(pack, chosen(sts)))
    assert names(steps) == ["credentials", "caller", "sts"]
    assert steps[0].found == f"the access key stored by coda auth, key {mask(KEY_ID)}"
    assert sts.requests[0].header("X-Amz-Security-Token") == TOKEN
    assert not [secret for secret in (*MARKED, KEY_ID) if secret in repr(steps)]


def test_walk_of_an_assume_role_pack(tmp_path: Path, sts: FakeSts, scrubbed_environment: Path) -> None:
    """A stored role and the profile to call from are walked with; the session is named after the pack."""
    write_files(scrubbed_environment, credentials=STATIC_PROFILE)
    pack = loaded(tmp_path, ASSUME_ROLE)
    stored = StoredCredentials(KEY_ID, SECRET, profile="dev", role_arn=ROLE, external_id=EXTERNAL_ID)
    CredentialsStore(pack.path).write(stored)
    steps = list(examine_account(pack, chosen(sts)))
    assert names(steps) == ["credentials", "caller", "role", "sts", "session"]
    assert mask(PROFILE_KEY_ID) in steps[0].found  # never the keys of what was an access-key pack
    assert sts.asked[1]["RoleSessionName"] == "coda-pack"
    assert sts.asked[1]["ExternalId"] == EXTERNAL_ID


def test_walk_takes_the_options(tmp_path: Path, sts: FakeSts) -> None:
    """Options are as in a run: the role, the external id, the region."""
    pack = loaded(tmp_path, ASSUME_ROLE)
    options = chosen(sts, KEYS, role_arn=ROLE, external_id=EXTERNAL_ID, region="eu-west-1")
    steps = list(examine_account(pack, options))
    assert names(steps) == ["credentials", "caller", "role", "sts", "session"]
    assert steps[3].found == f"{sts.url}, region eu-west-1"


def test_walk_goes_step_by_step(tmp_path: Path, sts: FakeSts) -> None:
    """A step is told as soon as it is done: AWS has not been asked when the first is."""
    walk = examine_account(loaded(tmp_path, ACCESS_KEY), chosen(sts, KEYS))
    assert next(walk).name == "credentials"
    assert sts.requests == []
    assert next(walk).name == "caller"


@pytest.mark.parametrize(
    ("content", "environ", "expected"),
    [
        pytest.param(
            {}, {"CODA_ENDPOINT_URL": "https://example.com/a"}, "https://example.com/a", id="variable"
        ),
        pytest.param({"endpointUrl": "https://example.com/b"}, {}, "https://example.com/b", id="stored"),
    ],
)
def test_walk_of_an_endpoint(
    tmp_path: Path, content: dict[str, str], environ: dict[str, str], expected: str
) -> None:
    """The endpoint in use is the first step."""
    write_entry(tmp_path, content)
    pack = loaded(tmp_path, NONE, requires_endpoint_url=True)
    assert list(examine_account(pack, chosen(None, environ))) == [Step("endpoint", expected)]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param({}, "this pack requires an endpoint URL, and none is configured", id="none"),
        pytest.param(
            {"endpointUrl": "http://192.0.2.1"}, "the endpoint http://192.0.2.1 cannot be used", id="http"
        ),
        pytest.param("no JSON", "the stored credentials cannot be read", id="corrupt"),
    ],
)
def test_walk_ends_at_the_endpoint(tmp_path: Path, sts: FakeSts, content: object, found: str) -> None:
    """What is wrong with the endpoint ends the walk: AWS is not asked, nor the pack."""
    write_entry(tmp_path, content)

    def name(context: ExecutionContext) -> str:
        raise AssertionError

    pack = loaded(tmp_path, ACCESS_KEY, requires_endpoint_url=True, get_connection_name=name)
    (step,) = examine_account(pack, chosen(sts, KEYS))
    assert (step.name, step.is_right) == ("endpoint", False)
    assert step.found.startswith(found)
    assert step.details != ()
    assert sts.requests == []


def fetched_name(context: ExecutionContext) -> str:
    """Ask the service for the name."""
    return f"account {context.fetcher.fetch('GET', 'https://s3.amazonaws.com/').body['name']}"


def failing_name(context: ExecutionContext) -> str:
    """Fail as a pack may."""
    raise KeyError("gone")


@pytest.mark.parametrize(
    ("function", "answer", "step"),
    [
        pytest.param(fetched_name, Answer(body=b'{"name": "ada"}'), "account ada", id="name"),
        pytest.param(fetched_name, Answer(403, body=b"no"), "403", id="refused"),
        pytest.param(failing_name, Answer(), "Auth:getConnectionName failed: KeyError", id="fails"),
        pytest.param(lambda context: 17, Answer(), "Auth:getConnectionName: the result is not", id="no text"),
    ],
)
def test_connection_name(
    tmp_path: Path,
    sts: FakeSts,
    function: Callable[[ExecutionContext], object],
    answer: Answer,
    step: str,
) -> None:
    """The pack's own function is the last step, signed as its requests are; what it raises is a cross."""
    with LoopbackServer(answer) as service:
        options = chosen(sts, {**KEYS, "AWS_ENDPOINT_URL_S3": service.url})
        steps = list(examine_account(loaded(tmp_path, ACCESS_KEY, get_connection_name=function), options))
    assert [one.name for one in steps] == ["credentials", "caller", "sts", "connection name"]
    assert step in steps[-1].found
    assert steps[-1].is_right is (step == "account ada")
    assert all(KEY_ID in (received.header("Authorization") or "") for received in service.requests)


def test_connection_name_is_not_asked_after_a_cross(tmp_path: Path, sts: FakeSts) -> None:
    """Where the credentials are refused, the pack's own function would only fail as well."""
    sts.refusal = ("InvalidClientTokenId", "no such key")
    pack = loaded(tmp_path, ACCESS_KEY, get_connection_name=fetched_name)
    assert names(list(examine_account(pack, chosen(sts, KEYS)))) == ["credentials", "caller!"]


def test_a_pack_that_only_has_a_connection_name(tmp_path: Path) -> None:
    """Its endpoint and its name are all there is to check."""
    pack = loaded(
        tmp_path,
        NONE,
        requires_endpoint_url=True,
        get_connection_name=lambda context: f"at {context.endpoint}",
    )
    steps = list(examine_account(pack, chosen(None, {"CODA_ENDPOINT_URL": "https://example.com"})))
    assert [step.found for step in steps] == ["https://example.com/", "at https://example.com"]


def test_secrets_are_known(tmp_path: Path, sts: FakeSts) -> None:
    """The walk teaches the redactor what it uses, the external id too."""
    pack = loaded(tmp_path, ASSUME_ROLE)
    CredentialsStore(pack.path).write(StoredCredentials(role_arn=ROLE, external_id=EXTERNAL_ID))
    redactor = Redactor()
    list(examine_account(pack, chosen(sts, KEYS, redactor=redactor)))
    used = (SECRET, ROLE_SECRET, ROLE_TOKEN, EXTERNAL_ID)
    assert redactor.text(" ".join(used)) == f"[secret] [secret] [secret] {mask(EXTERNAL_ID)}"


def test_role_is_assumed_once(tmp_path: Path, sts: FakeSts) -> None:
    """The session that the check has got serves the pack's own function: nobody asks for another."""
    with LoopbackServer(Answer(body=b'{"name": "ada"}')) as service:
        environ = {
            **KEYS,
            "AWS_ENDPOINT_URL_S3": service.url,
            "CODA_ROLE_ARN": ROLE,
            "CODA_EXTERNAL_ID": EXTERNAL_ID,
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
        }
        pack = loaded(tmp_path, ASSUME_ROLE, get_connection_name=fetched_name)
        for _ in range(2):  # the second check asks again, whatever the first one kept
            steps = list(examine_account(pack, chosen(sts, environ)))
            assert [step.is_right for step in steps] == [True] * 6
    assert [call["Action"] for call in sts.asked] == ["GetCallerIdentity", "AssumeRole"] * 2
