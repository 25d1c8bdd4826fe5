"""Asymmetric signatures: what is asked of the CRT's signers. ``test_signatures.py`` verifies them."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from coda_cli.auth.aws_keys import Keys
from coda_cli.auth.aws_sigv4a import asymmetric_signer_for
from coda_cli.errors import RequestError
from tests.auth.world import KEY_ID, NOON, SECRET, TOKEN, details, header, request
from tests.servers import Received
from tests.sigv4_verifier import verify

if TYPE_CHECKING:
    from coda_cli.wire import WireRequest

EVENTS = "https://a1b2c3.veo.endpoint.events.amazonaws.com/"


def sign(wire: WireRequest, service: str = "events", token: str | None = None) -> WireRequest:
    """Sign a request at noon, for every region."""
    return asymmetric_signer_for(Keys(KEY_ID, SECRET, token), service, "*", lambda: NOON).sign(wire)


def test_clock_and_region_set() -> None:
    """Each request bears the clock's time and the regions that it is good for; its scope names none."""
    times = iter([NOON, NOON + timedelta(days=1)])
    signer = asymmetric_signer_for(Keys(KEY_ID, SECRET), "events", "us-east-1,us-west-2", lambda: next(times))
    first, second = signer.sign(request(EVENTS)), signer.sign(request(EVENTS))
    assert header(first, "x-amz-date") == "20261123T120000Z"
    assert header(first, "x-amz-region-set") == "us-east-1,us-west-2"
    assert f"Credential={KEY_ID}/20261123/events/aws4_request" in (header(first, "authorization") or "")
    assert header(second, "x-amz-date") == "20261124T120000Z"


def test_signing_changes_nothing_else() -> None:
    """Method, URL, body and the pack's headers leave as they came, repeated ones too."""
    wire = request(
        "https://x.mrap.accesspoint.s3-global.amazonaws.com/a//../k?a=1&a=2",
        ("X-A", "1"),
        ("x-a", "2   ü"),
        method="PUT",
        body=b"\x00",
    )
    signed = sign(wire, "s3")
    assert (signed.method, signed.url, signed.body) == (wire.method, wire.url, wire.body)
    assert signed.headers[:2] == wire.headers


@pytest.mark.parametrize("name", ["User-Agent", "Accept-Encoding", "Connection", "X-Forwarded-For", "Via"])
def test_unsigned_headers(name: str) -> None:
    """What the transport or a proxy changes is in no signature, and is sent all the same."""
    signed = sign(request(EVENTS, (name, "x"), ("X-A", "1")))
    assert header(signed, name) == "x"
    assert "SignedHeaders=host;x-a;x-amz-date;x-amz-region-set," in (header(signed, "authorization") or "")


@pytest.mark.parametrize(
    ("service", "declared", "has_header"),
    [
        pytest.param("s3", "made-up", True, id="s3: its own"),
        pytest.param("s3", None, True, id="s3: always there"),
        pytest.param("events", None, False, id="others: no header"),
        pytest.param("events", "UNSIGNED-PAYLOAD", True, id="others: what the pack declares"),
    ],
)
def test_payload_hash_header(service: str, declared: str | None, has_header: bool) -> None:
    """S3 gets the body's hash in a header, whatever the pack set; others get what the pack set."""
    headers = () if declared is None else (("x-amz-content-sha256", declared),)
    signed = sign(request(EVENTS, *headers, method="POST", body=b"x"), service)
    found = header(signed, "x-amz-content-sha256")
    assert (found is not None) is has_header
    assert service == "s3" or found == declared
    assert found != "made-up"


def test_secrets_of_the_request() -> None:
    """The signature and the token are named as what an answer must not echo; no two signatures are alike."""
    signed = sign(request(EVENTS), token=TOKEN)
    signature = (header(signed, "authorization") or "").rpartition("=")[2]
    assert len(signature) > 128
    assert signed.secrets == (signature, TOKEN)
    assert sign(request(EVENTS)).secrets != sign(request(EVENTS)).secrets


@pytest.mark.parametrize(
    ("service", "url"),
    [
        pytest.param("s3", "https://x.mrap.accesspoint.s3-global.amazonaws.com/a//../b%20c?b=2&a=1", id="s3"),
        pytest.param("events", f"{EVENTS}a//../b%20c?b=2&a=1", id="others"),
    ],
)
def test_debug_lines(caplog: pytest.LogCaptureFixture, service: str, url: str) -> None:
    """The canonical request that is shown is the one that was signed, less the token."""
    wire = request(url, ("X-A", "1   2"), ("User-Agent", "x"), method="PUT", body=b"x")
    with caplog.at_level(logging.DEBUG, logger="coda_cli"):
        signed = sign(wire, service, TOKEN)
    headers = tuple((name.encode(), value.encode()) for name, value in signed.headers)
    received = Received(f"PUT {signed.url.target} HTTP/1.1".encode(), headers, signed.body)
    accepted = verify(received, KEY_ID, SECRET, now=NOON, token=TOKEN)
    shown, string_to_sign = (record.getMessage() for record in caplog.records)
    expected = accepted.canonical_request.decode().replace(TOKEN, "[secret]")
    assert shown == f"canonical request:\n{expected}"
    digest = hashlib.sha256(accepted.canonical_request).hexdigest()
    scope = f"20261123T120000Z\n20261123/{service}/aws4_request"
    assert string_to_sign == f"string to sign:\nAWS4-ECDSA-P256-SHA256\n{scope}\n{digest}"


def test_url_that_is_signed_already() -> None:
    """Parameters of a signature that somebody else made are refused in words, which do not repeat them."""
    with pytest.raises(RequestError, match="cannot be signed") as caught:
        sign(request(f"{EVENTS}?X-Amz-Signature=0123456789"))
    assert "disable_authentication=True" in details(caught.value)
    assert "0123456789" not in details(caught.value)
