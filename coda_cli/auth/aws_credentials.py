"""The credentials that requests are signed with: the source's, or those of the role it takes on.

Owns putting the two questions together, once, when a request first needs an answer. It knows nothing of
requests and signatures; the authenticator lets one thread in at a time.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from coda_cli.auth.aws_sources import find_source
from coda_cli.redaction import mask

if TYPE_CHECKING:
    from coda_cli.auth.aws_advice import Caller
    from coda_cli.auth.aws_found_source import Source
    from coda_cli.auth.aws_keys import HeldCredentials, Keys
    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.auth.aws_profiles import Profiles
    from coda_cli.auth.aws_roles import Role
    from coda_cli.auth.aws_session_cache import SessionCache
    from coda_cli.redaction import Redactor
    from coda_cli.wire import Clock


_RENEWAL_OF_ROLE = (
    "The role is assumed anew by itself: where a new session is refused, too, "
    "a policy may have revoked the role's sessions."
)


class AwsCredentials:
    """The credentials of one pack, found when first needed and then kept up to date."""

    def __init__(
        self,
        options: AwsOptions,
        profiles: Profiles,
        redactor: Redactor,
        *,
        assume_role: bool,
        clock: Clock | None = None,
    ) -> None:
        self._options = options
        self._profiles = profiles
        self._redactor = redactor
        self._assume_role = assume_role
        self._clock = clock or profiles.clock.of_machine
        self._checked: set[str] = set()

    def keys(self, region: str | None = None) -> Keys:
        """Return the keys to sign with now, for a region if it is known.

        Raises:
            CredentialsError: there are none, they are malformed, AWS refused them, or they are a role's of
                another partition than the region's.
            UsageError: the options contradict a profile.
        """
        if region is not None and region not in self._checked:
            self._check_partition(region)
            self._checked.add(region)
        return self._credentials.get_frozen_credentials()

    def renew(self, key: str) -> bool:
        """Get new keys if those of this access key id, which AWS no longer takes, are held still.

        A session that was kept on disk is forgotten. Returns whether other keys are held now; false means
        that there is nothing to get them from.

        Raises:
            CredentialsError: what gives out keys refused to, or cannot be asked.
        """
        return self._credentials.renew(key)

    def caller(self, key: str, *, has_token: bool) -> Caller:
        """Say where a key comes from that a request was signed with; fetches no new one."""
        from coda_cli.auth.aws_advice import Caller, is_temporary

        source = self._source
        origin, renewal = source.origin, source.renewal
        if self._role is not None:
            origin, renewal = f"role {self._role.arn}, assumed with {origin}", _RENEWAL_OF_ROLE
        return Caller(mask(key), has_token, origin, renewal, is_temporary(key))

    @cached_property
    def _sessions(self) -> SessionCache:
        from coda_cli.auth.aws_session_cache import SessionCache, sessions_folder

        folder = sessions_folder(self._options.environ) if self._options.keeps_sessions else None
        return SessionCache(folder, self._clock)

    @cached_property
    def _source(self) -> Source:
        return find_source(self._options, self._profiles, self._redactor, lambda: self._sessions)

    @cached_property
    def _role(self) -> Role | None:
        if not self._assume_role:
            return None
        from coda_cli.auth.aws_roles import choose_role

        return choose_role(self._options, lambda: self._source, self._redactor)

    @cached_property
    def _credentials(self) -> HeldCredentials:
        role = self._role
        if role is None:
            return self._source.credentials
        from coda_cli.auth.aws_roles import assume

        return assume(role, self._source, self._options, self._profiles, self._redactor, self._sessions)

    def _check_partition(self, region: str) -> None:
        role = self._role or self._source.role
        if role is not None:
            from coda_cli.auth.aws_roles import check_partition

            check_partition(role.arn, region)
