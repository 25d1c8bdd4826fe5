"""A signature read back from a signed request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coda_cli.auth.aws_scope import Scope, scope_of
from tests.auth.world import KEY_ID, NOON, TOKEN, authenticator, request, set_keys

if TYPE_CHECKING:
    import pytest


def test_scope_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that was signed says by which key, for what and when."""
    set_keys(monkeypatch, token=TOKEN)
    signed = authenticator(service="sqs").authenticate(request("https://sqs.eu-west-1.amazonaws.com/"))
    assert scope_of(signed) == Scope(KEY_ID, has_token=True, region="eu-west-1", service="sqs", at=NOON)
    set_keys(monkeypatch)
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    signed = authenticator(service="sqs").authenticate(request("https://sqs.eu-west-1.amazonaws.com/"))
    assert scope_of(signed) == Scope(KEY_ID, has_token=False, region="eu-west-1", service="sqs", at=NOON)


def test_signature_for_several_regions() -> None:
    """Signature Version 4A has no region in its scope."""
    signed = request(
        "https://x.accesspoint.s3-global.amazonaws.com/",
        (
            "Authorization",
            f"AWS4-ECDSA-P256-SHA256 Credential={KEY_ID}/20261123/s3/aws4_request, SignedHeaders=host",
        ),
        ("X-Amz-Date", "20261123T120000Z"),
    )
    assert scope_of(signed) == Scope(KEY_ID, has_token=False, region="*", service="s3", at=NOON)


def test_unsigned_requests_have_none() -> None:
    """What was sent without a signature, or with one of another kind, has no scope."""
    assert scope_of(request()) is None
    assert scope_of(request("https://x.example/", ("Authorization", "Bearer token"))) is None
