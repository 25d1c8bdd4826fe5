"""The headers of a signature, taken off a signed request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coda_cli.auth.aws_headers import unsigned_headers
from tests.auth.world import TOKEN, authenticator, request, set_keys

if TYPE_CHECKING:
    import pytest


def test_signature_is_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """What signers set goes, in any case; what the pack set stays in its order."""
    set_keys(monkeypatch, token=TOKEN)
    headers = (("X-Amz-Acl", "private"), ("x-amz-acl", "again"), ("Content-Type", "text/plain"))
    signed = authenticator(service="sqs").authenticate(
        request("https://sqs.eu-west-1.amazonaws.com/", *headers)
    )
    assert unsigned_headers(signed) == headers
