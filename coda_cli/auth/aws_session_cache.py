"""Sessions of assumed roles, kept on disk between runs.

Owns the files: where they are, who may read them, when one counts and when it goes. Nothing here fails: what
cannot be read, is damaged, or is somebody else's is a miss, and what cannot be written is not kept. It calls
nobody, and needs no session of botocore's. botocore's own ``JSONFileCache`` makes its folder by the umask,
trusts whatever it finds there, and leaves a file behind for each try on a full disk.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coda_cli.auth.aws_keys import Keys, is_sendable
from coda_cli.cache_folder import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from coda_cli.auth.aws_principals import Principal
    from coda_cli.wire import Clock

logger = logging.getLogger(__name__)

_VERSION = 1
_FIELDS = ("salt", "proof", "accessKeyId", "secretAccessKey", "sessionToken", "expiration")
_LARGEST_ENTRY = 65536
_LONGEST_SESSION = timedelta(hours=12)
_SWEPT_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class RoleSession:
    """The keys of one session of a role, and when it ends."""

    keys: Keys
    ends: datetime


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """All that shapes a session. ``endpoint`` is the STS that gives it: partition, region and address."""

    role_arn: str
    external_id: str | None = field(repr=False)
    principal: Principal
    endpoint: tuple[str, ...]
    session_name: str | None = None
    duration: int | None = None
    mfa_serial: str | None = None

    @property
    def file_name(self) -> str:
        """A name that tells nothing, and begins alike for all sessions of one role."""
        return f"{_of_role(self.role_arn)}-{_digest(self._shape)[:40]}.json"

    @property
    def _shape(self) -> tuple[object, ...]:
        named = (self.session_name, self.duration, self.mfa_serial)
        return (self.role_arn, self.external_id, self.principal.name, self.endpoint, *named)

    def proof(self, salt: str) -> str:
        """Return what an entry holds to show whom, and for what, its session was given."""
        said = _bytes([self._shape, self.principal.proof])
        return hmac.new(bytes.fromhex(salt), said, hashlib.sha256).hexdigest()


def _of_role(role_arn: str) -> str:
    return _digest(role_arn)[:20]


def _digest(value: object) -> str:
    return hashlib.sha256(_bytes(value)).hexdigest()


def _bytes(value: object) -> bytes:
    return json.dumps(value).encode()


def _now() -> datetime:
    return datetime.now(UTC)


class SessionCache:
    """The sessions in one folder, which only its owner can read.

    Args:
        folder: where they are; it need not exist. None keeps nothing.
        clock: the time now.
    """

    def __init__(self, folder: Path | None, clock: Clock = _now) -> None:
        self._folder = folder
        self._clock = clock

    def seconds_left(self, session: RoleSession) -> float:
        """Return how long a session lasts from now on."""
        return (session.ends - self._clock()).total_seconds()

    def load(self, request: SessionRequest, seconds: float) -> RoleSession | None:
        """Return the session that was kept for this request if it lasts so many seconds more."""
        if self._folder is None:
            return None
        session = _session(_entry(self._folder / request.file_name), request)
        return session if session is not None and self.seconds_left(session) >= seconds else None

    def store(self, request: SessionRequest, session: RoleSession) -> None:
        """Keep a session for the next run; two that do so at once do no harm."""
        if self._folder is None:
            return
        salt = secrets.token_hex(16)
        keys = session.keys
        values = (salt, request.proof(salt), keys.access_key, keys.secret_key, keys.token)
        entry = dict(zip(_FIELDS, (*values, session.ends.isoformat()), strict=True))
        try:
            _make_private(self._folder)
            self._sweep(self._folder)
            _write(self._folder / request.file_name, json.dumps({"version": _VERSION, **entry}))
        except OSError as error:
            logger.info("the session is not kept for the next run: %s", error)

    def drop(self, request: SessionRequest, access_key: str) -> None:
        """Forget a session that AWS no longer takes, unless another has come in its place."""
        if self._folder is None:
            return
        path = self._folder / request.file_name
        kept = _session(_entry(path), request)
        if kept is not None and kept.keys.access_key == access_key:
            with suppress(OSError):
                path.unlink()

    def _sweep(self, folder: Path) -> None:
        """Remove what was written so long ago that it has ended; not more than some files at a time."""
        oldest = (self._clock() - _LONGEST_SESSION).timestamp()
        with os.scandir(folder) as files:
            for file in islice(files, _SWEPT_AT_ONCE):
                with suppress(OSError):
                    if file.is_file(follow_symlinks=False) and file.stat().st_mtime < oldest:
                        Path(file.path).unlink()


class FreshSessions(SessionCache):
    """For those who want to see STS answer: no session of an earlier run counts; a new one is kept."""

    def load(self, request: SessionRequest, seconds: float) -> RoleSession | None:  # noqa: ARG002 - as its base
        """Return None."""
        return None


def sessions_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder of the user's cache that sessions are kept in, which need not exist."""
    folder = cache_folder(environ)
    return None if folder is None else folder / "sessions"


def forget_sessions(environ: Mapping[str, str], role_arn: str) -> int:
    """Remove every kept session of a role, whoever asked for it, and with whatever external id.

    Returns how many there were. Sessions that are held in memory, or live at AWS, are not ended by it.
    """
    folder = sessions_folder(environ)
    return 0 if folder is None else sum(map(_removed, _kept_for(folder, role_arn)))


def _kept_for(folder: Path, role_arn: str) -> Iterator[Path]:
    try:
        yield from folder.glob(f"{_of_role(role_arn)}-*.json")
    except OSError:
        return


def _removed(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True


def _entry(path: Path) -> Any:
    """Read what a file says, or None: one that others may write or read, or is no file, says nothing."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or not _is_private(status) or status.st_size > _LARGEST_ENTRY:
            return None
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _session(entry: Any, request: SessionRequest) -> RoleSession | None:
    """Return the session of an entry, or None where it is damaged, or was not given for this request."""
    if not isinstance(entry, dict) or entry.get("version") != _VERSION:
        return None
    texts = [text for text in map(entry.get, _FIELDS) if isinstance(text, str)]
    if len(texts) != len(_FIELDS):
        return None
    salt, proof, access_key, secret_key, token, expiration = texts
    try:
        if not hmac.compare_digest(proof, request.proof(salt)):
            return None
        ends = datetime.fromisoformat(expiration)
    except (TypeError, ValueError):
        return None
    is_whole = ends.tzinfo is not None and all(map(is_sendable, (access_key, secret_key, token)))
    return RoleSession(Keys(access_key, secret_key, token), ends) if is_whole else None


def _is_private(status: os.stat_result) -> bool:
    return os.name == "nt" or (status.st_uid == os.geteuid() and not status.st_mode & 0o077)


def _make_private(folder: Path) -> None:
    """Make the folder, or close it to others.

    Raises:
        OSError: it is no folder, cannot be made, or is somebody else's.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_private(folder.stat()):
        folder.chmod(0o700)


def _write(path: Path, text: str) -> None:
    """Write a file that is there as a whole or not at all; ``mkstemp`` makes it for its owner only."""
    descriptor, temporary = tempfile.mkstemp(suffix=".tmp", dir=path.parent)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - opened with its mode already
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
