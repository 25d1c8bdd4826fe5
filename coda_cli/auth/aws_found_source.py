"""Source credentials that were found, and what is known of them: a principal that can call AWS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coda_cli.redaction import mask

if TYPE_CHECKING:
    from coda_cli.auth.aws_advice import Caller
    from coda_cli.auth.aws_failures import RoleAttempt
    from coda_cli.auth.aws_keys import HeldCredentials
    from coda_cli.auth.aws_options import Given
    from coda_cli.auth.aws_principals import Principal


@dataclass(frozen=True, slots=True)
class Source:
    """The source credentials, and what is known of them.

    ``profile`` is the one that botocore looked at. ``role`` is that profile's role if the credentials are
    its: botocore assumes it by itself. ``is_role`` tells whether they are a role's at all, so that taking
    on another one is role chaining. ``principal`` is who a session is kept for; None where nothing tells.
    ``why`` says why these and no others.
    """

    credentials: HeldCredentials
    origin: str
    renewal: str
    profile: Given | None = None
    role: RoleAttempt | None = None
    is_role: bool = False
    principal: Principal | None = None
    why: str = ""

    def caller(self) -> Caller:
        """Say who is calling; fetches the credentials if they have not been."""
        from coda_cli.auth.aws_advice import Caller, is_temporary

        keys = self.credentials.get_frozen_credentials()
        kind = is_temporary(keys.access_key)
        return Caller(mask(keys.access_key), keys.token is not None, self.origin, self.renewal, kind)
