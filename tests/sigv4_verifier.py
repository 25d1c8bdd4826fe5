"""What AWS does with a signed request: recompute its signature from the bytes that arrived, and compare.

Written from what AWS publishes (IAM User Guide, "Create a signed AWS API request"; Amazon S3 API Reference,
"Authenticating Requests (AWS Signature Version 4)"), not from what signs for coda: no botocore, no coda.
Where the guide is silent, AWS's own SDKs agree: runs of slashes are one slash before ``..`` is resolved, a
path ends in a slash only where it was written with one, and white space of any kind counts as blanks.
Asymmetric signatures (Signature Version 4A) are checked with ``tests/p256.py``.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests import p256

if TYPE_CHECKING:
    from tests.servers import Received

SYMMETRIC, ASYMMETRIC = "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
S3_FAMILY = {"s3", "s3-outposts", "s3-object-lambda", "s3express"}
NEEDS_PAYLOAD_HASH = S3_FAMILY | {"aoss", "vpc-lattice-svcs"}
"""Services that refuse a request without ``x-amz-content-sha256``."""

WINDOW = timedelta(minutes=15)

_AUTHORIZATION = re.compile(
    r"(?P<algorithm>AWS4-[A-Z0-9-]+) Credential=(?P<key>[^/]+)/(?P<scope>[^,]+),"
    r" SignedHeaders=(?P<headers>[^,]+), Signature=(?P<signature>[0-9a-f]+)"
)
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_RESERVED = re.compile(rb"[^A-Za-z0-9._~-]")


class SignatureRefused(Exception):  # noqa: N818 - AWS's word for it
    """What a service would answer 403 to."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the signature of an accepted request says. ``region`` is the region set of an asymmetric one."""

    region: str
    service: str
    signed_headers: tuple[str, ...]
    canonical_request: bytes


def verify(
    received: Received, key_id: str, secret: str, *, now: datetime, token: str | None = None
) -> Accepted:
    """Accept the request if its signature was made with this key, for exactly the bytes that arrived.

    Raises:
        SignatureRefused: it was not, or something of the request is not signed that must be.
    """
    match = _AUTHORIZATION.fullmatch(received.header("Authorization") or "")
    _require(match is not None, "no Authorization header of the published form")
    assert match is not None
    algorithm, names = match["algorithm"], tuple(match["headers"].split(";"))
    _require(match["key"] == key_id, "another access key")
    _require(received.header("X-Amz-Security-Token") == token, "another session token")
    timestamp = _timestamp(received, now)
    *places, service, terminator = match["scope"].split("/")
    _require(terminator == "aws4_request" and places[:1] == [timestamp[:8]], "another day than the request's")
    if algorithm == ASYMMETRIC:
        _require(len(places) == 1, "a region in the scope")
        region = received.header("X-Amz-Region-Set") or ""
    else:
        _require(algorithm == SYMMETRIC and len(places) == 2, "no scope of day, region and service")
        region = places[1]
    _check_signed_headers(received, names)
    request = canonical_request(received, names, service)
    text = "\n".join((algorithm, timestamp, match["scope"], hashlib.sha256(request).hexdigest())).encode()
    if algorithm == ASYMMETRIC:
        is_valid = p256.verifies(
            p256.public_key(asymmetric_key(key_id, secret)), text, bytes.fromhex(match["signature"])
        )
    else:
        is_valid = match["signature"] == _symmetric_signature(secret, match["scope"], text)
    _require(is_valid, f"SignatureDoesNotMatch\n{request!r}\n{text!r}")
    return Accepted(region, service, names, request)


def _require(fulfilled: bool, reason: str) -> None:
    if not fulfilled:
        raise SignatureRefused(reason)


def _timestamp(received: Received, now: datetime) -> str:
    timestamp = received.header("X-Amz-Date") or ""
    _require(re.fullmatch(r"\d{8}T\d{6}Z", timestamp) is not None, "no X-Amz-Date")
    signed_at = datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    _require(abs(signed_at - now) <= WINDOW, "RequestTimeTooSkewed")
    return timestamp


def _check_signed_headers(received: Received, names: tuple[str, ...]) -> None:
    """Demand the host, the content type, and every header that is AWS's."""
    arrived = {name.decode().lower() for name, _ in received.headers}
    _require(list(names) == sorted(set(names)), "signed headers are not in order")
    _require(set(names) <= arrived, f"signed headers did not arrive: {set(names) - arrived}")
    wanted = {"host"} | {name for name in arrived if name == "content-type" or name.startswith("x-amz-")}
    _require(wanted <= set(names), f"not signed: {wanted - set(names)}")


def canonical_request(received: Received, names: tuple[str, ...], service: str) -> bytes:
    """Put what arrived into the form that is signed."""
    path, _, query = received.target.partition(b"?")
    headers = b"".join(
        b"%b:%b\n" % (name.encode(), b",".join(b" ".join(value.split()) for value in received.values(name)))
        for name in names
    )
    return b"\n".join(
        (
            received.method,
            _s3_path(path) if service in S3_FAMILY else _path(path),
            _query(query),
            headers,
            ";".join(names).encode(),
            _payload(received, service),
        )
    )


def _s3_path(path: bytes) -> bytes:
    """A key is what the escapes mean; it is neither normalised nor encoded twice."""
    return _encoded(_decoded(path), but=b"/")


def _path(path: bytes) -> bytes:
    """Redundant and relative parts go; what is left, its escapes too, is encoded once more."""
    kept: list[bytes] = []
    for segment in path.split(b"/"):
        if segment == b"..":
            del kept[-1:]
        elif segment not in (b"", b"."):
            kept.append(segment)
    slash = b"/" if kept and path.endswith(b"/") else b""
    return _encoded(b"/" + b"/".join(kept) + slash, but=b"/")


def _query(query: bytes) -> bytes:
    """Sort names and then values, as they are when encoded; a name without ``=`` has an empty value."""
    pairs = [pair.partition(b"=") for pair in query.split(b"&")] if query else []
    recoded = sorted((_encoded(_decoded(name)), _encoded(_decoded(value))) for name, _, value in pairs)
    return b"&".join(b"%b=%b" % pair for pair in recoded)


def _payload(received: Received, service: str) -> bytes:
    """The body's hash, unless a header says that it is not signed."""
    computed = hashlib.sha256(received.body).hexdigest()
    declared = received.header("X-Amz-Content-SHA256")
    _require(declared is not None or service not in NEEDS_PAYLOAD_HASH, "no X-Amz-Content-SHA256")
    if service == "vpc-lattice-svcs":
        _require(declared == UNSIGNED_PAYLOAD, "VPC Lattice does not support signed payloads")
        return UNSIGNED_PAYLOAD.encode()
    _require(declared in (None, computed), "XAmzContentSHA256Mismatch")
    return computed.encode()


def _decoded(text: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), text)


def _encoded(text: bytes, but: bytes = b"") -> bytes:
    return _RESERVED.sub(lambda found: found[0] if found[0] in but else b"%%%02X" % found[0][0], text)


def _symmetric_signature(secret: str, scope: str, text: bytes) -> str:
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text, "sha256").hex()


def asymmetric_key(key_id: str, secret: str) -> int:
    """Derive the private key of an access key: NIST SP 800-108 in counter mode, until it fits the curve."""
    for counter in range(1, 255):
        context = key_id.encode() + bytes((counter,))
        block = b"\x00\x00\x00\x01" + ASYMMETRIC.encode() + b"\x00" + context + (256).to_bytes(4, "big")
        candidate = int.from_bytes(hmac.digest(b"AWS4A" + secret.encode(), block, "sha256"), "big")
        if candidate <= p256.ORDER - 2:
            return candidate + 1
    raise AssertionError("no key in 254 tries, which does not happen")
