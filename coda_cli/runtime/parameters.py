"""Turn the text of a command line into the values that a formula is called with.

Owns the rules of coercion. It reads no files and runs nothing.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from coda_cli.errors import UsageError
from coda_cli.redaction import excerpt
from coda_cli.runtime.spec import nearest
from coda_cli.sdk.parameters import Parameter, ParameterType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from coda_cli.sdk.formulas import Formula

MOST_DIGITS = 4300
"""Python's own limit for reading and writing whole numbers as text."""

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,9})?", re.ASCII | re.IGNORECASE)


class LastParameter(Parameter):
    """The last of a formula's parameters, which is given last: behind optional and repeated ones, too."""

    __slots__ = ()


class _UnreadableError(UsageError):
    """The text is not of the type; its message completes "'abc' is ..."."""


def read_parameters(
    formula: Formula, texts: Sequence[str], named: Sequence[tuple[str, str]], timezone: tzinfo
) -> list[object]:
    """Return the values for ``formula.execute``, one a position.

    Args:
        formula: whose parameters they are.
        texts: the values given by position.
        named: pairs of name and value, as ``--param`` gives them.
        timezone: the one that dates without an offset are in.

    Raises:
        UsageError: too few, too many, named twice, unknown, or not of the declared type.
    """
    texts, named = _with_last_named(formula, texts, named)
    positions = sum(not isinstance(parameter, LastParameter) for parameter in formula.parameters)
    given = _by_name(formula, texts[:positions], named)
    values = [
        _read(formula, parameter, given[parameter.name], timezone)
        if parameter.name in given
        else _omitted(formula, parameter)
        for parameter in formula.parameters
    ]
    return values + _read_varargs(formula, texts[positions:], timezone)


def _with_last_named(
    formula: Formula, texts: Sequence[str], named: Sequence[tuple[str, str]]
) -> tuple[Sequence[str], Sequence[tuple[str, str]]]:
    """Take the value of a parameter that is given last from the positions, unless it is given by name."""
    last = formula.parameters[-1] if formula.parameters else None
    if not isinstance(last, LastParameter) or not texts or last.name in dict(named):
        return texts, named
    return texts[:-1], [*named, (last.name, texts[-1])]


def usage(formula: Formula) -> str:
    """Return the formula's line of usage: ``ListObjects BUCKET [PREFIX]``."""
    words = [p.name.upper() if not p.optional else f"[{p.name.upper()}]" for p in formula.parameters]
    last = [words.pop()] if formula.parameters and isinstance(formula.parameters[-1], LastParameter) else []
    varargs = " ".join(p.name.upper() for p in formula.vararg_parameters)
    return " ".join([formula.name, *words, *([f"[{varargs}]..."] if varargs else []), *last])


def _by_name(formula: Formula, texts: Sequence[str], named: Sequence[tuple[str, str]]) -> dict[str, str]:
    names = [parameter.name for parameter in formula.parameters]
    given = dict(zip(names, texts, strict=False))
    for name, text in named:
        if name not in names:
            raise UsageError(f"{formula.name} has no parameter {name!r}", *_names_hint(formula, name, names))
        if name in given:
            raise UsageError(f"{formula.name}: parameter {name} is given twice")
        given[name] = text
    return given


def _names_hint(formula: Formula, name: str, names: list[str]) -> list[str]:
    if name in [parameter.name for parameter in formula.vararg_parameters]:
        return [f"{name} can be repeated, so its values are given by position."]
    close = nearest(name, names)
    if close:
        return [f"Did you mean {' or '.join(close)}?"]
    return [f"Usage: {usage(formula)}"]


def _omitted(formula: Formula, parameter: Parameter) -> object:
    if not parameter.optional:
        raise UsageError(f"{formula.name} needs parameter {parameter.name}", f"Usage: {usage(formula)}")
    return parameter.default


def _read_varargs(formula: Formula, texts: Sequence[str], timezone: tzinfo) -> list[object]:
    """Read what is left over; the definitions repeat in turn."""
    definitions = formula.vararg_parameters
    if texts and not definitions:
        most = len(formula.parameters)
        raise UsageError(
            f"{formula.name} takes {'no parameters' if not most else f'at most {most}'}, "
            f"and {most + len(texts)} are given",
            f"Usage: {usage(formula)}",
        )
    if definitions and len(texts) % len(definitions):
        names = ", ".join(parameter.name for parameter in definitions)
        raise UsageError(f"{formula.name} takes {names} together, as often as wanted, and one is missing")
    return [
        _read(formula, definitions[position % len(definitions)], text, timezone)
        for position, text in enumerate(texts)
    ]


def _read(formula: Formula, parameter: Parameter, text: str, timezone: tzinfo) -> object:
    reader = _reader(parameter, timezone)
    try:
        if parameter.type.is_array:
            return _read_array(parameter.type, text, reader)
        return reader(text)
    except _UnreadableError as error:
        raise UsageError(f"{formula.name}: parameter {parameter.name}: {error}") from None


def _reader(parameter: Parameter, timezone: tzinfo) -> Callable[[str], object]:
    match parameter.type.item:
        case ParameterType.NUMBER:
            return lambda text: _number(text, parameter.python_type)
        case ParameterType.BOOLEAN:
            return _boolean
        case ParameterType.DATE if parameter.python_type is date:
            return _date
        case ParameterType.DATE:
            return lambda text: _datetime(text, timezone)
        case _:
            return lambda text: text


def _read_array(type_: ParameterType, text: str, reader: Callable[[str], object]) -> list[object]:
    stripped = text.strip()
    if not stripped:
        return []
    if stripped.startswith("["):
        return [_json_item(type_, item, reader) for item in _json_array(stripped)]
    return [_item(type_, item.strip(), reader) for item in stripped.split(",")]


def _item(type_: ParameterType, text: str, reader: Callable[[str], object]) -> object:
    try:
        return reader(text)
    except _UnreadableError:
        if type_.is_sparse:
            return None
        raise


def _json_array(text: str) -> list[object]:
    def keep(number: str) -> _Number:
        return _Number(number)

    try:
        items: list[object] = json.loads(text, parse_int=keep, parse_float=keep, parse_constant=keep)
    except (ValueError, RecursionError):
        raise _UnreadableError(
            f"{_shown(text)} begins like a JSON array and is none; "
            'write texts in it with double quotes: ["a", "b"]'
        ) from None
    return items


class _Number(str):
    """A number of a JSON array, still as its text, so that it is read like any other."""

    __slots__ = ()


def _json_item(type_: ParameterType, item: object, reader: Callable[[str], object]) -> object:
    expected: type = {ParameterType.NUMBER: _Number, ParameterType.BOOLEAN: bool}.get(type_.item, str)
    fits = isinstance(item, expected) and (expected is not str or not isinstance(item, _Number))
    if fits:
        return _item(type_, str(item), reader)
    if type_.is_sparse:
        return None
    shown = str(item) if isinstance(item, _Number) else json.dumps(item, ensure_ascii=False)
    raise _UnreadableError(f"the item {_shown(shown)} is not of type {type_.item}")


def _number(text: str, python_type: type | None) -> int | float:
    """Read a decimal number; ``int`` asks for a whole one, and None takes what the text is."""
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        raise _UnreadableError(f"{_shown(text)} is not a number")
    if sum(character.isdigit() for character in stripped) > MOST_DIGITS:
        raise _UnreadableError(f"{_shown(text)} has more than {MOST_DIGITS} digits")
    from decimal import Decimal

    exact = Decimal(stripped)
    if exact.adjusted() >= MOST_DIGITS:
        raise _UnreadableError(f"{_shown(text)} has more than {MOST_DIGITS} digits")
    is_whole = exact == exact.to_integral_value()
    if python_type is int and not is_whole:
        raise _UnreadableError(f"{_shown(text)} is not a whole number")
    return int(exact) if is_whole and python_type is not float else _finite(stripped)


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _UnreadableError(f"{_shown(text)} is too large a number")
    return value


def _boolean(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered not in ("true", "false"):
        raise _UnreadableError(f"{_shown(text)} is neither true nor false")
    return lowered == "true"


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise _UnreadableError(f"{_shown(text)} is not an ISO 8601 date such as 2026-01-31") from None


def _datetime(text: str, timezone: tzinfo) -> datetime:
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _UnreadableError(
            f"{_shown(text)} is not an ISO 8601 date and time such as 2026-01-31T12:00:00Z"
        ) from None
    return read if read.tzinfo is not None else read.replace(tzinfo=timezone)


def _shown(text: str) -> str:
    return repr(excerpt(text))
