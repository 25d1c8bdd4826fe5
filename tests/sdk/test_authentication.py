"""What may be said of an authentication by itself."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from coda_cli import sdk
from coda_cli.errors import DeclarationError

A = sdk.AuthenticationType
SUPPORTED = {A.NONE, A.AWS_ACCESS_KEY, A.AWS_ASSUME_ROLE}


def declare(**said: Any) -> sdk.Pack:
    """Return a pack with this user authentication."""
    pack = sdk.new_pack()
    pack.set_user_authentication(**said)
    return pack


@pytest.mark.parametrize("type_", sorted(SUPPORTED - {A.NONE}))
def test_aws_types(type_: sdk.AuthenticationType) -> None:
    """The two AWS types name the service whose requests are signed."""
    authentication = declare(type=type_, service="s3").authentication
    assert (authentication.type, authentication.service, authentication.is_aws) == (type_, "s3", True)


def test_every_field_is_kept() -> None:
    """What a later command needs is there already."""

    def name(context: sdk.ExecutionContext) -> str:
        return "me"

    authentication = declare(
        type=A.AWS_ASSUME_ROLE,
        service="execute-api",
        network_domain="Api.Example.com",
        requires_endpoint_url=True,
        endpoint_domain="Example.com:8443",
        instructions_url="https://example.com/how",
        get_connection_name=name,
    ).authentication
    assert authentication.network_domain == "api.example.com"
    assert authentication.requires_endpoint_url
    assert authentication.endpoint_domain == "example.com:8443"
    assert authentication.instructions_url == "https://example.com/how"
    assert authentication.get_connection_name is name
    with pytest.raises(dataclasses.FrozenInstanceError):
        authentication.service = "s3"  # type: ignore[misc]  # what must not work


@pytest.mark.parametrize("type_", sorted(set(A) - SUPPORTED))
def test_unsupported_types_are_refused_by_name(type_: sdk.AuthenticationType) -> None:
    """The names exist, so that a pack can be written down; declaring one says what there is instead."""
    with pytest.raises(DeclarationError) as caught:
        declare(type=type_)
    assert caught.value.message == f"authentication: type {type_.name} is not supported"
    assert caught.value.details == ("Supported are AWS_ACCESS_KEY, AWS_ASSUME_ROLE, NONE.",)


@pytest.mark.parametrize("type_", ["AWSAccessKey", None, 1])
def test_types_that_are_none(type_: Any) -> None:
    """A type is a member of the enumeration, not its text."""
    with pytest.raises(DeclarationError, match=r"not a member of sdk\.AuthenticationType"):
        declare(type=type_, service="s3")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"type": A.AWS_ACCESS_KEY}, "needs the name of an AWS service", id="missing"),
        pytest.param({"type": A.AWS_ASSUME_ROLE, "service": ""}, "needs the name of", id="empty"),
        pytest.param({"type": A.AWS_ACCESS_KEY, "service": "a b"}, "'a b' is not the name", id="two words"),
        pytest.param({"type": A.AWS_ACCESS_KEY, "service": "s3/"}, "'s3/' is not the name", id="slash"),
        pytest.param({"type": A.AWS_ACCESS_KEY, "service": "s3\n"}, "is not the name", id="line end"),
        pytest.param({"type": A.AWS_ACCESS_KEY, "service": 3}, "3 is not the name", id="number"),
        pytest.param({"type": A.NONE, "service": "s3"}, "not with NONE", id="out of place"),
        pytest.param(
            {"type": A.NONE, "endpoint_domain": "a.com"}, "requires_endpoint_url=True", id="endpoint domain"
        ),
        pytest.param(
            {"type": A.NONE, "network_domain": "https://a.com"}, "'https://a.com' is a URL", id="domain"
        ),
        pytest.param({"type": A.NONE, "get_connection_name": "me"}, "is no function", id="connection name"),
    ],
)
def test_what_makes_no_sense(said: dict[str, Any], expected: str) -> None:
    """Each fails where it is declared, and leaves the pack without authentication."""
    pack = sdk.new_pack()
    with pytest.raises(DeclarationError) as caught:
        pack.set_user_authentication(**said)
    assert expected in caught.value.message
    assert pack.authentication.type is A.NONE
