"""AWS Signature Version 4 for one key, region and service, through botocore's signers.

Owns what we ask of them beyond what they do: a clock that is passed in, the signing key derived once a
day, which headers are signed, and the canonical request for those who ask, without secrets. It looks nothing
up: keys, region and service are given.
"""

from __future__ import annotations

import hmac
import logging
import re
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from botocore.auth import (
    EMPTY_SHA256_HASH,
    SIGNED_HEADERS_BLACKLIST,
    SIGV4_TIMESTAMP,
    S3SigV4Auth,
    SigV4Auth,
)
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders

from coda_cli.auth.aws_regions import S3_FAMILY
from coda_cli.redaction import SECRET
from coda_cli.wire import WireRequest

if TYPE_CHECKING:
    from http.client import HTTPMessage

    from botocore.auth import BaseSigner
    from botocore.credentials import ReadOnlyCredentials

    from coda_cli.auth.aws_keys import Keys
    from coda_cli.wire import Clock

logger = logging.getLogger(__name__)

UNSIGNED_HEADERS = frozenset(
    {
        *SIGNED_HEADERS_BLACKLIST,
        # These too are set or changed on the way, by the transport or by proxies.
        "accept-encoding",
        "authorization",
        "cache-control",
        "content-length",
        "forwarded",
        "max-forwards",
        "proxy-connection",
        "via",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
    }
)
"""What no signature covers, in lower case."""

_PAYLOAD_HASH = "X-Amz-Content-SHA256"
_SECRET_HEADERS = re.compile(
    r"^([a-z0-9_-]*(?:key|token|secret|passw|auth|cookie)[a-z0-9_-]*):.*$", re.MULTILINE
)
"""In a canonical request: the session token, and what a pack may send beside it, like x-api-key."""


class Signer(SigV4Auth):
    """Signs requests to any service outside the S3 family, whose path is encoded a second time."""

    def __init__(
        self, keys: Keys, service: str, region: str, clock: Clock, level: int = logging.DEBUG
    ) -> None:
        # botocore.credentials is slow to import, and its signers need the three attributes only.
        super().__init__(cast("ReadOnlyCredentials", keys), service, region)
        self._keys = keys
        self._service = service
        self._region = region
        self._clock = clock
        self._level = level
        self._derived: tuple[str, bytes] = ("", b"")

    def sign(self, request: WireRequest) -> WireRequest:
        """Return the request with its ``Host``, date, token and ``Authorization``."""
        return signed_by(self, request, self._keys.token)

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        # The one place between botocore's reading of its own clock and the first use of the time.
        request.context["timestamp"] = self._clock().strftime(SIGV4_TIMESTAMP)
        request.context["payload_signing_enabled"] = self._service != "vpc-lattice-svcs"
        super()._modify_request_before_signing(request)  # type: ignore[misc] # the stubs leave it out
        if self._service == "aoss":
            del request.headers[_PAYLOAD_HASH]
            request.headers[_PAYLOAD_HASH] = self.payload(request)

    def headers_to_sign(self, request: AWSRequest) -> HTTPMessage:
        """Select what neither the transport nor a proxy changes."""
        # botocore asks twice, with only Authorization, which is not signed, set in between.
        selected: HTTPMessage | None = request.context.get("headers_to_sign")
        if selected is not None:
            return selected
        selected = request.context["headers_to_sign"] = HTTPHeaders()
        for name, value in request.headers.items():
            if name.lower() not in UNSIGNED_HEADERS:
                selected[name.lower()] = value
        return selected

    def payload(self, request: AWSRequest) -> str:
        """Hash the body: bytes, which botocore would look for in a prepared copy of the request."""
        return sha256(request.data).hexdigest() if request.data else EMPTY_SHA256_HASH

    def canonical_headers(self, headers_to_sign: HTTPMessage) -> str:  # type: ignore[override] # as botocore
        """Write the headers in canonical form: only ASCII blanks are trimmed, as AWS does."""
        return "\n".join(
            f"{name}:{','.join(_trimmed(value) for value in headers_to_sign.get_all(name, ()))}"
            for name in sorted(set(headers_to_sign))
        )

    def string_to_sign(self, request: AWSRequest, canonical_request: str) -> str:
        """Write the string to sign, and for those who want to see it both it and the canonical request."""
        text = super().string_to_sign(request, canonical_request)
        log_what_is_signed(self._level, canonical_request, text)
        return text

    def signature(self, string_to_sign: str, request: AWSRequest) -> str:
        """Compute the signature with the day's signing key."""
        day = request.context["timestamp"][:8]
        derived_for, key = self._derived
        if derived_for != day:
            key = f"AWS4{self._keys.secret_key}".encode()
            for part in (day, self._region, self._service, "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._derived = (day, key)
        return hmac.new(key, string_to_sign.encode(), sha256).hexdigest()


class S3Signer(Signer, S3SigV4Auth):
    """Signs requests to the S3 family, whose path is signed as it is sent."""


def signer_for(keys: Keys, service: str, region: str, clock: Clock, level: int = logging.DEBUG) -> Signer:
    """Return the signer by whose rules a service checks signatures; ``level`` is that of its log."""
    kind = S3Signer if service in S3_FAMILY else Signer
    return kind(keys, service, region, clock, level)


def log_what_is_signed(level: int, canonical_request: str, string_to_sign: str) -> None:
    """Log the two texts, without the secrets in them."""
    if logger.isEnabledFor(level):
        logger.log(level, "canonical request:\n%s", _shown(canonical_request))
        logger.log(level, "string to sign:\n%s", string_to_sign)


def signed_by(signer: BaseSigner, request: WireRequest, token: str | None) -> WireRequest:
    """Return the request with what a signer of botocore's adds to it, and that as its secrets."""
    signed = _aws_request(request)
    signed.headers["Host"] = request.url.authority
    signer.add_auth(signed)
    signature = signed.headers["Authorization"].rpartition("Signature=")[2]
    secrets = (signature,) if token is None else (signature, token)
    return WireRequest(
        request.method,
        request.url,
        tuple(signed.headers.items()),
        request.body,
        (*request.secrets, *secrets),
        request.corrections,
    )


def shown_canonical_request(signed: WireRequest, signer: Signer) -> str:
    """Return the canonical request that the signer made of a request, without the secrets in it."""
    return _shown(signer.canonical_request(_aws_request(signed)))


def _aws_request(request: WireRequest) -> AWSRequest:
    made = AWSRequest(request.method, str(request.url), data=request.body)
    for name, value in request.headers:
        made.headers[name] = value
    return made


def _shown(canonical_request: str) -> str:
    return _SECRET_HEADERS.sub(rf"\1:{SECRET}", canonical_request)


def _trimmed(value: str) -> str:
    return b" ".join(value.encode().split()).decode()
