"""Sessions of a pack's role and of a profile's, from one run to the next."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from coda_cli.auth.aws_session_cache import forget_sessions, sessions_folder
from coda_cli.errors import CredentialsError
from coda_cli.redaction import Redactor
from tests.auth.sessions import FIRST, INLINE, ROLE_PROFILE, SECOND, container_keys, run, run_profile
from tests.auth.world import (
    EXTERNAL_ID,
    MARKED,
    ROLE,
    ROLE_KEY_ID,
    ROLE_SECRET,
    ROLE_TOKEN,
    STATIC_PROFILE,
    TOKEN,
    FakeSts,
    Options,
    credentials,
    details,
    set_keys,
    write_files,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSts]:
    """Run an STS that gives another key each time."""
    with FakeSts(numbered=True) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        yield server


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a source's keys into the environment."""
    set_keys(monkeypatch)


@pytest.mark.usefixtures("keys")
def test_second_run_calls_nobody(sts: FakeSts, caplog: pytest.LogCaptureFixture) -> None:
    """The second run signs with the first one's session, and -v says so."""
    assert run() == FIRST
    caplog.set_level(logging.INFO, logger="coda_cli")
    assert run() == FIRST
    assert len(sts.requests) == 1
    assert any("session of an earlier run" in message for message in caplog.messages)
    assert not [secret for secret in (*MARKED, EXTERNAL_ID) if secret in caplog.text]


@pytest.mark.usefixtures("keys")
def test_secrets_of_a_kept_session_are_known(sts: FakeSts) -> None:
    """What is read from disk is as secret as what STS says."""
    run()
    redactor = Redactor()
    credentials(assume_role=True, redactor=redactor, **INLINE).keys()
    assert redactor.text(f"{FIRST} {ROLE_SECRET} {ROLE_TOKEN}") == "****0001 [secret] [secret]"


@pytest.mark.parametrize(
    ("environ", "options"),
    [
        pytest.param({"AWS_ACCESS_KEY_ID": "AKIAOTHER00000000001"}, {}, id="another key"),
        pytest.param({"AWS_SECRET_ACCESS_KEY": "another-secret"}, {}, id="another secret"),
        pytest.param({"AWS_SESSION_TOKEN": TOKEN}, {}, id="another session of the source"),
        pytest.param({}, {"role_arn": f"{ROLE}2"}, id="another role"),
        pytest.param({}, {"external_id": "tenant-id-4711"}, id="another external id"),
        pytest.param({}, {"session_name": "coda-other"}, id="another pack"),
        pytest.param({}, {"chosen_session_name": "chosen"}, id="another session name"),
        pytest.param({}, {"duration": 900}, id="another duration"),
        pytest.param({"AWS_REGION": "eu-west-1"}, {}, id="another region of STS"),
        pytest.param({"AWS_USE_FIPS_ENDPOINT": "true"}, {}, id="another kind of endpoint"),
        pytest.param({}, {"keeps_sessions": False}, id="--no-cache"),
        pytest.param({"XDG_CACHE_HOME": "/proc/nowhere"}, {}, id="no folder"),
    ],
)
@pytest.mark.usefixtures("keys")
def test_what_makes_another_session(
    monkeypatch: pytest.MonkeyPatch, sts: FakeSts, environ: dict[str, str], options: Options
) -> None:
    """Whatever shapes the session makes another one, and the first one is there still."""
    assert run() == FIRST
    with monkeypatch.context() as changed:
        for name, value in environ.items():
            changed.setenv(name, value)
        assert run(**options) == SECOND
    # A run with another secret is asked for by the same key, whose one file has the later session now.
    expected = (
        FIRST
        if set(environ) & {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} == set()
        else "ASIANUMBER0000000003"
    )
    assert run() == expected


@pytest.mark.usefixtures("keys")
def test_another_endpoint(monkeypatch: pytest.MonkeyPatch, sts: FakeSts) -> None:
    """Another STS is asked, though everything else is the same."""
    assert run() == FIRST
    with FakeSts() as other:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", other.url)
        assert run() == ROLE_KEY_ID


@pytest.mark.usefixtures("keys")
def test_no_cache_keeps_nothing(sts: FakeSts) -> None:
    """With --no-cache neither is a session used nor one left behind."""
    run(keeps_sessions=False)
    folder = sessions_folder(os.environ)
    assert folder is not None
    assert not folder.exists()


@pytest.mark.usefixtures("keys")
def test_session_that_nears_its_end(sts: FakeSts) -> None:
    """A session is kept until shortly before its end, by the clock that is given."""
    assert run() == FIRST
    later = datetime.now(UTC) + timedelta(minutes=59)
    made = credentials(assume_role=True, clock=lambda: later, **INLINE)
    assert made.keys().access_key == SECOND


@pytest.mark.usefixtures("keys")
def test_session_of_15_minutes(sts: FakeSts) -> None:
    """The shortest session is kept, too."""
    sts.seconds = 900
    assert [run(), run()] == [FIRST, FIRST]


@pytest.mark.usefixtures("keys")
def test_unsafe_override_is_refused_with_a_kept_session(
    monkeypatch: pytest.MonkeyPatch, sts: FakeSts
) -> None:
    """An address that must not be used is an error though nothing would be sent there now."""
    run()
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://evil.example")
    with pytest.raises(CredentialsError, match="AWS_ENDPOINT_URL_STS is plain http"):
        run()


def test_duration_and_name_reach_sts(monkeypatch: pytest.MonkeyPatch, sts: FakeSts) -> None:
    """The options are sent as they are given, and a duration only if it is."""
    set_keys(monkeypatch)
    run(chosen_session_name="ada@laptop", duration=7200)
    run()
    sent = [(call["RoleSessionName"], call.get("DurationSeconds")) for call in sts.asked]
    assert sent == [("ada@laptop", "7200"), ("coda-pack", None)]


def test_role_of_a_profile(sts: FakeSts, scrubbed_environment: Path) -> None:
    """The session of a profile's own role is kept, for access-key packs and for those with a role."""
    write_files(scrubbed_environment, ROLE_PROFILE, STATIC_PROFILE)
    assert run_profile() == FIRST
    assert run_profile() == FIRST
    assert run_profile(assume_role=True) == FIRST
    assert len(sts.requests) == 1


CONFIGS: dict[str, tuple[str, str]] = {
    "secret of the source": (ROLE_PROFILE, STATIC_PROFILE.replace("secret/Key", "secret/New")),
    "key of the source": (ROLE_PROFILE, STATIC_PROFILE.replace("AKIAEXAMPLE", "AKIAANOTHER")),
    "role": (ROLE_PROFILE.replace(ROLE, f"{ROLE}2"), STATIC_PROFILE),
    "external id": (ROLE_PROFILE.replace(EXTERNAL_ID, "tenant-id-4711"), STATIC_PROFILE),
    "duration": (f"{ROLE_PROFILE}duration_seconds = 900\n", STATIC_PROFILE),
    "session name": (f"{ROLE_PROFILE}role_session_name = ada\n", STATIC_PROFILE),
    "region": (f"{ROLE_PROFILE}region = eu-west-1\n", STATIC_PROFILE),
}


@pytest.mark.parametrize("config", CONFIGS)
def test_changed_profile(sts: FakeSts, scrubbed_environment: Path, config: str) -> None:
    """A profile that was changed gets no session of what it was before."""
    write_files(scrubbed_environment, ROLE_PROFILE, STATIC_PROFILE)
    assert run_profile() == FIRST
    write_files(scrubbed_environment, *CONFIGS[config])
    assert run_profile() == SECOND


def test_profile_of_another_file(
    monkeypatch: pytest.MonkeyPatch, sts: FakeSts, scrubbed_environment: Path
) -> None:
    """Profiles of one name in two files are two principals."""
    write_files(scrubbed_environment, ROLE_PROFILE, STATIC_PROFILE)
    assert run_profile() == FIRST
    (scrubbed_environment / "config").write_text(ROLE_PROFILE)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(scrubbed_environment / "config"))
    assert run_profile() == SECOND


def test_chain_of_profiles(sts: FakeSts, scrubbed_environment: Path) -> None:
    """The last session of a chain is kept, so that no role of it is assumed again."""
    last = f"[profile last]\nrole_arn = {ROLE}-last\nsource_profile = packs\n"
    write_files(scrubbed_environment, ROLE_PROFILE + last, STATIC_PROFILE)
    assert [run_profile("last"), run_profile("last")] == [SECOND, SECOND]
    assert len(sts.requests) == 2


def test_pack_role_with_a_profiles_role(sts: FakeSts, scrubbed_environment: Path) -> None:
    """A pack's role that is assumed by a profile's role is kept for the profile."""
    write_files(scrubbed_environment, ROLE_PROFILE, STATIC_PROFILE)
    assert [run(profile="packs"), run(profile="packs")] == [SECOND, SECOND]
    assert [call["RoleArn"] for call in sts.asked] == [ROLE, ROLE]
    assert run(profile="dev") == "ASIANUMBER0000000003"


def test_profile_with_keys_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, sts: FakeSts, scrubbed_environment: Path
) -> None:
    """A profile's role that is assumed with the environment's keys is kept for those."""
    write_files(
        scrubbed_environment, ROLE_PROFILE.replace("source_profile = dev", "credential_source = Environment")
    )
    set_keys(monkeypatch)
    assert [run_profile(), run_profile()] == [FIRST, FIRST]
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-secret")
    assert run_profile() == SECOND


def test_where_nothing_tells_who_asks(
    monkeypatch: pytest.MonkeyPatch, sts: FakeSts, scrubbed_environment: Path
) -> None:
    """A role that a container's credentials assume is not kept: containers may share a home folder."""
    write_files(
        scrubbed_environment, ROLE_PROFILE.replace("source_profile = dev", "credential_source = EcsContainer")
    )
    with container_keys("ASIACONTAINER0000001") as server:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url)
        assert [run_profile(), run_profile()] == [FIRST, SECOND]
        assert run(profile=None) == "ASIANUMBER0000000003"
        assert run(profile=None) == "ASIANUMBER0000000004"
    folder = sessions_folder(os.environ)
    assert folder is not None
    assert not folder.exists()


@pytest.mark.parametrize("how", ["profile", "variables"])
def test_web_identity(
    monkeypatch: pytest.MonkeyPatch, sts: FakeSts, scrubbed_environment: Path, how: str
) -> None:
    """A role by web identity is kept for the profile that has it, and not for variables."""
    token_file = scrubbed_environment / "token"
    token_file.write_text("a-web-identity-token")
    if how == "profile":
        text = f"[profile packs]\nrole_arn = {ROLE}\nweb_identity_token_file = {token_file}\n"
        write_files(scrubbed_environment, text)
        assert [run_profile(), run_profile()] == [FIRST, FIRST]
    else:
        monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
        monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token_file))
        assert [credentials().keys().access_key for _ in range(2)] == [FIRST, SECOND]


def test_forgotten_role(monkeypatch: pytest.MonkeyPatch, sts: FakeSts) -> None:
    """After a role's sessions were forgotten the next run asks for a new one."""
    set_keys(monkeypatch)
    assert run() == FIRST
    assert forget_sessions(os.environ, ROLE) == 1
    assert run() == SECOND


@pytest.mark.parametrize(
    ("arn", "region", "refused"),
    [
        pytest.param("arn:aws-cn:iam::123456789012:role/packs", "us-east-1", True, id="role in China"),
        pytest.param(ROLE, "cn-north-1", True, id="host in China"),
        pytest.param(ROLE, "us-gov-west-1", True, id="host in GovCloud"),
        pytest.param(ROLE, "eu-central-9", False, id="region that is newer than botocore"),
        pytest.param(ROLE, "mars", False, id="region of no partition"),
        pytest.param("arn:aws-cn:iam::123456789012:role/packs", "cn-north-1", False, id="both in China"),
    ],
)
@pytest.mark.parametrize("level", ["option", "profile"])
def test_role_of_another_partition(
    monkeypatch: pytest.MonkeyPatch,
    sts: FakeSts,
    scrubbed_environment: Path,
    level: str,
    arn: str,
    region: str,
    refused: bool,
) -> None:
    """A role is not assumed to sign where its partition is unknown."""
    write_files(scrubbed_environment, ROLE_PROFILE.replace(ROLE, arn), STATIC_PROFILE)
    if level == "option":
        set_keys(monkeypatch)
        made = credentials(assume_role=True, role_arn=arn, external_id=EXTERNAL_ID)
    else:
        made = credentials(profile="packs")
    if not refused:
        assert made.keys(region).access_key == FIRST
        return
    with pytest.raises(
        CredentialsError, match=r"the role is of partition aws.*, and the request is"
    ) as caught:
        made.keys(region)
    assert arn in details(caught.value)
    assert region in str(caught.value)
    assert sts.requests == []
