"""Who AWS says that is calling, where it is asked, and whom a trust policy has to name for that."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Unpack

import pytest

from coda_cli.auth.aws_identity import Identity, admitted_as, ask_identity
from coda_cli.auth.store import StoredCredentials
from coda_cli.auth.trust_policy import Principal
from coda_cli.errors import CredentialsError
from coda_cli.redaction import mask
from tests.auth.world import (
    KEY_ID,
    MARKED,
    PROFILE_KEY_ID,
    ROLE,
    SECRET,
    STATIC_PROFILE,
    TOKEN,
    USER,
    FakeSts,
    Options,
    details,
    found_source,
    set_keys,
    write_files,
)
from tests.servers import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from coda_cli.emulator.running import Emulator
    from tests.servers import LoopbackServer

CHINA = "arn:aws-cn:iam::123456789012:role/packs"
GOVERNMENT = "arn:aws-us-gov:iam::123456789012:role/packs"
SESSION = "arn:aws:sts::123456789012:assumed-role/admin/ada"


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSts]:
    """Run an STS that is IAM, too, with keys for it in the environment."""
    set_keys(monkeypatch)
    with FakeSts() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


def ask(pack_role: str | None = None, /, **options: Unpack[Options]) -> Identity:
    """Ask who the credentials of the environment are."""
    source, session, redactor = found_source(**options)
    return ask_identity(source, session, redactor, pack_role)


def admitted(arn: str) -> Principal:
    """Return whom a trust policy names for a caller."""
    source, session, _ = found_source()
    return admitted_as(Identity(arn, "", ""), source, session)


def signed_for(sts: LoopbackServer) -> list[tuple[str, str, str]]:
    """Return key id, region and service that each request was signed for."""
    credential = re.compile(r"Credential=([^/]+)/[^/]+/([^/]+)/([^/]+)/")
    found = (credential.search(received.header("Authorization") or "") for received in sts.requests)
    return [(one[1], one[2], one[3]) for one in found if one is not None]


def test_identity(sts: FakeSts) -> None:
    """STS is asked once, with the source credentials, and what it says is told with where it was asked."""
    assert ask() == Identity(USER, sts.url, "us-east-1")
    assert [call["Action"] for call in sts.asked] == ["GetCallerIdentity"]
    assert signed_for(sts) == [(KEY_ID, "us-east-1", "sts")]


def test_identity_of_stored_keys(sts: FakeSts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that coda auth stored are used with their session token."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    stored = StoredCredentials(PROFILE_KEY_ID, SECRET, TOKEN)
    ask(stored=lambda: stored)
    assert signed_for(sts) == [(PROFILE_KEY_ID, "us-east-1", "sts")]
    assert sts.requests[0].header("X-Amz-Security-Token") == TOKEN


PROFILES = f"""
[profile china]
role_arn = {CHINA}
source_profile = dev
[profile beijing]
region = cn-north-1
source_profile = dev
"""


@pytest.mark.parametrize(
    ("pack_role", "options", "environ", "region"),
    [
        pytest.param(ROLE, {}, {}, "us-east-1", id="the role's partition"),
        pytest.param(CHINA, {}, {}, "cn-northwest-1", id="China"),
        pytest.param(GOVERNMENT, {}, {}, "us-gov-west-1", id="GovCloud"),
        pytest.param(
            CHINA, {"region": "eu-west-1"}, {}, "cn-northwest-1", id="a region of another partition"
        ),
        pytest.param(CHINA, {}, {"AWS_REGION": "cn-north-1"}, "cn-north-1", id="a region of the role's"),
        pytest.param(None, {"region": "eu-west-1"}, {"AWS_REGION": "cn-north-1"}, "eu-west-1", id="option"),
        pytest.param(None, {}, {"AWS_REGION": "cn-north-1"}, "cn-north-1", id="no role, China"),
        pytest.param(
            None, {}, {"AWS_DEFAULT_REGION": "us-gov-east-1"}, "us-gov-east-1", id="no role, GovCloud"
        ),
        pytest.param(None, {"profile": "beijing"}, {}, "cn-north-1", id="no role, the profile's region"),
        pytest.param(None, {"profile": "china"}, {}, "cn-northwest-1", id="the role of the profile"),
        pytest.param(None, {}, {"AWS_REGION": "nowhere-1"}, "us-east-1", id="no region of AWS"),
    ],
)
def test_where_sts_is_asked(
    sts: FakeSts,
    monkeypatch: pytest.MonkeyPatch,
    scrubbed_environment: Path,
    pack_role: str | None,
    options: Options,
    environ: dict[str, str],
    region: str,
) -> None:
    """STS is asked in the partition of the role; where none is known yet, in that of the chosen region."""
    write_files(scrubbed_environment, PROFILES, STATIC_PROFILE.replace("[dev]", "[beijing]") + STATIC_PROFILE)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert ask(pack_role, **options).region == region
    assert signed_for(sts)[-1][1:] == (region, "sts")


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("InvalidClientTokenId", "The key was deleted or deactivated, or belongs to another partition,"),
        ("SignatureDoesNotMatch", "Likely the secret access key is another key's"),
        ("ExpiredToken", "The session is over. Get new keys"),
    ],
)
def test_refused(sts: FakeSts, code: str, advice: str) -> None:
    """Keys that STS refuses are an error with advice, who called, and nothing secret."""
    sts.refusal = (code, "The security token is not right")
    with pytest.raises(CredentialsError, match=f"GetCallerIdentity was refused: {code}") as caught:
        ask()
    said = details(caught.value)
    assert f"called by key {mask(KEY_ID)} from AWS_ACCESS_KEY_ID" in said
    assert advice in said
    assert not [secret for secret in (*MARKED, KEY_ID) if secret in said]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        pytest.param(Answer(body=b"<html><p>Log in to the proxy"), "none of AWS's", id="a page"),
        pytest.param(Answer(), "none of AWS's", id="nothing"),
        pytest.param(Answer(body=b"<R><GetCallerIdentityResult/></R>"), "none of AWS's", id="no ARN"),
        pytest.param(Answer(raw=b"nonsense\r\n\r\n"), "cannot be reached", id="no HTTP"),
    ],
)
def test_answers_that_are_none(sts: FakeSts, answer: Answer, message: str) -> None:
    """What AWS would not answer is an error of credentials, never a failure of ours."""
    sts.answer(answer)
    with pytest.raises(CredentialsError, match=message):
        ask()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("AWS_RETRY_MODE", "nonsense", id="retry mode"),
        pytest.param("AWS_ENDPOINT_URL_STS", "http://192.0.2.1", id="plain http elsewhere"),
        pytest.param("AWS_STS_REGIONAL_ENDPOINTS", "nonsense", id="endpoints"),
    ],
)
def test_settings_that_cannot_be_used(
    sts: FakeSts, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """A client that cannot be made is an error of credentials, too, and nothing is sent."""
    monkeypatch.setenv(name, value)
    with pytest.raises(CredentialsError):
        ask()
    assert sts.requests == []


@pytest.mark.parametrize("arn", [USER, "arn:aws-cn:iam::123456789012:user/team/ada", ROLE])
def test_admitted_as_itself(sts: FakeSts, arn: str) -> None:
    """A user is named by its own ARN, and nothing is asked for that."""
    assert admitted(arn) == Principal(arn)
    assert sts.requests == []


def test_a_session_whose_role_may_be_asked_for(sts: FakeSts) -> None:
    """A session is named by its role, whose path only IAM knows."""
    sts.role = "arn:aws:iam::123456789012:role/team/sub/admin"
    assert admitted(SESSION) == Principal(sts.role)
    assert [(call["Action"], call["RoleName"]) for call in sts.asked] == [("GetRole", "admin")]


@pytest.mark.parametrize(
    ("partition", "region"),
    [("aws", "us-east-1"), ("aws-cn", "cn-northwest-1"), ("aws-us-gov", "us-gov-west-1")],
)
def test_iam_is_asked_in_the_partition_of_the_session(sts: FakeSts, partition: str, region: str) -> None:
    """Each partition has an IAM of its own, which the others do not know."""
    sts.role = f"arn:{partition}:iam::123456789012:role/admin"
    assert admitted(SESSION.replace("arn:aws:", f"arn:{partition}:")) == Principal(sts.role)
    assert signed_for(sts) == [(KEY_ID, region, "iam")]


NOT_TOLD = [
    pytest.param(None, id="not allowed"),
    pytest.param(Answer(body=b"<html><p>Log in to the proxy"), id="a page"),
    pytest.param(Answer(body=b"<R><GetRoleResult/></R>"), id="no role in the answer"),
    pytest.param(Answer(500), id="out of order"),
    pytest.param(Answer(raw=b""), id="hangs up"),
]


@pytest.mark.parametrize("answer", NOT_TOLD)
@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_session_whose_role_is_not_told(
    sts: FakeSts, caplog: pytest.LogCaptureFixture, answer: Answer | None, partition: str
) -> None:
    """Its account stands for it, on the condition of the role's name; with -v it is said why."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    if answer is not None:
        sts.answer(answer)
    account = f"arn:{partition}:iam::123456789012"
    assert admitted(SESSION.replace("arn:aws:", f"arn:{partition}:")) == Principal(
        f"{account}:root", (f"{account}:role/admin", f"{account}:role/*/admin")
    )
    assert "iam:GetRole does not tell the ARN of role admin: " in caplog.text
    assert SECRET not in caplog.text


def test_iam_is_not_asked_where_that_is_not_safe(sts: FakeSts, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address for IAM that must not be used is no reason to fail, since nobody has to ask IAM."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_IAM", "http://192.0.2.1")
    assert admitted(SESSION).arn == "arn:aws:iam::123456789012:root"
    assert sts.requests == []


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
@pytest.mark.parametrize(
    ("arn", "message"),
    [
        ("arn:aws:iam::123456789012:root", "the caller is the root user of an account"),
        ("arn:aws:sts::123456789012:federated-user/ada", "a federated user is unsuitable"),
    ],
)
def test_who_cannot_assume_roles(sts: FakeSts, partition: str, arn: str, message: str) -> None:
    """A root user and a federated user are said to be unsuitable, and what to use instead."""
    with pytest.raises(CredentialsError, match=message) as caught:
        admitted(arn.replace("arn:aws:", f"arn:{partition}:"))
    assert "Use an IAM user or a role." in details(caught.value)
    assert sts.requests == []


def in_emulator(monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    """Put the emulator's environment into this process's."""
    for name, value in emulator.environment.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)


def test_user_of_the_emulator(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """What verifies signatures knows the user by the keys, and a wrong secret as none."""
    in_emulator(monkeypatch, emulator)
    source, session, redactor = found_source()
    identity = ask_identity(source, session, redactor, None)
    assert identity == Identity(
        "arn:aws:iam::000000000000:user/coda-demo", emulator.server.endpoint, "us-east-1"
    )
    assert admitted_as(identity, source, session) == Principal(identity.arn)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with pytest.raises(CredentialsError, match="GetCallerIdentity was refused: "):
        ask()


def test_session_of_the_emulator(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session of a role is named by that role there, whether or not it may ask IAM for it."""
    in_emulator(monkeypatch, emulator)
    source, session, redactor = found_source(profile="emulator-role")
    identity = ask_identity(source, session, redactor, None)
    assert ":assumed-role/coda-demo-reader/" in identity.arn
    found = admitted_as(identity, source, session)
    assert emulator.role.arn in {found.arn, *found.only}
