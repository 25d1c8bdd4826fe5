"""What a word of the command line names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import UsageError
from coda_cli.runtime.invocations import choose_invocation
from coda_cli.runtime.loader import LoadedPack

A = sdk.AuthenticationType
Suggested = Annotated[str, sdk.Parameter(autocomplete=["a"])]


def list_objects(context: Any, bucket: Suggested, prefix: str = "", *rest: Suggested) -> str:
    """List objects."""
    return ""


def hello(context: Any) -> str:
    """Greet."""
    return ""


def loaded(*more: str) -> LoadedPack:
    """A pack with two formulas, and more of these names."""
    pack = sdk.new_pack()
    pack.add_network_domain("amazonaws.com")
    step = sdk.SetEndpoint(name="site", description="Choose.", get_options=lambda context: [])
    pack.set_user_authentication(
        type=A.AWS_ACCESS_KEY, service="s3", get_connection_name=lambda context: "ada", post_setup=[step]
    )
    pack.add_admin_authentication(name="admin", type=A.AWS_ASSUME_ROLE, service="s3")
    pack.formula(
        list_objects,
    )
    pack.formula(validate_parameters=lambda context, parameters: None, name="Hello")(hello)
    for name in more:
        pack.formula(name=name)(hello)
    return LoadedPack(pack, Path("folder/pack.py"))


@pytest.mark.parametrize(
    ("word", "name"),
    [
        pytest.param("ListObjects", "ListObjects", id="formula"),
        pytest.param("list_objects", "ListObjects", id="formula, as the function"),
        pytest.param("ListObjects:autocomplete:bucket", "ListObjects:autocomplete:bucket", id="autocomplete"),
        pytest.param("list_objects:autocomplete:bucket", "ListObjects:autocomplete:bucket", id="as above"),
        pytest.param("ListObjects:autocomplete:rest", "ListObjects:autocomplete:rest", id="repeated one"),
        pytest.param("Hello:validateParameters", "Hello:validateParameters", id="validation"),
        pytest.param("hello:validate_parameters", "Hello:validateParameters", id="as Python spells it"),
        pytest.param("Auth:getConnectionName", "Auth:getConnectionName", id="name of the account"),
        pytest.param("auth:get_connection_name", "Auth:getConnectionName", id="as Python spells that"),
        pytest.param(
            "Auth:postSetup:setEndpoint:site", "Auth:postSetup:setEndpoint:site", id="step of the set-up"
        ),
    ],
)
def test_names(word: str, name: str) -> None:
    """Formulas and what stands beside them have names in either spelling."""
    assert choose_invocation(loaded(), word).formula.name == name


@pytest.mark.parametrize(
    ("word", "message", "hint"),
    [
        pytest.param(
            "Helo", "pack.py has no formula or sync table 'Helo'", "Did you mean Hello?", id="formula"
        ),
        pytest.param(
            "Helo:validateParameters", "no formula or sync table 'Helo'", "Did you mean Hello?", id="owner"
        ),
        pytest.param(
            ":autocomplete:bucket",
            "has no formula or sync table ''",
            "It has ListObjects, Hello",
            id="nobody",
        ),
        pytest.param(
            "ListObjects:autocomplete:",
            "has no 'ListObjects:autocomplete:'",
            "Did you mean ListObjects:autocomplete:rest or ListObjects:autocomplete:bucket?",
            id="no parameter",
        ),
        pytest.param(
            "ListObjects:autocomplet:bucket",
            "has no 'ListObjects:autocomplet:bucket'",
            "Did you mean ListObjects:autocomplete:bucket",
            id="mistyped",
        ),
        pytest.param(
            "ListObjects:x",
            "has no 'ListObjects:x'",
            "It has ListObjects:autocomplete:bucket, ListObjects:autocomplete:rest.",
            id="unknown",
        ),
        pytest.param(
            "ListObjects:validateParameters",
            "has no",
            "It has ListObjects:autocomplete:bucket",
            id="none such",
        ),
        pytest.param("Hello:", "has no 'Hello:'", "It has Hello:validateParameters.", id="nothing"),
        pytest.param("Auth:getName", "has no 'Auth:getName'", "It has Auth:", id="of the account"),
        pytest.param("Auth:getConectionName", "has no", "Did you mean Auth:getConnectionName?", id="typo"),
        pytest.param(
            "Auth:postSetup:setEndpoint:sites",
            "has no",
            "Did you mean Auth:postSetup:setEndpoint:site",
            id="step",
        ),
        pytest.param("Plain:x", "has no 'Plain:x'", "Plain has no metadata functions.", id="has none"),
    ],
)
def test_names_that_are_not_there(word: str, message: str, hint: str) -> None:
    """A wrong name gets the nearest ones, or all that its owner has."""
    with pytest.raises(UsageError) as caught:
        choose_invocation(loaded("Plain"), word)
    assert message in caught.value.message
    assert caught.value.details[0].startswith(hint)


def test_the_functions_of_an_authentication_run_with_it() -> None:
    """With the one that is named, else the pack's own; a step that sets the endpoint has none yet."""
    pack = loaded()
    name = choose_invocation(pack, "Auth:getConnectionName").connection.authentication
    assert name is pack.pack.authentication
    step = choose_invocation(pack, "Auth:postSetup:setEndpoint:site").connection.authentication
    assert (step.type, step.requires_endpoint_url) == (A.AWS_ACCESS_KEY, False)
    with pytest.raises(UsageError, match="has no 'Auth:getConnectionName'"):
        choose_invocation(pack, "Auth:getConnectionName", "admin")


def test_metadata_functions_run_with_the_account_of_their_formula() -> None:
    """What suggests the values of a parameter asks the same service as the formula does."""
    pack = loaded()
    chosen = choose_invocation(pack, "ListObjects:autocomplete:bucket", "admin").connection
    assert chosen.authentication is pack.pack.authentications["admin"]


def test_a_formula_called_auth() -> None:
    """It can be run, and hides no function of the authentication."""
    pack = loaded("Auth")
    assert choose_invocation(pack, "Auth").formula.name == "Auth"
    assert choose_invocation(pack, "Auth:getConnectionName").formula.description.startswith("Name the")
    with pytest.raises(UsageError, match="has no 'Auth:validateParameters'") as caught:
        choose_invocation(pack, "Auth:validateParameters")
    assert caught.value.details == ("Auth has no metadata functions.",)


def tables() -> LoadedPack:
    """A pack with a sync table whose parameter has an autocomplete."""
    pack = sdk.new_pack()
    pack.sync_table(name="Objects", validate_parameters=lambda context, parameters: None)(list_objects)
    pack.formula(hello)
    return LoadedPack(pack, Path("pack.py"))


@pytest.mark.parametrize(
    ("word", "name", "is_incremental"),
    [
        pytest.param("Objects", "Objects", False, id="table"),
        pytest.param("objects", "Objects", False, id="in another spelling"),
        pytest.param("Objects:incremental", "Objects:incremental", True, id="incremental"),
        pytest.param("Objects>incremental", "Objects:incremental", True, id="with the reference's sign"),
        pytest.param("Objects:autocomplete:bucket", "Objects:autocomplete:bucket", False, id="autocomplete"),
        pytest.param("Objects:validateParameters", "Objects:validateParameters", False, id="validation"),
    ],
)
def test_tables(word: str, name: str, is_incremental: bool) -> None:
    """A table has what formulas have, and incremental syncs; it is known to what stands beside it."""
    loaded_pack = tables()
    invocation = choose_invocation(loaded_pack, word)
    assert (invocation.formula.name, invocation.is_incremental) == (name, is_incremental)
    assert invocation.table is loaded_pack.pack.sync_tables[0]
    assert isinstance(invocation.formula, sdk.SyncTable) is (name in ("Objects", "Objects:incremental"))


def test_a_formula_belongs_to_no_table() -> None:
    """Nor is it incremental."""
    invocation = choose_invocation(tables(), "Hello")
    assert (invocation.table, invocation.is_incremental) == (None, False)
