"""Secrets with faces that are easily known again, and looking for them in all that comes out of the program.

Owns what counts as a leak: a secret or a good part of one, however it is escaped; more than the last four
characters of an id; any signature. It knows nothing of how the program hides them.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from tests.auth.world import ROLE_KEY_ID, ROLE_SECRET, ROLE_TOKEN
from tests.servers import Answer, LoopbackServer, Received

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

KEY_ID = "AKIAMARKEDKEYID0X7Q2"
SECRET = "Marked/secret+key/ofThe+caller0123456789="
TOKEN = "Marked+session/token=OfThe/caller+" + "0123456789ab/cdef+" * 30 + "=="
EXTERNAL_ID = "Tenant:0815/of,the=MarkedOnes"
ROLE = "arn:aws:iam::123456789012:role/reader"

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": KEY_ID,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_SESSION_TOKEN": TOKEN,
    "CODA_ROLE_ARN": ROLE,
    "CODA_EXTERNAL_ID": EXTERNAL_ID,
}
SECRETS = (SECRET, TOKEN, ROLE_SECRET, ROLE_TOKEN)
MASKED = (KEY_ID, ROLE_KEY_ID, EXTERNAL_ID)

_PART_OF_SECRET, _PART_OF_ID = 10, 6
_SIGNATURE = re.compile(r"Signature\W{0,4}(?:3D)?[0-9a-f]{64}")
_JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\(.)", re.DOTALL)


def leaks(text: str, secrets: Iterable[str] = SECRETS, masked: Iterable[str] = MASKED) -> list[str]:
    """Name what may not be seen in a text, as it is or after any unescaping."""
    found = set()
    for shown in _unescaped(text):
        found |= {part for secret in secrets for part in _parts(secret, _PART_OF_SECRET) if part in shown}
        found |= {part for one in masked for part in _parts(one, _PART_OF_ID) if part in shown}
        found |= set(_SIGNATURE.findall(shown))
    return sorted(found)


def _parts(value: str, length: int) -> Iterator[str]:
    return (value[start : start + length] for start in range(len(value) - length + 1))


def _unescaped(text: str) -> Iterator[str]:
    """Yield a text, and what it becomes when a URL, JSON or XML is read; twice, since some escape twice."""
    yield text
    for _ in range(2):
        yield (text := unquote(html.unescape(_JSON_ESCAPE.sub(_json_character, text))))


def _json_character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else found[2]


def signatures(server: LoopbackServer) -> list[str]:
    """Return the signatures of all requests that a server received."""
    headers = [received.header("Authorization") or "" for received in server.requests]
    return [header.rpartition("Signature=")[2] for header in headers if "Signature=" in header]


def echoed(form: str, received: Received) -> Answer:
    """Answer with all that was sent, in one of ``FORMS``."""
    lines = [b"%b: %b" % header for header in received.headers]
    return FORMS[form](b"\n".join([*lines, received.body]).decode())


def _json(text: str) -> bytes:
    return json.dumps({"echo": text}).encode()


def _xml(text: str) -> bytes:
    return f"<Error><Code>Echo</Code><Message>{text}</Message></Error>".encode()


def _each(text: str, template: str) -> str:
    """Write every character that is neither letter nor digit as its code."""
    return re.sub(r"[^A-Za-z0-9]", lambda found: template.format(ord(found[0])), text)


_XML_TYPE = (("Content-Type", "text/xml"),)

FORMS: dict[str, Callable[[str], Answer]] = {
    "text": lambda said: Answer(body=said.encode()),
    "json": lambda said: Answer(body=_json(said)),
    "json, slashes escaped": lambda said: Answer(body=_json(said).replace(b"/", b"\\/")),
    "json, all escaped": lambda said: Answer(body=b'{"echo": "%b"}' % _each(said, "\\u{:04x}").encode()),
    "xml": lambda said: Answer(headers=_XML_TYPE, body=_xml(html.escape(said))),
    "xml, all escaped": lambda said: Answer(headers=_XML_TYPE, body=_xml(_each(said, "&#x{:X};"))),
    "xml, broken": lambda said: Answer(headers=_XML_TYPE, body=_xml(said + "<")),
    "url": lambda said: Answer(body=quote(said).encode()),
    "url, all escaped": lambda said: Answer(body=quote(said, safe="").encode()),
    "url, in lower case": lambda said: Answer(body=_each(said, "%{:02x}").encode()),
    "url, twice": lambda said: Answer(body=quote(quote(said, safe="")).encode()),
    "error in json": lambda said: Answer(400, body=json.dumps({"__type": "Echo", "message": said}).encode()),
    "error in json, escaped": lambda said: Answer(
        400, body=json.dumps({"__type": "Echo", "message": said}).replace("/", "\\/").encode()
    ),
    "error in xml": lambda said: Answer(403, _XML_TYPE, _xml(html.escape(said))),
    "error as code": lambda said: Answer(500, (("x-amzn-errortype", said.replace("\n", " ")),)),
    "error in text": lambda said: Answer(500, body=said.encode()),
    "headers": lambda said: Answer(
        headers=tuple((f"X-Echo-{number}", line) for number, line in enumerate(said.splitlines()))
    ),
    "redirect": lambda said: Answer(302, (("Location", f"/again?{quote(said)}"),)),
    "redirect elsewhere": lambda said: Answer(302, (("Location", f"https://evil.example/{quote(said)}"),)),
    "status line": lambda said: Answer(raw=f"HTTP/1.1 {said}".encode()),
}
"""All the ways in which a service may send back what it was sent."""
