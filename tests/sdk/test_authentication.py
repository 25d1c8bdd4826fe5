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


def step(name: Any, description: Any = "Choose.", get_options: Any = lambda context: []) -> sdk.SetEndpoint:
    """Make a step of a set-up."""
    return sdk.SetEndpoint(name=name, description=description, get_options=get_options)


def test_steps_after_the_set_up() -> None:
    """An authentication with a step that sets the endpoint needs an endpoint."""
    authentication = declare(type=A.NONE, post_setup=[step("site")], endpoint_domain="a.com").authentication
    assert [one.name for one in authentication.post_setup] == ["site"]
    assert authentication.post_setup[0].type is sdk.PostSetupType.SET_ENDPOINT
    assert authentication.requires_endpoint_url


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
        pytest.param(
            {"type": A.NONE, "get_connection_name": lambda: "me"},
            "authentication: get_connection_name cannot be called with the context",
            id="call of connection name",
        ),
        pytest.param({"type": A.NONE, "instructions_url": 5}, "instructions_url 5 is not text", id="page"),
        pytest.param({"type": A.NONE, "post_setup": step("a")}, "post_setup must be a list", id="one step"),
        pytest.param({"type": A.NONE, "post_setup": ["a"]}, "post_setup has 'a'", id="no step"),
        pytest.param({"type": A.NONE, "post_setup": [step("a b")]}, "is not one word", id="step's name"),
        pytest.param({"type": A.NONE, "post_setup": [step(1)]}, "1 is not text", id="step's name is none"),
        pytest.param({"type": A.NONE, "post_setup": [step("a"), step("a")]}, "declared twice", id="twice"),
        pytest.param(
            {"type": A.NONE, "post_setup": [step("a", description=1)]}, "1 is not", id="description"
        ),
        pytest.param(
            {"type": A.NONE, "post_setup": [step("a", get_options=[])]}, "no function", id="options"
        ),
        pytest.param(
            {"type": A.NONE, "default_connection_requirement": "none"}, "not a member", id="requirement"
        ),
        pytest.param(
            {"type": A.NONE, "default_connection_requirement": sdk.ConnectionRequirement.REQUIRED},
            "no account can be REQUIRED",
            id="required of nobody",
        ),
    ],
)
def test_what_makes_no_sense(said: dict[str, Any], expected: str) -> None:
    """Each fails where it is declared, and leaves the pack without authentication."""
    pack = sdk.new_pack()
    with pytest.raises(DeclarationError) as caught:
        pack.set_user_authentication(**said)
    assert expected in caught.value.message
    assert pack.authentication.type is A.NONE
