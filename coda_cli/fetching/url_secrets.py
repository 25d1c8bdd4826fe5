"""What of a URL may be shown, and what of it is secret.

Owns the words for a URL in messages and logs: queries hold tokens, and pre-signed URLs prove who is calling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from coda_cli.redaction import SHORTEST

if TYPE_CHECKING:
    from coda_cli.fetching.urls import RawUrl
    from coda_cli.wire import Url

_SECRET_PARAMETERS = ("signature", "security-token")  # X-Amz-Signature, and S3's older Signature


def shown(url: Url) -> str:
    """Show a URL with the names of its query's parameters: the values may be secrets, if pre-signed."""
    names = "&".join(pair.partition("=")[0] for pair in url.query.split("&"))
    return f"{url.origin}{url.path}?{names}" if names else f"{url.origin}{url.path}"


def secrets_of(url: Url) -> tuple[str, ...]:
    """Return what a pre-signed URL proves by, as it is written and as it is meant.

    Other tokens stay: services repeat those that name a page, and packs need them.
    """
    if not url.query:
        return ()
    pairs = (pair.partition("=") for pair in url.query.split("&"))
    written = [value for name, _, value in pairs if name.lower().endswith(_SECRET_PARAMETERS)]
    return tuple(value for value in (*written, *map(unquote, written)) if len(value) >= SHORTEST)


def without_query(raw: RawUrl) -> str:
    """Show a URL as the pack wrote it, without query and user."""
    scheme = f"{raw.scheme}:" if raw.scheme else ""
    authority = f"//{raw.authority.rpartition('@')[2]}" if raw.authority is not None else ""
    return f"{scheme}{authority}{raw.path}"
