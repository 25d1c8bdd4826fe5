"""What a formula is, and how a plain function becomes one.

Owns names and signatures. Choosing and running a formula is the runtime's.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, ClassVar

from coda_cli.errors import DeclarationError
from coda_cli.sdk.building_blocks import (
    ConnectionRequirement,
    checked_authentication_names,
    checked_requirement,
)
from coda_cli.sdk.declarations import Gathering
from coda_cli.sdk.declared_values import check_call, check_function, check_text, checked_list
from coda_cli.sdk.parameters import (
    Parameter,
    check_parameter_name,
    checked_parameter,
    parameter_of,
    type_of,
)
from coda_cli.sdk.schema_annotations import declared_schema, schema_of
from coda_cli.sdk.schemas import Schema
from coda_cli.sdk.value_types import ValueHintType, ValueType

Execute = Callable[..., Any]

_CONTEXT_FIRST = "Write `def name(context: sdk.ExecutionContext, ...)`: the context is always passed first."


@dataclass(frozen=True, slots=True)
class Formula:
    """A named, typed function of a pack.

    ``execute`` is called with the context, then one value for each of ``parameters``, then the values of
    ``vararg_parameters`` repeated in turn. An action (``is_action``) changes something. The last three are
    those of every ``BuildingBlock``. Of a class that ``gives_rows``, results come row by row.
    """

    gives_rows: ClassVar[bool] = False

    name: str
    execute: Execute
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    vararg_parameters: tuple[Parameter, ...] = ()
    result: Schema = Schema()  # noqa: RUF009 - frozen
    is_action: bool = False
    validate_parameters: Callable[..., Any] | None = None
    connection_requirement: ConnectionRequirement | None = None
    allowed_authentication_names: tuple[str, ...] = ()


def pascal_case(name: str) -> str:
    """Spell a function's name as a formula's: ``list_buckets`` is ``ListBuckets``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def formula_of(
    function: Execute,
    *,
    name: str | None = None,
    description: str | None = None,
    schema: object = None,
    is_action: bool = False,
    validate_parameters: Callable[..., Any] | None = None,
    connection_requirement: ConnectionRequirement | None = None,
    allowed_authentication_names: Sequence[str] = (),
    result: Schema | None = None,
    kind: str = "formula",
) -> Formula:
    """Read a formula from a function: its name, docstring and signature.

    ``schema``, a schema or a Python type, says more of the result than the signature does; ``result`` takes
    the place of what the signature says. ``kind`` is what messages call it.

    Raises:
        DeclarationError: the function cannot be a formula; the message names the formula and parameter.
    """
    if not callable(function):
        raise DeclarationError(f"{function!r} is no function, so it cannot be a {kind}")
    name = name if name is not None else pascal_case(getattr(function, "__name__", ""))
    check_formula_name(name, kind)
    _check_not_async(f"{kind} {name}", function)
    try:
        parameters, varargs, result = _signature(function, result)
        if schema is not None:
            result = _said_twice(result, declared_schema(schema), "the annotation of the result")
        return _checked(
            Formula(
                name=name,
                execute=function,
                description=_first_paragraph(function) if description is None else description,
                parameters=parameters,
                vararg_parameters=varargs,
                result=result,
                is_action=is_action,
                validate_parameters=validate_parameters,
                connection_requirement=connection_requirement,
            ),
            allowed_authentication_names,
        )
    except DeclarationError as error:
        raise error.placed(f"{kind} {name}, ") from None


def formula_spelled_out(
    *,
    name: str,
    description: str,
    parameters: Sequence[Parameter],
    vararg_parameters: Sequence[Parameter],
    result_type: ValueType | None = None,
    coda_type: ValueHintType | None = None,
    items: object = None,
    schema: object = None,
    is_action: bool = False,
    execute: Execute,
    validate_parameters: Callable[..., Any] | None = None,
    connection_requirement: ConnectionRequirement | None = None,
    allowed_authentication_names: Sequence[str] = (),
    kind: str = "formula",
) -> Formula:
    """Make a formula from its parts, one to one with the TypeScript call; messages call it ``kind``.

    Raises:
        DeclarationError: a part makes no sense; the message names the formula and parameter.
    """
    check_formula_name(name, kind)
    check_function(execute, f"{kind} {name}: execute")
    _check_not_async(f"{kind} {name}", execute)
    try:
        fixed = _spelled_out_parameters(parameters, "parameters")
        varargs = _spelled_out_parameters(vararg_parameters, "vararg_parameters")
        _signature_parameters(execute)
        _check_parameters(fixed, varargs)
        _check_call(execute, [parameter.name for parameter in (*fixed, *varargs)])
        return _checked(
            Formula(
                name=name,
                execute=execute,
                description=description,
                parameters=fixed,
                vararg_parameters=varargs,
                result=_spelled_out_result(result_type, coda_type, items, schema),
                is_action=is_action,
                validate_parameters=validate_parameters,
                connection_requirement=connection_requirement,
            ),
            allowed_authentication_names,
        )
    except DeclarationError as error:
        raise error.placed(f"{kind} {name}, ") from None


def _spelled_out_parameters(parameters: object, what: str) -> tuple[Parameter, ...]:
    given = checked_list(parameters, what)
    for parameter in given:
        if not isinstance(parameter, Parameter):
            raise DeclarationError(f"{what}: {parameter!r} is no parameter", "Use sdk.make_parameter.")
    return tuple(map(checked_parameter, given))


def _checked(formula: Formula, allowed_authentication_names: object) -> Formula:
    """Return a formula whose description, validation and account are what they must be."""
    check_text(formula.description, "its description")
    if formula.validate_parameters is not None:
        check_call(formula.validate_parameters, "validate_parameters", ["the parameters"])
    requirement = checked_requirement(formula.connection_requirement, "connection_requirement")
    names = checked_authentication_names(allowed_authentication_names, requirement)
    return replace(formula, allowed_authentication_names=names)


def _spelled_out_result(
    result_type: ValueType | None, coda_type: ValueHintType | None, items: object, schema: object
) -> Schema:
    """Put together what a formula spelled out says of its result."""
    if result_type is not None and not isinstance(result_type, ValueType):
        raise DeclarationError(f"result_type {result_type!r} is not a member of sdk.ValueType")
    if coda_type is None and items is None:
        said = Schema(type=result_type)
    elif result_type is None:
        raise DeclarationError("coda_type and items go with a result_type, and there is none")
    else:
        from coda_cli.sdk.schema_declarations import schema_of_fields

        described = None if items is None else declared_schema(items, "items")
        said = schema_of_fields({"type": result_type, "coda_type": coda_type, "items": described})
    return said if schema is None else _said_twice(said, declared_schema(schema), "result_type")


def _said_twice(said: Schema, declared: Schema, who: str) -> Schema:
    """Return the declared schema, which must be of the type that was said elsewhere too."""
    outer, inner = (said, said.items), (declared, declared.items)
    for one, other in zip(outer, inner, strict=True):
        if one is not None and other is not None and one.type not in (None, other.type):
            raise DeclarationError(f"schema: it is {declared}, and {who} says {said}")
    return replace(declared, nullable=True) if said.nullable and said.type is not None else declared


def check_formula_name(name: object, kind: str = "formula") -> None:
    """Refuse names that a command line or a document's formula language could not spell."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise DeclarationError(
            f"{kind} name {name!r} must be letters, digits and underscores, and begin with a letter"
        )


def _check_not_async(what: str, function: Execute) -> None:
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise DeclarationError(f"{what} is an async function", "Write it with a plain `def`.")


def _signature_parameters(function: Execute) -> list[inspect.Parameter]:
    """Return a function's parameters, of which the first can take the context."""
    try:
        given = list(inspect.signature(function).parameters.values())
    except ValueError as error:  # some functions written in C have none
        raise DeclarationError(f"it cannot be used: {error}", _CONTEXT_FIRST) from None
    if not given or given[0].kind in (given[0].KEYWORD_ONLY, given[0].VAR_KEYWORD):
        raise DeclarationError("its first parameter is not the context", _CONTEXT_FIRST)
    return given


def _check_call(execute: Execute, names: list[str]) -> None:
    """Refuse a function that could not be called with the context and these parameters."""
    try:
        inspect.signature(execute).bind(None, *names)
    except TypeError as error:
        raise DeclarationError(
            f"execute cannot be called with the context and {', '.join(names) or 'no parameters'}: {error}"
        ) from None


def _first_paragraph(function: Execute) -> str:
    paragraph = (inspect.getdoc(function) or "").split("\n\n", 1)[0]
    return " ".join(paragraph.split())


def _signature(
    function: Execute, known_result: Schema | None = None
) -> tuple[tuple[Parameter, ...], tuple[Parameter, ...], Schema]:
    """Read what a function takes and gives back; a result that is known already is not read."""
    context, *given = _signature_parameters(function)
    unneeded = {context.name} if known_result is None else {context.name, "return"}
    try:
        hints = _type_hints(function, unneeded)
    except NameError as error:
        annotated = [(f"parameter {one.name}", str(one.annotation)) for one in given]
        place = next((place for place, text in annotated if str(error.name) in text), "its result")
        raise DeclarationError(
            f"{place}: {error}",
            "Define or import the name above the formula, not in a function nor under TYPE_CHECKING.",
        ) from None
    except (AttributeError, TypeError, SyntaxError) as error:
        raise DeclarationError(f"its annotations: {error}") from None
    if context.kind is context.VAR_POSITIONAL or (context.name in hints and type_of(hints[context.name])):
        raise DeclarationError(f"its first parameter is not the context but `{context}`", _CONTEXT_FIRST)
    parameters: list[Parameter] = []
    varargs: list[Parameter] = []
    result = known_result or Schema()
    gathering = Gathering()
    for parameter in given:
        with gathering:
            if parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD):
                raise DeclarationError(
                    f"parameter {parameter.name}: parameters are passed by position, "
                    "and this one is by keyword"
                )
            is_vararg = parameter.kind is parameter.VAR_POSITIONAL
            annotation = hints.get(parameter.name, parameter.empty)
            read = parameter_of(parameter.name, annotation, parameter.default, vararg=is_vararg)
            (varargs if is_vararg else parameters).append(read)
    with gathering:
        _check_parameters(tuple(parameters), tuple(varargs))
    with gathering:
        if known_result is None and "return" in hints:
            result = schema_of(hints["return"])
    gathering.end()
    return tuple(parameters), tuple(varargs), result


def _type_hints(function: Execute, unneeded: set[str]) -> dict[str, Any]:
    """Return the annotations; those that nobody needs, the context's one, may name what is not there."""
    try:
        return typing.get_type_hints(function, include_extras=True)
    except NameError:
        others = {
            name: one for name, one in inspect.get_annotations(function).items() if name not in unneeded
        }
        names = getattr(inspect.unwrap(function), "__globals__", {})
        return typing.get_type_hints(
            SimpleNamespace(__annotations__=others), globalns=names, include_extras=True
        )


def _check_parameters(parameters: tuple[Parameter, ...], varargs: tuple[Parameter, ...]) -> None:
    seen: set[str] = set()
    optional = ""
    gathering = Gathering()
    for parameter in (*parameters, *varargs):
        with gathering:
            check_parameter_name(parameter.name)
            if parameter.name.lower() in seen:
                raise DeclarationError(f"parameter {parameter.name}: the name is taken twice")
            seen.add(parameter.name.lower())
    for parameter in parameters:
        with gathering:
            if parameter.optional:
                optional = parameter.name
            elif optional:
                raise DeclarationError(
                    f"parameter {parameter.name}: it is required, and {optional} before it is optional"
                )
    gathering.end()
