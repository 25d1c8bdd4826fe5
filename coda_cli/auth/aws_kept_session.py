"""A role's session as credentials: kept from an earlier run, or asked for anew.

Owns the order of the two, and that a new session is kept. How one is asked for is handed in; how files are
written is ``aws_session_cache``'s.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from coda_cli.auth.aws_keys import REFRESH_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from coda_cli.auth.aws_keys import Keys
    from coda_cli.auth.aws_session_cache import RoleSession, SessionCache, SessionRequest

logger = logging.getLogger(__name__)


class KeptSession:
    """The session of one role; what ``HeldCredentials`` takes as credentials.

    Args:
        request: what shapes the session; None where nothing tells who asks, so that it cannot be kept.
        fetch: asks for a new session.
        cache: where sessions are kept between runs.
    """

    def __init__(
        self, request: SessionRequest | None, fetch: Callable[[], RoleSession], cache: SessionCache
    ) -> None:
        self._request = request
        self._fetch = fetch
        self._cache = cache
        self._session: RoleSession | None = None

    def get_frozen_credentials(self) -> Keys:
        """Return the keys of a session that is not about to end, a kept one if there is any."""
        self._session = self._kept() or self._new()
        return self._session.keys

    @property
    def ends(self) -> datetime | None:
        """When the session ends that was given last."""
        return None if self._session is None else self._session.ends

    def refresh_needed(self, refresh_in: float) -> bool:
        """Tell, as botocore's refreshable credentials do, whether less than this is left, in seconds."""
        return self._session is None or self._cache.seconds_left(self._session) < refresh_in

    def forget(self, access_key: str) -> None:
        """Keep the session of this key no longer: AWS does not take it."""
        if self._request is not None:
            self._cache.drop(self._request, access_key)

    def _kept(self) -> RoleSession | None:
        if self._request is None:
            return None
        session = self._cache.load(self._request, REFRESH_SECONDS)
        if session is not None:
            until = f"{session.ends:%Y-%m-%d %H:%M:%S %Z}"
            logger.info(
                "role %s: the session of an earlier run lasts until %s", self._request.role_arn, until
            )
        return session

    def _new(self) -> RoleSession:
        session = self._fetch()
        if self._request is not None:
            self._cache.store(self._request, session)
        return session
