"""Advice for refused credentials: each kind its own, nothing for what refuses none."""

from __future__ import annotations

import pytest

from coda_cli.auth.aws_advice import REFUSALS, Caller, advice

STATIC = Caller("****0001", has_token=False, origin="somewhere", renewal="Log in again.")
TEMPORARY = Caller("****0001", has_token=True, origin="somewhere", renewal="Log in again.")


@pytest.mark.parametrize(
    ("code", "message", "caller", "expected"),
    [
        pytest.param("SignatureDoesNotMatch", "", STATIC, "secret access key", id="signature"),
        pytest.param("InvalidSignatureException", "Signature expired: 2026 …", STATIC, "clock", id="expired"),
        pytest.param("SignatureDoesNotMatch", "Signature not yet current", STATIC, "clock", id="too early"),
        pytest.param("RequestTimeTooSkewed", "", STATIC, "clock", id="skew"),
        pytest.param("InvalidClientTokenId", "", STATIC, "needs its session token", id="key without token"),
        pytest.param("InvalidClientTokenId", "", TEMPORARY, "belongs to another key", id="key with token"),
        pytest.param("ExpiredToken", "", TEMPORARY, "Log in again.", id="expired token"),
        pytest.param("MissingAuthenticationTokenException", "", STATIC, "API Gateway", id="no signature"),
        pytest.param("AuthorizationHeaderMalformed", "", STATIC, "--region", id="region"),
    ],
)
def test_advice(code: str, message: str, caller: Caller, expected: str) -> None:
    """Each kind of refusal leads to the step that is likely to help."""
    assert expected in "\n".join(advice(code, message, caller))


def test_every_refusal_has_advice() -> None:
    """No code is called a refusal without something to say about it, in three lines at most."""
    assert [code for code in sorted(REFUSALS) if not 1 <= len(advice(code, "", STATIC)) <= 3] == []


def test_access_denied_is_no_refusal() -> None:
    """A caller that was recognised is not refused."""
    assert advice("AccessDenied", "", STATIC) == ()
    assert "AccessDenied" not in REFUSALS
