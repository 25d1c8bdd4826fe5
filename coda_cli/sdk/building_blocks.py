"""What formulas and sync tables have in common: parameters, their validation, the account that they need.

Owns what may be declared of the account, and the form that runs either.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from coda_cli.errors import DeclarationError
from coda_cli.sdk.declared_values import checked_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.sdk.parameters import Parameter


class ConnectionRequirement(StrEnum):
    """Whether requests are sent with an account; the values are the reference's own strings.

    ``NONE`` sends them without any, ``OPTIONAL`` with one where there is one, ``REQUIRED`` with one only.
    """

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


class BuildingBlock(Protocol):
    """A formula or a sync table, as far as its parameters and its account go."""

    @property
    def name(self) -> str:
        """The registered name."""
        ...

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters, in the order in which they are passed."""
        ...

    @property
    def vararg_parameters(self) -> tuple[Parameter, ...]:
        """The parameters that are repeated in turn behind those."""
        ...

    @property
    def validate_parameters(self) -> Callable[..., Any] | None:
        """``fn(context, parameters)`` that says whether the parameters go together, or None."""
        ...

    @property
    def connection_requirement(self) -> ConnectionRequirement | None:
        """What is said of the account; None leaves it to the pack."""
        ...

    @property
    def allowed_authentication_names(self) -> tuple[str, ...]:
        """The authentications that it can run with, the preferred one first; empty allows the pack's own."""
        ...


def checked_requirement(requirement: object, what: str) -> ConnectionRequirement | None:
    """Return what is said of the account.

    Raises:
        DeclarationError: it is no ``ConnectionRequirement``.
    """
    if requirement is not None and not isinstance(requirement, ConnectionRequirement):
        raise DeclarationError(f"{what} {requirement!r} is not a member of sdk.ConnectionRequirement")
    return requirement


def checked_authentication_names(names: object, requirement: ConnectionRequirement | None) -> tuple[str, ...]:
    """Return the names of the authentications that a building block can run with.

    Raises:
        DeclarationError: they are no names, one is there twice, or the requirement wants no account.
    """
    checked = tuple(
        check_authentication_name(name) for name in checked_list(names, "allowed_authentication_names")
    )
    if len(set(checked)) < len(checked):
        raise DeclarationError("allowed_authentication_names has a name twice")
    if checked and requirement is ConnectionRequirement.NONE:
        raise DeclarationError(
            "allowed_authentication_names does not go with ConnectionRequirement.NONE, which uses none"
        )
    return checked


def check_authentication_name(name: object) -> str:
    """Return the name of an authentication.

    Raises:
        DeclarationError: it is not one word.
    """
    if not isinstance(name, str) or not re.fullmatch(r"\w+", name, re.ASCII):
        raise DeclarationError(
            f"authentication name {name!r} is not one word of letters, digits and underscores"
        )
    return name
