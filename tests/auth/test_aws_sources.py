"""The source credentials: their order, each kind of profile that runs here, what is said of none."""

from __future__ import annotations

import json
import logging
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from typing import TYPE_CHECKING

import pytest

from coda_cli.errors import CredentialsError
from coda_cli.redaction import mask
from tests.auth.world import (
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
    credentials,
    details,
    set_keys,
    write_files,
)
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from pathlib import Path

THREE_PROFILES = "".join(
    f"[{name}]\naws_access_key_id = AKIA{name.upper()}\naws_secret_access_key = secret-of-{name}\n"
    for name in ("option", "variable", "other", "default")
)


@pytest.mark.parametrize(
    ("option", "environ", "expected"),
    [
        pytest.param("option", {"AWS_ACCESS_KEY_ID": "AKIAENV"}, "AKIAOPTION", id="--profile before keys"),
        pytest.param(
            None,
            {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_PROFILE": "variable"},
            "AKIAENV",
            id="keys before profile",
        ),
        pytest.param(
            None,
            {"AWS_PROFILE": "variable", "AWS_DEFAULT_PROFILE": "other"},
            "AKIAVARIABLE",
            id="AWS_PROFILE",
        ),
        pytest.param(None, {"AWS_DEFAULT_PROFILE": "other"}, "AKIAOTHER", id="AWS_DEFAULT_PROFILE"),
        pytest.param(None, {}, "AKIADEFAULT", id="default profile"),
        pytest.param(None, {"AWS_ACCESS_KEY_ID": "", "AWS_PROFILE": "other"}, "AKIAOTHER", id="empty key"),
        pytest.param(None, {"AWS_PROFILE": ""}, "AKIADEFAULT", id="empty profile"),
    ],
)
def test_order(
    monkeypatch: pytest.MonkeyPatch,
    scrubbed_environment: Path,
    option: str | None,
    environ: dict[str, str],
    expected: str,
) -> None:
    """The first source that is present wins, an empty variable is none."""
    write_files(scrubbed_environment, credentials=THREE_PROFILES)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    if environ.get("AWS_ACCESS_KEY_ID"):
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-environment")
    assert credentials(profile=option).keys().access_key == expected


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({}, None, id="none"),
        pytest.param({"AWS_SESSION_TOKEN": "session"}, "session", id="session token"),
        pytest.param({"AWS_SECURITY_TOKEN": "older", "AWS_SESSION_TOKEN": "session"}, "older", id="both"),
        pytest.param({"AWS_SECURITY_TOKEN": "", "AWS_SESSION_TOKEN": "session"}, "session", id="older empty"),
        pytest.param({"AWS_SESSION_TOKEN": ""}, None, id="empty"),
    ],
)
def test_token_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], expected: str | None
) -> None:
    """The session token has botocore's names, in botocore's order."""
    set_keys(monkeypatch)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert credentials().keys().token == expected


@pytest.mark.parametrize("missing", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
@pytest.mark.parametrize("how", ["unset", "empty"])
def test_half_of_the_keys(
    monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path, missing: str, how: str
) -> None:
    """One of the two variables without the other is an error, though a profile could help."""
    write_files(scrubbed_environment, credentials=THREE_PROFILES)
    set_keys(monkeypatch)
    if how == "unset":
        monkeypatch.delenv(missing)
    else:
        monkeypatch.setenv(missing, "")
    with pytest.raises(CredentialsError, match=f"is set, but {missing} is not") as caught:
        credentials().keys()
    assert caught.value.exit_code == 4
    assert SECRET not in details(caught.value)


def test_choice_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, scrubbed_environment: Path
) -> None:
    """With -v, the source, the reason and the masked key id are told, and nothing secret."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    write_files(scrubbed_environment, credentials=STATIC_PROFILE)
    set_keys(monkeypatch, token=TOKEN)
    credentials().keys()
    credentials(profile="dev").keys()
    assert [record.getMessage() for record in caplog.records] == [
        "credentials: from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; no --profile is given",
        f"key {mask(KEY_ID)} with a session token, of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        "credentials: from profile 'dev' (--profile), static keys; --profile comes first",
        f"key {mask(PROFILE_KEY_ID)} without a session token, of profile 'dev' (--profile), static keys",
    ]


def test_nothing_found(scrubbed_environment: Path) -> None:
    """Without any credentials, each thing that was looked at is named."""
    with pytest.raises(CredentialsError, match="no AWS credentials were found") as caught:
        credentials().keys()
    said = details(caught.value)
    places = (
        "--profile",
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "EC2",
        "not there",
    )
    assert [place for place in places if place not in said] == []
    assert str(scrubbed_environment / ".aws" / "config") in said


@pytest.mark.parametrize("option", ["bare", None])
def test_profile_without_credentials(
    monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path, option: str | None
) -> None:
    """A named profile that holds none is said to, by the name of who named it."""
    write_files(scrubbed_environment, "[profile bare]\nregion = eu-west-1\n")
    if option is None:
        monkeypatch.setenv("AWS_PROFILE", "bare")
    origin = "AWS_PROFILE" if option is None else "--profile"
    with pytest.raises(CredentialsError, match=f"profile 'bare' .named by {origin}. has no credentials"):
        credentials(profile=option).keys()


def program(folder: Path, text: str) -> Path:
    """Write a program that a profile can name."""
    path = folder / "give-keys"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def process_profile(home: Path, text: str) -> None:
    """Write a profile with a credential_process."""
    write_files(home, f"[profile dev]\ncredential_process = {program(home, text)} --secret=argument\n")


def test_credential_process(scrubbed_environment: Path) -> None:
    """A profile's program gives keys with a token."""
    answer = {
        "Version": 1,
        "AccessKeyId": ROLE_KEY_ID,
        "SecretAccessKey": ROLE_SECRET,
        "SessionToken": ROLE_TOKEN,
    }
    process_profile(scrubbed_environment, f"echo '{json.dumps(answer)}'")
    keys = credentials(profile="dev").keys()
    assert (keys.access_key, keys.secret_key, keys.token) == (ROLE_KEY_ID, ROLE_SECRET, ROLE_TOKEN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("echo the vault is closed >&2; exit 3", "the vault is closed", id="fails"),
        pytest.param("echo no JSON", "no JSON", id="no JSON"),
        pytest.param("echo '[]'", "", id="JSON of another shape"),
        pytest.param("echo '{\"Version\": 2}'", "Unsupported version", id="another version"),
        pytest.param("echo '{\"Version\": 1}'", "AccessKeyId", id="without keys"),
    ],
)
def test_credential_process_that_fails(scrubbed_environment: Path, text: str, expected: str) -> None:
    """A program that fails is said to, with the line it gave, and not with its arguments."""
    process_profile(scrubbed_environment, text)
    with pytest.raises(CredentialsError) as caught:
        credentials(profile="dev").keys()
    assert expected in details(caught.value)
    assert "profile 'dev'" in details(caught.value)
    assert "argument" not in details(caught.value)


def test_credential_process_that_is_not_there(scrubbed_environment: Path) -> None:
    """A program that does not exist is an error of ours."""
    write_files(scrubbed_environment, "[profile dev]\ncredential_process = no-such-program\n")
    with pytest.raises(CredentialsError, match="no-such-program cannot be started"):
        credentials(profile="dev").keys()


ROLE_PROFILE = f"""
[profile packs]
role_arn = {ROLE}
source_profile = dev
external_id = tenant-id-0815
"""


def test_role_of_a_profile(monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path) -> None:
    """A profile's role is assumed with its source profile and external id, once for many requests."""
    write_files(scrubbed_environment, ROLE_PROFILE, STATIC_PROFILE)
    with FakeSts(seconds=900) as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        found = credentials(profile="packs")
        assert [found.keys().access_key for _ in range(3)] == [ROLE_KEY_ID] * 3
        assert [(call["RoleArn"], call["ExternalId"]) for call in sts.asked] == [(ROLE, "tenant-id-0815")]
        authorization = sts.requests[0].header("authorization")
    assert PROFILE_KEY_ID in (authorization or "")


def test_roles_behind_roles(monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path) -> None:
    """A refusal in a chain of profiles names the role that was refused, not the one at its end."""
    behind = f"[profile last]\nrole_arn = {ROLE}-last\nsource_profile = packs\n"
    write_files(scrubbed_environment, ROLE_PROFILE + behind, STATIC_PROFILE)
    with FakeSts() as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        assert credentials(profile="last").keys().access_key == ROLE_KEY_ID
        assert [call["RoleArn"] for call in sts.asked] == [ROLE, f"{ROLE}-last"]
        sts.refusal = ("AccessDenied", "not allowed")
        with pytest.raises(CredentialsError, match=f"refused to assume the role {ROLE}: AccessDenied"):
            credentials(profile="last", keeps_sessions=False).keys()


@pytest.mark.parametrize("how", ["profile", "variables"])
def test_web_identity(monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path, how: str) -> None:
    """A web identity's token is exchanged for a role's keys, by profile or by variables."""
    token_file = scrubbed_environment / "token"
    token_file.write_text("a-web-identity-token")
    if how == "profile":
        text = f"[profile web]\nrole_arn = {ROLE}\nweb_identity_token_file = {token_file}\n"
        write_files(scrubbed_environment, text)
    else:
        monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
        monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token_file))
    with FakeSts() as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        found = credentials(profile="web" if how == "profile" else None)
        assert found.keys().token == ROLE_TOKEN
        assert [call["WebIdentityToken"] for call in sts.asked] == ["a-web-identity-token"]
        sts.refusal = ("InvalidIdentityToken", "The token is stale")
        with pytest.raises(CredentialsError, match="refused to assume the role") as caught:
            credentials(profile="web" if how == "profile" else None, keeps_sessions=False).keys()
    assert "called with" in details(caught.value)
    assert "a-web-identity-token" not in details(caught.value)


def test_container(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys of a container's role are found without any file."""
    end = datetime.now(UTC) + timedelta(hours=1)
    body = {
        "AccessKeyId": ROLE_KEY_ID,
        "SecretAccessKey": ROLE_SECRET,
        "Token": ROLE_TOKEN,
        "Expiration": end.isoformat(),
    }
    with LoopbackServer(Answer(body=json.dumps(body).encode())) as server:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url)
        found = credentials()
        assert found.keys().token == ROLE_TOKEN
    assert found.caller(ROLE_KEY_ID, has_token=True).origin == "the container's role"


SSO_QUESTION = """
import os
from coda_cli.errors import CodaError
from tests.auth.world import credentials
try:
    print(credentials(profile="sso").keys().token)
except CodaError as error:
    print(error.exit_code, error, *error.details, sep="\\n")
"""


def ask_sso(home: Path, server: LoopbackServer, *, token_ends: datetime) -> str:
    """Ask for an SSO profile's keys in a process of its own: botocore finds the token's folder at import."""
    start = "https://example.awsapps.com/start"
    write_files(
        home,
        f"[profile sso]\nsso_start_url = {start}\nsso_region = us-east-1\n"
        "sso_account_id = 123456789012\nsso_role_name = packs\n",
    )
    folder = home / ".aws" / "sso" / "cache"
    folder.mkdir(parents=True)
    token = {"accessToken": "an-sso-access-token", "expiresAt": f"{token_ends:%Y-%m-%dT%H:%M:%SZ}"}
    (folder / f"{sha1(start.encode()).hexdigest()}.json").write_text(json.dumps(token))
    environ = {**os.environ, "AWS_ENDPOINT_URL_SSO": server.url}
    process = subprocess.run(
        [sys.executable, "-c", SSO_QUESTION], env=environ, capture_output=True, text=True, check=True
    )
    assert process.stderr == ""
    return process.stdout


def sso_answer(received: object) -> Answer:
    """Answer GetRoleCredentials as the SSO portal does."""
    end = datetime.now(UTC) + timedelta(hours=1)
    keys = {
        "accessKeyId": ROLE_KEY_ID,
        "secretAccessKey": ROLE_SECRET,
        "sessionToken": ROLE_TOKEN,
        "expiration": int(end.timestamp() * 1000),
    }
    return Answer(body=json.dumps({"roleCredentials": keys}).encode())


def test_sso(scrubbed_environment: Path) -> None:
    """An SSO profile's keys are got with the token of the last login."""
    with LoopbackServer(sso_answer) as portal:
        said = ask_sso(scrubbed_environment, portal, token_ends=datetime.now(UTC) + timedelta(hours=1))
        assert said.strip() == ROLE_TOKEN
        assert portal.requests[0].header("x-amz-sso_bearer_token") == "an-sso-access-token"


@pytest.mark.parametrize("how", ["ended here", "ended there"])
def test_sso_login_is_over(scrubbed_environment: Path, how: str) -> None:
    """An SSO login that has ended leads to the command that logs in again, for the right profile."""
    refusal = Answer(
        401, (("x-amzn-ErrorType", "UnauthorizedException"),), b'{"message": "Session token not found"}'
    )
    hours = -1 if how == "ended here" else 1
    with LoopbackServer(refusal) as portal:
        said = ask_sso(scrubbed_environment, portal, token_ends=datetime.now(UTC) + timedelta(hours=hours))
    assert said.startswith("4\nthe SSO session has expired")
    assert "aws sso login --profile sso" in said
    assert "an-sso-access-token" not in said


def test_login_is_that_of_the_source_profile(scrubbed_environment: Path) -> None:
    """Where a role's source is an SSO profile, that one is named for logging in again."""
    write_files(
        scrubbed_environment,
        f"[profile packs]\nrole_arn = {ROLE}\nsource_profile = corporate\n"
        "[profile corporate]\nsso_start_url = https://nobody.example/start\nsso_region = us-east-1\n"
        "sso_account_id = 123456789012\nsso_role_name = packs\n",
    )
    with pytest.raises(CredentialsError, match="SSO session") as caught:
        credentials(profile="packs").keys()
    assert "aws sso login --profile corporate" in details(caught.value)


def test_closed_port(monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path) -> None:
    """An STS that cannot be reached is an error of ours."""
    write_files(scrubbed_environment, ROLE_PROFILE, STATIC_PROFILE)
    with LoopbackServer() as closed:
        url = closed.url
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(CredentialsError, match="cannot be reached") as caught:
        credentials(profile="packs").keys()
    assert not [secret for secret in MARKED if secret in details(caught.value)]
