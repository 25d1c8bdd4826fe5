"""The translation of botocore's errors."""

from __future__ import annotations

import os

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    InvalidConfigError,
    LoginRefreshRequired,
    ParamValidationError,
    PartialCredentialsError,
    ProxyConnectionError,
    ReadTimeoutError,
    RefreshWithMFAUnsupportedError,
    SSLError,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.parsers import ResponseParserError

from coda_cli.auth.aws_advice import Caller
from coda_cli.auth.aws_failures import FAILURES, Attempt, RoleAttempt, credentials_error, translated
from coda_cli.auth.aws_options import AwsOptions, checked_region
from coda_cli.auth.aws_session import CodaSession
from coda_cli.errors import CredentialsError
from coda_cli.redaction import Redactor
from tests.auth.world import ROLE, details

ATTEMPT = Attempt(Caller("****0001", has_token=False, origin="profile 'dev'", renewal=""), "login-here")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(UnauthorizedSSOTokenError(), "aws sso login --profile login-here", id="SSO expired"),
        pytest.param(SSOTokenLoadError(error_msg="x"), "aws sso login --profile login-here", id="SSO never"),
        pytest.param(
            TokenRetrievalError(provider="sso", error_msg="x"),
            "aws sso login --profile login-here",
            id="SSO token",
        ),
        pytest.param(LoginRefreshRequired(), "aws login --profile login-here", id="login expired"),
        pytest.param(
            CredentialRetrievalError(provider="custom-process", error_msg="a\nb"),
            "the program of credential_process gave no credentials\na\n",
            id="program",
        ),
        pytest.param(
            CredentialRetrievalError(provider="custom-process", error_msg=" \n"),
            "It failed, and said nothing.",
            id="silent program",
        ),
        pytest.param(
            CredentialRetrievalError(
                provider="custom-process", error_msg="\n/opt/keys ended with status 3: no"
            ),
            "\n/opt/keys ended with status 3: no\n",
            id="program, with its status",
        ),
        pytest.param(
            CredentialRetrievalError(provider="container-role", error_msg="a\nb"),
            "from container-role: a b",
            id="another provider",
        ),
        pytest.param(
            SSLError(
                endpoint_url="https://sts.us-east-1.amazonaws.com/",
                error=OSError("certificate verify failed"),
            ),
            "certificate verify failed",
            id="certificate",
        ),
        pytest.param(
            EndpointConnectionError(endpoint_url="https://x"), "cannot be reached", id="no connection"
        ),
        pytest.param(
            ConnectTimeoutError(endpoint_url="https://x"), "cannot be reached", id="no connection yet"
        ),
        pytest.param(ReadTimeoutError(endpoint_url="https://x"), "cannot be reached", id="no answer"),
        pytest.param(ParamValidationError(report="too short"), "too short", id="settings of the role"),
        pytest.param(
            PartialCredentialsError(provider="x", cred_var="y"), "Partial credentials", id="half a profile"
        ),
        pytest.param(
            InvalidConfigError(error_msg="source_profile is lost"), "source_profile is lost", id="settings"
        ),
        pytest.param(FileNotFoundError(2, "No such file", "token"), "token", id="file"),
        pytest.param(RefreshWithMFAUnsupportedError(), "another MFA code", id="session with MFA"),
        pytest.param(ResponseParserError("x"), "none of AWS's", id="a page instead of an answer"),
        pytest.param(KeyError("Credentials"), "none of AWS's", id="an answer to something else"),
    ],
)
def test_translation(error: Exception, expected: str) -> None:
    """Each failure says what happened and where the credentials come from, on lines of bounded length."""
    translation = credentials_error(error, ATTEMPT)
    said = details(translation)
    assert expected in said
    assert "profile 'dev'" in said
    assert translation.exit_code == 4
    assert isinstance(error, FAILURES)


@pytest.mark.parametrize(
    ("operation", "first", "expected"),
    [
        pytest.param("AssumeRole", f"refused to assume the role {ROLE}", "sts:AssumeRole", id="role"),
        pytest.param(
            "AssumeRoleWithWebIdentity",
            f"refused to assume the role {ROLE}",
            "identity provider",
            id="web identity",
        ),
        pytest.param(
            "GetSessionToken", "GetSessionToken was refused: AccessDenied", "AWS says: no", id="other"
        ),
    ],
)
def test_refusal_by_operation(operation: str, first: str, expected: str) -> None:
    """A refusal is told as what was asked for, with the causes that it can have."""
    error = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)
    translation = credentials_error(error, Attempt(ATTEMPT.caller, role=RoleAttempt(ROLE, None)))
    assert first in str(translation)
    assert expected in details(translation)
    assert ("own policy" in details(translation)) is (operation == "AssumeRole")


def test_caller_is_asked_where_it_explains() -> None:
    """Who called is asked for a role that is denied, and for nothing else."""
    asked: list[str] = []

    def caller_arn() -> str:
        asked.append("asked")
        return "arn:aws:iam::123456789012:user/dev"

    role = RoleAttempt(ROLE, None)
    for code, operation, attempted in (
        ("InvalidClientTokenId", "AssumeRole", role),
        ("AccessDenied", "AssumeRoleWithWebIdentity", role),
        ("AccessDenied", "GetSessionToken", role),
        ("AccessDenied", "AssumeRole", None),
    ):
        error = ClientError({"Error": {"Code": code, "Message": "no"}}, operation)
        credentials_error(error, Attempt(ATTEMPT.caller, role=attempted, caller_arn=caller_arn))
        assert asked == []
    error = ClientError(
        {
            "Error": {"Code": "AccessDenied", "Message": "no"},
            "ResponseMetadata": {"RequestId": "1-2-3"},  # type: ignore[typeddict-item] # what matters of it
        },
        "AssumeRole",
    )
    said = details(credentials_error(error, Attempt(ATTEMPT.caller, role=role, caller_arn=caller_arn)))
    assert "called by arn:aws:iam::123456789012:user/dev with key ****0001 from profile 'dev'" in said
    assert "Request id: 1-2-3" in said
    assert asked == ["asked"]
    keyless = Caller("", has_token=False, origin="the container's role", renewal="")
    said = details(credentials_error(error, Attempt(keyless, role=role)))
    assert "\ncalled with the container's role; no external id was sent\n" in said


def test_long_messages_are_cut() -> None:
    """The first line of what a program writes is given, up to a bounded length."""
    error = CredentialRetrievalError(provider="custom-process", error_msg="x " * 10_000)
    assert max(len(line) for line in credentials_error(error, ATTEMPT).details) < 400


def test_attempt_is_asked_when_it_fails() -> None:
    """What was tried is looked up only where it is told; the original error stays known as the cause."""
    with translated(lambda: pytest.fail("asked without need"), Redactor()):
        pass
    with pytest.raises(CredentialsError) as caught, translated(lambda: ATTEMPT, Redactor()):
        raise ValueError("cause")
    assert str(caught.value.__cause__) == "cause"


def test_long_messages_are_cut_between_words() -> None:
    """Half of a secret at the end would not be known as one by whoever prints the message."""
    said = f"{'x' * 200} {'secret' * 30}"
    error = CredentialRetrievalError(provider="custom-process", error_msg=said)
    assert "secret" not in details(credentials_error(error, ATTEMPT))


def test_proxys_password_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of a proxy that cannot be parsed, or not be reached, is quoted by no message."""
    monkeypatch.setenv("HTTPS_PROXY", "http://user:pw#x@127.0.0.1:1")
    keys = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "secret-of-a-test"}
    client = CodaSession(AwsOptions(os.environ), Redactor()).create_client("sts", "us-east-1", **keys)
    with pytest.raises(CredentialsError) as caught, translated(lambda: ATTEMPT, Redactor()):
        client.get_caller_identity()  # type: ignore[attr-defined] # its methods are made when it is
    assert "user:pw" in str(caught.value.__cause__)
    assert "user:pw" not in details(caught.value)
    assert "HTTPS_PROXY" in details(caught.value)
    unreachable = ProxyConnectionError(proxy_url="http://user:pw@127.0.0.1:1")
    assert "user:pw" not in details(credentials_error(unreachable, ATTEMPT))


def test_mistakes_of_ours_are_no_failures() -> None:
    """What our own code raises inside of botocore's passes as it is, and is seen as a mistake."""
    with pytest.raises(AttributeError), translated(lambda: ATTEMPT, Redactor()):
        checked_region("us-east-1")  # type: ignore[arg-type] # the mistake


def test_what_looks_like_a_key_is_kept_secret() -> None:
    """A program that gives out keys may print them where it fails; a long path is none."""
    key, path = (
        "Of/Nobody+0000000000000000000000000000001",
        "/usr/local/share/company/tools/credentials/of/mine",
    )
    redactor = Redactor()
    with pytest.raises(CredentialsError), translated(lambda: ATTEMPT, redactor):
        raise CredentialRetrievalError(provider="custom-process", error_msg=f"{path}: {key}")
    assert redactor.text(f"{path}: {key}") == f"{path}: [secret]"
