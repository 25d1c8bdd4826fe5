"""Keys as they sign a request, and holding on to them for as long as they are good.

Owns when credentials that expire are fetched anew, and that what is secret in them is known to the
redactor before anything else sees it. Where they come from is not its business.
"""

from __future__ import annotations

import logging
import re
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from coda_cli.errors import CredentialsError
from coda_cli.redaction import mask

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from coda_cli.auth.aws_failures import Attempt
    from coda_cli.redaction import Redactor

logger = logging.getLogger(__name__)

REFRESH_SECONDS = 120
"""How long before its end a session is replaced.

botocore's own windows of 15 and 10 minutes would refresh a session of 15 minutes for every request."""

_PRINTABLE = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Keys:
    """One access key id with its secret, and the session token of a temporary one."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)

    def get_frozen_credentials(self) -> Keys:
        """Return itself: static keys serve wherever botocore takes credentials."""
        return self


class SomeCredentials(Protocol):
    """Any of botocore's credentials, or ``Keys``."""

    def get_frozen_credentials(self) -> Any:
        """Return ``access_key``, ``secret_key`` and ``token`` of now, refreshed if botocore finds it time."""
        ...


class HeldCredentials:
    """Credentials that are asked for once and then held until shortly before they end.

    Args:
        credentials: botocore's, refreshable or not.
        origin: where they come from, for messages.
        redactor: learns every secret before it is used.
        attempt: says what was tried, should it fail; None for keys that are at hand, which cannot.
        load_anew: looks for credentials again where these came from, given the access key id that AWS no
            longer takes; None where that would find the same.
    """

    def __init__(
        self,
        credentials: SomeCredentials,
        origin: str,
        redactor: Redactor,
        attempt: Callable[[], Attempt] | None = None,
        load_anew: Callable[[str], SomeCredentials] | None = None,
    ) -> None:
        self._credentials = credentials
        self._origin = origin
        self._redactor = redactor
        self._attempt = attempt
        self._load_anew = load_anew
        self._held: Keys | None = None
        self._refresh_seconds = REFRESH_SECONDS

    @property
    def ends(self) -> datetime | None:
        """When the session ends that is held, where that is known."""
        return getattr(self._credentials, "ends", None)

    def get_frozen_credentials(self) -> Keys:
        """Return the keys to use now; botocore takes this object as a source of credentials, too.

        Raises:
            CredentialsError: they could not be got, or are malformed.
        """
        if self._held is None:
            self._held = self._fetched()
        elif self._ends_within(self._refresh_seconds):
            self._held = self._refreshed(self._held)
        return self._held

    def renew(self, access_key: str) -> bool:
        """Get new keys if those of this access key id are held still, since AWS no longer takes them.

        Returns whether other keys are held now.

        Raises:
            CredentialsError: what gives out keys refused to, or cannot be asked.
        """
        if self._held is None or self._held.access_key != access_key:
            return self._held is not None
        if self._load_anew is None:
            return False
        logger.info("key %s is no longer taken; looking for a new one", mask(access_key))
        with self._translated():
            self._credentials = self._load_anew(access_key)
        self._held = self._fetched()
        return self._held.access_key != access_key

    def _refreshed(self, held: Keys) -> Keys:
        """Return new keys, or the old ones to their very end where no new ones can be got."""
        try:
            fetched = self._fetched()
        except CredentialsError as error:
            if self._ends_within(0):
                raise
            logger.info("the session cannot be replaced before its end: %s", error)
            self._refresh_seconds = 0
            return held
        self._refresh_seconds = REFRESH_SECONDS
        return fetched

    def _fetched(self) -> Keys:
        with self._translated():
            frozen = self._credentials.get_frozen_credentials()
        keys = checked_keys(frozen_keys(frozen, self._origin), self._origin, self._redactor)
        token = "without" if keys.token is None else "with"
        logger.info("key %s %s a session token, of %s", mask(keys.access_key), token, self._origin)
        return keys

    def _translated(self) -> AbstractContextManager[None]:
        """Turn what botocore lets out, while it gets credentials, into an error that says what to do."""
        if self._attempt is None:
            return nullcontext()
        from coda_cli.auth.aws_failures import translated

        return translated(self._attempt, self._redactor)

    def _ends_within(self, seconds: float) -> bool:
        ask = getattr(self._credentials, "refresh_needed", None)
        return ask is not None and bool(ask(refresh_in=seconds))


def frozen_keys(frozen: Any, origin: str) -> Keys:
    """Return what botocore's frozen credentials hold, as ``Keys``.

    Raises:
        CredentialsError: a part is no text, as settings may be that a file has as a section.
    """
    key_id, secret, token = frozen.access_key or "", frozen.secret_key or "", frozen.token or None
    if not (isinstance(key_id, str) and isinstance(secret, str) and isinstance(token, str | None)):
        from coda_cli.auth.aws_failures import INDENTED

        raise CredentialsError("a part of the access key is no text", origin, INDENTED)
    return Keys(key_id, secret, token)


def is_sendable(part: str) -> bool:
    """Tell whether a part of an access key can be sent in a header at all."""
    return _PRINTABLE.fullmatch(part) is not None


def checked_keys(keys: Keys, origin: str, redactor: Redactor) -> Keys:
    """Make the keys' secrets known to the redactor, and return them if they can be sent at all.

    Raises:
        CredentialsError: a part is empty, or holds blanks or control characters, which would break the
            request's headers apart.
    """
    redactor.add_secret(keys.secret_key)
    redactor.add_secret(keys.token)
    redactor.add_masked(keys.access_key)
    parts = {"access key id": keys.access_key, "secret access key": keys.secret_key}
    if keys.token is not None:
        parts["session token"] = keys.token
    for name, value in parts.items():
        if not is_sendable(value):
            raise CredentialsError(f"the {name} is empty, or has blanks or control characters in it", origin)
    return keys
