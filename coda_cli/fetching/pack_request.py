"""One request as a pack asks for it: checked, but with nothing added and nothing decided yet.

Owns what a pack may pass to ``fetch``, and what a redirect makes of it. It knows no policy and no
authentication.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from coda_cli.errors import RequestError
from coda_cli.fetching.urls import RawUrl, is_unicode, split_url

if TYPE_CHECKING:
    from coda_cli.sdk.exchanges import FetchRequest

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_FORM = ("Content-Type", "application/x-www-form-urlencoded")
_OF_THE_CONNECTION = {"host", "transfer-encoding", "trailer", "upgrade"}
_OF_ONE_HOST = {"authorization", "proxy-authorization", "cookie"}
_OF_A_BODY = ("content-", "x-amz-content-sha256")


@dataclass(frozen=True, slots=True)
class PackRequest:
    """A request before the network policy, authentication and sending; a redirect makes the next one."""

    method: str
    url: RawUrl
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def redirected(self, status: int, url: RawUrl, *, same_origin: bool) -> PackRequest:
        """Return the request that a redirect asks for.

        303 makes it a GET, and 301 and 302 do that to a POST: the body is left behind, with the headers
        that describe it. Elsewhere than at the same origin, so are the headers that prove who is calling.
        """
        to_get = self.method != "HEAD" if status == 303 else status in (301, 302) and self.method == "POST"
        dropped = (_OF_A_BODY if to_get else ()) + (() if same_origin else tuple(_OF_ONE_HOST))
        return replace(
            self,
            method="GET" if to_get else self.method,
            url=url,
            headers=tuple(pair for pair in self.headers if not pair[0].lower().startswith(dropped)),
            body=b"" if to_get else self.body,
        )


def checked_request(request: FetchRequest) -> PackRequest:
    """Check a pack's request: see ``check_request``."""
    return check_request(request.method, request.url, request.headers, request.body, request.form)


def check_request(method: object, url: object, headers: object, body: object, form: object) -> PackRequest:
    """Check what a pack passed to ``fetch``, types included: packs need not use a type checker.

    Raises:
        InvalidURLError: the URL cannot be taken apart safely.
        RequestError: something else of it cannot be sent.
    """
    if not isinstance(method, str) or method.upper() not in METHODS:
        raise RequestError(f"fetch knows no method {method!r}", f"It knows {', '.join(METHODS)}.")
    if not isinstance(url, str):
        raise RequestError(f"the URL of a fetch is text, not {type(url).__name__}")
    if body is not None and form is not None:
        raise RequestError("a fetch has a body or a form, not both")
    pairs = _headers(_mapping(headers, "headers"))
    content = b""
    if form is not None:
        content = _form(_mapping(form, "form"))
        if "content-type" not in {name.lower() for name, _ in pairs}:
            pairs = (*pairs, _FORM)
    elif body is not None:
        content = _body(body)
    return PackRequest(method.upper(), split_url(url), pairs, content)


def _mapping(value: object, what: str) -> Mapping[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise RequestError(f"the {what} of a fetch are a dict, not {type(value).__name__}")
    return value


def _headers(headers: Mapping[Any, Any]) -> tuple[tuple[str, str], ...]:
    pairs: dict[str, tuple[str, str]] = {}
    for name, value in headers.items():
        if not isinstance(name, str) or not _TOKEN.fullmatch(name):
            raise RequestError(f"{name!a} cannot be the name of a header")
        if not isinstance(value, str):
            raise RequestError(f"the header {name} is text, not {type(value).__name__}")
        if _CONTROL.search(value) or not is_unicode(value):
            # Not quoted: the value may be a token.
            raise RequestError(f"the header {name} has a line end or another control character in it")
        if name.lower() in _OF_THE_CONNECTION:
            raise RequestError(
                f"a pack may not set the header {name}", "It follows from the URL and the body."
            )
        if name.lower() in pairs:
            raise RequestError(f"the header {name} is given twice, in different spellings")
        pairs[name.lower()] = (name, value.strip(" \t"))
    pairs.pop("content-length", None)  # the body's own length is sent, whatever the pack counted
    return tuple(pairs.values())


def _body(body: object) -> bytes:
    if isinstance(body, str):
        if not is_unicode(body):
            raise RequestError("the body holds half of a surrogate pair, which is no Unicode text")
        return body.encode()
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    raise RequestError(
        f"the body of a fetch is text or bytes, not {type(body).__name__}",
        "json.dumps makes text of a dict or list.",
    )


def _form(form: Mapping[Any, Any]) -> bytes:
    for name, value in form.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise RequestError(f"the form's {name!a} is text, not {type(value).__name__}")
        if not is_unicode(name + value):
            raise RequestError(
                f"the form's {name!a} holds half of a surrogate pair, which is no Unicode text"
            )
    return urlencode(form).encode()
