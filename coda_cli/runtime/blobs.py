"""The temporary blob storage of one run: files in a temporary folder, which its author can look at.

Owns the folder, its files and their names. What is fetched for it goes through the run's own fetcher, hence
through its network policy. Nothing is removed: the system clears its temporary folder.
"""

from __future__ import annotations

import logging
from functools import cached_property
from itertools import count
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from coda_cli.errors import RequestError
from coda_cli.sdk.context import TemporaryUrl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coda_cli.sdk.context import Fetcher

logger = logging.getLogger(__name__)

_NOT_IN_A_NAME = "/\\\0"


class TemporaryFiles:
    """Keeps each blob in a file of its own; a ``sdk.context.TemporaryBlobStorage``.

    Args:
        fetcher: the run's own.
        parent: where the folder is made, the system's temporary folder unless given.
    """

    def __init__(self, fetcher: Fetcher, parent: Path | None = None) -> None:
        self._fetcher = fetcher
        self._parent = parent
        self._numbers = count(1)
        self._lock = Lock()  # a pack may store from several threads

    def store_url(
        self,
        url: str,
        *,
        content_type: str | None = None,
        download_filename: str | None = None,
        expiry_ms: float | None = None,
        headers: Mapping[str, str] | None = None,
        disable_authentication: bool = False,
        cache_ttl_secs: float | None = None,
    ) -> str:
        """Fetch a URL and keep what it answers: see ``sdk.context.TemporaryBlobStorage``."""
        name = _checked_name(download_filename)
        response = self._fetcher.fetch(
            "GET",
            url,
            headers=headers,
            is_binary_response=True,
            disable_authentication=disable_authentication,
            cache_ttl_secs=cache_ttl_secs,
        )
        said = response.headers.get("content-type", "application/octet-stream")
        return self._keep(response.body, said if content_type is None else content_type, name, expiry_ms)

    def store_blob(
        self,
        blob_data: bytes,
        content_type: str,
        *,
        download_filename: str | None = None,
        expiry_ms: float | None = None,
    ) -> str:
        """Keep bytes: see ``sdk.context.TemporaryBlobStorage``."""
        return self._keep(blob_data, content_type, _checked_name(download_filename), expiry_ms)

    def _keep(self, content: object, content_type: object, name: str, expiry_ms: object) -> str:
        if not isinstance(content, bytes | bytearray | memoryview):
            raise RequestError(
                f"a blob is bytes, not {type(content).__name__}", 'Text becomes bytes by "…".encode().'
            )
        if not isinstance(content_type, str):
            raise RequestError(f"the content type of a blob is text, not {type(content_type).__name__}")
        if expiry_ms is not None and (not isinstance(expiry_ms, int | float) or not expiry_ms > 0):
            raise RequestError(f"expiry_ms is a number of milliseconds above 0, not {expiry_ms!r}")
        name = name or f"blob{_ending(content_type)}"
        try:
            with self._lock:
                folder = self._folder / str(next(self._numbers))  # so that two files may have one name
            folder.mkdir(mode=0o700)
            path = folder / name
            path.write_bytes(content)
        except OSError as error:
            raise RequestError(f"a blob cannot be stored: {error.strerror or error}") from error
        logger.info("stored %d bytes of %s in %s", len(content), content_type, path)
        return TemporaryUrl(path.as_uri())

    @cached_property
    def _folder(self) -> Path:
        from tempfile import mkdtemp

        return Path(mkdtemp(prefix="coda-blobs-", dir=self._parent)).resolve()  # for its owner alone


def _checked_name(name: object) -> str:
    """Return the name of a file, empty where none is given; one that leads out of its folder is none."""
    if name is None:
        return ""
    if not isinstance(name, str) or name.strip(". ") == "" or set(_NOT_IN_A_NAME) & set(name):
        raise RequestError(f"{name!r} cannot be the name of a file", "Give one without a folder.")
    return name


def _ending(content_type: str) -> str:
    from mimetypes import guess_extension

    return guess_extension(content_type.partition(";")[0].strip()) or ""
