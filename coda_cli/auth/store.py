"""What ``coda auth`` stored for a pack: the file beside it, read and written.

Owns the file's form, who may read it, and that two processes which write at once lose nothing. It chooses
no credentials and checks no value: whoever uses one does. The file is looked at when it is first asked for.

::

    {
      "version": 1,
      "packs": {"s3.py": {"profile": "dev", "roleArn": "arn:…", "externalId": "…"}},
      "credentials": {…}        the reference's form: for every pack of the folder without an entry of its own
    }
"""

from __future__ import annotations

import json
import os
import shlex
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, Any

from coda_cli.errors import CredentialsError, UnreadableStoreError
from coda_cli.sdk.authentication import AWS_TYPES, AuthenticationType

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE_NAME = ".coda-credentials.json"
VERSION = 1

_OF_OTHERS = 0o077
_LARGEST = 1024 * 1024
"""Bytes: whatever is larger was never written by us."""


@dataclass(frozen=True, slots=True)
class StoredCredentials:
    """What is stored for one pack, unchecked; only what applies is set.

    ``of_folder`` tells that it stands in the reference's form, for all packs of the folder.
    """

    access_key_id: str | None = field(default=None, repr=False)
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = field(default=None, repr=False)
    endpoint_url: str | None = field(default=None, repr=False)
    of_folder: bool = field(default=False, compare=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stored."""
        return self == StoredCredentials()

    def used_by(self, type: AuthenticationType) -> StoredCredentials:  # noqa: A002 - the reference's word
        """Leave out what packs of this type do not use: the pack may have been of another before.

        Keys are for access-key packs, a role and its external id for assume-role packs, a profile for both.
        """
        kept = self
        if type is not AuthenticationType.AWS_ACCESS_KEY:
            kept = replace(kept, access_key_id=None, secret_access_key=None, session_token=None)
        if type is not AuthenticationType.AWS_ASSUME_ROLE:
            kept = replace(kept, role_arn=None, external_id=None)
        return kept if type in AWS_TYPES else replace(kept, profile=None)


_NAMES = {
    one.name: "".join([first, *(word.capitalize() for word in more)])
    for one in fields(StoredCredentials)
    if one.name != "of_folder"
    for first, *more in [one.name.split("_")]
}
"""Each field's name in the file: the reference's camelCase."""


class CredentialsStore:
    """The entry of one pack in the file of its folder.

    A link is followed, so that several folders may share a file, unless it leads to somebody else's.
    """

    def __init__(self, pack: Path) -> None:
        self._pack = pack.name
        self._command_word = shlex.quote(str(pack))
        self.path = pack.parent / FILE_NAME

    def read(self) -> StoredCredentials:
        """Return what is stored now: the pack's own entry, else the reference's; empty where there is none.

        Raises:
            CredentialsError: the file cannot be read or understood, or others may read it.
        """
        content = self._content()
        own = content.get("packs", {}).get(self._pack)
        if own is not None:
            return self._own(own)
        reference = content.get("credentials")
        if reference is None:
            return StoredCredentials()
        return replace(self._entry(reference, '"credentials"'), of_folder=True)

    def write(self, stored: StoredCredentials, *, discard_unreadable: bool = False) -> None:
        """Store this for the pack, and keep everything else that is in the file, unknown fields too.

        Args:
            stored: replaces what was known of the pack.
            discard_unreadable: write a new file, or entry, where the present one is corrupt; the person was
                asked.

        Raises:
            CredentialsError: the file or its folder cannot be read or written.
        """
        with self._locked():
            content = self._content(discard_unreadable=discard_unreadable)
            packs = content.setdefault("packs", {})
            before = packs.get(self._pack)
            if before is not None and not discard_unreadable:
                self._own(before)  # a corrupt one is not overwritten either
            kept = before if isinstance(before, dict) else {}
            entry = {name: value for name, value in kept.items() if name not in _NAMES.values()}
            values = {_NAMES[name]: getattr(stored, name) for name in _NAMES}
            packs[self._pack] = {name: value for name, value in values.items() if value is not None} | entry
            self._replace({"version": VERSION, **content})

    def clear(self) -> bool:
        """Remove the pack's own entry; tell whether there was one. The reference's form stays.

        Raises:
            CredentialsError: the file or its folder cannot be read or written.
        """
        with self._locked():
            content = self._content()
            packs = content.get("packs", {})
            if self._pack not in packs:
                return False
            del packs[self._pack]
            self._replace(content)
        return True

    def _own(self, entry: object) -> StoredCredentials:
        return self._entry(entry, f'"packs", "{self._pack}"')

    def _entry(self, entry: object, where: str) -> StoredCredentials:
        if not isinstance(entry, dict):
            raise self._error(f"holds something else than an object at {where}")
        values: dict[str, Any] = {}
        for name, written in _NAMES.items():
            value = entry.get(written)
            if not isinstance(value, str | None):
                raise self._error(f"holds something else than text as {written} at {where}")
            values[name] = value or None
        return StoredCredentials(**values)

    def _content(self, *, discard_unreadable: bool = False) -> dict[str, Any]:
        text = self._text()
        if text is None:
            return {}
        try:
            return self._parsed(text)
        except UnreadableStoreError:
            if discard_unreadable:
                return {}
            raise

    def _parsed(self, text: str) -> dict[str, Any]:
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            # The text around the place is not quoted: it holds secrets.
            where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
            raise self._error(f"is empty{where}" if not text.strip() else f"is no JSON{where}") from None
        if not isinstance(content, dict) or not isinstance(content.get("packs", {}), dict):
            raise self._error("is JSON of another form than coda writes")
        version = content.get("version", VERSION)
        if version != VERSION:
            raise self._error(f"is of version {version!a}, and this coda knows version {VERSION}")
        return content

    def _error(self, what: str) -> UnreadableStoreError:
        return UnreadableStoreError(
            f"the stored credentials cannot be read: {self.path} {what}",
            f"Mend it, or remove it and store them anew: coda auth {self._command_word}",
        )

    def _text(self) -> str | None:
        """Return the file's text, once it is sure that it is nobody else's; None where there is no file."""
        try:
            self._check_link()
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                self._check_file(os.fstat(descriptor))
                with os.fdopen(descriptor, "rb", closefd=False) as file:
                    content = file.read(_LARGEST + 1)
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._os_error("read", error) from error
        if len(content) > _LARGEST:
            raise self._error("is far too large")
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise self._error("is no text in UTF-8") from None

    def _check_file(self, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            raise CredentialsError(f"{self.path} is no file", "Stored credentials would be in one.")
        if status.st_mode & _OF_OTHERS:
            raise CredentialsError(
                f"others may read {self.path}, which holds credentials",
                f"Run: chmod 600 {shlex.quote(str(self.path))}",
            )

    def _check_link(self) -> None:
        if not self.path.is_symlink():
            return
        try:
            owner = self.path.stat().st_uid
        except FileNotFoundError:
            raise CredentialsError(
                f"{self.path} is a link to {self.path.readlink()}, which does not exist",
                "Remove the link, or make what it leads to.",
            ) from None
        if owner != os.getuid():
            raise CredentialsError(
                f"{self.path} is a link to a file of somebody else: {self.path.readlink()}",
                "What is stored there would be theirs. Remove the link.",
            )

    def _os_error(self, what: str, error: OSError) -> CredentialsError:
        return CredentialsError(f"{self.path} cannot be {what}: {error.strerror or error}")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one process at a time read, change and write: the folder itself is locked, no file is left."""
        import fcntl

        try:
            self._check_link()
            folder = os.open(self.path.resolve().parent, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise self._os_error("written", error) from error
        try:
            with suppress(OSError):  # some network file systems lock no folder
                fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _replace(self, content: dict[str, Any]) -> None:
        """Write beside the file and rename, so that it is never seen half written, nor by others."""
        path = self.path.resolve()
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        try:
            descriptor, name = mkstemp(prefix=f"{path.name}.", dir=path.parent)  # mode 0600
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(text.encode("utf-8", "backslashreplace"))
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(path)
            except BaseException:  # Ctrl-C too
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise self._os_error("written", error) from error
