"""URLs: taken apart once, brought into normal form once, joined without a surprise.

Owns every decision about what a URL's text means. ``urlsplit`` and ``urljoin`` are not used: they drop
tabs and line ends, and read some authorities otherwise than the libraries that connect. It does not
know which hosts are allowed, and nothing here touches the network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

from coda_cli.errors import InvalidURLError
from coda_cli.wire import DEFAULT_PORTS, PathStyle, Url

if TYPE_CHECKING:
    from collections.abc import Callable

_PARTS = re.compile(  # RFC 3986, appendix B
    r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::(.*))?", re.DOTALL)
_PORT = re.compile(r"[0-9]{1,5}")
_HOST = re.compile(r"(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}")
_LONGEST_HOST = 253

# What may stand unescaped. urllib3 escapes everything else of a target after it was signed, upper-cases
# escapes, and escapes every "%" where one of them starts no escape: so all three are done here.
_ESCAPE_OR_RESERVED = re.compile(rb"%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~/-]")
_ESCAPE_OR_ILLEGAL_IN_PATH = re.compile(rb"%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~!$&'()*+,;=:@/-]")
_ESCAPE_OR_ILLEGAL_IN_QUERY = re.compile(rb"%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~!$&'()*+,;=:@/?-]")


@dataclass(frozen=True, slots=True)
class RawUrl:
    """The parts of a URL as they were written, the fragment dropped; None is a part that is not there."""

    scheme: str | None
    authority: str | None
    path: str
    query: str | None

    @property
    def is_absolute(self) -> bool:
        """It says by itself where it leads."""
        return self.scheme is not None or self.authority is not None


def split_url(text: str) -> RawUrl:
    """Take a URL or a relative reference apart.

    Control characters are refused wherever they stand. They could be escaped in a path, but one that
    was meant is written ``%0A``; a raw one is the line end of a file, or an attack on a parser.

    Raises:
        InvalidURLError: it holds a control character, or text that is not Unicode.
    """
    if found := _CONTROL.search(text):
        raise InvalidURLError(
            f"the URL has a control character, {found.group()!a}, at position {found.start()}",
            "Remove it, or percent-encode it if it is part of a name.",
        )
    if not is_unicode(text):
        raise InvalidURLError("the URL holds half of a surrogate pair, which is no Unicode text")
    match = _PARTS.fullmatch(text)
    assert match is not None, "every part is optional, so any text matches"
    scheme, authority, path, query = match.groups()
    return RawUrl(scheme.lower() if scheme else None, authority, path, query)


def is_unicode(text: str) -> bool:
    """Tell whether text can be sent: half of a surrogate pair has no encoding."""
    return _SURROGATE.search(text) is None


def normalise(raw: RawUrl, style: PathStyle) -> Url:
    """Bring an absolute URL into the one form that is checked, signed, connected to and sent.

    Raises:
        InvalidURLError: the URL is not absolute, has another scheme, or its authority could be read
            in more than one way.
    """
    if raw.scheme not in DEFAULT_PORTS:
        raise InvalidURLError(
            f"the scheme {raw.scheme}: is not supported" if raw.scheme else "the URL has no scheme",
            "Begin the URL with https:// and a host.",
        )
    if raw.authority is None:
        raise InvalidURLError(f"the URL has no host: {raw.scheme}: is not followed by //")
    host, port = split_authority(raw.authority)
    return Url(
        scheme=raw.scheme,
        host=host,
        port=None if port == DEFAULT_PORTS[raw.scheme] else port,
        path=_PATHS[style](raw.path) or "/",
        query=_QUERIES[style](raw.query or ""),
    )


@lru_cache(maxsize=256)
def split_authority(authority: str) -> tuple[str, int | None]:
    """Split an authority into its host in normal form and its port, None where it names none.

    Raises:
        InvalidURLError: it has userinfo, or anything that programs read differently.
    """
    if "@" in authority:
        # Not quoted: what stands before the "@" is often a password.
        raise InvalidURLError(
            "the URL has a user name or password before its host, which is refused",
            "Leave out what stands before the @: credentials come from the pack's authentication.",
        )
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise InvalidURLError(f"the host of the URL is malformed: {authority!a}")
    host, port = match.groups()
    if port is not None and not (_PORT.fullmatch(port) and 0 < int(port) < 65536):
        raise InvalidURLError(f"the port of the URL is not a number from 1 to 65535: {port!a}")
    return _normal_host(host), None if port is None else int(port)


def join(base: Url, location: RawUrl) -> RawUrl:
    """Resolve what a redirect's ``Location`` names against the URL that answered with it.

    Dot segments are removed only from a relative path, which needs them; elsewhere they may be part of
    a name, as in S3.
    """
    if location.scheme is not None:
        return location
    if location.authority is not None:
        return replace(location, scheme=base.scheme)
    path, query = location.path, location.query
    if not path:
        path, query = base.path, base.query if query is None else query
    elif not path.startswith("/"):
        path = _without_dot_segments(base.path.rpartition("/")[0] + "/" + path)
    return RawUrl(base.scheme, base.authority, path, query)


def append(base: RawUrl, relative: RawUrl) -> RawUrl:
    """Put a relative URL behind an endpoint: ``https://h/base`` and ``/x`` make ``https://h/base/x``."""
    path = base.path
    if relative.path:
        path = f"{path.removesuffix('/')}/{relative.path.removeprefix('/')}"
    return replace(base, path=path, query=relative.query)


def _normal_host(host: str) -> str:
    if host.startswith("["):
        try:
            address = IPv6Address(host[1:-1])
        except AddressValueError:
            raise InvalidURLError(f"the URL's IPv6 address is malformed: {host!a}") from None
        if address.scope_id is not None:
            raise InvalidURLError(f"the URL's IPv6 address has a zone, which is refused: {host!a}")
        return f"[{address}]"
    if not host.isascii():
        raise InvalidURLError(
            f"the host of the URL is not ASCII: {host!a}", "Write it in its xn-- form (punycode)."
        )
    host = host.removesuffix(".")
    if not host:
        raise InvalidURLError("the URL has no host")
    if not _HOST.fullmatch(host) or len(host) > _LONGEST_HOST:
        hint = "A backslash, blank or percent sign in a host is read differently by different programs."
        raise InvalidURLError(f"the host of the URL is malformed: {host!a}", hint)
    return host.lower()


def _s3_path(path: str) -> str:
    return quote(unquote_to_bytes(path), safe="/~")


def _path_encoded_twice(path: str) -> str:
    return _escape(path, _ESCAPE_OR_RESERVED)


def _path_as_written(path: str) -> str:
    return _escape(path, _ESCAPE_OR_ILLEGAL_IN_PATH)


def _query_as_written(query: str) -> str:
    return _escape(query, _ESCAPE_OR_ILLEGAL_IN_QUERY)


def _canonical_query(query: str) -> str:
    # Not parse_qsl: it decodes to text, which turns bytes that are no UTF-8 into other bytes.
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return "&".join(f"{_recode(key)}={_recode(value)}" for key, _, value in pairs)


def _recode(text: str) -> str:
    return quote(unquote_to_bytes(text.replace("+", " ")), safe="")


def _escape(text: str, pattern: re.Pattern[bytes]) -> str:
    """Escape what the pattern finds, but keep what is an escape already, in upper case."""
    return pattern.sub(_escaped, text.encode()).decode("ascii")


def _escaped(found: re.Match[bytes]) -> bytes:
    text = found.group()
    return text.upper() if len(text) == 3 else b"%%%02X" % text[0]


def _without_dot_segments(path: str) -> str:
    """Remove ``.`` and ``..`` from a path that begins with ``/``, as RFC 3986 (5.2.4) does."""
    segments = path.split("/")
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]  # the first is the empty text before the leading slash
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)


_PATHS: dict[PathStyle, Callable[[str], str]] = {
    PathStyle.AS_WRITTEN: _path_as_written,
    PathStyle.S3: _s3_path,
    PathStyle.ENCODED_TWICE: _path_encoded_twice,
}
_QUERIES: dict[PathStyle, Callable[[str], str]] = {
    PathStyle.AS_WRITTEN: _query_as_written,
    PathStyle.S3: _canonical_query,
    PathStyle.ENCODED_TWICE: _canonical_query,
}
