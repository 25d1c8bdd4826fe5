"""The values that fetching and authentication hand to each other."""

from __future__ import annotations

import dataclasses

import pytest

from coda_cli.wire import Url, WireRequest, WireResponse, is_loopback


@pytest.mark.parametrize(
    ("url", "text", "authority", "port"),
    [
        pytest.param(
            Url("https", "s3.us-east-1.amazonaws.com", None, "/a", "b=c"),
            "https://s3.us-east-1.amazonaws.com/a?b=c",
            "s3.us-east-1.amazonaws.com",
            443,
            id="https",
        ),
        pytest.param(
            Url("http", "[::1]", 4566, "/", ""), "http://[::1]:4566/", "[::1]:4566", 4566, id="port"
        ),
        pytest.param(
            Url("http", "localhost", None, "/", ""), "http://localhost/", "localhost", 80, id="http"
        ),
    ],
)
def test_url_spells_itself(url: Url, text: str, authority: str, port: int) -> None:
    """Text, ``Host`` header and port to connect to come from the one value."""
    assert (str(url), url.authority, url.effective_port) == (text, authority, port)


def test_url_is_shown_without_its_path() -> None:
    """The origin is what messages show: no path, no query, hence no secret."""
    assert Url("https", "h.example", 8443, "/p", "token=x").origin == "https://h.example:8443"


@pytest.mark.parametrize(
    ("query", "target"),
    [pytest.param("", "/p", id="none"), pytest.param("a=b", "/p?a=b", id="some")],
)
def test_empty_query_is_sent_without_a_question_mark(query: str, target: str) -> None:
    """The request target has a question mark only where something follows it."""
    assert Url("https", "h.example", None, "/p", query).target == target


def test_a_request_does_not_spell_what_proves_who_calls() -> None:
    """A traceback or a log that shows a request shows neither its headers nor its secrets."""
    url = Url("https", "h.example", None, "/", "")
    shown = repr(WireRequest("GET", url, (("Authorization", "Signature=abc"),), b"", ("abc",)))
    assert "abc" not in shown
    assert "h.example" in shown


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(Url("https", "h.example", None, "/", ""), id="Url"),
        pytest.param(WireRequest("GET", Url("https", "h.example", None, "/", "")), id="WireRequest"),
        pytest.param(WireResponse(200), id="WireResponse"),
    ],
)
def test_values_cannot_be_changed(value: Url | WireRequest | WireResponse) -> None:
    """What the policy agreed to is what is signed and sent: nobody changes it on the way."""
    for field in dataclasses.fields(value):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, field.name, None)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("localhost", True, id="localhost"),
        pytest.param("bucket.localhost", True, id="under localhost"),
        pytest.param("127.0.0.1", True, id="IPv4"),
        pytest.param("127.9.9.9", True, id="all of 127"),
        pytest.param("[::1]", True, id="IPv6"),
        pytest.param("0.0.0.0", False, id="any interface"),
        pytest.param("127.0.0.1.example.com", False, id="a name that begins like one"),
        pytest.param("notlocalhost", False, id="a name that ends like one"),
        pytest.param("10.0.0.1", False, id="private"),
        pytest.param("169.254.169.254", False, id="link-local"),
    ],
)
def test_loopback_is_this_machine_only(host: str, expected: bool) -> None:
    """Plain http is allowed to this machine, so nothing that only looks like it may count."""
    assert is_loopback(host) is expected
