"""Metadata functions: the functions beside a formula, a table or an authentication, made formulas themselves.

Owns what each is given and what it must give back. As formulas, they are read, run, checked, shown and
failing like every other. Choosing one by its name is ``invocations``'.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from coda_cli.errors import ResultError, UsageError
from coda_cli.runtime.json_values import members_of
from coda_cli.runtime.parameters import read_parameters
from coda_cli.sdk.autocomplete import option_of, simple_autocomplete
from coda_cli.sdk.formulas import Formula
from coda_cli.sdk.parameters import Parameter, ParameterType
from coda_cli.sdk.schemas import Schema
from coda_cli.sdk.value_types import ValueType

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo
    from typing import Any

    from coda_cli.sdk.building_blocks import BuildingBlock
    from coda_cli.sdk.context import ExecutionContext
    from coda_cli.sdk.post_setup import SetEndpoint

SEARCH = Parameter("What has been typed so far.", "search", optional=True, default="")
_OTHERS = Parameter("What is already given, as a JSON object.", "parameters", optional=True, default="")

_TEXT = Schema(type=ValueType.STRING)
_VALIDATION = Schema(
    type=ValueType.OBJECT,
    properties={
        "is_valid": Schema(type=ValueType.BOOLEAN, from_key="isValid", required=True),
        "message": _TEXT,
        "errors": Schema(
            type=ValueType.ARRAY,
            items=Schema(
                type=ValueType.OBJECT,
                properties={
                    "message": replace(_TEXT, required=True),
                    "parameter_name": replace(_TEXT, required=True, from_key="parameterName"),
                },
            ),
        ),
    },
)


def options_schema(value: ValueType) -> Schema:
    """Return the schema of suggestions whose values are of this type."""
    option = {"display": replace(_TEXT, required=True), "value": Schema(type=value, required=True)}
    return Schema(type=ValueType.ARRAY, items=Schema(type=ValueType.OBJECT, properties=option))


def autocomplete_formula(name: str, block: BuildingBlock, parameter: Parameter) -> Formula:
    """Make a formula of a parameter's autocomplete: it takes a search and the other parameters as JSON."""
    autocomplete = parameter.autocomplete
    assert autocomplete is not None

    def execute(context: ExecutionContext, search: str, others: str) -> object:
        given = _given_parameters(name, block, others, context.timezone)
        if not callable(autocomplete):
            return simple_autocomplete(search, autocomplete)
        return as_options(autocomplete(context, search, given))

    of_numbers = parameter.type.item is ParameterType.NUMBER
    return Formula(
        name,
        execute,
        description=f"Suggest values for {parameter.name} of {block.name}.",
        parameters=(SEARCH, _OTHERS),
        result=options_schema(ValueType.NUMBER if of_numbers else ValueType.STRING),
    )


def validation_formula(name: str, block: BuildingBlock, validate_parameters: Callable[..., Any]) -> Formula:
    """Make a formula of a validation: it takes the parameters of the formula or table itself."""

    def execute(context: ExecutionContext, *values: object) -> object:
        count = len(block.parameters)
        named = dict(zip((one.name for one in block.parameters), values, strict=False))
        step = len(block.vararg_parameters)
        for at, one in enumerate(block.vararg_parameters):
            named[one.name] = list(values[count + at :: step])
        result = validate_parameters(context, named)
        said = members_of(result) or {}
        if said.get("isValid", said.get("is_valid")) is False and not said.get("message"):
            raise ResultError(f"{name}: the result says that the parameters are not valid, without a message")
        return result

    return Formula(
        name,
        execute,
        description=f"Tell whether the parameters of {block.name} go together.",
        parameters=block.parameters,
        vararg_parameters=block.vararg_parameters,
        result=_VALIDATION,
    )


def connection_name_formula(name: str, get_connection_name: Callable[..., Any]) -> Formula:
    """Make a formula of the function that names the account."""
    return Formula(
        name, get_connection_name, description="Name the account that requests are sent with.", result=_TEXT
    )


def set_endpoint_formula(name: str, step: SetEndpoint) -> Formula:
    """Make a formula of a step after the set-up of an account: the endpoints to choose from."""

    def execute(context: ExecutionContext) -> object:
        return as_options(step.get_options(context))

    return Formula(name, execute, description=step.description, result=options_schema(ValueType.STRING))


def as_options(result: object) -> object:
    """Make suggestions of what a function gave, as far as it gave what can be one."""
    return [option_of(item) for item in result] if isinstance(result, list | tuple) else result


def _given_parameters(name: str, block: BuildingBlock, text: str, timezone: tzinfo) -> dict[str, object]:
    """Read a JSON object of parameters, each as its type says, as the formula or table would get them.

    Raises:
        UsageError: it is no JSON object, a parameter is unknown, or a value is not of its type.
    """
    try:
        given = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise UsageError(
            f"{name}: the parameters are no JSON object", 'Write them like {"name": "value", "other": 1}.'
        )
    texts = [
        (key, value if isinstance(value, str) else json.dumps(value))
        for key, value in given.items()
        if value is not None
    ]
    optional = tuple(replace(one, optional=True) for one in block.parameters)
    any_of_them = Formula(block.name, _given_parameters, parameters=optional)
    values = read_parameters(any_of_them, [], texts, timezone)
    named = dict(texts)
    return {one.name: value for one, value in zip(optional, values, strict=True) if one.name in named}
