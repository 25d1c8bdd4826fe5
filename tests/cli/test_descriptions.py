"""Packs and formulas in text."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - the annotations of the formula are read
from pathlib import Path
from typing import Annotated, Any

import click
import pytest

from coda_cli import sdk
from coda_cli.cli.descriptions import RedactedFormatter, describe_formula, describe_pack, heading
from coda_cli.redaction import Redactor
from coda_cli.runtime.loader import LoadedPack
from coda_cli.sdk.formulas import formula_of
from tests.runtime.tables import dynamic_table, table

A = sdk.AuthenticationType
SECRET = "MarkerToken" + "FwoGZXIvYXdzEJr" * 20


def formatter() -> RedactedFormatter:
    """A formatter that knows one secret."""
    redactor = Redactor()
    redactor.add_secret(SECRET)
    return RedactedFormatter(click.Context(click.Command("describe")), redactor)


def described(function: Any, **said: Any) -> str:
    """Describe a function as a formula, in one line."""
    form = formatter()
    describe_formula(LoadedPack(sdk.new_pack(), Path("pack.py")), formula_of(function, **said), form)
    return " ".join(form.getvalue().split())


def every_kind(
    context: sdk.ExecutionContext,
    text: Annotated[str, "Any text."],
    count: int,
    ratio: float | None,
    days: list[date] = [],  # noqa: B006 - the default is only looked at
    loud: bool = True,
    prefix: str = "",
    suffix: str = "!",
    *rest: Annotated[sdk.Email, "More."],
) -> list[int]:
    """Do something.

    This is for those who read the source.
    """
    return []


def test_a_formula() -> None:
    """Usage, description, every parameter with its type, whether it can be left out, and the result."""
    text = described(every_kind)
    for part in (
        "Usage: coda execute pack.py EveryKind TEXT COUNT [RATIO] [DAYS] [LOUD] [PREFIX] [SUFFIX] [REST]...",
        " Do something. text",
        "text string; Any text.",
        "count whole number ratio",
        "ratio number, optional",
        "days list of date, default []",
        "loud boolean, default true",
        "prefix string, optional",
        "suffix string, default !",
        "rest email, can be repeated; More.",
        "returns array of whole number",
    ):
        assert part in text
    assert "read the source" not in text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param({}, "Tasks [PROJECT] [TAGS]... (a sync table)", id="of rows"),
        pytest.param(
            {"execute_update": lambda context, updates, *params: []},
            "Tasks [PROJECT] [TAGS]... (a two-way sync table)",
            id="that can be changed",
        ),
    ],
)
def test_the_heading_of_a_table(said: dict[str, Any], shown: str) -> None:
    """It says what can be done with a table: nobody would look for Table:update otherwise."""
    assert heading(table(**said)) == shown


def test_the_heading_of_a_dynamic_table() -> None:
    """One that is dynamic may be two-way, too."""
    declared = dynamic_table(execute_update=lambda context, updates: [])
    assert heading(declared) == "Tasks (a dynamic two-way sync table)"


def test_the_schema_of_a_result() -> None:
    """The properties of a result stand below it, each by its path, with its type and what it is."""
    text, number = (sdk.make_schema(type=one) for one in (sdk.ValueType.STRING, sdk.ValueType.NUMBER))
    owner = sdk.make_object_schema(
        properties={"email": sdk.make_schema(type=sdk.ValueType.STRING, coda_type=sdk.ValueHintType.EMAIL)}
    )
    row = sdk.make_object_schema(
        properties={
            "key": sdk.make_schema(type=sdk.ValueType.STRING, required=True, description="What it is."),
            "size": number,
            "owner": owner,
            "tags": sdk.make_schema(
                type=sdk.ValueType.ARRAY, items=sdk.make_object_schema(properties={"label": text})
            ),
            "code": sdk.make_schema(type=sdk.ValueType.STRING, required=True),
        },
        id_property="key",
    )
    form = formatter()
    formula = formula_of(
        lambda context: [], name="F", schema=sdk.make_schema(type=sdk.ValueType.ARRAY, items=row)
    )
    describe_formula(LoadedPack(sdk.new_pack(), Path("pack.py")), formula, form)
    lines = form.getvalue().splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("    returns"))
    assert [" ".join(line.split()) for line in lines[at : at + 9]] == [
        "returns array of object",
        "key string, the id; What it is.",
        "size number",
        "owner object",
        "owner.email email",
        "tags array of object",
        "tags[].label string",
        "code string, required",
        "",
    ]
    assert lines[at + 1].startswith("      key  ")


def test_an_action() -> None:
    """An action says that it changes something."""
    assert "an action, which changes something" in described(every_kind, is_action=True)
    assert "an action" not in described(every_kind)


@pytest.mark.parametrize(
    ("authentication", "shown"),
    [
        pytest.param(None, "Authentication none", id="none declared"),
        pytest.param({"type": A.NONE}, "Authentication none", id="none"),
        pytest.param(
            {"type": A.AWS_ACCESS_KEY, "service": "s3"}, "Authentication AWS_ACCESS_KEY, service s3", id="key"
        ),
        pytest.param(
            {"type": A.AWS_ASSUME_ROLE, "service": "es", "instructions_url": "https://example.com/how"},
            "Authentication AWS_ASSUME_ROLE, service es Instructions https://example.com/how",
            id="role",
        ),
        pytest.param(
            {
                "type": A.AWS_ACCESS_KEY,
                "service": "s3",
                "requires_endpoint_url": True,
                "endpoint_domain": "example.com",
            },
            "needs an endpoint URL under example.com",
            id="endpoint",
        ),
    ],
)
def test_a_pack(authentication: dict[str, Any] | None, shown: str) -> None:
    """The authentication by its type and service, and the domains."""
    pack = sdk.new_pack()
    pack.add_network_domain("example.com", "example.org")
    if authentication is not None:
        pack.set_user_authentication(**authentication)
    form = formatter()
    describe_pack(LoadedPack(pack, Path("folder/pack.py")), form)
    text = " ".join(form.getvalue().split())
    assert text.startswith("Pack folder/pack.py ")
    assert shown in text
    assert text.endswith("Domains example.com, example.org")


def test_suggestions_of_a_parameter() -> None:
    """The first of those that are always the same are shown; a function is only named."""
    large = {"display": "Large", "value": "l"}
    parameters = [
        sdk.make_parameter(
            type=sdk.ParameterType.STRING, name="size", description="How big.", autocomplete=["s", large]
        ),
        sdk.make_parameter(type=sdk.ParameterType.NUMBER, name="number", autocomplete=list(range(9))),
        sdk.make_parameter(type=sdk.ParameterType.STRING, name="fruit", autocomplete=lambda *_: []),
    ]
    pack = sdk.new_pack()
    pack.add_formula(name="F", parameters=parameters, execute=lambda context, *values: None)
    form = formatter()
    describe_formula(LoadedPack(pack, Path("pack.py")), pack.formulas[0], form)
    text = " ".join(form.getvalue().split())
    assert "size string; suggests s, Large; How big." in text
    assert "number number; suggests 0, 1, 2, 3, 4, 5, … fruit" in text
    assert "fruit string; has an autocomplete" in text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param({}, "returns any The", id="nothing said"),
        pytest.param({"connection_requirement": sdk.ConnectionRequirement.NONE}, "account none", id="none"),
        pytest.param({"allowed_authentication_names": ["a", "b"]}, "account one of a, b", id="names"),
    ],
)
def test_the_account_of_a_formula(said: dict[str, Any], shown: str) -> None:
    """What a formula says of its account is shown below its result."""
    assert shown in described(lambda context: None, name="F", **said)


def test_the_rest_of_a_pack() -> None:
    """Named authentications, steps of the set-up and column formats are shown with what they say."""
    pack = sdk.new_pack()
    pack.add_network_domain("amazonaws.com")
    step = sdk.SetEndpoint(name="site", description="Choose a site.", get_options=lambda context: [])
    pack.set_user_authentication(type=A.AWS_ACCESS_KEY, service="s3", post_setup=[step])
    pack.add_admin_authentication(
        name="admin",
        display_name="Administrator",
        description="To delete.",
        type=A.AWS_ASSUME_ROLE,
        service="s3",
    )
    pack.formula(name="Look")(lambda context, value: "")
    pack.add_column_format(name="Link", formula_name="Look", matchers=["^a", "^b"], instructions="A URL.")
    pack.add_column_format(name="Plain", formula_name="Look")
    form = formatter()
    describe_pack(LoadedPack(pack, Path("pack.py")), form)
    text = " ".join(form.getvalue().split())
    assert "needs an endpoint URL, site suggests endpoints (Choose a site.)" in text
    assert "Authentication admin AWS_ASSUME_ROLE, service s3; Administrator; To delete." in text
    assert "Column format Link runs Look, offered for ^a or ^b; A URL." in text
    assert "Column format Plain runs Look" in text


def test_secrets_are_taken_out_before_lines_are_broken() -> None:
    """A long secret that was broken into lines would not be recognised."""

    def formula(context: Any, key: Annotated[str, f"Such as {SECRET}."] = SECRET) -> None:
        pass

    text = described(formula, description=f"Made with {SECRET}.")
    assert text.count("[secret]") == 3
    assert "Marker" not in text
    assert "FwoGZXIvYXdzEJr" not in text
