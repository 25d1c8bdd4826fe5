"""What a pack collects, and what only the whole pack shows to be wrong."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import DeclarationError, PackError

T = sdk.ParameterType
KEY = sdk.AuthenticationType.AWS_ACCESS_KEY
ROLE = sdk.AuthenticationType.AWS_ASSUME_ROLE


def join(
    context: sdk.ExecutionContext,
    separator: Annotated[str, "What stands between."],
    *words: Annotated[str, "A word."],
) -> str:
    """Join words."""
    return separator.join(words)


def test_the_decorator_returns_the_function_unchanged() -> None:
    """A formula can still be called as the function that it is."""
    pack = sdk.new_pack()
    assert pack.formula(join) is join
    assert pack.formula(name="Other", description="Another.")(join) is join
    assert [formula.name for formula in pack.formulas] == ["Join", "Other"]


def test_both_forms_make_the_same_formula() -> None:
    """``add_formula`` is the decorator spelled out, one to one."""
    decorated, spelled_out = sdk.new_pack(), sdk.new_pack()
    decorated.formula(is_action=True)(join)
    spelled_out.add_formula(
        name="Join",
        description="Join words.",
        parameters=[sdk.make_parameter(type=T.STRING, name="separator", description="What stands between.")],
        vararg_parameters=[sdk.make_parameter(type=T.STRING, name="words", description="A word.")],
        result_type=sdk.ValueType.STRING,
        is_action=True,
        execute=join,
    )
    assert decorated.formulas == spelled_out.formulas


def anything(*everything: Any) -> str:
    """Take any values."""
    return ""


async def later(context: sdk.ExecutionContext) -> str:
    """Await something."""
    return ""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"name": ""}, "formula name ''", id="no name"),
        pytest.param({"name": "Two Words"}, "formula name 'Two Words'", id="name of two words"),
        pytest.param({"execute": "join"}, "formula F: execute is no function", id="execute is text"),
        pytest.param({"execute": later}, "formula F is an async function", id="async"),
        pytest.param({"execute": lambda: ""}, "formula F, its first parameter", id="no context"),
        pytest.param({"result_type": "string"}, "formula F, result_type 'string'", id="result is text"),
        pytest.param({"parameters": ["x"]}, "formula F, parameters: 'x' is no", id="parameter is text"),
        pytest.param(
            {"vararg_parameters": [str]}, "vararg_parameters: <class 'str'> is", id="vararg is a class"
        ),
        pytest.param({"parameters": None}, "formula F, parameters must be a list, not None", id="no list"),
        pytest.param(
            {"parameters": sdk.make_parameter(type=T.STRING, name="a")},
            "formula F, parameters must be a list, not Parameter(",
            id="one parameter",
        ),
        pytest.param({"vararg_parameters": "a"}, "formula F, vararg_parameters must be a list", id="text"),
        pytest.param(
            {"parameters": [sdk.Parameter(5, "a")]},  # type: ignore[arg-type]  # what must be refused
            "formula F, parameter a: its description 5 is not text",
            id="description of a parameter",
        ),
        pytest.param({"description": 5}, "formula F, its description 5 is not text", id="description"),
        pytest.param({"description": None}, "formula F, its description None", id="description None"),
        pytest.param({"validate_parameters": "x"}, "validate_parameters is no function", id="validation"),
        pytest.param({"connection_requirement": "none"}, "'none' is not a member", id="requirement"),
        pytest.param(
            {"allowed_authentication_names": "admin"}, "must be a list, not 'admin'", id="names as text"
        ),
        pytest.param({"allowed_authentication_names": [1]}, "authentication name 1 is not", id="name"),
        pytest.param({"allowed_authentication_names": ["a", "a"]}, "has a name twice", id="name twice"),
        pytest.param(
            {"allowed_authentication_names": ["a"], "connection_requirement": sdk.ConnectionRequirement.NONE},
            "formula F, allowed_authentication_names does not go with ConnectionRequirement.NONE",
            id="names without account",
        ),
        pytest.param(
            {"parameters": [sdk.make_parameter(type=T.STRING, name=name) for name in ("a", "A")]},
            "formula F, parameter A: the name is taken twice",
            id="names alike",
        ),
        pytest.param(
            {
                "parameters": [
                    sdk.make_parameter(type=T.STRING, name="a", optional=True),
                    sdk.make_parameter(type=T.STRING, name="b"),
                ]
            },
            "formula F, parameter b: it is required, and a before it",
            id="optional before required",
        ),
    ],
)
def test_spelled_out_declarations_that_make_no_sense(changed: dict[str, Any], said: str) -> None:
    """Each fails at once, naming the formula and the parameter."""
    pack = sdk.new_pack()
    with pytest.raises(DeclarationError) as caught:
        pack.add_formula(**{"name": "F", "execute": anything, **changed})
    assert said in caught.value.message
    assert pack.formulas == ()


@pytest.mark.parametrize("second", [pytest.param("Join", id="same"), pytest.param("JOIN", id="another case")])
def test_formulas_declared_twice(second: str) -> None:
    """Two formulas whose names a person could not tell apart are refused."""
    pack = sdk.new_pack()
    pack.formula(join)
    with pytest.raises(DeclarationError, match=f"formula {second} is declared twice"):
        pack.formula(name=second)(join)


def wants(pack: sdk.Pack, name: str, **said: Any) -> None:
    """Declare a formula that says which account it needs."""
    pack.formula(name=name, **said)(lambda context: "")


REQUIRED = sdk.ConnectionRequirement.REQUIRED


@pytest.mark.parametrize(
    ("said", "contradiction"),
    [
        pytest.param(
            {"connection_requirement": REQUIRED},
            "F: it requires an account, and the pack declares no authentication",
            id="required",
        ),
        pytest.param(
            {"allowed_authentication_names": ["admin", "other"]},
            "F: there is no authentication other; there are: admin",
            id="unknown name",
        ),
    ],
)
def test_accounts_that_are_not_declared(said: dict[str, Any], contradiction: str) -> None:
    """A formula cannot require an account, nor one by a name, that the pack does not have."""
    pack = sdk.new_pack()
    pack.add_network_domain("amazonaws.com")
    pack.add_admin_authentication(name="admin", type=KEY, service="s3")
    wants(pack, "F", **said)
    (found,) = pack.contradictions()
    assert (found.problem, found.about) == (contradiction, pack.formulas[0])


def test_accounts_that_are_declared_later() -> None:
    """The order of the declarations does not matter."""
    pack = sdk.new_pack()
    pack.add_network_domain("amazonaws.com")
    wants(pack, "F", connection_requirement=REQUIRED)
    wants(pack, "G", allowed_authentication_names=["admin", "systemAuthentication"])
    pack.set_system_authentication(type=KEY, service="s3")
    pack.add_admin_authentication(name="admin", type=ROLE, service="s3")
    assert pack.contradictions() == ()


def test_column_formats() -> None:
    """A format is kept as it was declared, and its formula may come after it."""
    pack = sdk.new_pack()
    pack.add_column_format(name="Link", formula_name="Join", matchers=["^https://"], instructions="A URL.")
    assert "there is no formula Join" in pack.contradictions()[0].problem
    wants(pack, "Join")
    assert "must require one parameter, the value" in pack.contradictions()[0].problem
    (declared,) = pack.formats
    assert (declared.name, declared.instructions) == ("Link", "A URL.")
    with pytest.raises(DeclarationError, match="column format LINK is declared twice"):
        pack.add_column_format(name="LINK", formula_name="Join")


def test_domains_in_lower_case_and_in_order() -> None:
    """Domains are compared in lower case, however they were written."""
    pack = sdk.new_pack()
    pack.add_network_domain("Example.COM", "localhost:8080")
    pack.add_network_domain("amazonaws.com")
    assert pack.network_domains == ("example.com", "localhost:8080", "amazonaws.com")
    with pytest.raises(DeclarationError, match=r"example\.com is declared twice"):
        pack.add_network_domain("EXAMPLE.com")


@pytest.mark.parametrize("version", ["1", "1.2", "1.2.3", "10.0.11"])
def test_versions(version: str) -> None:
    """A version is one to three whole numbers."""
    pack = sdk.new_pack()
    assert pack.version is None
    pack.set_version(version)
    assert pack.version == version


@pytest.mark.parametrize("version", ["", "v1", "1.2.3.4", "1.", "1.2\n", "١", "1.0-beta", 1, None])
def test_versions_that_are_none(version: Any) -> None:
    """Anything else is refused."""
    with pytest.raises(DeclarationError, match="version"):
        sdk.new_pack().set_version(version)


def test_without_authentication_there_is_none() -> None:
    """A pack that declares no authentication sends its requests without."""
    authentication = sdk.new_pack().authentication
    assert (authentication.type, authentication.is_aws) == (sdk.AuthenticationType.NONE, False)


def test_user_authentication_comes_first() -> None:
    """Where both are declared, requests are made as the user."""
    pack = sdk.new_pack()
    pack.set_system_authentication(type=KEY, service="s3")
    assert pack.authentication.type is KEY
    pack.set_user_authentication(type=ROLE, service="s3")
    assert pack.authentication.type is ROLE


@pytest.mark.parametrize("first", ["set_user_authentication", "set_system_authentication"])
def test_a_pack_talks_to_one_service(first: str) -> None:
    """User and system authentication with two services are refused, in either order."""
    pack = sdk.new_pack()
    (second,) = {"set_user_authentication", "set_system_authentication"} - {first}
    getattr(pack, first)(type=KEY, service="s3")
    with pytest.raises(DeclarationError, match="two AWS services, dynamodb and s3"):
        getattr(pack, second)(type=KEY, service="dynamodb")


@pytest.mark.parametrize("declare", ["set_user_authentication", "set_system_authentication"])
def test_authentication_declared_twice(declare: str) -> None:
    """One authentication of each kind, even where the second is the same."""
    pack = sdk.new_pack()
    getattr(pack, declare)(type=KEY, service="s3")
    with pytest.raises(DeclarationError, match="declared twice"):
        getattr(pack, declare)(type=KEY, service="s3")


@pytest.mark.parametrize(
    ("domains", "network_domain", "said"),
    [
        pytest.param([], None, "no network domain", id="no domain"),
        pytest.param(["a.com", "b.com"], None, "give network_domain", id="several and none named"),
        pytest.param(["a.com"], "b.com", "not under one of", id="another than declared"),
        pytest.param(["a.com"], "nota.com", "not under one of", id="only ends like it"),
    ],
)
def test_contradictions(domains: list[str], network_domain: str | None, said: str) -> None:
    """What only the whole pack shows is told when it is complete."""
    pack = sdk.new_pack()
    pack.set_user_authentication(type=KEY, service="s3", network_domain=network_domain)
    pack.set_system_authentication(type=KEY, service="s3", network_domain=network_domain)
    pack.add_network_domain(*domains)
    first, second = pack.contradictions()
    assert said in first.problem
    assert second.problem == first.problem
    assert first.about is pack.authentication


@pytest.mark.parametrize(
    ("domains", "network_domain"),
    [
        pytest.param(["a.com"], None, id="one"),
        pytest.param(["a.com", "b.com"], "b.com", id="one of several"),
        pytest.param(["a.com", "b.com"], "Sub.B.com", id="below one of several"),
    ],
)
def test_no_contradictions(domains: list[str], network_domain: str | None) -> None:
    """A pack that says where its credentials go contradicts nothing."""
    pack = sdk.new_pack()
    pack.add_network_domain(*domains)
    pack.set_user_authentication(type=ROLE, service="s3", network_domain=network_domain)
    assert pack.contradictions() == ()


def test_several_domains_without_authentication_need_no_choice() -> None:
    """Where there are no credentials, none of the domains has to be named for them."""
    pack = sdk.new_pack()
    pack.add_network_domain("a.com", "b.com")
    pack.set_user_authentication(type=sdk.AuthenticationType.NONE)
    assert pack.contradictions() == ()


def test_declaration_errors_are_pack_errors() -> None:
    """A declaration error ends the program with the code of an invalid pack."""
    assert issubclass(DeclarationError, PackError)
    assert DeclarationError.exit_code == 3
