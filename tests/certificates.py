"""Certificates for AWS's hosts and this machine, signed by an authority of the tests.

Owns the files of both. Nothing but the tests trusts that authority.
"""

from __future__ import annotations

import ssl
from pathlib import Path

_DATA = Path(__file__).parent / "data"

AUTHORITY = _DATA / "authority.pem"
"""What a client must trust."""


def server_context() -> ssl.SSLContext:
    """Return the context of a server that is ``*.amazonaws.com``, ``localhost`` and 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_DATA / "amazonaws.pem")
    return context
