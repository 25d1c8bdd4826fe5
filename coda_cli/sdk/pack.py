"""What a pack is: the collection of a module's declarations.

Owns what the declarations say together. It loads nothing, runs nothing and sends nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, overload

from coda_cli.errors import DeclarationError
from coda_cli.sdk.authentication import Authentication, AuthenticationType, make_authentication
from coda_cli.sdk.declarations import Declaring, accept, declares
from coda_cli.sdk.domains import checked_domain, domain_within
from coda_cli.sdk.formulas import Execute, Formula, formula_of, formula_spelled_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from coda_cli.sdk.parameters import Parameter
    from coda_cli.sdk.schemas import Schema
    from coda_cli.sdk.value_types import ValueHintType, ValueType

Function = TypeVar("Function", bound=Execute)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What only the whole pack shows to be wrong, and the declaration that has to be changed for it."""

    problem: str
    about: object


class Pack:
    """A pack under construction; a module assigns one to the variable ``pack``."""

    def __init__(self) -> None:
        self._formulas: dict[str, Formula] = {}
        self._domains: list[str] = []
        self._authentications: dict[str, Authentication] = {}
        self._version: str | None = None

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """The formulas in the order of their declaration."""
        return tuple(self._formulas.values())

    @property
    def network_domains(self) -> tuple[str, ...]:
        """The domains that the pack may send requests to."""
        return tuple(self._domains)

    @property
    def version(self) -> str | None:
        """The pack's version, if it says one."""
        return self._version

    @property
    def authentication(self) -> Authentication:
        """How requests are authenticated: as the user if that is declared, else as the system."""
        undeclared = Authentication(AuthenticationType.NONE)
        return self._authentications.get("user") or self._authentications.get("system") or undeclared

    @declares
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

    @declares
    def set_user_authentication(
        self,
        *,
        type: AuthenticationType,
        service: str | None = None,
        network_domain: str | None = None,
        requires_endpoint_url: bool = False,
        endpoint_domain: str | None = None,
        instructions_url: str | None = None,
        get_connection_name: Callable[..., Any] | None = None,
    ) -> None:
        """Declare how requests are authenticated as the person who runs a formula.

        Args:
            type: one of the ways to authenticate.
            service: for the AWS types, the name that the service's requests are signed by.
            network_domain: the declared domain that receives credentials; needed where there are several.
            requires_endpoint_url: the person configures the URL that relative URLs are appended to.
            endpoint_domain: the domain which that URL must be under.
            instructions_url: a page that says how to get credentials.
            get_connection_name: ``fn(context)`` that names the account behind the credentials.

        Raises:
            DeclarationError: it makes no sense, or is declared twice.
        """
        declared = make_authentication(
            type=type,
            service=service,
            network_domain=network_domain,
            requires_endpoint_url=requires_endpoint_url,
            endpoint_domain=endpoint_domain,
            instructions_url=instructions_url,
            get_connection_name=get_connection_name,
        )
        self._declare("user", declared)

    @declares
    def set_system_authentication(
        self,
        *,
        type: AuthenticationType,
        service: str | None = None,
        network_domain: str | None = None,
        requires_endpoint_url: bool = False,
        endpoint_domain: str | None = None,
        instructions_url: str | None = None,
        get_connection_name: Callable[..., Any] | None = None,
    ) -> None:
        """Declare how requests are authenticated as the pack itself; arguments as for the user's.

        User authentication comes first where both are declared.

        Raises:
            DeclarationError: it makes no sense, or is declared twice.
        """
        declared = make_authentication(
            type=type,
            service=service,
            network_domain=network_domain,
            requires_endpoint_url=requires_endpoint_url,
            endpoint_domain=endpoint_domain,
            instructions_url=instructions_url,
            get_connection_name=get_connection_name,
        )
        self._declare("system", declared)

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
    ) -> Any:
        """Register a function as a formula and return it unchanged.

        The name is the function's in PascalCase, the description its docstring's first paragraph, unless
        they are given; parameters and result come from the signature. ``schema``, a schema or a type such as
        a dataclass, says more of the result.

        Raises:
            DeclarationError: the function cannot be a formula, or its name is taken.
        """

        def register(function: Execute) -> Execute:
            with Declaring():
                self._add(
                    formula_of(
                        function, name=name, description=description, schema=schema, is_action=is_action
                    )
                )
            return function

        return register if function is None else register(function)

    @declares
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
        execute: Execute,
    ) -> None:
        """Register a formula spelled out, one to one with the TypeScript call.

        The result is ``result_type`` with a hint (``coda_type``) or the schema of an array's ``items``, or
        ``schema``, which says all of it.

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
                execute=execute,
            )
        )

    def contradictions(self) -> tuple[Contradiction, ...]:
        """Say what only the whole pack shows to be wrong; empty where nothing is."""
        found: list[Contradiction] = []
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
            found.append(Contradiction(problem, declared))
        return tuple(found)

    def _covers(self, host: str) -> bool:
        return any(host == domain or host.endswith(f".{domain}") for domain in self._domains)

    def _take_domain(self, domain: str) -> None:
        if domain in self._domains:
            raise DeclarationError(f"network domain {domain} is declared twice")
        self._domains.append(domain)
        accept(self, domain)

    def _add(self, formula: Formula) -> None:
        taken = self._formulas.get(formula.name.lower())
        if taken is not None:
            raise DeclarationError(f"formula {formula.name} is declared twice")
        self._formulas[formula.name.lower()] = formula
        accept(self, formula)

    def _declare(self, kind: str, declared: Authentication) -> None:
        if kind in self._authentications:
            raise DeclarationError(f"{kind} authentication is declared twice")
        both = (*self._authentications.values(), declared)
        services = {one.service for one in both if one.service}
        if len(services) > 1:
            raise DeclarationError(
                f"authentication: two AWS services, {' and '.join(sorted(services))}",
                "A pack talks to one AWS service; make a pack for each.",
            )
        self._authentications[kind] = declared
        accept(self, declared)


def _checked_version(version: object) -> str:
    if not isinstance(version, str) or not re.fullmatch(r"\d+(\.\d+){0,2}", version, re.ASCII):
        raise DeclarationError(f"version {version!r} is not of the form 1, 1.2 or 1.2.3")
    return version


def new_pack() -> Pack:
    """Start a pack."""
    return Pack()
