"""Which hosts are reached through a proxy, and through which."""

from __future__ import annotations

import pytest

from coda_cli.proxies import Proxies

PROXY = "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        pytest.param({}, None, id="none"),
        pytest.param({"HTTPS_PROXY": "a"}, "a", id="upper case"),
        pytest.param({"https_proxy": "a", "HTTPS_PROXY": "b"}, "a", id="lower case first"),
        pytest.param({"https_proxy": "", "HTTPS_PROXY": "b"}, None, id="lower case switches it off"),
        pytest.param({"ALL_PROXY": "a"}, "a", id="for all"),
        pytest.param({"all_proxy": "a", "HTTPS_PROXY": "b"}, "b", id="for https before for all"),
        pytest.param({"HTTP_PROXY": "a", "http_proxy": "a"}, None, id="for http only"),
    ],
)
def test_address(environ: dict[str, str], address: str | None) -> None:
    """The proxy for https comes first, and what is set for plain http is none for https."""
    assert Proxies.from_environment(environ).to_reach("a.example", 443) == address


@pytest.mark.parametrize(
    ("no_proxy", "host", "is_direct"),
    [
        pytest.param("", "a.example", False, id="none"),
        pytest.param(" , ", "a.example", False, id="empty entries"),
        pytest.param("*", "a.example", True, id="all"),
        pytest.param("a.example", "a.example", True, id="host"),
        pytest.param("A.Example", "a.example", True, id="host in any case"),
        pytest.param("x.example, example", "a.example", True, id="domain"),
        pytest.param(".example", "a.example", True, id="domain with a dot"),
        pytest.param("aws.com", "s3.amazonaws.com", False, id="end of a name"),
        pytest.param("b.a.example", "a.example", False, id="host below"),
        pytest.param("a.example:443", "a.example", True, id="port"),
        pytest.param("a.example:8443", "a.example", False, id="another port"),
        pytest.param("10.1.2.3", "10.1.2.3", True, id="address"),
        pytest.param("10.0.0.0/8", "10.1.2.3", True, id="network"),
        pytest.param("10.0.0.0/8", "11.1.2.3", False, id="another network"),
        pytest.param("10.0.0.0/8", "10.example", False, id="name like a network"),
        pytest.param("10.0.0.0/99,x/y", "10.1.2.3", False, id="no network"),
        pytest.param("fd00::/8", "[fd00::1]", True, id="network of IPv6"),
        pytest.param("[fd00::1]", "[fd00::1]", True, id="address of IPv6"),
        pytest.param("", "127.0.0.1", True, id="this machine"),
        pytest.param("", "localhost", True, id="this machine's name"),
        pytest.param("", "[::1]", True, id="this machine, IPv6"),
    ],
)
@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_exceptions(variable: str, no_proxy: str, host: str, is_direct: bool) -> None:
    """Hosts, domains and networks that are listed are reached directly, and this machine always."""
    proxies = Proxies.from_environment({"HTTPS_PROXY": PROXY, variable: no_proxy})
    assert (proxies.to_reach(host, 443) is None) is is_direct


def test_password_is_not_in_its_representation() -> None:
    """What a traceback may show of it is not the address, which may hold a password."""
    assert "hunter22" not in repr(Proxies("http://u:hunter22@proxy.example"))
