"""The verifier of the tests: it accepts what AWS published, and nothing that was changed afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import p256
from tests.servers import Received
from tests.sigv4_verifier import SignatureRefused, asymmetric_key, canonical_request, verify

SUITE = json.loads((Path(__file__).parent / "data" / "sigv4_vectors.json").read_text(encoding="utf-8"))
SUITE_TIME = datetime.fromisoformat(SUITE["time"])

NOT_AS_AWS_TAKES_IT = {"post-sts-token/post-sts-header-after": "its token is sent without being signed"}
"""The vectors that show how to sign something that no service of today accepts."""

S3_KEY, S3_SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
S3_TIME = datetime(2013, 5, 24, tzinfo=UTC)
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
WELCOME = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"


def arrived(method: str, target: str, headers: list[tuple[str, str]], body: str = "") -> Received:
    """Make a request as it arrives."""
    return Received(
        f"{method} {target} HTTP/1.1".encode(),
        tuple((name.encode(), value.encode()) for name, value in headers),
        body.encode(),
    )


def of_suite(case: dict[str, Any]) -> Received:
    """Make the signed request of a vector, which does not list its token, and ends some dates with a line."""
    token, names = case["session_token"], {name.lower() for name, _ in case["headers"]}
    headers = [(name, value.removesuffix("\n")) for name, value in case["headers"]]
    if token and "x-amz-security-token" not in names:
        headers.append(("X-Amz-Security-Token", token))
    headers.append(("Authorization", case["authorization"]))
    return arrived(case["method"], case["target"], headers, case["body"])


def of_s3(
    target: str,
    signature: str,
    *headers: tuple[str, str],
    method: str = "GET",
    body: str = "",
    payload: str = EMPTY,
) -> Received:
    """Make a signed request of the S3 API Reference's examples."""
    signed = [
        ("Host", "examplebucket.s3.amazonaws.com"),
        ("x-amz-date", "20130524T000000Z"),
        ("x-amz-content-sha256", payload),
        *headers,
    ]
    names = ";".join(sorted(name.lower() for name, _ in signed))
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={S3_KEY}/20130524/us-east-1/s3/aws4_request, SignedHeaders={names}, "
        f"Signature={signature}"
    )
    return arrived(method, target, [*signed, ("Authorization", authorization)], body)


OF_S3 = {
    "GET Object": of_s3(
        "/test.txt",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ("Range", "bytes=0-9"),
    ),
    "PUT Object": of_s3(
        "/test$file.text",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        method="PUT",
        body="Welcome to Amazon S3.",
        payload=WELCOME,
    ),
    "GET Bucket Lifecycle": of_s3(
        "/?lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
    ),
    "GET Bucket": of_s3(
        "/?max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    ),
}
PUT = OF_S3["PUT Object"]


def check(received: Received, **given: Any) -> None:
    """Verify a request of the S3 API Reference at the time at which it was signed."""
    key: dict[str, Any] = {"key_id": S3_KEY, "secret": S3_SECRET, "now": S3_TIME}
    verify(received, **(key | given))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in SUITE["cases"]])
def test_suite(case: dict[str, Any]) -> None:
    """Each vector of AWS's suite gets its canonical request, and is accepted unless it is on the list."""
    received = of_suite(case)
    names = tuple(case["canonical_request"].split("\n")[-2].split(";"))
    assert canonical_request(received, names, SUITE["service"]).decode() == case["canonical_request"]
    key = SUITE["access_key_id"], SUITE["secret_access_key"]
    if case["name"] in NOT_AS_AWS_TAKES_IT:
        with pytest.raises(SignatureRefused):
            verify(received, *key, now=SUITE_TIME, token=case["session_token"])
        return
    accepted = verify(received, *key, now=SUITE_TIME, token=case["session_token"])
    assert (accepted.region, accepted.service) == (SUITE["region"], SUITE["service"])


@pytest.mark.parametrize("received", [pytest.param(one, id=name) for name, one in OF_S3.items()])
def test_examples_of_s3(received: Received) -> None:
    """The examples of the S3 API Reference are accepted."""
    check(received)


def with_header(name: str, value: str) -> Received:
    """Return the example of an upload with one header of another value."""
    others = [pair for pair in PUT.headers if pair[0].decode().lower() != name]
    return replace(PUT, headers=(*others, (name.encode(), value.encode())))


def without_header(name: str) -> Received:
    """Return the example of an upload without one header."""
    return replace(PUT, headers=tuple(pair for pair in PUT.headers if pair[0].decode().lower() != name))


def with_authorization(old: str, new: str) -> Received:
    """Return the example of an upload with a part of its Authorization replaced."""
    return with_header("authorization", (PUT.header("authorization") or "").replace(old, new))


@pytest.mark.parametrize(
    ("tampered", "reason"),
    [
        pytest.param(
            replace(PUT, request_line=b"POST /test$file.text HTTP/1.1"), "DoesNotMatch", id="method"
        ),
        pytest.param(replace(PUT, request_line=b"PUT /test%file.text HTTP/1.1"), "DoesNotMatch", id="path"),
        pytest.param(
            replace(PUT, request_line=b"PUT //test$file.text HTTP/1.1"), "DoesNotMatch", id="slashes"
        ),
        pytest.param(
            replace(PUT, request_line=b"PUT /test$file.text?a HTTP/1.1"), "DoesNotMatch", id="query"
        ),
        pytest.param(replace(PUT, body=b"Welcome to Amazon S4."), "SHA256Mismatch", id="body"),
        pytest.param(with_header("x-amz-content-sha256", EMPTY), "SHA256Mismatch", id="payload hash"),
        pytest.param(
            with_header("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), "SHA256Mismatch", id="unsigned payload"
        ),
        pytest.param(without_header("x-amz-content-sha256"), "did not arrive", id="no payload hash"),
        pytest.param(with_header("x-amz-storage-class", "STANDARD"), "DoesNotMatch", id="header"),
        pytest.param(
            with_header("host", "examplebucket.s3.amazonaws.com:443"), "DoesNotMatch", id="host with a port"
        ),
        pytest.param(with_header("x-amz-acl", "public-read"), "not signed", id="unsigned header of AWS"),
        pytest.param(with_header("content-type", "text/plain"), "not signed", id="unsigned content type"),
        pytest.param(with_header("x-amz-date", "20130524T000001Z"), "DoesNotMatch", id="time"),
        pytest.param(with_header("x-amz-security-token", "t"), "session token", id="token"),
        pytest.param(without_header("x-amz-date"), "no X-Amz-Date", id="no date"),
        pytest.param(without_header("authorization"), "no Authorization", id="no signature"),
        pytest.param(with_authorization("98ad", "98ae"), "DoesNotMatch", id="signature"),
        pytest.param(with_authorization("us-east-1", "us-east-2"), "DoesNotMatch", id="region"),
        pytest.param(with_authorization("/s3/", "/s4/"), "DoesNotMatch", id="service"),
        pytest.param(with_authorization("20130524/", "20130525/"), "another day", id="day"),
        pytest.param(with_authorization(S3_KEY, "AKIA"), "another access key", id="key id"),
        pytest.param(with_authorization("date;host;", "host;date;"), "not in order", id="order of headers"),
        pytest.param(with_authorization("date;host;", "date;"), "not signed", id="host not signed"),
        pytest.param(with_authorization("date;host;", "host;"), "DoesNotMatch", id="one header less"),
    ],
)
def test_tampered_request(tampered: Received, reason: str) -> None:
    """Whatever was changed after signing, the request is refused."""
    with pytest.raises(SignatureRefused, match=reason):
        check(tampered)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param({"secret": S3_SECRET[:-1]}, "DoesNotMatch", id="secret"),
        pytest.param({"now": S3_TIME + timedelta(minutes=16)}, "TooSkewed", id="late"),
        pytest.param({"now": S3_TIME - timedelta(minutes=16)}, "TooSkewed", id="early"),
        pytest.param({"token": "t"}, "session token", id="token expected"),
    ],
)
def test_another_verifier(given: dict[str, Any], reason: str) -> None:
    """Another secret, another time or another session refuses what is signed well."""
    with pytest.raises(SignatureRefused, match=reason):
        check(PUT, **given)


def test_services_with_a_payload_rule() -> None:
    """VPC Lattice takes no signed payload, and OpenSearch Serverless wants the hash in a header."""
    for service, reason in (("vpc-lattice-svcs", "does not support"), ("aoss", "no X-Amz-Content-SHA256")):
        received = PUT if service == "vpc-lattice-svcs" else without_header("x-amz-content-sha256")
        with pytest.raises(SignatureRefused, match=reason):
            canonical_request(received, ("host",), service)


# Signature Version 4A. AWS publishes the key that it derives from the suite's credentials; since each
# signature is another, its suite has none to compare with but those that others made.
PUBLIC_KEY = (
    0xB6618F6A65740A99E650B33B6B4B5BD0D43B176D721A3EDFEA7E7D2D56D936B1,
    0x865ED22A7EADC9C5CB9D2CBACA1B3699139FEDC5043DC6661864218330C8E518,
)


def test_asymmetric_key() -> None:
    """The key pair is the one that AWS's suite names for its credentials."""
    private = asymmetric_key(SUITE["access_key_id"], SUITE["secret_access_key"])
    assert p256.public_key(private) == PUBLIC_KEY


RFC_6979_KEY = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
RFC_6979_SIGNATURE = (
    "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
)
"""RFC 6979, A.2.5: the signature of ``sample`` with SHA-256, in DER."""


@pytest.mark.parametrize(
    ("message", "signature", "expected"),
    [
        pytest.param(b"sample", RFC_6979_SIGNATURE, True, id="as published"),
        pytest.param(b"simple", RFC_6979_SIGNATURE, False, id="another message"),
        pytest.param(b"sample", RFC_6979_SIGNATURE[:-1] + "9", False, id="another number"),
        pytest.param(b"sample", RFC_6979_SIGNATURE[:-2], False, id="cut off"),
        pytest.param(b"sample", "3006020100020100", False, id="zeros"),
        pytest.param(b"sample", "", False, id="nothing"),
    ],
)
def test_ecdsa(message: bytes, signature: str, expected: bool) -> None:
    """The curve's arithmetic accepts the published signature and no other."""
    assert p256.verifies(p256.public_key(RFC_6979_KEY), message, bytes.fromhex(signature)) is expected
