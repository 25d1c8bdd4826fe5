"""The choice of an authenticator by type."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from coda_cli.auth.authenticators import Anonymous, Authenticators, IfThereAreCredentials
from coda_cli.auth.aws import AwsAuthenticator
from coda_cli.auth.aws_options import AwsOptions
from coda_cli.errors import CredentialsError, NoCredentialsError
from coda_cli.redaction import Redactor
from coda_cli.sdk.authentication import Authentication, AuthenticationType
from coda_cli.wire import PathStyle, Refusal, ServiceError, WireRequest, WireResponse
from tests.auth.world import ACCESS_KEY, ASSUME_ROLE, request, write_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NONE = AuthenticationType.NONE


def made(environ: Mapping[str, str] = MappingProxyType({})) -> Authenticators:
    """Make authenticators for an environment."""
    return Authenticators(AwsOptions(environ), Redactor(), lambda: datetime.now(UTC))


@pytest.mark.parametrize(
    ("authentication", "kind"),
    [
        pytest.param(None, Anonymous, id="none declared"),
        pytest.param(Authentication(NONE), Anonymous, id="None"),
        pytest.param(Authentication(ACCESS_KEY, service="s3"), AwsAuthenticator, id="access key"),
        pytest.param(Authentication(ASSUME_ROLE, service="s3"), AwsAuthenticator, id="assume role"),
    ],
)
def test_choice(authentication: Authentication | None, kind: type[object]) -> None:
    """Each type has its authenticator, made without credentials or region."""
    assert type(made().authenticator(authentication)) is kind


def test_anonymous_changes_nothing() -> None:
    """Without authentication, requests pass as they are, and no answer refuses credentials."""
    anonymous = Anonymous()
    wire = request("https://example.com/?X-Amz-Signature=1", ("Authorization", "mine"))
    refusal = WireResponse(403, error=ServiceError("SignatureDoesNotMatch"))
    assert anonymous.path_style is PathStyle.AS_WRITTEN
    assert anonymous.authenticate(wire) is wire
    assert anonymous.retry(wire, refusal) is None
    assert anonymous.refusal(wire, refusal) == Refusal()


def test_any_pack_is_routed() -> None:
    """What a pack without authentication fetches from AWS obeys the override too."""
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    override = made(environ).router(None).connect_to(request().url)
    assert override is not None
    assert override.origin == "http://127.0.0.1:1"


def test_profiles_are_no_matter_of_other_hosts(
    monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path
) -> None:
    """What is wrong with AWS's configuration stops requests to AWS only."""
    write_files(scrubbed_environment, "[default]\nendpoint_url = http://127.0.0.1:1\n")
    monkeypatch.setenv("AWS_PROFILE", "nope")
    router = made(os.environ).router(None)
    assert router.connect_to(request("http://127.0.0.1:8080/").url) is None
    with pytest.raises(CredentialsError, match="no profile 'nope'"):
        router.connect_to(request().url)


class Told:
    """An authenticator that finds what it is told to find."""

    path_style = PathStyle.S3

    def __init__(self, error: CredentialsError | None) -> None:
        self.error = error

    def authenticate(self, request: WireRequest) -> WireRequest:
        """Sign, or fail."""
        if self.error is not None:
            raise self.error
        return replace(request, headers=(("Authorization", "signed"),))

    def retry(self, request: WireRequest, response: WireResponse) -> WireRequest | None:
        """Give the request again."""
        return request

    def refusal(self, request: WireRequest, response: WireResponse) -> Refusal:
        """Say so."""
        return Refusal(("refused",))


def test_an_optional_account(caplog: pytest.LogCaptureFixture) -> None:
    """Where there are no credentials, requests go as they are, and that is told once."""
    caplog.set_level("INFO", "coda_cli")
    wire = request()
    without = IfThereAreCredentials(Told(NoCredentialsError("there are none")))
    assert [without.authenticate(wire), without.authenticate(wire)] == [wire, wire]
    assert [record.getMessage() for record in caplog.records] == [
        "requests go without an account, which is optional: there are none"
    ]
    signed = IfThereAreCredentials(Told(None))
    assert signed.authenticate(wire).headers == (("Authorization", "signed"),)
    response = WireResponse(403)
    assert (signed.path_style, signed.retry(wire, response)) == (PathStyle.S3, wire)
    assert signed.refusal(wire, response) == Refusal(("refused",))


def test_an_optional_account_that_cannot_be_used() -> None:
    """Credentials that are there and wrong are an error as ever."""
    broken = IfThereAreCredentials(Told(CredentialsError("half a key")))
    with pytest.raises(CredentialsError, match="half a key"):
        broken.authenticate(request())
