"""What may be shown: the secret values of this run, and replacing them in everything printed.

Owns the list of values that must not be seen. It knows neither where they come from nor where text
goes: the layers that learn of a secret add it, the ones that print ask for text without it.
"""

from __future__ import annotations

import re
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORTEST = 8
"""Shorter values are left alone: they would be found in innocent text."""

EXCERPT = 60
"""How much of a value a message quotes, in characters."""

SECRET = "[secret]"  # noqa: S105 - what stands in a secret's place

SECRET_VARIABLES = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
)
MASKED_VARIABLES = ("AWS_ACCESS_KEY_ID", "CODA_EXTERNAL_ID")

_SIGNATURE = r"(?<!-)(Signature(?:=|%3[Dd]))[0-9a-f]{64,}"
"""As an ``Authorization`` header has it, 64 digits or some 140 of Version 4A. ``X-Amz-Signature`` is another:
a pre-signed URL may be a result."""

_PROXY_PASSWORD = r"(?s)(?:[^:/]*://)?+[^:]*:(.*)@"  # noqa: S105 - a pattern
_PLAIN = re.compile(r"[A-Za-z0-9]+")

_OF_SIGNED_URL = re.compile(r"(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s'\"]+", re.IGNORECASE)


def mask(value: str) -> str:
    """Show the last four characters only; nothing of a value that is hardly longer."""
    return f"****{value[-4:]}" if len(value) >= SHORTEST else "****"


def excerpt(text: str) -> str:
    """Shorten a value that a message quotes, never in the middle of a word.

    Half of a secret would not be recognised as one when the message is printed.
    """
    if len(text) <= EXCERPT:
        return text
    whole_words = re.match(rf".{{0,{EXCERPT}}}(?=[\s'\"\[\](){{}}])", text, re.DOTALL)
    return f"{whole_words.group() if whole_words else ''}…"


class _Hidden:
    """One value and what stands in its place; its patterns are compiled when they are needed."""

    def __init__(self, value: str, shown_as: str) -> None:
        self.value = value
        self.shown_as = shown_as
        # Written alike wherever the value stands, and found far faster than a pattern of escapes.
        self.plain = max(_PLAIN.findall(value), key=len, default="")

    @cached_property
    def _in_text(self) -> re.Pattern[str]:
        return re.compile(_however_written(self.value))

    @cached_property
    def _in_body(self) -> re.Pattern[bytes]:
        return re.compile(_encoded(_however_written(self.value)))

    def text(self, text: str) -> str:
        return self._in_text.sub(lambda _: self.shown_as, text) if self.plain in text else text

    def body(self, body: bytes) -> bytes:
        return self._in_body.sub(SECRET.encode(), body) if self.plain.encode() in body else body


class Redactor:
    """The values of one run that may not be shown, and what stands in their place."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._known: set[str] = set()
        self._hidden: list[_Hidden] = []
        self._learning = (
            Lock()
        )  # a pack may fetch from several threads, and none may lose what another learned
        environ = environ or {}
        for name in SECRET_VARIABLES:
            self.add_secret(environ.get(name))
        for name in MASKED_VARIABLES:
            self.add_masked(environ.get(name))
        for name, value in environ.items():
            if name.upper().endswith("_PROXY"):
                self._add_proxy(value)

    def add_secret(self, value: str | None) -> None:
        """Never show this value: secret access keys, session tokens, passwords."""
        self._add(value, SECRET)

    def add_masked(self, value: str | None) -> None:
        """Show only the last four characters of this value: access key ids, external ids."""
        self._add(value, mask(value or ""))

    def _add_proxy(self, address: str) -> None:
        """Never show the password in a proxy's address, nor the half of it that a parser may quote.

        Where ``#``, ``/`` or ``?`` stands in it unencoded, the address ends there for whoever reads it.
        """
        if found := re.match(_PROXY_PASSWORD, address):
            from urllib.parse import unquote

            password = found[1]
            for value in (password, unquote(password), re.split("[/?#]", password)[0]):
                self.add_secret(value)

    def _add(self, value: str | None, shown_as: str) -> None:
        if not value or len(value) < SHORTEST or value in self._known:
            return
        with self._learning:
            # The longest first, so that one which holds another leaves no rest of itself.
            hidden = [*self._hidden, _Hidden(value, shown_as)]
            self._hidden = sorted(hidden, key=lambda one: len(one.value), reverse=True)
            self._known.add(value)

    def text(self, text: str) -> str:
        """Replace every value that may not be shown, and every signature of an ``Authorization`` header."""
        if len(text) < SHORTEST:
            return text
        for hidden in self._hidden:
            text = hidden.text(text)
        return re.sub(_SIGNATURE, rf"\1{SECRET}", text) if "Signature" in text else text

    def may_change(self, text: str) -> bool:
        """Tell whether ``text`` or ``value`` may change what a text holds, such as an object written as JSON.

        It is quick, for many texts of which hardly any does.
        """
        for hidden in self._hidden:  # a generator would take twice the time
            if hidden.plain in text:
                return True
        return "Signature" in text

    def message(self, text: str) -> str:
        """Replace them in what is no result, where nobody needs a pre-signed URL either."""
        return _OF_SIGNED_URL.sub(rf"\1{SECRET}", self.text(text))

    def body(self, body: bytes, also: tuple[str, ...] = ()) -> bytes:
        """Cut the secrets, and those of one request, out of a raw body that may echo that request.

        What is only masked stays, since a pack may have to compare it; it is masked when printed.
        """
        for hidden in self._hidden:
            if hidden.shown_as == SECRET:
                body = hidden.body(body)
        for secret in also:
            body = body.replace(secret.encode(), SECRET.encode())
        return body

    def value(self, value: object) -> object:
        """Replace them inside the strings of a JSON value, keys included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {self.value(key): self.value(item) for key, item in value.items()}
        return value


def _however_written(value: str) -> str:
    """Return the pattern of a value: plain, or with any of its characters escaped as in URLs, JSON or XML.

    The padding of base64 may be missing.
    """
    stem = value.rstrip("=")
    if len(stem) < SHORTEST:
        stem = value
    return "".join(map(_character, stem)) + f"{_character('=')}?" * (len(value) - len(stem))


def _character(character: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    code = ord(character)
    percent = "".join(f"%(?:25)?{byte:02x}" for byte in _encoded(character))
    utf16 = character.encode("utf-16-be", "surrogatepass").hex()
    json = "".join(rf"\\u{utf16[start : start + 4]}" for start in range(0, len(utf16), 4))
    return rf"(?:\\?{re.escape(character)}|(?i:{percent}|{json}|&#(?:0*{code}|x0*{code:x});))"


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # the environment may hold bytes that are no UTF-8
