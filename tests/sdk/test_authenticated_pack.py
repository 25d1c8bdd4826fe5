"""The authentications of one pack: its own, and named ones."""

from __future__ import annotations

from typing import Any

import pytest

from coda_cli import sdk
from coda_cli.errors import DeclarationError

KEY, ROLE = sdk.AuthenticationType.AWS_ACCESS_KEY, sdk.AuthenticationType.AWS_ASSUME_ROLE


def test_every_authentication_has_a_name() -> None:
    """The pack's own have the reference's reserved names, the others the ones they were given."""
    pack = sdk.new_pack()
    pack.add_admin_authentication(
        name="admin", display_name="Administrator", description="For deleting.", type=ROLE, service="s3"
    )
    pack.set_system_authentication(type=KEY, service="s3")
    pack.set_user_authentication(type=KEY, service="s3", instructions_url="https://example.com")
    assert list(pack.authentications) == ["admin", "systemAuthentication", "defaultUserAuthentication"]
    admin = pack.authentications["admin"]
    assert (admin.type, admin.display_name, admin.description) == (ROLE, "Administrator", "For deleting.")
    assert pack.authentication is pack.authentications[sdk.ReservedAuthenticationNames.DEFAULT]


def test_named_ones_are_not_the_packs_own() -> None:
    """A formula that says nothing sends its requests without an account that nobody gave to all."""
    pack = sdk.new_pack()
    pack.add_admin_authentication(name="admin", type=KEY, service="s3")
    assert pack.authentication.type is sdk.AuthenticationType.NONE


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"name": "two words"}, "authentication name 'two words' is not one word", id="words"),
        pytest.param({"name": None}, "authentication name None is not one word", id="no name"),
        pytest.param({"name": "systemAuthentication"}, "is the pack's own", id="reserved"),
        pytest.param({"name": "admin"}, "authentication admin is declared twice", id="twice"),
        pytest.param({"display_name": 5}, "authentication other: display_name 5 is not text", id="display"),
        pytest.param({"description": 5}, "authentication other: description 5 is not text", id="description"),
        pytest.param({"service": "sqs"}, "two AWS services, s3 and sqs", id="another service"),
        pytest.param({"service": None}, "needs the name of an AWS service", id="no service"),
    ],
)
def test_named_ones_that_make_no_sense(said: dict[str, Any], expected: str) -> None:
    """Each is refused where it is declared."""
    pack = sdk.new_pack()
    pack.add_admin_authentication(name="admin", type=KEY, service="s3")
    with pytest.raises(DeclarationError) as caught:
        pack.add_admin_authentication(**{"name": "other", "type": KEY, "service": "s3", **said})
    assert expected in caught.value.message
    assert list(pack.authentications) == ["admin"]


def test_the_names_cannot_be_changed_from_outside() -> None:
    """What a pack gives out is a copy."""
    pack = sdk.new_pack()
    pack.set_user_authentication(type=KEY, service="s3")
    dict(pack.authentications).clear()
    pack.authentications.clear()  # type: ignore[attr-defined]  # what must not matter
    assert list(pack.authentications) == ["defaultUserAuthentication"]
