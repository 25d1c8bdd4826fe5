"""Which of a pack's authentications a formula or table runs with.

It decides from declarations and the person's choice alone; credentials are ``auth``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coda_cli.errors import UsageError
from coda_cli.runtime.spec import nearest
from coda_cli.sdk.authentication import Authentication, AuthenticationType
from coda_cli.sdk.building_blocks import ConnectionRequirement

if TYPE_CHECKING:
    from coda_cli.sdk.building_blocks import BuildingBlock
    from coda_cli.sdk.pack import Pack


@dataclass(frozen=True, slots=True)
class Connection:
    """The authentication of one run. Where it ``is_optional``, requests go without if there is no account.

    ``used_by`` is who wants it so, for messages.
    """

    authentication: Authentication
    is_optional: bool = False
    used_by: str = "this pack"


def chosen_authentication(pack: Pack, name: str | None) -> Authentication:
    """Return the authentication of this name; without one, the pack's own.

    Raises:
        UsageError: there is none of the name.
    """
    if name is None:
        return pack.authentication
    names = list(pack.authentications)
    if name not in names:
        close = nearest(name, names)
        hint = f"Did you mean {' or '.join(close)}?" if close else f"It has {', '.join(names) or 'none'}."
        raise UsageError(f"the pack has no authentication {name!r}", hint)
    return pack.authentications[name]


def connection_of(pack: Pack, block: BuildingBlock, name: str | None) -> Connection:
    """Return the authentication that a formula or table runs with.

    That is the one of the name, if the block allows it; without a name, the first that it allows, else the
    pack's own. A block that uses no account has an authentication of type ``NONE``, without an endpoint,
    which is an account's; it keeps the service, which says where to connect.

    Raises:
        UsageError: there is none of the name, or the block does not allow it.
    """
    allowed = block.allowed_authentication_names
    chosen = chosen_authentication(pack, name or next(iter(allowed), None))
    requirement = block.connection_requirement or chosen.default_connection_requirement
    if requirement is ConnectionRequirement.NONE:
        if name is not None:
            raise UsageError(f"--authentication does not go with {block.name}", "It uses no account.")
        no_account = Authentication(AuthenticationType.NONE, service=chosen.service)
        return Connection(no_account, used_by=block.name)
    if name is not None and allowed and name not in allowed:
        raise UsageError(
            f"{block.name} does not allow the authentication {name}", f"It allows {', '.join(allowed)}."
        )
    is_optional = requirement is ConnectionRequirement.OPTIONAL
    if chosen == pack.authentication:
        return Connection(chosen, is_optional=is_optional)
    return Connection(chosen, used_by="the authentication that is used", is_optional=is_optional)
