"""AWS's words about a session, each with what to do."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from coda_cli.auth.aws_advice import Caller
from coda_cli.auth.aws_failures import Attempt, RoleAttempt, credentials_error
from coda_cli.auth.aws_session_advice import session_advice
from tests.auth.world import ROLE, details


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        pytest.param(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining",
            "AWS ends such a session after one hour: leave out --duration",
            id="chain",
        ),
        pytest.param(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            "The role's own maximum is less",
            id="role's maximum",
        ),
        pytest.param(
            "ValidationError",
            "1 validation error detected: Value '1' at 'durationSeconds' failed to satisfy constraint",
            "A session lasts from 900 to 43200 seconds.",
            id="too short",
        ),
        pytest.param(
            "AccessDenied",
            "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
            "The MFA code was mistyped, or used already",
            id="code",
        ),
    ],
)
def test_refusals_about_the_session(code: str, message: str, said: str) -> None:
    """Each refusal is explained by what is about the session, and not by who may assume the role."""
    error = ClientError({"Error": {"Code": code, "Message": message}}, "AssumeRole")
    caller = Caller("****0001", has_token=True, origin="profile 'dev'", renewal="")
    told = details(credentials_error(error, Attempt(caller, role=RoleAttempt(ROLE, None))))
    assert said in told
    assert "trust policy" not in told


@pytest.mark.parametrize("message", ["", "no", "User: x is not authorized to perform: sts:AssumeRole"])
def test_other_refusals(message: str) -> None:
    """What is about something else gets no advice here."""
    assert session_advice(message) == ()
