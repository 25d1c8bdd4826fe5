"""What a network domain is: a host, and a port where only that one may be used.

Owns the declared form. Comparing hosts with it is the network policy's.
"""

from __future__ import annotations

import re

from coda_cli.errors import DeclarationError

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{{1,5}}))?")
_LARGEST_PORT = 65535


def checked_domain(domain: object) -> str:
    """Return a network domain in lower case.

    Raises:
        DeclarationError: it is a URL, has a path, or is no host at all.
    """
    if not isinstance(domain, str):
        raise DeclarationError(f"network domain {domain!r} is not text")
    if "/" in domain:
        raise DeclarationError(
            f"network domain {domain!r} is a URL or has a path", 'Give the host alone, such as "example.com".'
        )
    lowered = domain.lower()
    if not lowered.isascii():
        raise DeclarationError(f"network domain {domain!r} is not ASCII", "Write it in its xn-- form.")
    found = _DOMAIN.fullmatch(lowered)
    if found is None:
        raise DeclarationError(
            f"network domain {domain!r} is no host name",
            'Give one such as "example.com" or "localhost:8080".',
        )
    if found["port"] and not 0 < int(found["port"]) <= _LARGEST_PORT:
        raise DeclarationError(f"network domain {domain!r} has a port that does not exist")
    return lowered


def domain_within(refused: object) -> str:
    """Return the domain that was meant by one that was refused, such as the host of a URL."""
    return re.sub(r"^[^/]*://|/.*", "", str(refused)).lower()
