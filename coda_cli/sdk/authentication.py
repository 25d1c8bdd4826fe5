"""How a pack's requests are authenticated, as the pack declares it.

Owns the types and what may be said of each. Credentials and signatures are ``coda_cli.auth``'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from coda_cli.errors import DeclarationError
from coda_cli.sdk.building_blocks import ConnectionRequirement, checked_requirement
from coda_cli.sdk.declared_values import check_call, check_text
from coda_cli.sdk.domains import checked_domain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from coda_cli.sdk.post_setup import SetEndpoint


class AuthenticationType(StrEnum):
    """The ways to authenticate; the values are the reference's own strings."""

    NONE = "None"
    HEADER_BEARER_TOKEN = "HeaderBearerToken"  # noqa: S105 - the name of a type
    CUSTOM_HEADER_TOKEN = "CustomHeaderToken"  # noqa: S105 - the name of a type
    MULTI_HEADER_TOKEN = "MultiHeaderToken"  # noqa: S105 - the name of a type
    QUERY_PARAM_TOKEN = "QueryParamToken"  # noqa: S105 - the name of a type
    MULTI_QUERY_PARAM_TOKEN = "MultiQueryParamToken"  # noqa: S105 - the name of a type
    OAUTH2 = "OAuth2"
    OAUTH2_CLIENT_CREDENTIALS = "OAuth2ClientCredentials"
    WEB_BASIC = "WebBasic"
    CUSTOM = "Custom"
    AWS_ACCESS_KEY = "AWSAccessKey"
    AWS_ASSUME_ROLE = "AWSAssumeRole"
    CODA_API_HEADER_BEARER_TOKEN = "CodaApiHeaderBearerToken"  # noqa: S105 - the name of a type
    GOOGLE_DOMAIN_WIDE_DELEGATION = "GoogleDomainWideDelegation"
    GOOGLE_SERVICE_ACCOUNT = "GoogleServiceAccount"
    VARIOUS = "Various"


class ReservedAuthenticationNames(StrEnum):
    """The names of the authentications that need none of their own; the reference's own strings."""

    DEFAULT = "defaultUserAuthentication"
    SYSTEM = "systemAuthentication"


AWS_TYPES = frozenset({AuthenticationType.AWS_ACCESS_KEY, AuthenticationType.AWS_ASSUME_ROLE})
SUPPORTED_TYPES = AWS_TYPES | {AuthenticationType.NONE}


@dataclass(frozen=True, slots=True)
class Authentication:
    """One declared way to authenticate.

    ``service`` is the name that AWS signs the service's requests by (``s3``, ``dynamodb``).
    ``network_domain`` is the only domain that receives credentials. A pack that ``requires_endpoint_url``
    talks to a URL that the person configures, under ``endpoint_domain`` where that is given; the steps of
    ``post_setup`` help to choose it. ``display_name`` and ``description`` are those of a named one.
    """

    type: AuthenticationType
    service: str | None = None
    network_domain: str | None = None
    requires_endpoint_url: bool = False
    endpoint_domain: str | None = None
    instructions_url: str | None = None
    get_connection_name: Callable[..., Any] | None = None
    post_setup: tuple[SetEndpoint, ...] = ()
    default_connection_requirement: ConnectionRequirement | None = None
    display_name: str = ""
    description: str = ""

    @property
    def is_aws(self) -> bool:
        """Whether requests are signed for AWS."""
        return self.type in AWS_TYPES


def make_authentication(
    *,
    type: AuthenticationType,
    service: str | None,
    network_domain: str | None,
    requires_endpoint_url: bool,
    endpoint_domain: str | None,
    instructions_url: str | None,
    get_connection_name: Callable[..., Any] | None,
    post_setup: Sequence[SetEndpoint] = (),
    default_connection_requirement: ConnectionRequirement | None = None,
    display_name: str = "",
    description: str = "",
) -> Authentication:
    """Check what one declaration of an authentication shows by itself.

    Raises:
        DeclarationError: an unknown or unsupported type, a service missing or out of place, a domain
            that is none, a text or a function that is none, a step of the set-up that makes no sense.
    """
    if not isinstance(type, AuthenticationType):
        raise DeclarationError(f"authentication: type {type!r} is not a member of sdk.AuthenticationType")
    if type not in SUPPORTED_TYPES:
        supported = ", ".join(sorted(member.name for member in SUPPORTED_TYPES))
        raise DeclarationError(
            f"authentication: type {type.name} is not supported", f"Supported are {supported}."
        )
    _check_service(type, service)
    steps: tuple[SetEndpoint, ...] = ()
    if post_setup != ():
        from coda_cli.sdk.post_setup import checked_steps

        steps = checked_steps(post_setup)
    needs_endpoint = requires_endpoint_url or bool(steps)
    if endpoint_domain is not None and not needs_endpoint:
        raise DeclarationError("authentication: endpoint_domain goes with requires_endpoint_url=True")
    if instructions_url is not None:
        check_text(instructions_url, "authentication: instructions_url")
    if get_connection_name is not None:
        check_call(get_connection_name, "authentication: get_connection_name", [])
    requirement = checked_requirement(
        default_connection_requirement, "authentication: default_connection_requirement"
    )
    if requirement is ConnectionRequirement.REQUIRED and type is AuthenticationType.NONE:
        raise DeclarationError("authentication: no account can be REQUIRED where the type is NONE")
    return Authentication(
        type=type,
        service=service,
        network_domain=None if network_domain is None else checked_domain(network_domain),
        requires_endpoint_url=needs_endpoint,
        endpoint_domain=None if endpoint_domain is None else checked_domain(endpoint_domain),
        instructions_url=instructions_url,
        get_connection_name=get_connection_name,
        post_setup=steps,
        default_connection_requirement=requirement,
        display_name=display_name,
        description=description,
    )


def _check_service(type: AuthenticationType, service: object) -> None:
    if type not in AWS_TYPES:
        if service is not None:
            raise DeclarationError(f"authentication: service goes with the AWS types, not with {type.name}")
        return
    if not service:
        raise DeclarationError(
            f"authentication: {type.name} needs the name of an AWS service",
            'Say which one its requests are signed for, such as service="s3".',
        )
    if not isinstance(service, str) or not re.fullmatch(r"[A-Za-z0-9._-]+", service):
        raise DeclarationError(f"authentication: service {service!r} is not the name of an AWS service")
