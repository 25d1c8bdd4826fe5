"""Which authentication a formula runs with."""

from __future__ import annotations

from typing import Any

import pytest

from coda_cli import sdk
from coda_cli.errors import UsageError
from coda_cli.runtime.connections import chosen_authentication, connection_of
from coda_cli.sdk.formulas import Formula, formula_of

A = sdk.AuthenticationType
C = sdk.ConnectionRequirement


def pack_of(default: sdk.ConnectionRequirement | None = None) -> sdk.Pack:
    """Declare a pack with three authentications."""
    pack = sdk.new_pack()
    pack.add_network_domain("amazonaws.com")
    pack.set_user_authentication(type=A.AWS_ACCESS_KEY, service="s3", default_connection_requirement=default)
    pack.add_admin_authentication(name="admin", type=A.AWS_ASSUME_ROLE, service="s3")
    pack.add_admin_authentication(name="auditor", type=A.AWS_ASSUME_ROLE, service="s3")
    return pack


def formula(**said: Any) -> Formula:
    """Declare a formula that says these things of its account."""
    return formula_of(lambda context: "", name="F", **said)


@pytest.mark.parametrize(
    ("said", "name", "chosen"),
    [
        pytest.param({}, None, "defaultUserAuthentication", id="the pack's own"),
        pytest.param({}, "admin", "admin", id="any, if the formula says nothing"),
        pytest.param(
            {"allowed_authentication_names": ["auditor", "admin"]}, None, "auditor", id="the first allowed"
        ),
        pytest.param(
            {"allowed_authentication_names": ["auditor", "admin"]}, "admin", "admin", id="another allowed"
        ),
        pytest.param(
            {"connection_requirement": C.REQUIRED}, None, "defaultUserAuthentication", id="required"
        ),
    ],
)
def test_the_chosen_one(said: dict[str, Any], name: str | None, chosen: str) -> None:
    """The person chooses among those that the formula allows, else the formula does, else the pack."""
    pack = pack_of()
    connection = connection_of(pack, formula(**said), name)
    assert connection.authentication == pack.authentications[chosen]
    assert not connection.is_optional


@pytest.mark.parametrize(
    ("default", "said", "type_", "is_optional"),
    [
        pytest.param(None, {}, A.AWS_ACCESS_KEY, False, id="nothing said"),
        pytest.param(None, {"connection_requirement": C.NONE}, A.NONE, False, id="none"),
        pytest.param(C.NONE, {}, A.NONE, False, id="none by default"),
        pytest.param(C.NONE, {"connection_requirement": C.REQUIRED}, A.AWS_ACCESS_KEY, False, id="but this"),
        pytest.param(None, {"connection_requirement": C.OPTIONAL}, A.AWS_ACCESS_KEY, True, id="optional"),
        pytest.param(C.OPTIONAL, {}, A.AWS_ACCESS_KEY, True, id="optional by default"),
        pytest.param(
            C.NONE, {"allowed_authentication_names": ["admin"]}, A.AWS_ASSUME_ROLE, False, id="name"
        ),
    ],
)
def test_requirements(
    default: sdk.ConnectionRequirement | None,
    said: dict[str, Any],
    type_: sdk.AuthenticationType,
    is_optional: bool,
) -> None:
    """What the formula says comes before what the pack says for all; the default is the user's alone."""
    connection = connection_of(pack_of(default), formula(**said), None)
    assert (connection.authentication.type, connection.is_optional) == (type_, is_optional)
    assert connection.authentication.service == "s3"


@pytest.mark.parametrize(
    ("said", "name", "expected", "hint"),
    [
        pytest.param({}, "admni", "no authentication 'admni'", "Did you mean admin?", id="mistyped"),
        pytest.param(
            {}, "x", "no authentication 'x'", "It has defaultUserAuthentication, admin", id="unknown"
        ),
        pytest.param(
            {"allowed_authentication_names": ["admin"]},
            "auditor",
            "F does not allow",
            "It allows admin.",
            id="no",
        ),
        pytest.param(
            {"connection_requirement": C.NONE},
            "admin",
            "does not go with F",
            "It uses no account.",
            id="none",
        ),
    ],
)
def test_what_cannot_be_chosen(said: dict[str, Any], name: str, expected: str, hint: str) -> None:
    """A name that is not there, not allowed or of no use is a usage error."""
    with pytest.raises(UsageError, match=expected) as caught:
        connection_of(pack_of(), formula(**said), name)
    assert caught.value.details[0].startswith(hint)


def test_a_pack_without_authentication() -> None:
    """It has nothing to choose from."""
    assert chosen_authentication(sdk.new_pack(), None).type is A.NONE
    with pytest.raises(UsageError, match="no authentication 'admin'") as caught:
        chosen_authentication(sdk.new_pack(), "admin")
    assert caught.value.details == ("It has none.",)
