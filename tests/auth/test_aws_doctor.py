"""The walk of the road that a request's credentials take: its steps, their order, and where it ends."""

from __future__ import annotations

import json
import logging
import os
from typing import TYPE_CHECKING, Unpack

import pytest

from coda_cli.auth.aws_doctor import Step, examine
from coda_cli.auth.aws_options import AwsOptions
from coda_cli.auth.aws_profiles import Profiles
from coda_cli.auth.store import StoredCredentials
from coda_cli.errors import CredentialsError, UsageError
from coda_cli.redaction import Redactor, mask
from tests.auth.world import (
    EXTERNAL_ID,
    KEY_ID,
    MARKED,
    PROFILE_KEY_ID,
    ROLE,
    ROLE_KEY_ID,
    STATIC_PROFILE,
    USER,
    FakeSts,
    Options,
    set_keys,
    write_files,
)
from tests.servers import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from coda_cli.emulator.running import Emulator

KEYS_OF_ENVIRONMENT = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
GIVEN: Options = {"role_arn": ROLE, "external_id": EXTERNAL_ID}
STORED = StoredCredentials(profile="dev", role_arn=ROLE, external_id=EXTERNAL_ID)

PROFILES = f"""
[profile role]
role_arn = {ROLE}
source_profile = dev
external_id = {EXTERNAL_ID}
[profile open]
role_arn = {ROLE}
source_profile = dev
"""


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path) -> Iterator[FakeSts]:
    """Run an STS that is IAM, too, with profiles to go with it."""
    write_files(scrubbed_environment, PROFILES, STATIC_PROFILE)
    with FakeSts() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


def walk(*, assume_role: bool = True, **chosen: Unpack[Options]) -> list[Step]:
    """Walk to the end, with this process's environment; no step shows a secret once it is printed."""
    options, redactor = AwsOptions(os.environ, **chosen), Redactor()
    steps = list(examine(options, Profiles(options, redactor), redactor, assume_role=assume_role))
    shown = redactor.message("\n".join(line for step in steps for line in (step.found, *step.details)))
    assert not [secret for secret in (*MARKED, EXTERNAL_ID, KEY_ID, PROFILE_KEY_ID) if secret in shown]
    return steps


def names(steps: list[Step]) -> list[str]:
    """Name the steps; the one that failed has an exclamation mark."""
    return [step.name if step.is_right else f"{step.name}!" for step in steps]


def actions(sts: FakeSts) -> list[str]:
    """Say what was asked of the server, in order."""
    return [call["Action"] for call in sts.asked]


def test_access_key(sts: FakeSts, monkeypatch: pytest.MonkeyPatch) -> None:
    """An access-key pack's road: which credentials and why, whose they are, and where that was asked."""
    set_keys(monkeypatch)
    assert walk(assume_role=False) == [
        Step("credentials", f"{KEYS_OF_ENVIRONMENT}, key {mask(KEY_ID)}", ("no --profile is given",)),
        Step("caller", USER),
        Step("sts", f"{sts.url}, region us-east-1"),
    ]
    assert actions(sts) == ["GetCallerIdentity"]


def test_assumed_role(sts: FakeSts, monkeypatch: pytest.MonkeyPatch) -> None:
    """An assume-role pack's road goes on: the role, its level, external id, STS, and the session's end."""
    set_keys(monkeypatch)
    steps = walk(**GIVEN)
    assert names(steps) == ["credentials", "caller", "role", "sts", "session"]
    assert steps[2] == Step(
        "role", ROLE, (f"--role-arn and --external-id; external id {mask(EXTERNAL_ID)} is sent",)
    )
    assert steps[4].found.startswith(f"key {mask(ROLE_KEY_ID)}, until 20")
    assert steps[4].details == ()
    assert actions(sts) == ["GetCallerIdentity", "AssumeRole"]
    assert (sts.asked[1]["RoleArn"], sts.asked[1]["ExternalId"]) == (ROLE, EXTERNAL_ID)


def test_stored(sts: FakeSts) -> None:
    """What coda auth stored is told as that, the profile and the role."""
    steps = walk(stored=lambda: STORED)
    assert names(steps) == ["credentials", "caller", "role", "sts", "session"]
    assert "coda auth" in steps[0].found
    assert f"key {mask(PROFILE_KEY_ID)}" in steps[0].found
    assert steps[0].details == ("neither keys nor a profile are in the environment",)
    assert steps[2].found == ROLE
    assert "stored by coda auth" in steps[2].details[0]


@pytest.mark.parametrize(
    ("profile", "sent"),
    [
        ("role", f"external id {mask(EXTERNAL_ID)} was sent"),
        ("open", "no external id was sent"),
    ],
)
def test_role_of_a_profile(sts: FakeSts, profile: str, sent: str) -> None:
    """A profile's role is assumed already when the caller is asked for, and not again."""
    sts.caller = "arn:aws:sts::123456789012:assumed-role/packs/botocore-session"
    steps = walk(profile=profile)
    assert names(steps) == ["credentials", "caller", "role", "sts"]
    assert steps[1].found == sts.caller
    assert steps[2].found == ROLE
    (said,) = steps[2].details
    assert said.startswith(f"of profile {profile!r} (--profile), a role, assumed already, until 20")
    assert said.endswith(f"; {sent}")
    assert actions(sts) == ["AssumeRole", "GetCallerIdentity"]


def test_chain(sts: FakeSts) -> None:
    """A role that is assumed with another's session is said to be a chain, which ends sooner."""
    chosen: Options = {**GIVEN, "profile": "role"}
    steps = walk(**chosen)
    assert names(steps) == ["credentials", "caller", "role", "sts", "session"]
    assert "ends the session after an hour" in steps[-1].details[0]


def test_no_credentials(sts: FakeSts) -> None:
    """Without any, the first step is the last, and says where was looked."""
    steps = walk(**GIVEN)
    assert names(steps) == ["credentials!"]
    assert "no AWS credentials were found" in steps[0].found
    assert any("--profile: not given" in line for line in steps[0].details)
    assert sts.requests == []


def test_store_that_cannot_be_read(sts: FakeSts, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends the walk where it is needed, and is no matter where it is not."""

    def unreadable() -> StoredCredentials:
        raise CredentialsError("the stored credentials cannot be read", "Mend it")

    chosen: Options = {**GIVEN, "stored": unreadable}
    steps = walk(**chosen)
    assert steps == [
        Step("credentials", "the stored credentials cannot be read", ("Mend it",), is_right=False)
    ]
    set_keys(monkeypatch)
    assert names(walk(**chosen)) == ["credentials", "caller", "role", "sts", "session"]


@pytest.mark.parametrize("assume_role", [True, False])
def test_caller_is_refused(sts: FakeSts, monkeypatch: pytest.MonkeyPatch, assume_role: bool) -> None:
    """Keys that are worth nothing end the walk before anything is done with a role."""
    set_keys(monkeypatch)
    sts.refusal = ("InvalidClientTokenId", "The security token is invalid")
    steps = walk(assume_role=assume_role, **(GIVEN if assume_role else {}))
    assert names(steps) == ["credentials", "caller!"]
    assert "InvalidClientTokenId" in steps[1].found
    assert any("deleted or deactivated" in line for line in steps[1].details)
    assert actions(sts) == ["GetCallerIdentity"]


def test_sts_cannot_be_reached(sts: FakeSts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody answers, that is what is said."""
    set_keys(monkeypatch)
    with LoopbackServer() as closed:
        url = closed.url
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)
    steps = walk(**GIVEN)
    assert names(steps) == ["credentials", "caller!"]
    assert "cannot be reached" in steps[1].found
    assert url in "".join(steps[1].details)


@pytest.mark.parametrize(
    ("chosen", "environ", "found"),
    [
        pytest.param({}, {}, "this pack assumes a role, and none was given", id="none"),
        pytest.param(
            {"role_arn": ROLE}, {}, "the role of --role-arn has no external id", id="no external id"
        ),
        pytest.param(
            {"role_arn": USER, "external_id": EXTERNAL_ID},
            {},
            "--role-arn is not the ARN of a role",
            id="a user",
        ),
        pytest.param(
            {}, {"CODA_ROLE_ARN": ROLE}, "the role of CODA_ROLE_ARN has no external id", id="variable"
        ),
    ],
)
def test_role_is_refused_here(
    sts: FakeSts, monkeypatch: pytest.MonkeyPatch, chosen: Options, environ: dict[str, str], found: str
) -> None:
    """The caller is told even where the role is not usable, since it helps; no role is asked for."""
    set_keys(monkeypatch)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    steps = walk(**chosen)
    assert names(steps) == ["credentials", "caller", "role!"]
    assert steps[2].found.startswith(found)
    assert steps[2].details != ()
    assert actions(sts) == ["GetCallerIdentity"]


def test_contradiction(sts: FakeSts) -> None:
    """Options that contradict a profile are a mistake of usage, as in a run."""
    with pytest.raises(UsageError, match="--external-id does not go with the role of profile 'role'"):
        walk(profile="role", external_id=EXTERNAL_ID)


def policies(step: Step) -> list[dict[str, object]]:
    """Read the statements that a step's advice holds."""
    found, decoder, text = [], json.JSONDecoder(), "\n".join(step.details)
    while (start := text.find("{\n")) >= 0:
        value, end = decoder.raw_decode(text[start:])
        found.append(value)
        text = text[start + end :]
    return found


@pytest.mark.parametrize(
    ("caller", "role", "principal", "only"),
    [
        pytest.param(USER, None, USER, None, id="user"),
        pytest.param(
            "arn:aws:sts::123456789012:assumed-role/ci/run-1",
            "arn:aws:iam::123456789012:role/team/ci",
            "arn:aws:iam::123456789012:role/team/ci",
            None,
            id="session whose role is told",
        ),
        pytest.param(
            "arn:aws:sts::123456789012:assumed-role/ci/run-1",
            None,
            "arn:aws:iam::123456789012:root",
            ["arn:aws:iam::123456789012:role/ci", "arn:aws:iam::123456789012:role/*/ci"],
            id="session whose role is not told",
        ),
    ],
)
def test_access_denied(
    sts: FakeSts,
    monkeypatch: pytest.MonkeyPatch,
    caller: str,
    role: str | None,
    principal: str,
    only: list[str] | None,
) -> None:
    """The advice is given in full, with the statements that would admit this caller."""
    set_keys(monkeypatch)
    sts.caller, sts.role = caller, role
    sts.refusal, sts.refused = ("AccessDenied", "not authorized to perform: sts:AssumeRole"), {"AssumeRole"}
    steps = walk(**GIVEN)
    assert names(steps) == ["credentials", "caller", "role", "sts", "session!"]
    said = "\n".join(steps[-1].details)
    for cause in (
        "AWS says: not authorized",
        f"with key {mask(KEY_ID)} from {KEYS_OF_ENVIRONMENT}",
        f"the external id {mask(EXTERNAL_ID)} was sent",
        "own policy does not allow sts:AssumeRole",
        "029208794193 alone is not enough",
        "PACK_ID:value",
        "MFA",
        "these are not the credentials that you think, or there is no such role",
        "coda trust-policy",
    ):
        assert cause in said
    assert ("unless the role is in the same account" in said) is (only is None)
    trusting, allowing = policies(steps[-1])
    assert trusting["Principal"] == {"AWS": principal}
    assert trusting["Action"] == "sts:AssumeRole"
    assert trusting["Condition"] == {
        "StringEquals": {"sts:ExternalId": "<external id>"},
        **({"ArnLike": {"aws:PrincipalArn": only}} if only else {}),
    }
    assert allowing == {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE}
    assert actions(sts).count("AssumeRole") == 1


@pytest.mark.parametrize(
    ("caller", "unsuitable"),
    [
        ("arn:aws:iam::123456789012:root", "the caller is the root user of an account"),
        ("arn:aws:sts::123456789012:federated-user/ada", "a federated user is unsuitable"),
    ],
)
def test_access_denied_to_who_cannot_assume_roles(
    sts: FakeSts, monkeypatch: pytest.MonkeyPatch, caller: str, unsuitable: str
) -> None:
    """No statement would admit them, and that is said."""
    set_keys(monkeypatch)
    sts.caller = caller
    sts.refusal, sts.refused = ("AccessDenied", "Roles may not be assumed by root accounts."), {"AssumeRole"}
    last = walk(**GIVEN)[-1]
    assert last.name == "session"
    assert unsuitable in "\n".join(last.details)
    assert policies(last) == []


@pytest.mark.parametrize("code", ["ExpiredToken", "RegionDisabledException"])
def test_another_refusal(sts: FakeSts, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Where the policy is not the reason, none is shown, and nobody asks IAM."""
    set_keys(monkeypatch)
    sts.caller = "arn:aws:sts::123456789012:assumed-role/ci/run-1"
    sts.refusal, sts.refused = (code, "for another reason"), {"AssumeRole"}
    steps = walk(**GIVEN)
    assert names(steps) == ["credentials", "caller", "role", "sts", "session!"]
    assert code in steps[-1].found
    assert policies(steps[-1]) == []
    assert "GetRole" not in actions(sts)


def test_notice_is_given_once(
    sts: FakeSts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """That the environment comes before what is stored is said as in a run."""
    set_keys(monkeypatch)
    caplog.set_level(logging.WARNING, logger="coda_cli")
    walk(stored=lambda: STORED)
    assert caplog.messages == [
        f"using {KEYS_OF_ENVIRONMENT}; what coda auth stored for this pack comes after it"
    ]


def in_emulator(monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    """Put the emulator's environment into this process's."""
    for name, value in emulator.environment.items():
        if name.startswith(("AWS_", "CODA_")):
            monkeypatch.setenv(name, value)


def test_emulator(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """What verifies signatures, trust policies and external ids lets the walk come to its end."""
    in_emulator(monkeypatch, emulator)
    steps = walk()
    assert names(steps) == ["credentials", "caller", "role", "sts", "session"]
    assert steps[2].found == emulator.role.arn


def test_wrong_external_id_in_the_emulator(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another external id is denied there, and the statement that would admit the caller has it."""
    in_emulator(monkeypatch, emulator)
    steps = walk(external_id="another-id")
    assert names(steps) == ["credentials", "caller", "role", "sts", "session!"]
    assert "AccessDenied" in steps[-1].found
    trusting, _ = policies(steps[-1])
    assert trusting["Principal"] == {"AWS": "arn:aws:iam::000000000000:user/coda-demo"}
