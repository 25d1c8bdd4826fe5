"""What may be shown: the secret values of this run, and replacing them in everything printed.

Owns the list of values that must not be seen. It knows neither where they come from nor where text
goes: the layers that learn of a secret add it, the ones that print ask for text without it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORTEST = 8
"""Shorter values are left alone: they would be found in innocent text."""

EXCERPT = 60
"""How much of a value a message quotes, in characters."""

SECRET = "[secret]"  # noqa: S105 - what stands in a secret's place

SECRET_VARIABLES = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")
MASKED_VARIABLES = ("AWS_ACCESS_KEY_ID", "CODA_EXTERNAL_ID")


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


class Redactor:
    """The values of one run that may not be shown, and what stands in their place."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._shown_as: dict[str, str] = {}
        self._secrets: tuple[str, ...] = ()
        self._pattern: re.Pattern[str] | None = None
        environ = environ or {}
        for name in SECRET_VARIABLES:
            self.add_secret(environ.get(name))
        for name in MASKED_VARIABLES:
            self.add_masked(environ.get(name))

    def add_secret(self, value: str | None) -> None:
        """Never show this value: secret access keys, session tokens, passwords."""
        if self._add(value, SECRET):
            self._secrets = (*self._secrets, value or "")

    def add_masked(self, value: str | None) -> None:
        """Show only the last four characters of this value: access key ids, external ids."""
        self._add(value, mask(value or ""))

    def _add(self, value: str | None, shown_as: str) -> bool:
        if not value or len(value) < SHORTEST or value in self._shown_as:
            return False
        self._shown_as[value] = shown_as
        self._shown_as.setdefault(quote(value, safe=""), shown_as)
        longest_first = sorted(self._shown_as, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))
        return True

    def text(self, text: str) -> str:
        """Replace every value that may not be shown."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._shown_as[found.group()], text)

    def body(self, body: bytes, also: tuple[str, ...] = ()) -> bytes:
        """Cut the secrets, and those of one request, out of a raw body that may echo that request.

        What is only masked stays, since a pack may have to compare it; it is masked when printed.
        """
        for secret in (*self._secrets, *also):
            raw = secret.encode()
            if raw in body:
                body = body.replace(raw, SECRET.encode())
        return body

    def value(self, value: object) -> object:
        """Replace them inside the strings of a JSON value, keys included."""
        if self._pattern is None:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {self.value(key): self.value(item) for key, item in value.items()}
        return value
