"""What pack authors and scripts may rely on, written down once more so that it cannot drift unseen."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from coda_cli import sdk
from coda_cli.sdk import AuthenticationType, ParameterType, ValueType
from tests.source_model import ROOT

if TYPE_CHECKING:
    from enum import Enum

SDK = [
    "PROPERTY_LABEL_VALUE_TEMPLATE",
    "AttributionNode",
    "AttributionNodeType",
    "AuthenticationType",
    "ConnectionRequirement",
    "CurrencyFormat",
    "DurationUnit",
    "Email",
    "EmailDisplayType",
    "ExecutionContext",
    "FetchRequest",
    "FetchResponse",
    "Fetcher",
    "File",
    "Format",
    "Formula",
    "GetPermissionsRequest",
    "Html",
    "Identity",
    "Image",
    "ImageCornerStyle",
    "ImageOutline",
    "ImageShapeStyle",
    "IndexDefinition",
    "InvocationLocation",
    "LinkDisplayType",
    "Logger",
    "Markdown",
    "MissingScopesError",
    "OptionsType",
    "Pack",
    "Parameter",
    "ParameterType",
    "PostSetupType",
    "PropertyIdentifierDetails",
    "ReservedAuthenticationNames",
    "ResponseSizeTooLargeError",
    "ScaleIconSet",
    "Schema",
    "SetEndpoint",
    "SimpleAutocompleteOption",
    "StatusCodeError",
    "Sync",
    "SyncCompletionMetadata",
    "SyncResult",
    "SyncTable",
    "SyncUpdate",
    "TemporaryBlobStorage",
    "UserVisibleError",
    "ValueHintType",
    "ValueType",
    "autocomplete_search",
    "autocomplete_search_objects",
    "generate_schema",
    "get_effective_property_keys_from_schema",
    "join_url",
    "make_attribution_node",
    "make_object_schema",
    "make_parameter",
    "make_reference_schema_from_object_schema",
    "make_schema",
    "new_pack",
    "schema",
    "simple_autocomplete",
    "with_identity",
    "with_query_params",
]

AUTHENTICATION_TYPES = {
    "NONE": "None",
    "HEADER_BEARER_TOKEN": "HeaderBearerToken",
    "CUSTOM_HEADER_TOKEN": "CustomHeaderToken",
    "MULTI_HEADER_TOKEN": "MultiHeaderToken",
    "QUERY_PARAM_TOKEN": "QueryParamToken",
    "MULTI_QUERY_PARAM_TOKEN": "MultiQueryParamToken",
    "OAUTH2": "OAuth2",
    "OAUTH2_CLIENT_CREDENTIALS": "OAuth2ClientCredentials",
    "WEB_BASIC": "WebBasic",
    "CUSTOM": "Custom",
    "AWS_ACCESS_KEY": "AWSAccessKey",
    "AWS_ASSUME_ROLE": "AWSAssumeRole",
    "CODA_API_HEADER_BEARER_TOKEN": "CodaApiHeaderBearerToken",
    "GOOGLE_DOMAIN_WIDE_DELEGATION": "GoogleDomainWideDelegation",
    "GOOGLE_SERVICE_ACCOUNT": "GoogleServiceAccount",
    "VARIOUS": "Various",
}

CONNECTION_REQUIREMENTS = {"NONE": "none", "OPTIONAL": "optional", "REQUIRED": "required"}

RESERVED_NAMES = {"DEFAULT": "defaultUserAuthentication", "SYSTEM": "systemAuthentication"}

VALUE_TYPES = {
    "BOOLEAN": "boolean",
    "NUMBER": "number",
    "STRING": "string",
    "ARRAY": "array",
    "OBJECT": "object",
}

VALUE_HINT_TYPES = {
    "DATE": "date",
    "TIME": "time",
    "DATE_TIME": "datetime",
    "DURATION": "duration",
    "EMAIL": "email",
    "PERSON": "person",
    "PERCENT": "percent",
    "CURRENCY": "currency",
    "IMAGE_REFERENCE": "image",
    "IMAGE_ATTACHMENT": "imageAttachment",
    "URL": "url",
    "MARKDOWN": "markdown",
    "HTML": "html",
    "EMBED": "embed",
    "REFERENCE": "reference",
    "ATTACHMENT": "attachment",
    "SLIDER": "slider",
    "SCALE": "scale",
    "PROGRESS_BAR": "progressBar",
    "TOGGLE": "toggle",
    "SELECT_LIST": "selectList",
}

RENDERING: dict[type[Enum], str] = {
    sdk.AttributionNodeType: "TEXT=1 LINK=2 IMAGE=3",
    sdk.CurrencyFormat: "CURRENCY=currency ACCOUNTING=accounting FINANCIAL=financial",
    sdk.DurationUnit: "DAYS=days HOURS=hours MINUTES=minutes SECONDS=seconds",
    sdk.EmailDisplayType: "ICON_AND_EMAIL=iconAndEmail ICON_ONLY=iconOnly EMAIL_ONLY=emailOnly",
    sdk.ImageCornerStyle: "ROUNDED=rounded SQUARE=square",
    sdk.ImageOutline: "DISABLED=disabled SOLID=solid",
    sdk.ImageShapeStyle: "AUTO=auto CIRCLE=circle",
    sdk.LinkDisplayType: "ICON_ONLY=iconOnly URL=url TITLE=title CARD=card EMBED=embed",
    sdk.OptionsType: "DYNAMIC=__coda_dynamic__",
    sdk.ScaleIconSet: (
        "STAR=star CIRCLE=circle FIRE=fire BUG=bug DIAMOND=diamond BELL=bell THUMBS_UP=thumbsup HEART=heart "
        "CHILI=chili SMILEY=smiley LIGHTNING=lightning CURRENCY=currency COFFEE=coffee PERSON=person "
        "BATTERY=battery COCKTAIL=cocktail CLOUD=cloud SUN=sun CHECKMARK=checkmark LIGHT_BULB=lightbulb"
    ),
}

SCALARS = ["STRING", "NUMBER", "BOOLEAN", "DATE", "HTML", "IMAGE", "FILE", "MARKDOWN", "EMAIL"]


def test_sdk_offers_what_is_written_down() -> None:
    """A name is added to or taken from the sdk on purpose, here and in the changelog."""
    assert sdk.__all__ == SDK


def test_every_listed_name_exists() -> None:
    """``__all__`` is the truth about what is there."""
    assert [name for name in sdk.__all__ if not hasattr(sdk, name)] == []


def test_every_imported_name_is_listed() -> None:
    """``__all__`` is the whole truth: the sdk's own file imports no name that it does not offer."""
    tree = ast.parse((ROOT / "coda_cli/sdk/__init__.py").read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name
        for statement in tree.body
        for node in (statement.body if isinstance(statement, ast.If) else [statement])
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("coda_cli.")
        for alias in node.names
    }
    assert imported == set(sdk.__all__)


@pytest.mark.parametrize(
    ("enum", "members"),
    [
        pytest.param(AuthenticationType, AUTHENTICATION_TYPES, id="AuthenticationType"),
        pytest.param(ValueType, VALUE_TYPES, id="ValueType"),
        pytest.param(sdk.ValueHintType, VALUE_HINT_TYPES, id="ValueHintType"),
        pytest.param(sdk.ConnectionRequirement, CONNECTION_REQUIREMENTS, id="ConnectionRequirement"),
        pytest.param(sdk.PostSetupType, {"SET_ENDPOINT": "SetEndPoint"}, id="PostSetupType"),
        pytest.param(sdk.ReservedAuthenticationNames, RESERVED_NAMES, id="ReservedAuthenticationNames"),
    ],
)
def test_enums_keep_the_reference_strings(enum: type[Enum], members: dict[str, str]) -> None:
    """Members are in upper case and keep the string of the TypeScript SDK as their value."""
    assert {member.name: member.value for member in enum} == members


@pytest.mark.parametrize(("enum", "members"), RENDERING.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_rendering_keeps_the_reference_strings(enum: type[Enum], members: str) -> None:
    """So do the members that say how a value is shown."""
    assert " ".join(f"{member.name}={member.value}" for member in enum) == members


def test_parameter_types_are_scalars_arrays_and_sparse_arrays() -> None:
    """Every scalar type has an array and a sparse array."""
    assert {member.name for member in ParameterType} == {
        *SCALARS,
        *(f"{name}_ARRAY" for name in SCALARS),
        *(f"SPARSE_{name}_ARRAY" for name in SCALARS),
    }


def test_pack_code_may_catch_errors_by_their_sdk_name() -> None:
    """The errors that the sdk offers are the ones that the runner raises, not copies."""
    import coda_cli.errors

    offered = [name for name in SDK if name.endswith("Error")]
    assert offered
    assert all(getattr(sdk, name) is getattr(coda_cli.errors, name) for name in offered)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("newPack", "no attribute 'newPack'; it is called new_pack here", id="the reference's"),
        pytest.param(
            "makeObjectSchema", "it is called make_object_schema here", id="one that is loaded late"
        ),
        pytest.param("no_such", "no attribute 'no_such'$", id="of nothing"),
    ],
)
def test_other_names(name: str, said: str) -> None:
    """Whoever ports a pack is told how a name of the reference is written here."""
    with pytest.raises(AttributeError, match=said):
        getattr(sdk, name)
