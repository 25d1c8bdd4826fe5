"""What is said of each place that credentials come from."""

from __future__ import annotations

import pytest

from coda_cli.auth.aws_options import Given
from coda_cli.auth.aws_source_advice import renewal_of_profile, renewal_of_variables

TOKEN = "aws_session_token"


@pytest.mark.parametrize(
    ("key", "token", "said"),
    [
        pytest.param("ASIAEXAMPLE", "AWS_SESSION_TOKEN", "and set AWS_ACCESS_KEY_ID", id="temporary"),
        pytest.param("AKIAEXAMPLE", None, "and set AWS_ACCESS_KEY_ID", id="long-term"),
        pytest.param("AKIAEXAMPLE", "AWS_SESSION_TOKEN", "unset AWS_SESSION_TOKEN", id="stray token"),
        pytest.param(
            "AKIAEXAMPLE", "AWS_SECURITY_TOKEN", "unset AWS_SECURITY_TOKEN", id="stray token, older name"
        ),
    ],
)
def test_variables(key: str, token: str | None, said: str) -> None:
    """A token beside a long-term key is another key's, and is named by its variable."""
    assert said in renewal_of_variables(key, None if token is None else Given("secret-token", token))


@pytest.mark.parametrize(
    ("method", "settings", "said"),
    [
        pytest.param("sso", {}, "aws sso login --profile corp", id="SSO"),
        pytest.param("login", {}, "aws login --profile corp", id="login"),
        pytest.param("config-file", {}, "Replace the keys and the session token of profile 'dev'", id="keys"),
        pytest.param(
            "shared-credentials-file",
            {"aws_access_key_id": "AKIAEXAMPLE", TOKEN: "x"},
            "remove aws_session_token from profile 'dev'",
            id="stray token",
        ),
        pytest.param(
            "shared-credentials-file",
            {"aws_access_key_id": "ASIAEXAMPLE", TOKEN: "x"},
            "Replace the keys",
            id="temporary",
        ),
        pytest.param("custom-process", {}, "Run the command again", id="program"),
    ],
)
def test_profiles(method: str, settings: dict[str, str], said: str) -> None:
    """How to renew depends on where the profile has its credentials from."""
    assert said in renewal_of_profile(method, "dev", "corp", settings)
