"""What a pack is: the collection of a module's declarations.

Owns what the declarations say together. It loads nothing, runs nothing and sends nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, overload

from coda_cli.errors import DeclarationError
from coda_cli.sdk.authenticated_pack import AuthenticatedPack
from coda_cli.sdk.authentication import AuthenticationType
from coda_cli.sdk.building_blocks import ConnectionRequirement
from coda_cli.sdk.declarations import Declaring, Kind, accept, declares
from coda_cli.sdk.domains import checked_domain, domain_within
from coda_cli.sdk.formulas import Execute, Formula, formula_of, formula_spelled_out
from coda_cli.sdk.table_declarations import TableDeclarations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from coda_cli.sdk.building_blocks import BuildingBlock
    from coda_cli.sdk.column_formats import Format
    from coda_cli.sdk.parameters import Parameter
    from coda_cli.sdk.schemas import Schema
    from coda_cli.sdk.value_types import ValueHintType, ValueType

Function = TypeVar("Function", bound=Execute)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What only the whole pack shows to be wrong, and the declaration that has to be changed for it.

    ``lacks`` is of which kind a declaration is not there, if that is the problem.
    """

    problem: str
    about: object
    lacks: Kind | None = None


class Pack(AuthenticatedPack, TableDeclarations):
    """A pack under construction; a module assigns one to the variable ``pack``."""

    def __init__(self) -> None:
        super().__init__()
        self._formulas: dict[str, Formula] = {}
        self._domains: list[str] = []
        self._formats: dict[str, Format] = {}
        self._version: str | None = None

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """The formulas in the order of their declaration."""
        return tuple(self._formulas.values())

    @property
    def formats(self) -> tuple[Format, ...]:
        """The column formats in the order of their declaration."""
        return tuple(self._formats.values())

    @property
    def network_domains(self) -> tuple[str, ...]:
        """The domains that the pack may send requests to."""
        return tuple(self._domains)

    @property
    def version(self) -> str | None:
        """The pack's version, if it says one."""
        return self._version

    @declares()
    def set_version(self, version: str) -> None:
        """Say the pack's version: ``1``, ``1.2`` or ``1.2.3``."""
        self._version = _checked_version(version)

    def add_network_domain(self, *domains: str) -> None:
        """Declare hosts that requests may go to; each covers the hosts below it too.

        Raises:
            DeclarationError: one is a URL, has a path, or is declared twice.
        """
        for domain in domains:
            with Declaring():
                self._take_domain(checked_domain(domain))
                continue
            self._domains += {domain_within(domain)}.difference(self._domains)

    @declares()
    def add_column_format(
        self,
        *,
        name: str,
        formula_name: str,
        matchers: Sequence[str | re.Pattern[str]] = (),
        instructions: str = "",
    ) -> None:
        """Declare a column format: the formula that a document runs for each value of a column.

        Args:
            name: what people choose it by.
            formula_name: a formula of this pack that requires one parameter, the value.
            matchers: regular expressions of the URLs that it is offered for.
            instructions: which values to put into such a column.

        Raises:
            DeclarationError: a part makes no sense, or the name is taken.
        """
        from coda_cli.sdk.column_formats import make_format

        made = make_format(name=name, formula_name=formula_name, matchers=matchers, instructions=instructions)
        if made.name.lower() in self._formats:
            raise DeclarationError(f"column format {made.name} is declared twice")
        self._formats[made.name.lower()] = made
        accept(self, made)

    @overload
    def formula(self, function: Function, /) -> Function: ...
    @overload
    def formula(
        self,
        /,
        *,
        name: str | None = None,
        description: str | None = None,
        schema: Schema | type | None = None,
        is_action: bool = False,
        validate_parameters: Callable[..., Any] | None = None,
        connection_requirement: ConnectionRequirement | None = None,
        allowed_authentication_names: Sequence[str] = (),
    ) -> Callable[[Function], Function]: ...
    def formula(
        self,
        function: Execute | None = None,
        /,
        *,
        name: str | None = None,
        description: str | None = None,
        schema: Schema | type | None = None,
        is_action: bool = False,
        validate_parameters: Callable[..., Any] | None = None,
        connection_requirement: ConnectionRequirement | None = None,
        allowed_authentication_names: Sequence[str] = (),
    ) -> Any:
        """Register a function as a formula and return it unchanged.

        The name is the function's in PascalCase, the description its docstring's first paragraph, unless
        they are given; parameters and result come from the signature. ``schema``, a schema or a type such as
        a dataclass, says more of the result. ``validate_parameters`` is ``fn(context, parameters)``;
        ``connection_requirement`` and ``allowed_authentication_names`` say which account its requests need.

        Raises:
            DeclarationError: the function cannot be a formula, or its name is taken.
        """

        def register(function: Execute) -> Execute:
            with Declaring(Kind.FORMULA):
                self._add(
                    formula_of(
                        function,
                        name=name,
                        description=description,
                        schema=schema,
                        is_action=is_action,
                        validate_parameters=validate_parameters,
                        connection_requirement=connection_requirement,
                        allowed_authentication_names=allowed_authentication_names,
                    )
                )
            return function

        return register if function is None else register(function)

    @declares(Kind.FORMULA)
    def add_formula(
        self,
        *,
        name: str,
        description: str = "",
        parameters: Sequence[Parameter] = (),
        vararg_parameters: Sequence[Parameter] = (),
        result_type: ValueType | None = None,
        coda_type: ValueHintType | None = None,
        items: Schema | type | None = None,
        schema: Schema | type | None = None,
        is_action: bool = False,
        validate_parameters: Callable[..., Any] | None = None,
        connection_requirement: ConnectionRequirement | None = None,
        allowed_authentication_names: Sequence[str] = (),
        execute: Execute,
    ) -> None:
        """Register a formula spelled out, one to one with the TypeScript call.

        The result is ``result_type`` with a hint (``coda_type``) or the schema of an array's ``items``, or
        ``schema``, which says all of it. The others are as for ``formula``.

        Raises:
            DeclarationError: a part makes no sense, or the name is taken.
        """
        self._add(
            formula_spelled_out(
                name=name,
                description=description,
                parameters=parameters,
                vararg_parameters=vararg_parameters,
                result_type=result_type,
                coda_type=coda_type,
                items=items,
                schema=schema,
                is_action=is_action,
                validate_parameters=validate_parameters,
                connection_requirement=connection_requirement,
                allowed_authentication_names=allowed_authentication_names,
                execute=execute,
            )
        )

    def contradictions(self) -> tuple[Contradiction, ...]:
        """Say what only the whole pack shows to be wrong; empty where nothing is."""
        return (
            *self._contradictions_of_credentials(),
            *(
                found
                for block in (*self.formulas, *self.sync_tables)
                for found in self._contradictions_of_account(block)
            ),
            *self._contradictions_of_formats(),
        )

    def _contradictions_of_credentials(self) -> Iterator[Contradiction]:
        """Say which authentications do not have just one domain that receives credentials."""
        for declared in self._authentications.values():
            if declared.type is AuthenticationType.NONE:
                continue
            if not self._domains:
                problem = "it declares an authentication but no network domain to send credentials to"
            elif declared.network_domain is None and len(self._domains) > 1:
                domains = ", ".join(self._domains)
                problem = (
                    f"it declares several network domains ({domains}) "
                    "and not which of them receives credentials: give network_domain to the authentication"
                )
            elif declared.network_domain is not None and not self._covers(declared.network_domain):
                problem = (
                    f"its authentication's network_domain {declared.network_domain} "
                    "is not under one of the network domains"
                )
            else:
                continue
            yield Contradiction(problem, declared)

    def _contradictions_of_account(self, block: BuildingBlock) -> Iterator[Contradiction]:
        """Say which account a formula or table wants that the pack does not declare."""
        names = [
            name for name, one in self._authentications.items() if one.type is not AuthenticationType.NONE
        ]
        there = ", ".join(names) or "none"
        for name in block.allowed_authentication_names:
            if name not in self._authentications:
                problem = f"{block.name}: there is no authentication {name}; there are: {there}"
                yield Contradiction(problem, block, lacks=Kind.AUTHENTICATION)
        wants = block.connection_requirement is ConnectionRequirement.REQUIRED
        if (
            wants
            and not block.allowed_authentication_names
            and self.authentication.type is AuthenticationType.NONE
        ):
            problem = f"{block.name}: it requires an account, and the pack declares no authentication"
            yield Contradiction(problem, block, lacks=Kind.AUTHENTICATION)

    def _contradictions_of_formats(self) -> Iterator[Contradiction]:
        if not self.formats:
            return
        from coda_cli.sdk.column_formats import problem_of_format

        names = {formula.name for formula in self.formulas}
        for declared in self.formats:
            problem = problem_of_format(declared, self.formulas)
            if problem is not None:
                lacks = None if declared.formula_name in names else Kind.FORMULA
                yield Contradiction(problem, declared, lacks)

    def _covers(self, host: str) -> bool:
        return any(host == domain or host.endswith(f".{domain}") for domain in self._domains)

    def _take_domain(self, domain: str) -> None:
        if domain in self._domains:
            raise DeclarationError(f"network domain {domain} is declared twice")
        self._domains.append(domain)
        accept(self, domain)

    def _add(self, formula: Formula) -> None:
        self._take_name("formula", formula)
        self._formulas[formula.name.lower()] = formula
        accept(self, formula)


def _checked_version(version: object) -> str:
    if not isinstance(version, str) or not re.fullmatch(r"\d+(\.\d+){0,2}", version, re.ASCII):
        raise DeclarationError(f"version {version!r} is not of the form 1, 1.2 or 1.2.3")
    return version


def new_pack() -> Pack:
    """Start a pack."""
    return Pack()
