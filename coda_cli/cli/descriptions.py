"""Describe packs and formulas in text, for ``coda describe`` and for the help of one formula."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from coda_cli.runtime.parameters import usage
from coda_cli.sdk.authentication import AuthenticationType
from coda_cli.sdk.autocomplete import option_of
from coda_cli.sdk.sync_tables import SyncTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coda_cli.redaction import Redactor
    from coda_cli.runtime.loader import LoadedPack
    from coda_cli.sdk.authentication import Authentication
    from coda_cli.sdk.column_formats import Format
    from coda_cli.sdk.formulas import Formula
    from coda_cli.sdk.pack import Pack
    from coda_cli.sdk.parameters import Parameter
    from coda_cli.sdk.schemas import Schema

_MOST_SUGGESTED = 6


class RedactedFormatter(click.HelpFormatter):
    """A formatter that takes secrets out before it breaks lines, where they would no longer be found."""

    def __init__(self, context: click.Context, redactor: Redactor) -> None:
        super().__init__(width=context.terminal_width, max_width=context.max_content_width)
        self._redactor = redactor

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write a line of usage."""
        super().write_usage(self._redactor.text(prog), self._redactor.text(args), prefix)

    def write_text(self, text: str) -> None:
        """Write a paragraph."""
        super().write_text(self._redactor.text(text))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of names and what they are."""
        shown = [(self._redactor.text(name), self._redactor.text(text)) for name, text in rows]
        super().write_dl(shown, col_max, col_spacing)


def describe_pack(loaded: LoadedPack, formatter: click.HelpFormatter) -> None:
    """Write what the pack is: authentication, domains, and each formula and table with its parameters."""
    describe_facts(loaded, formatter)
    for block in (*loaded.pack.formulas, *loaded.pack.sync_tables):
        formatter.write_paragraph()
        formatter.write(f"{heading(block)}\n")
        with formatter.indentation():
            _describe_formula(block, formatter)


def describe_facts(loaded: LoadedPack, formatter: click.HelpFormatter) -> None:
    """Write what the pack is as a whole: authentication and domains."""
    pack = loaded.pack
    facts = [("Pack", str(loaded.path))]
    if pack.version:
        facts.append(("Version", pack.version))
    facts.append(("Authentication", _authentication(pack.authentication)))
    if pack.authentication.instructions_url:
        facts.append(("Instructions", pack.authentication.instructions_url))
    facts += _named_authentications(pack)
    facts.append(("Domains", ", ".join(pack.network_domains) or "none, so it cannot send requests"))
    facts += [(f"Column format {one.name}", _format(one)) for one in pack.formats]
    formatter.write_dl(facts)


def heading(formula: Formula) -> str:
    """Name a formula or table with its parameters, as they stand on the command line."""
    if not isinstance(formula, SyncTable):
        return usage(formula)
    kinds = [
        "" if formula.dynamic is None else "dynamic ",
        "" if formula.execute_update is None else "two-way ",
    ]
    return f"{usage(formula)} (a {''.join(kinds)}sync table)"


def describe_formula(loaded: LoadedPack, formula: Formula, formatter: click.HelpFormatter) -> None:
    """Write how one formula is run: usage, description, parameters and result."""
    describe_usage(loaded, formula, formatter)
    with formatter.indentation():
        formatter.write_paragraph()
        _describe_formula(formula, formatter)
    formatter.write_paragraph()
    describe_options(formatter)


def describe_usage(loaded: LoadedPack, formula: Formula, formatter: click.HelpFormatter) -> None:
    """Write the line that runs one formula."""
    formatter.write_usage(f"coda execute {shlex.quote(str(loaded.path))}", usage(formula))


def describe_options(formatter: click.HelpFormatter) -> None:
    """Write where the options are that every formula has."""
    formatter.write_text("The options of every formula are in `coda execute --help`.")


def _describe_formula(formula: Formula, formatter: click.HelpFormatter) -> None:
    if formula.description:
        formatter.write_text(formula.description)
    with formatter.indentation():
        formatter.write_dl([(name, "; ".join(filter(None, rest))) for name, *rest in lines_of(formula)])


def lines_of(formula: Formula) -> list[tuple[str, str, str]]:
    """Return name, type and description of each parameter, of the result, and of each of its properties."""
    lines = [_line(parameter) for parameter in formula.parameters]
    lines += [_line(parameter, repeated=True) for parameter in formula.vararg_parameters]
    action = "an action, which changes something" if formula.is_action else ""
    lines.append(("returns", str(formula.result), action))
    lines += [(f"  {path}", type_, text) for path, type_, text in _properties(formula.result)]
    return lines + _account(formula)


def _line(parameter: Parameter, *, repeated: bool = False) -> tuple[str, str, str]:
    words = [_type(parameter)]
    if repeated:
        words.append("can be repeated")
    elif parameter.optional:
        words.append("optional" if parameter.default in (None, "") else f"default {_default(parameter)}")
    text = "; ".join(filter(None, (_autocomplete(parameter), parameter.description)))
    return parameter.name, ", ".join(words), text


def _autocomplete(parameter: Parameter) -> str:
    """Say what is suggested: the first few where they are always the same."""
    autocomplete = parameter.autocomplete
    if autocomplete is None:
        return ""
    if callable(autocomplete):
        return "has an autocomplete"
    shown = [option_of(one)["display"] for one in autocomplete[:_MOST_SUGGESTED]]
    return f"suggests {', '.join(shown)}{', …' if len(autocomplete) > _MOST_SUGGESTED else ''}"


def _account(formula: Formula) -> list[tuple[str, str, str]]:
    """Say which account a formula's requests need, if it says so itself."""
    if formula.allowed_authentication_names:
        return [("account", f"one of {', '.join(formula.allowed_authentication_names)}", "")]
    if formula.connection_requirement is None:
        return []
    return [("account", str(formula.connection_requirement), "")]


def _named_authentications(pack: Pack) -> list[tuple[str, str]]:
    """Describe the authentications beside the pack's own."""
    found = []
    for name, one in pack.authentications.items():
        if one is not pack.authentication:
            words = [_authentication(one), one.display_name, one.description]
            found.append((f"Authentication {name}", "; ".join(filter(None, words))))
    return found


def _format(declared: Format) -> str:
    instructions = f"; {declared.instructions}" if declared.instructions else ""
    matchers = " or ".join(one.pattern for one in declared.matchers)
    offered = f", offered for {matchers}" if matchers else ""
    return f"runs {declared.formula_name}{offered}{instructions}"


def _properties(schema: Schema, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield the properties of an object, or of an array's objects, each by its path: ``owner.email``."""
    while schema.items is not None:
        path = f"{path}[]" if path else ""
        schema = schema.items
    for name, declared in (schema.properties or {}).items():
        below = f"{path}.{name}" if path else name
        words = [str(declared)]
        if name == schema.id_property:
            words.append("the id")
        elif declared.required:
            words.append("required")
        yield below, ", ".join(words), declared.description
        yield from _properties(declared, below)


def _default(parameter: Parameter) -> str:
    return str(parameter.default).lower() if isinstance(parameter.default, bool) else str(parameter.default)


def _type(parameter: Parameter) -> str:
    if parameter.python_type is int:
        return str(parameter.type).replace("number", "whole number")
    return str(parameter.type)


def _authentication(authentication: Authentication) -> str:
    if authentication.type is AuthenticationType.NONE:
        return "none"
    words = [authentication.type.name]
    if authentication.service:
        words.append(f"service {authentication.service}")
    if authentication.requires_endpoint_url:
        under = f" under {authentication.endpoint_domain}" if authentication.endpoint_domain else ""
        words.append(f"needs an endpoint URL{under}")
    words += [f"{step.name} suggests endpoints ({step.description})" for step in authentication.post_setup]
    return ", ".join(words)
