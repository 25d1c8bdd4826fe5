"""What a body says: JSON, XML or text, and what a service says of an error.

Owns reading bytes that somebody else wrote: nothing here trusts a content type, a charset, or that a
document is whole. It does no I/O, and resolves no entity.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from coda_cli.errors import DecodingError
from coda_cli.sdk.exchanges import Headers
from coda_cli.wire import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coda_cli.wire import WireResponse

_XML_TYPE = re.compile(r"(?:text|application)/xml|application/[^;\s]*\+xml", re.IGNORECASE)
_MAY_BE_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*[^\s{\[]")
_MAY_BE_JSON = re.compile(r"[ \t\r\n]*[{\[]")
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([^\s"';]+)""", re.IGNORECASE)
_NO_CHARSET = re.compile(r"idna|punycode|utf.?7|.*unicode.?escape", re.IGNORECASE)
"""Python's codecs that are slow, or make text out of bytes that no service means by them."""

_DEEPEST = 100
"""Elements within elements. Real documents have ten; what prints the result recurses."""

_LONGEST_CODE, _LONGEST_MESSAGE = 100, 400


def decode(response: WireResponse, *, binary: bool = False) -> Any:
    """Return the body as a pack receives it: see ``Content.parsed``."""
    return content_of(response, binary=binary).parsed()


@dataclass(frozen=True, slots=True)
class Content:
    """A body on its way from bytes to a value: text, or the bytes that were asked for or are XML.

    It stands between the two so that a large body is not held as bytes while its text is parsed.
    """

    body: str | bytes = field(repr=False)
    binary: bool
    is_xml: bool

    def parsed(self) -> Any:
        """Return the value that a pack receives.

        Bytes if the fetch asked for them. Else what parses as a JSON object or list, whatever the content
        type; else XML by content type, as nested dicts; else text.

        Raises:
            DecodingError: it says that it is XML, and is broken, too deep or has entities.
        """
        if self.binary:
            return self.body
        if isinstance(self.body, str) and (value := _json(self.body)) is not None:
            return value
        return parse_xml(self.body) if self.is_xml and not _is_blank(self.body) else self.body


def content_of(response: WireResponse, *, binary: bool = False) -> Content:
    """Return what is to be parsed of an answer: text by its charset, unless bytes are what is needed."""
    content_type = Headers(response.headers).get("content-type", "")
    is_xml = _XML_TYPE.match(content_type.strip()) is not None
    body = response.body
    if binary or (is_xml and not _CHARSET.search(content_type) and _MAY_BE_XML.match(body)):
        return Content(body, binary, is_xml)  # an XML parser finds out the charset by itself
    return Content(_text(body, content_type), binary, is_xml)


def _is_blank(text: str | bytes) -> bool:
    return not text or text.isspace()


def parse_xml(document: str | bytes) -> Any:
    """Turn XML into nested dicts, the root element dropped and every child element in a list.

    Attributes are under ``$``, text beside attributes or children under ``_``; text alone is a string,
    an empty element ``""``. Prefixes and namespace declarations are dropped.

    Raises:
        DecodingError: it is broken, nested too deep, or it declares or needs entities.
    """
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.EntityDeclHandler = _refuse_entities
    parser.SkippedEntityHandler = _refuse_entities
    try:
        parser.Parse(document, True)  # noqa: FBT003 - the parser takes no keywords
    except (expat.ExpatError, ValueError, LookupError) as error:  # the last two: encodings it cannot read
        raise DecodingError("the answer says that it is XML, and is broken", f"{error}.") from error
    return builder.result


def service_error(response: WireResponse) -> ServiceError:
    """Read the code, message, request id and region that an AWS service gave, from headers, XML or JSON.

    Each is one short line. What cannot be read is empty: an answer is never a reason to fail here.
    """
    headers = Headers(response.headers)
    body = _error_body(response)
    found = _error_element(body)
    code = headers.get("x-amzn-errortype") or _first(found, "__type", "code", "Code") or _first(body, "error")
    request_id = (
        headers.get("x-amzn-requestid")
        or headers.get("x-amz-request-id")
        or _first(found, "RequestId", "RequestID")
        or _first(body, "RequestId", "RequestID", "requestId")
    )
    return ServiceError(
        code=one_line(code.partition(":")[0].rpartition("#")[2], _LONGEST_CODE),
        message=one_line(_first(found, "message", "Message", "errorMessage") or _plain_text(body, headers)),
        request_id=one_line(request_id, _LONGEST_CODE),
        region=one_line(_first(found, "Region"), _LONGEST_CODE),
    )


def _plain_text(body: object, headers: Headers) -> str:
    """Return the first line of a body that is plain text: all that some services say."""
    is_text = isinstance(body, str) and headers.get("content-type", "").startswith("text/plain")
    return str(body).strip().partition("\n")[0] if is_text else ""


def one_line(text: str, longest: int = _LONGEST_MESSAGE) -> str:
    """Make one printable line of text that somebody else wrote, cut where it is long."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _text(body: bytes, content_type: str) -> str:
    charset = found.group(1) if (found := _CHARSET.search(content_type)) else "utf-8"
    if _NO_CHARSET.fullmatch(charset):
        charset = "utf-8"
    try:
        text = body.decode(charset, "replace")
    except (LookupError, ValueError):  # an unknown charset, or a codec that is not one of text
        text = body.decode("utf-8", "replace")
    return text.removeprefix("\ufeff")


def _json(text: str) -> dict[str, Any] | list[Any] | None:
    """Parse a JSON object or list; None where the text is anything else.

    A key that repeats has its last value, as everywhere. ``NaN`` and ``Infinity`` are no JSON. Numbers of
    more digits than Python reads, and nesting deeper than its parser goes, leave the text as it is.
    """
    if not _MAY_BE_JSON.match(text):
        return None
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError, DecodingError):
        return None
    return value if isinstance(value, dict | list) else None


def _refuse_constant(name: str) -> None:
    raise DecodingError(f"{name} is no JSON")


def _refuse_entities(*_: object) -> None:
    raise DecodingError(
        "the answer is XML with entities of its own, which are refused",
        "They can make a short document fill the memory, or name files of this machine.",
    )


@dataclass(slots=True)
class _Element:
    attributes: dict[str, str]
    children: dict[str, list[Any]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)

    def value(self) -> Any:
        text = "".join(self.texts)
        if not self.attributes and not self.children:
            return text
        value: dict[str, Any] = {"$": self.attributes} if self.attributes else {}
        value.update(self.children)
        if text.strip():
            value["_"] = text
        return value


class _Builder:
    """Builds the nested dicts from what the parser meets."""

    def __init__(self) -> None:
        self.result: Any = ""
        self._open: list[_Element] = []

    def start(self, _name: str, attributes: dict[str, str]) -> None:
        if len(self._open) == _DEEPEST:
            raise DecodingError(f"the answer is XML nested deeper than {_DEEPEST} elements")
        kept = {
            _local(name): value
            for name, value in attributes.items()
            if name != "xmlns" and not name.startswith("xmlns:")
        }
        self._open.append(_Element(kept))

    def end(self, name: str) -> None:
        value = self._open.pop().value()
        if self._open:
            self._open[-1].children.setdefault(_local(name), []).append(value)
        else:
            self.result = value

    def text(self, text: str) -> None:
        self._open[-1].texts.append(text)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _error_body(response: WireResponse) -> Any:
    """Decode an error's body, as XML too where only its first character says so."""
    body = response.body
    try:
        return parse_xml(body) if body.lstrip().startswith(b"<") else decode(response)
    except DecodingError:
        return None


def _error_element(body: Any) -> Mapping[str, Any]:
    """Find what holds code and message: ``Error``, ``ErrorResponse/Error``, ``Response/Errors/Error``."""
    for name in ("Errors", "Error", "error"):
        inner = body.get(name) if isinstance(body, dict) else None
        if isinstance(inner, list) and inner:
            inner = inner[0]
        if isinstance(inner, dict):
            body = inner
    return body if isinstance(body, dict) else {}


def _first(values: Any, *names: str) -> str:
    """Return the first of these that is text; an XML element's is the first in its list."""
    for name in names:
        value = values.get(name) if isinstance(values, dict) else None
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, str) and value:
            return value
    return ""
