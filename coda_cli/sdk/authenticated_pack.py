"""How a pack's requests are authenticated, as far as its declarations say so together.

Owns the authentications of one pack: the user's, the system's and named ones. What each may say by itself
is ``authentication``'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coda_cli.errors import DeclarationError
from coda_cli.sdk.authentication import (
    Authentication,
    AuthenticationType,
    ReservedAuthenticationNames,
    make_authentication,
)
from coda_cli.sdk.building_blocks import check_authentication_name
from coda_cli.sdk.declarations import Kind, accept, declares
from coda_cli.sdk.declared_values import check_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from coda_cli.sdk.building_blocks import ConnectionRequirement
    from coda_cli.sdk.post_setup import SetEndpoint

_USER, _SYSTEM = ReservedAuthenticationNames.DEFAULT, ReservedAuthenticationNames.SYSTEM


class AuthenticatedPack:
    """The part of a pack that declares authentications."""

    def __init__(self) -> None:
        super().__init__()
        self._authentications: dict[str, Authentication] = {}

    @property
    def authentication(self) -> Authentication:
        """How requests are authenticated: as the user if that is declared, else as the system."""
        undeclared = Authentication(AuthenticationType.NONE)
        return self._authentications.get(_USER) or self._authentications.get(_SYSTEM) or undeclared

    @property
    def authentications(self) -> Mapping[str, Authentication]:
        """Every declared authentication by its name; the pack's own have ``ReservedAuthenticationNames``."""
        return dict(self._authentications)

    @declares(Kind.AUTHENTICATION)
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
        post_setup: Sequence[SetEndpoint] = (),
        default_connection_requirement: ConnectionRequirement | None = None,
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
            post_setup: steps after the set-up of an account, in which the person chooses its endpoint.
            default_connection_requirement: of the formulas that say nothing; ``REQUIRED`` unless given.

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
            post_setup=post_setup,
            default_connection_requirement=default_connection_requirement,
        )
        self._declare(_USER, "user authentication", declared)

    @declares(Kind.AUTHENTICATION)
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
        post_setup: Sequence[SetEndpoint] = (),
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
            post_setup=post_setup,
        )
        self._declare(_SYSTEM, "system authentication", declared)

    @declares(Kind.AUTHENTICATION)
    def add_admin_authentication(
        self,
        *,
        name: str,
        display_name: str = "",
        description: str = "",
        type: AuthenticationType,
        service: str | None = None,
        network_domain: str | None = None,
        requires_endpoint_url: bool = False,
        endpoint_domain: str | None = None,
        instructions_url: str | None = None,
        get_connection_name: Callable[..., Any] | None = None,
        post_setup: Sequence[SetEndpoint] = (),
    ) -> None:
        """Declare one more way to authenticate, for the formulas that allow its name.

        ``display_name`` and ``description`` say to people what it is for; the rest is as for the user's.

        Raises:
            DeclarationError: it makes no sense, or its name is taken.
        """
        check_authentication_name(name)
        if name in set(ReservedAuthenticationNames):
            raise DeclarationError(f"authentication name {name!r} is the pack's own authentication")
        check_text(display_name, f"authentication {name}: display_name")
        check_text(description, f"authentication {name}: description")
        declared = make_authentication(
            type=type,
            service=service,
            network_domain=network_domain,
            requires_endpoint_url=requires_endpoint_url,
            endpoint_domain=endpoint_domain,
            instructions_url=instructions_url,
            get_connection_name=get_connection_name,
            post_setup=post_setup,
            display_name=display_name,
            description=description,
        )
        self._declare(name, f"authentication {name}", declared)

    def _declare(self, name: str, what: str, declared: Authentication) -> None:
        if name in self._authentications:
            raise DeclarationError(f"{what} is declared twice")
        both = (*self._authentications.values(), declared)
        services = {one.service for one in both if one.service}
        if len(services) > 1:
            raise DeclarationError(
                f"authentication: two AWS services, {' and '.join(sorted(services))}",
                "A pack talks to one AWS service; make a pack for each.",
            )
        self._authentications[name] = declared
        accept(self, declared)
