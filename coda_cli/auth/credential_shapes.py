"""What an access key looks like, checked where a person gives one: a mistake is told at once, not by AWS.

Owns shapes only (IAM API Reference, *AccessKey*: 16 to 128 letters, digits and underscores). No message
quotes what was given, since it may be a secret in the wrong place.
"""

from __future__ import annotations

import re

from coda_cli.errors import CredentialsError

TEMPORARY = "ASIA"
"""How the ids of temporary keys begin, which are worth nothing without their session token."""

_KEY_ID = re.compile(r"\w{16,128}", re.ASCII)
_CERTAINLY_KEY_ID = re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{12,28}")
_LIKE_A_SECRET = re.compile(r"(?=.*[a-z/+=])[A-Za-z0-9/+=]{40}")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")


def checked_key_id(text: str) -> str:
    """Return an access key id.

    Raises:
        CredentialsError: it is none.
    """
    if _LIKE_A_SECRET.fullmatch(text):
        raise CredentialsError(
            "that looks like a secret access key, and an access key id was asked for",
            "Key id and secret are swapped: the id begins with AKIA or ASIA.",
        )
    if not _KEY_ID.fullmatch(text):
        raise CredentialsError(
            "that is not an access key id",
            "It has 16 to 128 letters and digits, and usually begins with AKIA or ASIA.",
        )
    return text


def checked_secret_key(text: str) -> str:
    """Return a secret access key.

    Raises:
        CredentialsError: it cannot be one.
    """
    if _CERTAINLY_KEY_ID.fullmatch(text):
        raise CredentialsError(
            "that looks like an access key id, and the secret access key was asked for",
            "Key id and secret are swapped: the secret has 40 characters.",
        )
    return _printable(text, "secret access key")


def checked_session_token(text: str) -> str:
    """Return a session token.

    Raises:
        CredentialsError: it cannot be one.
    """
    return _printable(text, "session token")


def _printable(text: str, what: str) -> str:
    if not _PRINTABLE.fullmatch(text):
        raise CredentialsError(f"the {what} is empty, or has blanks or other characters that none has")
    return text
