"""What a network domain is."""

from __future__ import annotations

from typing import Any

import pytest

from coda_cli.errors import DeclarationError
from coda_cli.sdk.domains import checked_domain


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("example.com", "example.com", id="host"),
        pytest.param("API.Example.com", "api.example.com", id="capitals"),
        pytest.param("localhost", "localhost", id="one label"),
        pytest.param("localhost:8080", "localhost:8080", id="port"),
        pytest.param("127.0.0.1:1", "127.0.0.1:1", id="IPv4"),
        pytest.param("[::1]:65535", "[::1]:65535", id="IPv6"),
        pytest.param("xn--bcher-kva.example", "xn--bcher-kva.example", id="IDNA"),
        pytest.param("my_host.internal", "my_host.internal", id="underscore"),
    ],
)
def test_domains(written: str, read: str) -> None:
    """A host in lower case, with a port where only that one may be used."""
    assert checked_domain(written) == read


@pytest.mark.parametrize(
    ("written", "said"),
    [
        pytest.param("", "is no host name", id="empty"),
        pytest.param("https://example.com", "is a URL or has a path", id="URL"),
        pytest.param("example.com/path", "is a URL or has a path", id="path"),
        pytest.param("bücher.example", "xn--", id="not ASCII"),
        pytest.param("example.com:0", "port that does not exist", id="port 0"),
        pytest.param("example.com:65536", "port that does not exist", id="port too large"),
        pytest.param("example.com:", "is no host name", id="empty port"),
        pytest.param("example.com:http", "is no host name", id="port by name"),
        pytest.param("*.example.com", "is no host name", id="asterisk"),
        pytest.param(".example.com", "is no host name", id="dot first"),
        pytest.param("example.com.", "is no host name", id="dot last"),
        pytest.param("user@example.com", "is no host name", id="userinfo"),
        pytest.param("exam ple.com", "is no host name", id="blank"),
        pytest.param("example.com\n", "is no host name", id="line end"),
        pytest.param(r"example.com\@evil.example", "is no host name", id="backslash"),
        pytest.param(None, "is not text", id="None"),
        pytest.param(["example.com"], "is not text", id="list"),
    ],
)
def test_what_is_no_domain(written: Any, said: str) -> None:
    """Each is refused with what is wrong or how to write it."""
    with pytest.raises(DeclarationError) as caught:
        checked_domain(written)
    assert said in " ".join((caught.value.message, *caught.value.details))
