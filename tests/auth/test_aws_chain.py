"""What gives out credentials through botocore's chain: loopback endpoints, files, programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.auth.aws_options import AwsOptions
from coda_cli.auth.aws_session import CodaSession
from coda_cli.errors import CredentialsError
from coda_cli.redaction import Redactor
from tests.auth.world import (
    MARKED,
    PROFILE_KEY_ID,
    ROLE,
    ROLE_KEY_ID,
    ROLE_SECRET,
    ROLE_TOKEN,
    STATIC_PROFILE,
    FakeSts,
    credentials,
    details,
    write_files,
)
from tests.servers import Answer, LoopbackServer, Received

if TYPE_CHECKING:
    from pathlib import Path


def keys(token_name: str = "Token", *, hours: float = 1, **more: object) -> dict[str, object]:
    """Say credentials as the metadata services do."""
    end = datetime.now(UTC) + timedelta(hours=hours)
    common = {"AccessKeyId": ROLE_KEY_ID, "SecretAccessKey": ROLE_SECRET, token_name: ROLE_TOKEN}
    return {**common, "Expiration": f"{end:%Y-%m-%dT%H:%M:%SZ}", **more}


def answer(value: object) -> Answer:
    """Answer with JSON."""
    return Answer(body=json.dumps(value).encode())


def instance(received: Received) -> Answer:
    """Answer as the metadata service of an EC2 instance that has a role."""
    if received.method == b"PUT":
        return Answer(body=b"a-metadata-token")
    if received.header("x-aws-ec2-metadata-token") != "a-metadata-token":
        return Answer(401)
    return answer(keys(Code="Success")) if received.target.endswith(b"/packs") else Answer(body=b"packs")


def test_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys of an instance's role are asked for with a token, and are the last resort."""
    with LoopbackServer(instance) as server:
        monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url)
        found = credentials()
        assert found.keys().token == ROLE_TOKEN
        assert found.caller(ROLE_KEY_ID, has_token=True).origin == "the EC2 instance's role"
        assert [received.method for received in server.requests] == [b"PUT", b"GET", b"GET"]


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param((Answer(404),), id="no metadata service"),
        pytest.param((Answer(body=b"token"), Answer(404)), id="no role"),
        pytest.param(
            (Answer(body=b"token"), Answer(body=b"packs"), answer({"Code": "Failed"})), id="no keys"
        ),
        pytest.param((Answer(raw=b""),), id="closed"),
    ],
)
def test_instance_without_role(monkeypatch: pytest.MonkeyPatch, answers: tuple[Answer, ...]) -> None:
    """A metadata service without credentials is said to have been asked."""
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    with LoopbackServer(*answers) as server:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url)
        with pytest.raises(CredentialsError, match="no AWS credentials were found") as caught:
            credentials().keys()
        assert server.requests
    assert "- EC2 instance metadata: asked, and no credentials came in time" in details(caught.value)


@pytest.mark.parametrize(
    ("value", "said"), [("true", "switched off"), ("TRUE", "switched off"), ("false", "asked")]
)
def test_metadata_switched_off(monkeypatch: pytest.MonkeyPatch, value: str, said: str) -> None:
    """Whether the service was asked is told as botocore decides it."""
    with LoopbackServer(Answer(404)) as server:
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", value)
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url)
        with pytest.raises(CredentialsError) as caught:
            credentials().keys()
        assert bool(server.requests) is (said == "asked")
    assert f"- EC2 instance metadata: {said}" in details(caught.value)


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that never answers is given up after two requests."""
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    with LoopbackServer(lambda _: Answer(raw=server.stall())) as server:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url)
        monkeypatch.setenv("AWS_METADATA_SERVICE_TIMEOUT", "0.1")
        with pytest.raises(CredentialsError, match="no AWS credentials were found"):
            credentials().keys()
        assert [received.method for received in server.requests] == [b"PUT", b"GET"]


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        pytest.param({}, 2, id="ours"),
        pytest.param({"AWS_METADATA_SERVICE_TIMEOUT": "5"}, 10, id="the person's timeout"),
        pytest.param({"AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3"}, 6, id="the person's attempts"),
    ],
)
def test_longest_wait_for_metadata(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], seconds: float
) -> None:
    """Two requests that nobody answers take two seconds at most in all, unless the person wants more."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    session = CodaSession(AwsOptions(os.environ), Redactor())
    timeout: Any = session.get_config_variable("metadata_service_timeout")
    attempts: Any = session.get_config_variable("metadata_service_num_attempts")
    assert seconds * 0.8 < 2 * timeout * attempts <= seconds


def test_token_of_a_container(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A token that is sent to a container's endpoint is secret, where that repeats it in an error, too."""
    (tmp_path / "token").write_text("a-container-token\n".strip())
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "token"))
    with LoopbackServer(answer(keys())) as server:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url)
        redactor = Redactor()
        credentials(redactor=redactor).keys()
        assert server.requests[0].header("authorization") == "a-container-token"
    assert redactor.text("a-container-token") == "[secret]"


def test_container_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's endpoint that is plain http on another machine is an error, and not passed over."""
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://metadata.example/")
    with pytest.raises(CredentialsError) as caught:
        credentials().keys()
    assert "Unsupported host 'metadata.example'" in details(caught.value)


def test_program_behind_a_role(monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path) -> None:
    """A program that a profile's source names is bounded as well, and the profile that names it is told."""
    config = f"[profile packs]\nrole_arn = {ROLE}\nsource_profile = vault\n"
    write_files(
        scrubbed_environment, f"{config}[profile vault]\ncredential_process = sh -c 'exec sleep 600'\n"
    )
    with pytest.raises(CredentialsError, match=r"profile 'vault' gave no credentials: sh did not end within"):
        credentials(profile="packs", timeout=0.2).keys()


def test_expired_program(scrubbed_environment: Path) -> None:
    """A program that gives keys with an end is asked again where AWS no longer takes them."""
    counter = scrubbed_environment / "counter"
    said = json.dumps(keys("SessionToken", Version=1)).replace(ROLE_KEY_ID, "ASIA$(wc -l < COUNTER)")
    script = scrubbed_environment / "give-keys"
    script.write_text(f"#!/bin/sh\necho >> COUNTER\ncat <<E\n{said}\nE\n".replace("COUNTER", str(counter)))
    script.chmod(0o700)
    write_files(scrubbed_environment, f"[profile dev]\ncredential_process = {script}\n")
    made = credentials(profile="dev")
    assert made.keys().access_key.split() == ["ASIA1"]
    assert made.renew("ASIA1")
    assert made.keys().access_key == "ASIA2"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param("sso_session = corp", "not sso_account_id and sso_role_name", id="session alone"),
        pytest.param(
            "sso_start_url = https://x.example\nsso_region = us-east-1",
            "not sso_account_id and sso_role_name",
            id="neither account nor role",
        ),
        pytest.param("sso_session = corp\nsso_account_id = 1", "sso_role_name", id="no role"),
        pytest.param("sso_session = lost\nsso_account_id = 1\nsso_role_name = r", "lost", id="no session"),
        pytest.param("sso_account_id = 1\nsso_role_name = r", "sso_start_url, sso_region", id="no address"),
    ],
)
@pytest.mark.parametrize("profile", ["sso", None])
def test_incomplete_sso(scrubbed_environment: Path, profile: str | None, settings: str, said: str) -> None:
    """An SSO profile that lacks a setting is told which one, named or not."""
    section = "default" if profile is None else f"profile {profile}"
    session = "[sso-session corp]\nsso_start_url = https://x.example\nsso_region = us-east-1\n"
    write_files(scrubbed_environment, f"[{section}]\n{settings}\n{session}")
    with pytest.raises(CredentialsError) as caught:
        credentials(profile=profile).keys()
    assert said in details(caught.value)


SSO_QUESTION = """
import os
from coda_cli.errors import CodaError
from coda_cli.redaction import Redactor
from tests.auth.world import credentials
redactor = Redactor()
try:
    print(credentials(profile="sso", redactor=redactor).keys().access_key)
except CodaError as error:
    print(error.exit_code, error, *error.details, sep="\\n")
print(redactor.text("an-sso-access-token a-new-access-token a-refresh-token a-client-secret"))
"""
SSO = """
[profile sso]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = packs
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
"""


def ask_sso(home: Path, portal: LoopbackServer, **token: object) -> list[str]:
    """Ask for the keys of a profile with an SSO session, in a process of its own, as botocore needs it."""
    write_files(home, SSO)
    folder = home / ".aws" / "sso" / "cache"
    folder.mkdir(parents=True)
    (folder / f"{sha1(b'corp').hexdigest()}.json").write_text(json.dumps(token))
    process = subprocess.run(
        [sys.executable, "-c", SSO_QUESTION],
        env={**os.environ, "AWS_ENDPOINT_URL": portal.url},
        capture_output=True,
        text=True,
        check=True,
    )
    assert process.stderr == ""
    return process.stdout.splitlines()


def sso_portal(received: Received) -> Answer:
    """Answer as the SSO portal and its token service do."""
    if received.target == b"/token":
        return answer({"accessToken": "a-new-access-token", "expiresIn": 3600, "tokenType": "Bearer"})
    end = datetime.now(UTC) + timedelta(hours=1)
    given = {"accessKeyId": ROLE_KEY_ID, "secretAccessKey": ROLE_SECRET, "sessionToken": ROLE_TOKEN}
    return answer({"roleCredentials": {**given, "expiration": int(end.timestamp() * 1000)}})


def at(hours: float) -> str:
    """A time from now on, as SSO's files have it."""
    return f"{datetime.now(UTC) + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def test_sso_session(scrubbed_environment: Path) -> None:
    """The token of the last login is used while it lasts."""
    with LoopbackServer(sso_portal) as portal:
        said = ask_sso(
            scrubbed_environment,
            portal,
            accessToken="an-sso-access-token",
            expiresAt=at(8),
            region="us-east-1",
        )
        assert said[0] == ROLE_KEY_ID
        assert [received.header("x-amz-sso_bearer_token") for received in portal.requests] == [
            "an-sso-access-token"
        ]
    assert said[1].startswith("[secret] ")


REFRESHABLE: dict[str, object] = {
    "accessToken": "an-sso-access-token",
    "refreshToken": "a-refresh-token",
    "clientId": "a-client",
    "clientSecret": "a-client-secret",
}


def test_sso_session_is_refreshed(scrubbed_environment: Path) -> None:
    """A token that ends is replaced with its refresh token; all of these are secret."""
    with LoopbackServer(sso_portal) as portal:
        token = {**REFRESHABLE, "expiresAt": at(-1), "registrationExpiresAt": at(24)}
        said = ask_sso(scrubbed_environment, portal, **token)
        assert said[0] == ROLE_KEY_ID
        assert [received.target.partition(b"?")[0] for received in portal.requests] == [
            b"/token",
            b"/federation/credentials",
        ]
        assert json.loads(portal.requests[0].body)["refreshToken"] == "a-refresh-token"
        assert portal.requests[1].header("x-amz-sso_bearer_token") == "a-new-access-token"
    assert said[1] == "an-sso-access-token [secret] [secret] [secret]"


@pytest.mark.parametrize(
    "token",
    [
        pytest.param({"accessToken": "an-sso-access-token"}, id="no refresh token"),
        pytest.param({**REFRESHABLE, "registrationExpiresAt": "2020-01-01T00:00:00Z"}, id="no registration"),
        pytest.param({}, id="no token"),
    ],
)
def test_sso_session_is_over(scrubbed_environment: Path, token: dict[str, object]) -> None:
    """A login that has ended and cannot be refreshed leads to the command that logs in again."""
    with LoopbackServer(sso_portal) as portal:
        said = ask_sso(scrubbed_environment, portal, expiresAt=at(-1), **token)
        assert portal.requests == []
    assert said[:2] == ["4", "the SSO session has expired, or there is none"]
    assert said[2] == "Log in again: aws sso login --profile sso"


def test_keys_behind_a_role_of_the_same_profile(
    monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path
) -> None:
    """A profile may be its own source, once."""
    config = f"[profile dev]\nrole_arn = {ROLE}\nsource_profile = dev\n"
    write_files(scrubbed_environment, config, STATIC_PROFILE)
    with FakeSts() as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        assert credentials(profile="dev").keys().access_key == ROLE_KEY_ID
        assert PROFILE_KEY_ID in (sts.requests[0].header("authorization") or "")


def test_nothing_secret_is_told(monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path) -> None:
    """What a web identity's file holds is in no message, where it is no file either."""
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(scrubbed_environment))
    with pytest.raises(CredentialsError, match="cannot be read") as caught:
        credentials().keys()
    assert str(scrubbed_environment) in details(caught.value)
    assert not [secret for secret in MARKED if secret in details(caught.value)]
