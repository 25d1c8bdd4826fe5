"""A pack's credentials: found once and late, one STS call a session, nothing secret in any message."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from coda_cli.errors import CredentialsError
from coda_cli.redaction import Redactor, mask
from tests.auth.world import (
    ASSUME_ROLE,
    EXTERNAL_ID,
    KEY_ID,
    MARKED,
    PROFILE_KEY_ID,
    ROLE,
    ROLE_KEY_ID,
    ROLE_SECRET,
    ROLE_TOKEN,
    SECRET,
    STATIC_PROFILE,
    TOKEN,
    FakeSts,
    Options,
    authenticator,
    credentials,
    details,
    header,
    request,
    set_keys,
    write_files,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INLINE: Options = {
    "role_arn": ROLE,
    "external_id": EXTERNAL_ID,
    "session_name": "coda-s3_assume_role",
}


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSts]:
    """Run an STS, with a source's keys in the environment."""
    set_keys(monkeypatch, token=TOKEN)
    with FakeSts() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        yield server


def test_assume_role(sts: FakeSts) -> None:
    """The role is asked for with its external id and the pack's session name, by the source's keys."""
    signed = authenticator(ASSUME_ROLE, **INLINE).authenticate(request())
    assert header(signed, "x-amz-security-token") == ROLE_TOKEN
    assert f"Credential={ROLE_KEY_ID}/" in (header(signed, "authorization") or "")
    (asked,) = sts.asked
    assert {name: asked.get(name) for name in ("Action", "RoleArn", "ExternalId", "RoleSessionName")} == {
        "Action": "AssumeRole",
        "RoleArn": ROLE,
        "ExternalId": EXTERNAL_ID,
        "RoleSessionName": "coda-s3_assume_role",
    }
    assert "DurationSeconds" not in asked
    assert f"Credential={KEY_ID}/" in (sts.requests[0].header("authorization") or "")
    assert sts.requests[0].header("x-amz-security-token") == TOKEN


@pytest.mark.parametrize(
    ("seconds", "calls"),
    [
        pytest.param(3600, 1, id="an hour"),
        pytest.param(900, 1, id="15 minutes"),
        pytest.param(60, 3, id="about to end: refreshed"),
    ],
)
def test_one_sts_call_a_session(sts: FakeSts, seconds: float, calls: int) -> None:
    """STS is called on first use, and again only when the session is about to end."""
    sts.seconds = seconds
    auth = authenticator(ASSUME_ROLE, **INLINE)
    assert sts.requests == []
    for region in ("us-east-1", "eu-west-1", "us-east-1"):
        auth.authenticate(request(f"https://s3.{region}.amazonaws.com/"))
    assert len(sts.requests) == calls


def test_threads_share_a_session(sts: FakeSts) -> None:
    """Requests of many threads at once lead to one call."""
    auth = authenticator(ASSUME_ROLE, **INLINE)
    with ThreadPoolExecutor(8) as pool:
        signed = list(pool.map(auth.authenticate, [request()] * 16))
    assert len(sts.requests) == 1
    assert len({header(one, "authorization") for one in signed}) == 1


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param(
            "AccessDenied", ["sts:AssumeRole", "029208794193", "external id differs", "MFA"], id="denied"
        ),
        pytest.param("InvalidClientTokenId", ["another partition", "session token"], id="unknown key"),
        pytest.param("SignatureDoesNotMatch", ["secret access key"], id="wrong secret"),
        pytest.param("ExpiredToken", ["The session is over", "AWS_SESSION_TOKEN"], id="expired"),
        pytest.param("RegionDisabledException", [], id="something else"),
    ],
)
def test_refused_role(sts: FakeSts, code: str, expected: list[str]) -> None:
    """A refusal names role, caller, origin, external id (masked) and AWS's words, and is not repeated.

    Who called is asked where that may be the reason; that this is refused too makes no difference.
    """
    sts.refusal = (code, "User: arn:aws:iam::123456789012:user/dev\n is not authorized")
    with pytest.raises(CredentialsError, match=f"refused to assume the role {ROLE}: {code}") as caught:
        credentials(assume_role=True, **INLINE).keys()
    said = details(caught.value)
    assert "AWS says: User: arn:aws:iam::123456789012:user/dev is not authorized" in said
    assert f"called by key {mask(KEY_ID)} from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in said
    assert f"the external id {mask(EXTERNAL_ID)} was sent" in said
    assert [text for text in expected if text not in said] == []
    assert not [secret for secret in (*MARKED, EXTERNAL_ID, KEY_ID) if secret in said]
    assert "Request id: 1" in said
    more = ["GetCallerIdentity"] if code == "AccessDenied" else []
    assert [call["Action"] for call in sts.asked] == ["AssumeRole", *more]
    assert caught.value.exit_code == 4


def test_caller_without_permission_is_named(sts: FakeSts) -> None:
    """Who AWS says is calling is told: it is what the trust policy must name, and may be unexpected."""
    sts.refusal = ("AccessDenied", "no")
    sts.caller_arn = "arn:aws:iam::123456789012:user/another"
    with pytest.raises(CredentialsError) as caught:
        credentials(assume_role=True, **INLINE).keys()
    assert f"called by {sts.caller_arn} with key {mask(KEY_ID)} from AWS_ACCESS_KEY_ID" in details(
        caught.value
    )


def test_caller_of_a_profiles_role_is_named(sts: FakeSts, scrubbed_environment: Path) -> None:
    """The keys behind a profile's role are another principal's than the role's: that one is named."""
    sts.refusal = ("AccessDenied", "no")
    sts.caller_arn = "arn:aws:iam::123456789012:user/behind"
    write_files(
        scrubbed_environment,
        f"[profile two]\nrole_arn = {ROLE}\nsource_profile = dev\nexternal_id = {EXTERNAL_ID}\n",
        STATIC_PROFILE,
    )
    with pytest.raises(CredentialsError) as caught:
        credentials(assume_role=True, profile="two").keys()
    assert f"called by {sts.caller_arn} with key {mask(PROFILE_KEY_ID)} from source_profile" in details(
        caught.value
    )


def test_causes_come_in_order(sts: FakeSts) -> None:
    """The causes of AccessDenied are listed from the most frequent to the least."""
    sts.refusal = ("AccessDenied", "no")
    with pytest.raises(CredentialsError) as caught:
        credentials(assume_role=True, **INLINE).keys()
    said = details(caught.value)
    causes = [
        "own policy",
        "trust policy does not name",
        "external id differs",
        "MFA",
        "boundary",
        "no such role",
    ]
    places = [said.index(cause) for cause in causes]
    assert places == sorted(places)


def test_nothing_secret_is_told(sts: FakeSts, caplog: pytest.LogCaptureFixture) -> None:
    """Even at --debug, what is told holds neither secret, token nor signature, and the redactor knows all."""
    caplog.set_level(logging.DEBUG, logger="coda_cli")
    redactor = Redactor()
    signed = authenticator(ASSUME_ROLE, redactor=redactor, **INLINE).authenticate(request())
    told = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("coda_cli"))
    assert "canonical request" in told
    assert not [secret for secret in (*MARKED, *signed.secrets, EXTERNAL_ID) if secret in told]
    known = (SECRET, TOKEN, ROLE_SECRET, ROLE_TOKEN, KEY_ID, ROLE_KEY_ID, EXTERNAL_ID)
    assert not [secret for secret in known if secret in redactor.text(" ".join(known))]


def test_caller_is_the_role(sts: FakeSts) -> None:
    """What is said of a role's key tells the role and whose keys it was assumed with."""
    caller = credentials(assume_role=True, **INLINE).caller(ROLE_KEY_ID, has_token=True)
    assert caller.key == mask(ROLE_KEY_ID)
    assert caller.has_token
    assert sts.requests == []
    assert caller.origin == f"role {ROLE}, assumed with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    assert caller.renewal.startswith("The role is assumed anew by itself")


def test_access_key_packs_assume_nothing(monkeypatch: pytest.MonkeyPatch, sts: FakeSts) -> None:
    """The variables for a role are ignored by a pack that takes none."""
    monkeypatch.setenv("CODA_ROLE_ARN", ROLE)
    monkeypatch.setenv("CODA_EXTERNAL_ID", EXTERNAL_ID)
    assert credentials().keys().access_key == KEY_ID
    assert sts.requests == []


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param("aws_access_key_id = a\naws_secret_access_key =\n  hidden = 1", id="secret access key"),
        pytest.param("aws_access_key_id =\n  hidden = 1\naws_secret_access_key = a", id="access key id"),
        pytest.param(
            "aws_access_key_id = a\naws_secret_access_key = a\naws_session_token =\n  hidden = 1", id="token"
        ),
        pytest.param(f"role_arn = {ROLE}\nsource_profile =\n  hidden = 1", id="source profile"),
        pytest.param("credential_process =\n  hidden = 1", id="program"),
    ],
)
def test_indented_settings(scrubbed_environment: Path, settings: str) -> None:
    """Settings written as a section of their own are an error of the person's, told without what they say."""
    write_files(scrubbed_environment, f"[profile dev]\n{settings}\n")
    with pytest.raises(CredentialsError) as caught:
        credentials(profile="dev").keys()
    assert "'dev'" in details(caught.value)
    assert "indented section" in details(caught.value)
    assert "hidden" not in details(caught.value)


@pytest.mark.parametrize("assume_role", [True, False])
def test_indented_role(scrubbed_environment: Path, sts: FakeSts, assume_role: bool) -> None:
    """A role written so is an error, too, before STS is asked for it."""
    write_files(
        scrubbed_environment,
        "[profile dev]\nrole_arn =\n  a = b\nsource_profile = dev\n",
        "[dev]\naws_access_key_id = a\naws_secret_access_key = b\n",
    )
    with pytest.raises(CredentialsError, match="role"):
        credentials(assume_role=assume_role, profile="dev").keys()
    assert sts.requests == []


def test_unsafe_sts_override(monkeypatch: pytest.MonkeyPatch, sts: FakeSts) -> None:
    """The address of STS is checked before the role is asked for."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://evil.example")
    with pytest.raises(CredentialsError, match="AWS_ENDPOINT_URL_STS is plain http"):
        credentials(assume_role=True, **INLINE).keys()
    assert sts.requests == []


def test_renewal(sts: FakeSts, caplog: pytest.LogCaptureFixture) -> None:
    """A session that AWS calls expired before its time is replaced, once for all who ask."""
    held = credentials(assume_role=True, **INLINE)
    first = held.keys().access_key
    assert not held.renew(first)  # this STS gives the same key to everybody
    assert [call["Action"] for call in sts.asked] == ["AssumeRole", "AssumeRole"]
    assert held.renew("ASIAEXAMPLEOLDER0009")  # who comes later with an older key is served by what is held
    assert len(sts.asked) == 2
    assert not [secret for secret in MARKED if secret in caplog.text]


def test_renewal_that_is_refused(sts: FakeSts) -> None:
    """Where a new session is refused, that is the error, with its own advice."""
    held = credentials(assume_role=True, **INLINE)
    held.keys()
    sts.refusal = ("ExpiredToken", "The security token included in the request is expired")
    with pytest.raises(CredentialsError, match="refused to assume the role") as caught:
        held.renew(ROLE_KEY_ID)
    assert "AWS_SESSION_TOKEN" in details(caught.value)


def test_keys_of_the_environment_cannot_be_renewed(sts: FakeSts) -> None:
    """What a person has set stays as it is, and nobody is asked."""
    assert not credentials().renew(KEY_ID)
    assert sts.requests == []
