"""Whose credentials a dry run says it needs, and that nobody is asked for them."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, Unpack

import pytest

from coda_cli.auth.authenticators import Authenticators
from coda_cli.auth.aws_options import AwsOptions
from coda_cli.errors import CredentialsError, UsageError
from coda_cli.redaction import Redactor
from coda_cli.sdk.authentication import Authentication, AuthenticationType
from tests.auth.world import (
    ACCESS_KEY,
    ASSUME_ROLE,
    EXTERNAL_ID,
    MARKED,
    NOON,
    ROLE,
    STATIC_PROFILE,
    TOKEN,
    FakeSts,
    Options,
    header,
    request,
    set_keys,
    write_files,
)
from tests.servers import LoopbackServer

if TYPE_CHECKING:
    from pathlib import Path

    from coda_cli.wire import WireRequest

KEYS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
SESSION = "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"


def rehearse(
    kind: AuthenticationType = ACCESS_KEY,
    url: str = "https://s3.us-east-1.amazonaws.com/",
    **options: Unpack[Options],
) -> tuple[WireRequest, str]:
    """Authenticate a request at noon as a dry run does; return it, and what was told."""
    told: list[str] = []
    redactor = Redactor()
    made = Authenticators(AwsOptions(os.environ, **options), redactor, lambda: NOON, told.extend)
    signed = made.authenticator(Authentication(kind, service="s3")).authenticate(request(url))
    assert (
        redactor.text("$AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN")
        == "$AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN"
    )
    said = "\n".join(told)
    assert not [secret for secret in (*MARKED, EXTERNAL_ID) if secret in f"{said}{signed.headers}"]
    return signed, said


@pytest.mark.parametrize("token", [None, TOKEN], ids=["keys", "a session"])
def test_keys_of_the_environment(monkeypatch: pytest.MonkeyPatch, token: str | None) -> None:
    """They are used as they are set, and stand in the request as the variables, as many as there are."""
    set_keys(monkeypatch, token=token)
    signed, said = rehearse()
    assert said == f"{KEYS if token is None else SESSION} are used as they are set now."
    scope = "AWS4-HMAC-SHA256 Credential=$AWS_ACCESS_KEY_ID/20261123/us-east-1/s3/aws4_request, "
    assert (header(signed, "authorization") or "").startswith(scope)
    assert header(signed, "x-amz-security-token") == (None if token is None else "$AWS_SESSION_TOKEN")


def test_half_of_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is an error without asking anybody is one here."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAHALF")
    with pytest.raises(CredentialsError, match="AWS_SECRET_ACCESS_KEY is not"):
        rehearse()


SSO = """
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://example.com/start
sso_registration_scopes = sso:account:access

[profile {name}]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = reader
"""
OF_ROLE = f"""
[profile {{name}}]
role_arn = {ROLE}
source_profile = dev
external_id = {EXTERNAL_ID}
"""


@pytest.mark.parametrize(
    ("config", "kind", "has_token"),
    [
        pytest.param("aws_access_key_id = A\naws_secret_access_key = S", "static keys", False, id="keys"),
        pytest.param(
            "aws_access_key_id = A\naws_secret_access_key = S\naws_session_token = T",
            "static keys",
            True,
            id="token",
        ),
        pytest.param("credential_process = {python} {script}", "credential_process", True, id="process"),
        pytest.param("login_session = arn:aws:iam::123456789012:user/ada", "aws login", True, id="login"),
        pytest.param(SSO, "SSO", True, id="SSO"),
        pytest.param(OF_ROLE, "a role", True, id="role"),
        pytest.param(
            f"role_arn = {ROLE}\nweb_identity_token_file = nowhere",
            "a role by web identity",
            True,
            id="web identity",
        ),
    ],
)
def test_profiles(scrubbed_environment: Path, config: str, kind: str, has_token: bool) -> None:
    """A profile is named with the kind of its credentials and how to export them; nobody is asked."""
    asked = scrubbed_environment / "asked"
    script = scrubbed_environment / "script.py"
    script.write_text(f"open({str(asked)!r}, 'w')")
    config = config.format(name="it", python=sys.executable, script=script)
    text = config if "[" in config else f"[profile it]\n{config}\n"
    write_files(scrubbed_environment, text, STATIC_PROFILE)
    signed, said = rehearse(profile="it")
    assert said.startswith(
        f"{SESSION if has_token else KEYS} must be those of profile 'it' (--profile), {kind}."
    )
    assert said.endswith('eval "$(aws configure export-credentials --profile it --format env)"')
    assert (header(signed, "x-amz-security-token") is not None) is has_token
    assert not asked.exists()
    if kind == "a role":
        assert f"The role is {ROLE}, with external id ****0815." in said


def test_default_profile_and_a_name_for_a_shell(
    scrubbed_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile that nobody named needs no option; a name with a blank is quoted."""
    static = STATIC_PROFILE.replace("[dev]", "[default]") + STATIC_PROFILE.replace("[dev]", "[two words]")
    write_files(scrubbed_environment, credentials=static)
    assert "profile 'default' (no other is named)" in rehearse()[1]
    assert "export-credentials --format env" in rehearse()[1]
    monkeypatch.setenv("AWS_PROFILE", "two words")
    assert "profile 'two words' (AWS_PROFILE), static keys" in rehearse()[1]
    assert "--profile 'two words' --format" in rehearse()[1]


def test_web_identity_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a profile the variables of web identity are the source; the token file is not read."""
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "nowhere")
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    assert rehearse()[1].startswith(f"{SESSION} must be those of a role by web identity.")


def test_nothing_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is nothing, no metadata service is asked, and the request is shown all the same."""
    with LoopbackServer() as server:
        monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url)
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{server.url}/keys")
        said = rehearse()[1]
        assert server.requests == []
    assert said == (
        f"{SESSION}: no credentials are configured here, but a container or EC2 instance has its own."
    )


def test_unknown_profile() -> None:
    """It is an error as in a real run."""
    with pytest.raises(CredentialsError, match="there is no profile 'nobody'"):
        rehearse(profile="nobody")


def test_role_of_the_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    """The role, its masked external id and who assumes it are told; STS is not asked."""
    set_keys(monkeypatch)
    with FakeSts() as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        signed, said = rehearse(ASSUME_ROLE, role_arn=ROLE, external_id=EXTERNAL_ID)
        assert sts.requests == []
    assert said.startswith(f"{SESSION} must be a session's of role {ROLE},")
    assert f"external id ****0815 by {KEYS}:" in said
    assert header(signed, "x-amz-security-token") == "$AWS_SESSION_TOKEN"


def test_role_that_is_missing(monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path) -> None:
    """No role, a role without an id, and an id for a profile's role are the errors of a real run."""
    set_keys(monkeypatch)
    with pytest.raises(CredentialsError, match="assumes a role, and none was given"):
        rehearse(ASSUME_ROLE)
    with pytest.raises(CredentialsError, match="has no external id"):
        rehearse(ASSUME_ROLE, role_arn=ROLE)
    write_files(scrubbed_environment, OF_ROLE.format(name="it"), STATIC_PROFILE)
    with pytest.raises(UsageError, match="--external-id does not go with"):
        rehearse(ASSUME_ROLE, profile="it", external_id=EXTERNAL_ID)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://s3.us-east-1.amazonaws.com/k?a=1", id="symmetric"),
        pytest.param("https://x.mrap.accesspoint.s3-global.amazonaws.com/k?a=1", id="asymmetric"),
    ],
)
def test_what_is_signed_is_shown(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    """With -v the canonical request and the string to sign are told, without token and signature."""
    set_keys(monkeypatch, token=TOKEN)
    with caplog.at_level(logging.INFO, logger="coda_cli"):
        signed, _ = rehearse(url=url)
    canonical_request, string_to_sign = [
        record.getMessage()
        for record in caplog.records
        if record.getMessage().startswith(("canonical", "string"))
    ]
    assert canonical_request.startswith("canonical request:\nGET\n/k\na=1\nhost:")
    assert "x-amz-security-token:[secret]" in canonical_request
    algorithm = (header(signed, "authorization") or "").partition(" ")[0]
    assert string_to_sign.startswith(f"string to sign:\n{algorithm}\n20261123T120000Z\n20261123/")
    assert not [secret for secret in signed.secrets if secret in caplog.text]
