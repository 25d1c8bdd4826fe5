"""Signatures: AWS's published vectors, each service's rules, and what is kept out of them."""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from coda_cli.auth.aws_keys import Keys
from coda_cli.auth.aws_signing import S3Signer, Signer, signer_for
from coda_cli.wire import Url, WireRequest
from tests.auth.world import KEY_ID, NOON, SECRET, TOKEN, header, request

SUITE: dict[str, Any] = json.loads(
    (Path(__file__).parent.parent / "data" / "sigv4_vectors.json").read_text(encoding="utf-8")
)
SUITE_TIME = datetime.strptime(SUITE["time"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
OF_THE_SIGNER = {"host", "x-amz-date", "x-amz-security-token"}
TOKEN_ADDED_LATER = "post-sts-token/post-sts-header-after"
EMPTY = hashlib.sha256(b"").hexdigest()


def suite_request(case: dict[str, Any]) -> WireRequest:
    """Put a vector into the form in which the signer gets requests.

    The suite expects paths to be encoded once, so they are given raw: the signer encodes. Queries are
    encoded by the fetcher before.
    """
    path, _, query = case["target"].partition("?")
    headers = tuple((name, value) for name, value in case["headers"] if name.lower() not in OF_THE_SIGNER)
    host = dict(case["headers"])["Host"]
    url = Url("https", host, None, path, quote(query, safe="&=%-_.~"))
    return WireRequest(case["method"], url, headers, case["body"].encode())


def suite_signer(case: dict[str, Any]) -> Signer:
    """Make the signer of a vector; a token that is added after signing is none of its."""
    token = None if case["name"] == TOKEN_ADDED_LATER else case["session_token"]
    keys = Keys(SUITE["access_key_id"], SUITE["secret_access_key"], token)
    return signer_for(keys, SUITE["service"], SUITE["region"], lambda: SUITE_TIME)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in SUITE["cases"]])
def test_vector(case: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    """Each vector of AWS's suite gets its canonical request, string to sign and signature."""
    with caplog.at_level(logging.DEBUG, logger="coda_cli"):
        signed = suite_signer(case).sign(suite_request(case))
    token = case["session_token"]
    canonical = case["canonical_request"]
    if token:
        canonical = canonical.replace(token, "[secret]")
    messages = [record.getMessage() for record in caplog.records]
    assert messages == [f"canonical request:\n{canonical}", f"string to sign:\n{case['string_to_sign']}"]
    assert header(signed, "authorization") == case["authorization"]


def test_suite_is_whole() -> None:
    """All vectors were taken over."""
    assert len(SUITE["cases"]) == 34


def sign(service: str, wire: WireRequest, token: str | None = None) -> WireRequest:
    """Sign a request at noon, for us-east-1."""
    return signer_for(Keys(KEY_ID, SECRET, token), service, "us-east-1", lambda: NOON).sign(wire)


def canonical_request(caplog: pytest.LogCaptureFixture, service: str, wire: WireRequest) -> list[str]:
    """Sign a request and return the lines of its canonical request."""
    with caplog.at_level(logging.DEBUG, logger="coda_cli"):
        sign(service, wire)
    return caplog.records[0].getMessage().split("\n")[1:]


@pytest.mark.parametrize(
    ("service", "kind"),
    [
        pytest.param("s3", S3Signer, id="s3"),
        pytest.param("s3-outposts", S3Signer, id="s3-outposts"),
        pytest.param("s3-object-lambda", S3Signer, id="s3-object-lambda"),
        pytest.param("s3express", S3Signer, id="s3express"),
        pytest.param("s3tables", Signer, id="s3tables is none of the family"),
        pytest.param("execute-api", Signer, id="execute-api"),
    ],
)
def test_signer_of_a_service(service: str, kind: type[Signer]) -> None:
    """The S3 family has its own signer, everything else the common one."""
    assert type(signer_for(Keys(KEY_ID, SECRET), service, "us-east-1", lambda: NOON)) is kind


@pytest.mark.parametrize(
    ("service", "path", "expected"),
    [
        pytest.param("s3", "/a//b/../%C3%A9", "/a//b/../%C3%A9", id="s3: as it is sent"),
        pytest.param("execute-api", "/a%2Fb/%C3%A9", "/a%252Fb/%25C3%25A9", id="others: encoded once more"),
        pytest.param("execute-api", "/a//b/../c/", "/a/c/", id="others: normalised"),
    ],
)
def test_canonical_path(caplog: pytest.LogCaptureFixture, service: str, path: str, expected: str) -> None:
    """The path is signed by the rules of the service."""
    lines = canonical_request(caplog, service, request(f"https://h.us-east-1.amazonaws.com{path}"))
    assert lines[1] == expected


@pytest.mark.parametrize(
    ("service", "body", "expected"),
    [
        pytest.param("s3", b"", EMPTY, id="s3, empty"),
        pytest.param("s3", b"x", hashlib.sha256(b"x").hexdigest(), id="s3, a body"),
        pytest.param("aoss", b"x", hashlib.sha256(b"x").hexdigest(), id="aoss"),
        pytest.param("vpc-lattice-svcs", b"x", "UNSIGNED-PAYLOAD", id="vpc-lattice-svcs"),
        pytest.param("dynamodb", b"x", None, id="others: no header"),
    ],
)
@pytest.mark.parametrize("from_pack", [None, "made-up"])
def test_payload_hash_header(service: str, body: bytes, expected: str | None, from_pack: str | None) -> None:
    """Services that want the payload's hash in a header get it, whatever the pack set."""
    headers = () if from_pack is None or expected is None else (("x-amz-content-sha256", from_pack),)
    signed = sign(service, request("https://h.us-east-1.amazonaws.com/", *headers, method="POST", body=body))
    assert header(signed, "x-amz-content-sha256") == expected
    assert "x-amz-content-sha256" in (header(signed, "authorization") or "") or expected is None


def test_body_is_signed_even_with_a_checksum() -> None:
    """A checksum that the pack sends takes the payload of an upload out of no signature."""
    signed = sign(
        "s3", request("https://b.s3.amazonaws.com/k", ("Content-MD5", "x"), method="PUT", body=b"x")
    )
    assert header(signed, "x-amz-content-sha256") == hashlib.sha256(b"x").hexdigest()


def test_signed_headers(caplog: pytest.LogCaptureFixture) -> None:
    """What the pack set is signed, less what the transport or a proxy sets or changes."""
    wire = request(
        "https://h.us-east-1.amazonaws.com/",
        ("Content-Type", "application/json"),
        ("Content-MD5", "abc"),
        ("X-Amz-Target", "T.Op"),
        ("Accept", "*/*"),
        ("User-Agent", "mine"),
        ("Connection", "close"),
        ("Accept-Encoding", "gzip"),
        ("Content-Length", "0"),
        ("Expect", "100-continue"),
        ("X-Amzn-Trace-Id", "1"),
    )
    assert canonical_request(caplog, "dynamodb", wire)[-2] == (
        "accept;content-md5;content-type;host;x-amz-date;x-amz-target"
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("  a   b ", "a b", id="blanks"),
        pytest.param("a\tb", "a b", id="tab"),
        pytest.param("a\u00a0 b", "a\u00a0 b", id="a blank that is not ASCII stays"),
        pytest.param("Grüße 你好", "Grüße 你好", id="not Latin-1"),
    ],
)
def test_canonical_header_value(caplog: pytest.LogCaptureFixture, value: str, expected: str) -> None:
    """Values are trimmed as AWS does and signed as UTF-8 text."""
    wire = request("https://b.s3.amazonaws.com/", ("x-amz-meta-a", value))
    assert f"x-amz-meta-a:{expected}" in canonical_request(caplog, "s3", wire)


def test_host_has_its_port() -> None:
    """The Host header is the authority that is connected to, and is signed."""
    signed = sign("execute-api", request("http://localhost:8080/x"))
    assert header(signed, "host") == "localhost:8080"


def test_signing_changes_nothing_else() -> None:
    """Method, URL, body and the pack's headers leave as they came, repeated ones too."""
    wire = request(
        "https://b.s3.amazonaws.com/k?a=1&a=2", ("X-A", "1"), ("x-a", " 2"), method="PUT", body=b"\x00"
    )
    signed = sign("s3", wire)
    assert (signed.method, signed.url, signed.body) == (wire.method, wire.url, wire.body)
    assert signed.headers[:2] == wire.headers


def test_secrets_of_the_request() -> None:
    """The signature and the token are named as what an answer must not echo."""
    signed = sign("s3", request(), TOKEN)
    authorization = header(signed, "authorization")
    assert authorization is not None
    assert signed.secrets == (authorization.rpartition("=")[2], TOKEN)
    assert header(signed, "x-amz-security-token") == TOKEN
    assert len(sign("s3", request()).secrets) == 1


def test_canonical_request_is_redacted(caplog: pytest.LogCaptureFixture) -> None:
    """Neither the token nor the signature nor the secret is in the debug line."""
    with caplog.at_level(logging.DEBUG):
        signed = sign("s3", request(), TOKEN)
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("coda_cli"))
    assert "x-amz-security-token:[secret]" in ours
    assert not [secret for secret in (*signed.secrets, SECRET) if secret in ours]


def test_clock_is_the_one_passed_in() -> None:
    """Each request bears the clock's time, and the signing key follows its day."""
    times = iter([NOON, NOON + timedelta(hours=1), NOON + timedelta(days=1), NOON])
    signer = signer_for(Keys(KEY_ID, SECRET), "s3", "us-east-1", lambda: next(times))
    first, later, next_day, again = (signer.sign(request()) for _ in range(4))
    assert header(first, "x-amz-date") == "20261123T120000Z"
    assert header(later, "x-amz-date") == "20261123T130000Z"
    fresh = signer_for(Keys(KEY_ID, SECRET), "s3", "us-east-1", lambda: NOON + timedelta(days=1))
    assert next_day == fresh.sign(request())
    assert "/20261124/us-east-1/s3/aws4_request" in (header(next_day, "authorization") or "")
    assert first.headers == again.headers
    assert len({header(one, "authorization") for one in (first, later, next_day)}) == 3
