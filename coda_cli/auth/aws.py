"""How a request to AWS is authenticated: the region it is signed for, its signature, and signing it again.

Owns the rules that join credentials, clock, regions and signers for one pack. Everything that costs,
botocore first of all, is loaded and looked up when the first request is authenticated. Where to connect is
the router's business; sending, and whether a corrected request may be sent, the fetcher's.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING

from coda_cli.auth.aws_headers import signable_headers, unsigned_headers
from coda_cli.auth.aws_regions import MULTI_REGION, S3_FAMILY, signing_region
from coda_cli.errors import CredentialsError, RequestError
from coda_cli.wire import PathStyle, WireRequest

if TYPE_CHECKING:
    from coda_cli.auth.aws_advice import Caller
    from coda_cli.auth.aws_clock import CorrectedClock
    from coda_cli.auth.aws_corrections import Corrections
    from coda_cli.auth.aws_credentials import AwsCredentials
    from coda_cli.auth.aws_keys import Keys
    from coda_cli.auth.aws_options import AwsOptions, Given
    from coda_cli.auth.aws_profiles import Profiles
    from coda_cli.auth.aws_scope import Scope
    from coda_cli.auth.aws_signing import Signer
    from coda_cli.auth.aws_sigv4a import AsymmetricSigner
    from coda_cli.redaction import Redactor
    from coda_cli.wire import Refusal, WireResponse

logger = logging.getLogger(__name__)


class AwsAuthenticator:
    """Signs a pack's requests with AWS Signature Version 4; a ``wire.Authenticator``."""

    canonical_request_level = logging.DEBUG
    """At which canonical requests and strings to sign are logged."""

    def __init__(
        self,
        service: str,
        options: AwsOptions,
        profiles: Profiles,
        redactor: Redactor,
        clock: CorrectedClock,
        *,
        assume_role: bool,
    ) -> None:
        self._service = service
        self._options = options
        self._profiles = profiles
        self._redactor = redactor
        self._clock = clock
        self._corrections: Corrections | None = None  # made by the first answer that names a mistake
        self._assume_role = assume_role
        self._lock = RLock()
        self._signing_keys: Keys | None = None
        self._signers: dict[tuple[str, bool], Signer | AsymmetricSigner] = {}
        self._warned: set[str] = set()

    @property
    def path_style(self) -> PathStyle:
        """The normal form that the service's signatures are computed over."""
        return PathStyle.S3 if self._service in S3_FAMILY else PathStyle.ENCODED_TWICE

    def authenticate(self, request: WireRequest) -> WireRequest:
        """Return the request signed for the region of its host, or the one that was given.

        Raises:
            CredentialsError: there are no usable credentials, or nothing says which region.
            RequestError: the request has a header that only a signer may set, or its host takes signatures
                of Version 4A, for which the extra ``crt`` is not installed.
            UsageError: the options contradict the profile.
        """
        headers, url = signable_headers(request.headers), request.url
        place = None if self._corrections is None else self._corrections.buckets.place_of(url)
        if place is not None:
            url = replace(url, host=place.host)
        of_host = signing_region(url.host, self._service)
        asymmetric = of_host == MULTI_REGION
        if asymmetric:
            _require_crt(url.host, self._options)
        region = self._region(url.host, of_host) if place is None else place.region
        with self._lock:
            signer = self._signer(self._credentials.keys(region), region, asymmetric=asymmetric)
        return signer.sign(
            WireRequest(request.method, url, headers, request.body, request.secrets, request.corrections)
        )

    def retry(self, request: WireRequest, response: WireResponse) -> WireRequest | None:
        """Return the request signed again where the clock, the region or an expired session was the mistake.

        Raises:
            CredentialsError: the session is over, and a new one was refused.
        """
        with self._lock:
            if self._corrections is None:
                from coda_cli.auth.aws_corrections import Corrections

                self._corrections = Corrections(self._service, self._options, self._clock, self._renew)
            mended = self._corrections.learn(request, response)
        if mended is None:
            return None
        corrections = request.corrections | {mended}
        return self.authenticate(replace(request, headers=unsigned_headers(request), corrections=corrections))

    def refusal(self, request: WireRequest, response: WireResponse) -> Refusal:
        """Explain a response that is about who is calling; calls nobody."""
        from coda_cli.auth.aws_refusals import explain

        explicit = self._options.explicit_region is not None
        return explain(request, response, self._caller, self._clock, explicit_region=explicit)

    def _renew(self, key: str) -> bool:
        return self._credentials.renew(key)

    def _caller(self, scope: Scope) -> Caller:
        with self._lock:
            return self._credentials.caller(scope.key, has_token=scope.has_token)

    @cached_property
    def _credentials(self) -> AwsCredentials:
        from coda_cli.auth.aws_credentials import AwsCredentials

        return AwsCredentials(self._options, self._profiles, self._redactor, assume_role=self._assume_role)

    def _signer(self, keys: Keys, region: str, *, asymmetric: bool) -> Signer | AsymmetricSigner:
        if keys != self._signing_keys:
            self._signing_keys = keys
            self._signers.clear()
        signer = self._signers.get((region, asymmetric))
        if signer is None:
            signer = self._make_signer(keys, region, asymmetric=asymmetric)
            self._signers[region, asymmetric] = signer
        return signer

    def _make_signer(self, keys: Keys, region: str, *, asymmetric: bool) -> Signer | AsymmetricSigner:
        if asymmetric:
            from coda_cli.auth.aws_sigv4a import asymmetric_signer_for

            logger.info("signing for %s in %s, by Signature Version 4A", self._service, _in_words(region))
            return asymmetric_signer_for(
                keys, self._service, region, self._clock, self.canonical_request_level
            )
        from coda_cli.auth.aws_signing import signer_for

        logger.info("signing for %s in %s", self._service, region)
        return signer_for(keys, self._service, region, self._clock, self.canonical_request_level)

    def _region(self, host: str, of_host: str | None) -> str:
        explicit = self._options.explicit_region
        if explicit is not None:
            self._warn_of_other_region(explicit.value, of_host, host)
            return explicit.value
        if of_host is not None:
            return of_host
        return self._given_region(host).value

    def _given_region(self, host: str) -> Given:
        given = self._profiles.region()
        if given is None:
            raise CredentialsError(
                f"no region to sign requests to {host} for: the host does not say",
                "Give one by --region, AWS_REGION, AWS_DEFAULT_REGION or the profile's region.",
            )
        return given

    def _warn_of_other_region(self, region: str, of_host: str | None, host: str) -> None:
        if of_host in (None, region) or host in self._warned:
            return
        self._warned.add(host)
        logger.warning(
            "signing for %s, as --region says, though %s is in %s", region, host, _in_words(of_host)
        )


def _in_words(region: str | None) -> str:
    return "every region" if region == MULTI_REGION else str(region)


def _require_crt(host: str, options: AwsOptions) -> None:
    """Refuse a Multi-Region host, before anything is spent on it, where nothing can sign for it."""
    from botocore.compat import HAS_CRT

    if HAS_CRT:
        return
    why = "its requests take signatures of Version 4A, which the AWS Common Runtime makes"
    if (options.variable("BOTO_DISABLE_CRT") or "").lower() == "true":
        raise RequestError(
            f"requests to {host} cannot be signed: BOTO_DISABLE_CRT is set", f"Unset it: {why}."
        )
    raise RequestError(
        f"requests to {host} cannot be signed: the extra 'crt' is not installed",
        f"It is needed: {why}.",
        "In a checkout of coda: pip install '.[crt]', or pipx install --force '.[crt]'.",
    )
