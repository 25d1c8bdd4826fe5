"""The credentials that requests are signed with: the source's, or those of the role it takes on.

Owns putting the two questions together, once, when a request first needs an answer. It knows nothing of
requests and signatures; the authenticator lets one thread in at a time.
"""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING

from coda_cli.auth.aws_advice import Caller, is_temporary
from coda_cli.auth.aws_roles import assume, choose_role
from coda_cli.auth.aws_sources import find_source
from coda_cli.redaction import mask

if TYPE_CHECKING:
    from coda_cli.auth.aws_keys import HeldCredentials, Keys
    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.auth.aws_profiles import Profiles
    from coda_cli.auth.aws_roles import Role
    from coda_cli.auth.aws_sources import Source
    from coda_cli.redaction import Redactor

logger = logging.getLogger(__name__)


class AwsCredentials:
    """The credentials of one pack, found when first needed and then kept up to date."""

    def __init__(
        self, options: AwsOptions, profiles: Profiles, redactor: Redactor, *, assume_role: bool
    ) -> None:
        self._options = options
        self._profiles = profiles
        self._redactor = redactor
        self._assume_role = assume_role

    def keys(self) -> Keys:
        """Return the keys to sign with now.

        Raises:
            CredentialsError: there are none, they are malformed, or AWS refused them.
            UsageError: the options contradict a profile.
        """
        return self._credentials.get_frozen_credentials()

    def caller(self, key: str, *, has_token: bool) -> Caller:
        """Say where a key comes from that a request was signed with; fetches no new one."""
        source = self._source
        origin = source.origin
        if self._role is not None:
            origin = f"role {self._role.arn}, assumed with {origin}"
        return Caller(mask(key), has_token, origin, source.renewal, is_temporary(key))

    def renew(self, key: str) -> bool:
        """Get new keys in place of those of an access key id that AWS says are expired.

        False where there is no way to get any, such as for keys in the environment. True if other keys are
        held now, be it that another thread has got them meanwhile.

        Raises:
            CredentialsError: there is a way, and it failed.
        """
        return self._credentials.renew(key)

    @cached_property
    def _source(self) -> Source:
        return find_source(self._options, self._profiles, self._redactor)

    @cached_property
    def _role(self) -> Role | None:
        if not self._assume_role:
            return None
        return choose_role(self._options, lambda: self._source, self._redactor)

    @cached_property
    def _credentials(self) -> HeldCredentials:
        role = self._role
        if role is None:
            return self._source.credentials
        return assume(role, self._source, self._options, self._profiles, self._redactor)
