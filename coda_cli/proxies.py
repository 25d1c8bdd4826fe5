"""Which proxy requests go through: one choice, for what packs fetch and for getting AWS credentials.

Owns reading ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``, which requests and botocore would each read in
its own way. It connects to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from coda_cli.wire import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxy for ``https``, and the hosts that are reached without it; empty text where there is none."""

    address: str = field(default="", repr=False)  # it may hold a password
    exceptions: str = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Proxies:
        """Read the variables: a lower-case one comes before its twin, also where it is empty."""

        def variable(name: str) -> str:
            return environ.get(name, environ.get(name.upper(), ""))

        return cls(variable("https_proxy") or variable("all_proxy"), variable("no_proxy"))

    def to_reach(self, host: str, port: int) -> str | None:
        """Return the proxy's address; None where the host, always so this machine, is reached directly."""
        if not self.address or is_loopback(host):
            return None
        entries = (entry.strip().lower() for entry in self.exceptions.split(","))
        return None if any(_covers(entry, host, port) for entry in entries) else self.address


def _covers(entry: str, host: str, port: int) -> bool:
    """Tell whether an entry of ``NO_PROXY`` is the host, a domain above it, or a network it is in."""
    name = entry.lstrip(".")
    if entry == "*" or (name and any(f".{one}".endswith(f".{name}") for one in (host, f"{host}:{port}"))):
        return True
    try:
        return ip_address(host.strip("[]")) in ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return False
