"""The choice of an authenticator by type, and the options that a type does not take."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from coda_cli.auth.authenticators import Anonymous, Authenticators
from coda_cli.auth.aws import AwsAuthenticator
from coda_cli.auth.aws_options import AwsOptions
from coda_cli.errors import UsageError
from coda_cli.redaction import Redactor
from coda_cli.sdk.authentication import Authentication, AuthenticationType
from coda_cli.wire import PathStyle, ServiceError, WireResponse
from tests.auth.world import ACCESS_KEY, ASSUME_ROLE, request

NONE = AuthenticationType.NONE


def made(**options: str) -> Authenticators:
    """Make authenticators without an environment."""
    return Authenticators(AwsOptions({}, **options), Redactor(), lambda: datetime.now(UTC))


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


@pytest.mark.parametrize(
    ("type_", "option", "refused"),
    [
        pytest.param(ACCESS_KEY, "role_arn", True, id="role on an access-key pack"),
        pytest.param(ACCESS_KEY, "external_id", True, id="external id on an access-key pack"),
        pytest.param(ACCESS_KEY, "profile", False, id="profile on an access-key pack"),
        pytest.param(ACCESS_KEY, "region", False, id="region on an access-key pack"),
        pytest.param(ASSUME_ROLE, "role_arn", False, id="role on an assume-role pack"),
        pytest.param(ASSUME_ROLE, "external_id", False, id="external id on an assume-role pack"),
        pytest.param(NONE, "role_arn", True, id="role on an open pack"),
        pytest.param(NONE, "profile", True, id="profile on an open pack"),
        pytest.param(NONE, "region", True, id="region on an open pack"),
    ],
)
def test_options_of_another_type(type_: AuthenticationType, option: str, refused: bool) -> None:
    """An option that the pack's type does not take is a usage error when the authenticator is made."""
    chosen = Authentication(type_, service="s3" if type_ is not NONE else None)
    if not refused:
        made(**{option: "x"}).authenticator(chosen)
        return
    with pytest.raises(UsageError, match=f"--{option.replace('_', '-')} does not go with") as caught:
        made(**{option: "x"}).authenticator(chosen)
    assert caught.value.exit_code == 2


def test_anonymous_changes_nothing() -> None:
    """Without authentication, requests pass as they are, and no answer refuses credentials."""
    anonymous = Anonymous()
    wire = request("https://example.com/?X-Amz-Signature=1", ("Authorization", "mine"))
    refusal = WireResponse(403, error=ServiceError("SignatureDoesNotMatch"))
    assert anonymous.path_style is PathStyle.AS_WRITTEN
    assert anonymous.authenticate(wire) is wire
    assert anonymous.retry(wire, refusal) is None
    assert anonymous.refusal(wire, refusal) == ()


def test_any_pack_is_routed() -> None:
    """What a pack without authentication fetches from AWS obeys the override too."""
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    router = Authenticators(AwsOptions(environ), Redactor(), lambda: datetime.now(UTC)).router(None)
    override = router.connect_to(request().url)
    assert override is not None
    assert override.origin == "http://127.0.0.1:1"
