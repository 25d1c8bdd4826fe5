"""AWS Signature Version 4A for one key, region set and service, through botocore's signers of the CRT.

Owns what we ask of them beyond what they do: a clock that is passed in, which headers are signed, errors
in our words. Importing it needs the AWS Common Runtime, which the extra ``crt`` installs: see that it is
there first. One signature is as good as any other: each holds a random number.
"""

from __future__ import annotations

import logging
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

import botocore.auth  # noqa: F401 - botocore.crt.auth cannot be imported before it
from awscrt.auth import (  # type: ignore[import-untyped]  # it comes without types
    AwsCredentialsProvider,
    AwsSignedBodyHeaderType,
    AwsSigningAlgorithm,
    AwsSigningConfig,
    aws_sign_request,
)
from awscrt.exceptions import AwsCrtError  # type: ignore[import-untyped]  # it comes without types
from botocore.crt.auth import CrtS3SigV4AsymAuth, CrtSigV4AsymAuth

from coda_cli.auth.aws_regions import S3_FAMILY
from coda_cli.auth.aws_signing import UNSIGNED_HEADERS, log_what_is_signed, signed_by, signer_for
from coda_cli.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSRequest

    from coda_cli.auth.aws_keys import Keys
    from coda_cli.wire import Clock, WireRequest

logger = logging.getLogger(__name__)


class AsymmetricSigner(CrtSigV4AsymAuth):
    """Signs requests to any service outside the S3 family for a set of regions; ``*`` is all of them."""

    # What botocore's class has, and the stubs for it leave out.
    _USE_DOUBLE_URI_ENCODE: bool
    _SHOULD_NORMALIZE_URI_PATH: bool
    _get_existing_sha256: Callable[[AWSRequest], str | None]
    _should_add_content_sha256_header: Callable[[str | None], bool]
    _modify_request_before_signing: Callable[[AWSRequest], None]
    _crt_request_from_aws_request: Callable[[AWSRequest], Any]
    _apply_signing_changes: Callable[[AWSRequest, Any], None]

    def __init__(self, keys: Keys, service: str, region_set: str, clock: Clock, level: int) -> None:
        super().__init__(cast("Any", keys), service, region_set)  # the stubs want keys that can be changed
        self._keys = keys
        self._service = service
        self._region_set = region_set
        self._clock = clock
        self._level = level
        self._provider = AwsCredentialsProvider.new_static(keys.access_key, keys.secret_key, keys.token)

    def sign(self, request: WireRequest) -> WireRequest:
        """Return the request with its ``Host``, date, region set, token and ``Authorization``.

        Raises:
            RequestError: it has a query parameter that belongs to a signature.
        """
        try:
            return signed_by(self, request, self._keys.token)
        except AwsCrtError as error:
            raise RequestError(
                f"the request to {request.url.authority} cannot be signed",
                str(error.message),
                "A URL that is signed already is fetched with disable_authentication=True.",
            ) from error

    def add_auth(self, request: AWSRequest) -> None:
        """Sign like botocore, which would read a clock of its own here and hand the time straight on."""
        payload_hash = self._get_existing_sha256(request)
        with_header = self._should_add_content_sha256_header(payload_hash)
        self._modify_request_before_signing(request)
        config = AwsSigningConfig(
            algorithm=AwsSigningAlgorithm.V4_ASYMMETRIC,
            credentials_provider=self._provider,
            region=self._region_set,
            service=self._service,
            date=self._clock(),
            should_sign_header=lambda name: name.lower() not in UNSIGNED_HEADERS,
            use_double_uri_encode=self._USE_DOUBLE_URI_ENCODE,
            should_normalize_uri_path=self._SHOULD_NORMALIZE_URI_PATH,
            signed_body_value=payload_hash,
            signed_body_header_type=AwsSignedBodyHeaderType.X_AMZ_CONTENT_SHA_256
            if with_header
            else AwsSignedBodyHeaderType.NONE,
        )
        crt_request = self._crt_request_from_aws_request(request)
        aws_sign_request(crt_request, config).result()
        self._apply_signing_changes(request, crt_request)
        if logger.isEnabledFor(self._level):
            self._log(request)

    def _log(self, signed: AWSRequest) -> None:
        """Log what was signed: the CRT does not tell, but its canonical request is that of Version 4."""
        symmetric = signer_for(self._keys, self._service, self._region_set, self._clock)
        canonical_request = symmetric.canonical_request(signed)
        algorithm, _, rest = signed.headers["Authorization"].partition(" Credential=")
        scope = rest.partition(",")[0].partition("/")[2]
        digest = sha256(canonical_request.encode()).hexdigest()
        text = "\n".join((algorithm, signed.headers["X-Amz-Date"], scope, digest))
        log_what_is_signed(self._level, canonical_request, text)


class S3AsymmetricSigner(AsymmetricSigner, CrtS3SigV4AsymAuth):
    """Signs requests to the S3 family, whose path is signed as it is sent."""


def asymmetric_signer_for(
    keys: Keys, service: str, region_set: str, clock: Clock, level: int = logging.DEBUG
) -> AsymmetricSigner:
    """Return the signer by whose rules a service checks asymmetric signatures; ``level`` is its log's."""
    kind = S3AsymmetricSigner if service in S3_FAMILY else AsymmetricSigner
    return kind(keys, service, region_set, clock, level)
