"""A request written as the command of curl that sends it.

Owns quoting for a shell, what curl must be told so that it sends and signs what we would, and saying where it
cannot. Credentials are variables; other secrets that a pack put into headers become variables too. It runs
nothing.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from coda_cli.auth.aws_placeholders import KEY_ID, SECRET, TOKEN
from coda_cli.auth.aws_regions import S3_FAMILY

if TYPE_CHECKING:
    from coda_cli.runtime.dry_run import KeptRequest

LONGEST_INLINE_BODY = 8 * 1024
"""Bytes: a longer body is one to put into a file."""

BODY_FILE = "request-body"

_SIGNED = re.compile(
    rf"AWS4-[A-Z0-9-]+ Credential={re.escape(KEY_ID)}/\d{{8}}/(?:([^/,]+)/)?([^/,]+)/aws4_request,"
)
"""The region, which an asymmetric signature does not have, and the service."""

_OF_THE_SIGNER = frozenset(
    {"host", "authorization", "x-amz-date", "x-amz-security-token", "x-amz-region-set"}
)
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_PATH_AS_WRITTEN = frozenset({"s3", "s3-outposts"})
"""The services whose path no version of curl encodes a second time."""


@dataclass(frozen=True, slots=True)
class CurlCommand:
    """A command for a shell, whether it is signed, and what a person must know of it, line by line."""

    text: str
    is_signed: bool
    notes: tuple[str, ...] = ()


def curl_command(kept: KeptRequest) -> CurlCommand:
    """Write the command that sends the request of a dry run.

    The parameters of a signed request are in the order in which AWS signs them: older versions of curl sign
    them in the order in which they are written.
    """
    return _Writer(kept).command()


class _Writer:
    """Collects the lines of one command, and the notes on it."""

    def __init__(self, kept: KeptRequest) -> None:
        self._kept = kept
        self._request = kept.request
        self._headers = {name.lower(): value for name, value in kept.request.headers}
        signed = _SIGNED.match(self._headers.get("authorization", ""))
        self._is_authenticated = signed is not None
        self._region: str | None = signed[1] if signed else None
        self._service: str = signed[2] if signed else ""
        self._lines: list[str] = []
        self._notes: list[str] = []

    def command(self) -> CurlCommand:
        self._add("curl", "--path-as-is", *(["--globoff"] if "[" in str(self._request.url) else []))
        origin = self._kept.connect_to or self._request.url
        if self._kept.ca_bundle is not None and origin.scheme == "https":
            self._add("--cacert", shlex.quote(self._kept.ca_bundle))
        self._write_signature()
        self._write_method()
        self._write_headers()
        self._write_body()
        self._add(shlex.quote(f"{origin.origin}{self._request.url.path}{self._query()}"))
        return CurlCommand(" \\\n  ".join(self._lines), self._region is not None, tuple(self._notes))

    def _add(self, *words: str) -> None:
        self._lines.append(" ".join(words))

    def _write_signature(self) -> None:
        if self._is_authenticated and self._region is None:
            self._notes.append(
                "curl has no Signature Version 4A: this command is not signed, so AWS refuses it."
            )
        if self._region is None:
            return
        self._add("--aws-sigv4", shlex.quote(f"aws:amz:{self._region}:{self._service}"))
        self._add("--user", f'"{KEY_ID}:{SECRET}"')
        if "x-amz-security-token" in self._headers:
            self._add("--header", f'"x-amz-security-token: {TOKEN}"')
        self._doubt_path(self._request.url.path)

    def _doubt_path(self, path: str) -> None:
        """Note where curl, some versions of it at least, signs another path than AWS does."""
        *segments, last = path.split("/")[1:]
        if self._service not in S3_FAMILY and ({"", ".", ".."} & set(segments) or last in (".", "..")):
            self._notes.append(
                "AWS signs the path without //, . and .., but curl with them: AWS may refuse it."
            )
        elif "%" in path and self._service not in _PATH_AS_WRITTEN:
            self._notes.append("Some versions of curl sign a path with escapes wrongly: AWS may refuse it.")

    def _write_method(self) -> None:
        method, body = self._request.method, self._request.body
        if method == "HEAD" and not body:
            self._add("--head")
        elif method != "GET" or body:
            self._add("--request", method)

    def _write_headers(self) -> None:
        if self._kept.connect_to is not None:
            self._add("--header", shlex.quote(f"Host: {self._request.url.authority}"))
        for name, value in self._request.headers:
            if self._is_authenticated and name.lower() in _OF_THE_SIGNER:
                continue
            if name.lower() in _SECRET_HEADERS:
                variable = name.upper().replace("-", "_")
                self._notes.append(f"{variable} must be the value of the header {name}, which the pack sets.")
                self._add("--header", f'"{name}: ${variable}"')
            else:
                self._add("--header", shlex.quote(f"{name}: {value}" if value else f"{name};"))

    def _write_body(self) -> None:
        body = self._request.body
        if not body and self._request.method not in _WITH_BODY:
            return
        if "content-type" not in self._headers:
            self._write_missing_type()
        text = _inline(body)
        if text is not None:
            self._add("--data-raw", shlex.quote(text))
            return
        self._add("--data-binary", f"@{BODY_FILE}")
        size, digest = len(body), sha256(body).hexdigest()
        self._notes.append(f"The file {BODY_FILE} must hold the body: {size} bytes, SHA-256 {digest}.")

    def _write_missing_type(self) -> None:
        """Keep curl from adding a content type of its own, which it would not sign."""
        if self._region is None:
            self._add("--header", "Content-Type:")
            return
        # Versions that were told to leave it out sign it all the same.
        self._add("--header", "'Content-Type: application/octet-stream'")
        self._notes.append(
            "The request has no Content-Type; curl sends one with every body, and must sign it."
        )

    def _query(self) -> str:
        query = self._request.url.query
        if self._is_authenticated:
            query = "&".join(sorted(query.split("&"), key=lambda pair: pair.partition("=")[::2]))
        return f"?{query}" if query else ""


def _inline(body: bytes) -> str | None:
    """Return a body as text to be written into a command, or None where it is long or no plain text."""
    if len(body) > LONGEST_INLINE_BODY:
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return text if text.replace("\n", "").replace("\t", "").isprintable() else None
