"""Which URLs a pack may call, which get its credentials, and how an endpoint is used."""

from __future__ import annotations

import pytest

from coda_cli.errors import CredentialsError, HostNotAllowedError, InvalidURLError
from coda_cli.fetching.policy import Endpoint, NetworkPolicy
from coda_cli.fetching.urls import normalise, split_url
from coda_cli.wire import PathStyle
from tests.fetching.parts import url_of


@pytest.mark.parametrize(
    ("domain", "url"),
    [
        pytest.param("example.com", "https://example.com/", id="equal"),
        pytest.param("example.com", "https://api.example.com/", id="below"),
        pytest.param("Example.COM.", "https://API.example.com./", id="case and trailing dots"),
        pytest.param("example.com", "https://example.com:8443/", id="any port without one declared"),
        pytest.param("example.com:8443", "https://example.com:8443/", id="the declared port"),
        pytest.param("example.com:443", "https://example.com/", id="the default port declared"),
        pytest.param("localhost", "http://localhost:8000/", id="plain http to loopback"),
        pytest.param("127.0.0.1", "http://127.0.0.1:8000/", id="plain http to a loopback address"),
        pytest.param("[::1]", "http://[0:0::1]:8000/", id="plain http to IPv6 loopback"),
    ],
)
def test_declared_hosts_are_allowed(domain: str, url: str) -> None:
    """A host that equals a declared domain, or is below it, may be called."""
    NetworkPolicy((domain,)).check(url_of(url))


@pytest.mark.parametrize(
    ("domain", "url"),
    [
        pytest.param("example.com", "https://example.org/", id="another"),
        pytest.param("example.com", "https://badexample.com/", id="the same ending without a dot"),
        pytest.param("example.com", "https://example.com.evil.example/", id="as a prefix"),
        pytest.param("api.example.com", "https://example.com/", id="above"),
        pytest.param("example.com:8443", "https://example.com/", id="another port than declared"),
        pytest.param("example.com", "http://example.com/", id="plain http"),
        pytest.param("example.com", "http://localhost/", id="loopback that is not declared"),
        pytest.param("0.0.1", "http://127.0.0.1/", id="the end of an address is no domain"),
    ],
)
def test_other_hosts_are_refused(domain: str, url: str) -> None:
    """Every other host, port or scheme is refused, with exit code 5."""
    with pytest.raises(HostNotAllowedError) as caught:
        NetworkPolicy((domain,)).check(url_of(url))
    assert caught.value.exit_code == 5


def test_refusal_says_what_to_declare() -> None:
    """The message names the host, what is declared, and the line to add."""
    with pytest.raises(HostNotAllowedError) as caught:
        NetworkPolicy(("example.com",)).check(url_of("https://other.example:8443/x?token=1"))
    assert "other.example:8443" in caught.value.message
    assert caught.value.details == (
        "Declared: example.com.",
        'If the pack should, add pack.add_network_domain("other.example:8443") to it.',
    )


def test_no_domain_declared() -> None:
    """A pack without network domains may call nothing."""
    with pytest.raises(HostNotAllowedError):
        NetworkPolicy(()).check(url_of("https://example.com/"))


def test_several_domains_need_the_option() -> None:
    """Several declared domains are refused until the option allows them; the message names it."""
    with pytest.raises(HostNotAllowedError) as caught:
        NetworkPolicy(("a.example", "b.example")).check(url_of("https://a.example/"))
    assert any("--allow-multiple-network-domains" in line for line in caught.value.details)
    allowed = NetworkPolicy(("a.example", "b.example"), allow_multiple=True)
    allowed.check(url_of("https://a.example/"))
    allowed.check(url_of("https://b.example/"))


@pytest.mark.parametrize(
    ("domains", "origin", "target"),
    [
        pytest.param(("e.example",), "https://e.example/", "https://x.e.example/", id="below the domain"),
        pytest.param(("localhost",), "http://localhost/", "https://localhost/", id="to https"),
        pytest.param(
            ("e.example:1", "e.example"),
            "https://e.example/",
            "https://e.example:1/",
            id="to a declared port",
        ),
        pytest.param(("e.example",), "https://e.example:9/", "https://x.e.example:9/", id="the same port"),
    ],
)
def test_redirects_that_are_allowed(domains: tuple[str, ...], origin: str, target: str) -> None:
    """A redirect may go where the pack may, at the same port or a declared one."""
    NetworkPolicy(domains, allow_multiple=True).check_redirect(url_of(origin), url_of(target))


@pytest.mark.parametrize(
    ("domains", "origin", "target"),
    [
        pytest.param(("e.example",), "https://e.example/", "https://e.example:8443/", id="another port"),
        pytest.param(("e.example",), "https://e.example:8443/", "https://e.example/", id="the default port"),
        pytest.param(("localhost",), "https://localhost/", "http://localhost/", id="to plain http"),
        pytest.param(("e.example",), "https://e.example/", "http://e.example/", id="to plain http elsewhere"),
    ],
)
def test_redirects_that_are_refused(domains: tuple[str, ...], origin: str, target: str) -> None:
    """A redirect to a host that may be called is refused where it is less safe, or at another port."""
    with pytest.raises(HostNotAllowedError):
        NetworkPolicy(domains).check_redirect(url_of(origin), url_of(target))


def test_credentials_go_to_one_domain() -> None:
    """Of several domains only the authentication's gets credentials; without one none does."""
    policy = NetworkPolicy(("a.example", "b.example"), "a.example", allow_multiple=True)
    assert policy.may_authenticate(url_of("https://x.a.example/"))
    assert not policy.may_authenticate(url_of("https://b.example/"))
    assert not NetworkPolicy(("a.example",)).may_authenticate(url_of("https://a.example/"))


def test_endpoint_takes_relative_urls() -> None:
    """A relative URL is appended to the endpoint."""
    endpoint = Endpoint("https://h.example/base", "example")
    assert str(normalise(endpoint.resolve(split_url("/x?y=1")), PathStyle.AS_WRITTEN)) == (
        "https://h.example/base/x?y=1"
    )


def test_endpoint_takes_absolute_urls_of_its_host() -> None:
    """An absolute URL is taken as it is if it has the endpoint's host, and refused otherwise."""
    endpoint = Endpoint("https://h.example/base")
    assert endpoint.resolve(split_url("https://H.example/x")) == split_url("https://H.example/x")
    endpoint.check(url_of("https://H.example/x"))
    for other in ("https://x.h.example/", "https://h.example:8443/"):
        with pytest.raises(HostNotAllowedError):
            endpoint.check(url_of(other))


def test_endpoint_and_two_slashes() -> None:
    """A URL that begins with two slashes names a host; the message says how a path is written."""
    with pytest.raises(InvalidURLError) as caught:
        Endpoint("https://h.example").resolve(split_url("//bucket/x"))
    assert "one slash" in caught.value.details[0]


@pytest.mark.parametrize(
    ("url", "domain", "says"),
    [
        pytest.param(None, None, "CODA_ENDPOINT_URL", id="none"),
        pytest.param("", None, "CODA_ENDPOINT_URL", id="empty"),
        pytest.param("h.example", None, "scheme", id="no scheme"),
        pytest.param("https://user:hunter22@h.example", None, "user name", id="userinfo"),
        pytest.param("http://h.example", None, "https", id="plain http"),
        pytest.param("https://h.example/?x=1", None, "query", id="a query"),
        pytest.param("https://h.example", "other.example", "other.example", id="another domain"),
        pytest.param("https://notother.example", "other.example", "other.example", id="only the same ending"),
    ],
)
def test_endpoint_that_cannot_be_used(url: str | None, domain: str | None, says: str) -> None:
    """A missing or unusable endpoint is an error of the configuration, exit code 4, that says why."""
    with pytest.raises(CredentialsError) as caught:
        Endpoint(url, domain).resolve(split_url("/x"))
    text = "\n".join([caught.value.message, *caught.value.details])
    assert says in text
    assert "hunter22" not in text
    assert caught.value.exit_code == 4


def test_endpoint_on_this_machine_may_be_plain_http() -> None:
    """An endpoint on loopback needs no https."""
    resolved = Endpoint("http://127.0.0.1:8000").resolve(split_url("/x"))
    assert str(normalise(resolved, PathStyle.AS_WRITTEN)) == "http://127.0.0.1:8000/x"
