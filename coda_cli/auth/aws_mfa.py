"""Asking a person for an MFA code.

Owns the question, which goes to the terminal and to no stream that may be piped, and what is said where
there is no terminal. A code is never shown, in no message either: it is too short to be found and replaced.
"""

from __future__ import annotations

import re
import warnings
from getpass import GetPassWarning, getpass

from coda_cli.errors import CredentialsError

_CODE = re.compile(r"[0-9]{6}")


def ask_for_code(question: str) -> str:
    """Return the code that a person types on the terminal, unseen; ``question`` ends in a blank.

    Raises:
        CredentialsError: there is no terminal, or what was typed is no code. AWS would quote it.
    """
    device = question.removeprefix("Enter MFA code for ").rstrip(": ")
    try:
        with warnings.catch_warnings():
            # Where echo cannot be switched off there is no terminal, and getpass would read standard input.
            warnings.simplefilter("error", GetPassWarning)
            typed = getpass(question).strip()
    except GetPassWarning:
        raise CredentialsError(
            f"an MFA code of {device} is needed, and there is no terminal to ask for it on",
            "Run the command once on a terminal: the session is kept for the runs after it, until it ends.",
            "Where nobody can type, use credentials that need no code.",
        ) from None
    except EOFError:
        typed = ""
    if not _CODE.fullmatch(typed):
        raise CredentialsError(
            f"what was typed is no MFA code of {device}" if typed else f"no MFA code of {device} was typed",
            "It has six digits. Run the command again to be asked for it.",
        )
    return typed
