"""Signing what is sent: whatever a pack fetches, the request that arrives has a signature that AWS accepts.

Every request goes through the whole fetcher, over a socket, to ``tests/sigv4_verifier.py``.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coda_cli.auth.authenticators import Authenticators
from coda_cli.auth.aws_options import AwsOptions
from coda_cli.fetching.pack_request import METHODS
from coda_cli.fetching.policy import NetworkPolicy
from coda_cli.redaction import Redactor
from coda_cli.sdk.authentication import Authentication
from coda_cli.sdk.urls import with_query_params
from coda_cli.wire import Url
from tests.auth.world import ACCESS_KEY, KEY_ID, NOON, SECRET, TOKEN
from tests.fetching.parts import fetcher_of
from tests.servers import LoopbackServer, Received
from tests.sigv4_verifier import ASYMMETRIC, Accepted, verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coda_cli.fetching.fetcher import HttpFetcher

REGION = "eu-west-1"
S3, API, LAMBDA = "s3", "execute-api", "lambda"
EVERYWHERE = {
    S3: "mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com",
    "events": "a1b2c3.veo.endpoint.events.amazonaws.com",
}
"""Multi-Region hosts, whose signatures are asymmetric (Version 4A)."""
HOSTS = {
    S3: "amzn-s3-demo-bucket.s3.eu-west-1.amazonaws.com",
    API: "a1b2c3.execute-api.eu-west-1.amazonaws.com",
    LAMBDA: "lambda.eu-west-1.amazonaws.com",
}
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:packs:PROD"

checked = settings(max_examples=150, derandomize=True, deadline=None)


class World:
    """A server that every host leads to, and the fetchers that sign at noon for what is behind it."""

    def __init__(self, server: LoopbackServer, stack: ExitStack) -> None:
        self._server = server
        self._stack = stack
        self._fetchers: dict[tuple[str, str, str | None], HttpFetcher] = {}

    def connect_to(self, url: Url) -> Url | None:
        """Lead to the server, as a ``wire.Router``."""
        return Url("http", "127.0.0.1", self._server.port, "/", "")

    def fetch(self, service: str, method: str, url: str, token: str | None = None, **more: Any) -> Received:
        """Fetch, and return what arrived."""
        domain = "amazonaws.com" if "amazonaws" in url.lower() else url.split("/")[2]
        key = service, domain, token
        if key not in self._fetchers:
            self._fetchers[key] = self._stack.enter_context(self._fetcher(*key))
        self._fetchers[key].fetch(method, url, **more)
        return self._server.requests.pop()

    def _fetcher(self, service: str, domain: str, token: str | None) -> HttpFetcher:
        environ = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION}
        options = AwsOptions(environ if token is None else environ | {"AWS_SESSION_TOKEN": token})
        made = Authenticators(options, Redactor(), lambda: NOON)
        return fetcher_of(
            policy=NetworkPolicy((domain,), domain),
            authenticator=made.authenticator(Authentication(ACCESS_KEY, service=service)),
            router=self,
        )


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Make one for all examples: connections and signing keys are kept from one to the next."""
    with LoopbackServer() as server, ExitStack() as stack:
        yield World(server, stack)


def accepted(received: Received, service: str, token: str | None = None, region: str = REGION) -> Accepted:
    """Verify a request that arrived, for what it should be signed for."""
    found = verify(received, KEY_ID, SECRET, now=NOON, token=token)
    assert (found.service, found.region) == (service, region)
    return found


def parameters(query: str) -> list[list[bytes]]:
    """Return what a query means: names with their values, in order; nothing for an empty pair."""
    pairs = [pair.replace("+", " ").partition("=") for pair in query.split("&") if pair]
    return [[unquote_to_bytes(name), unquote_to_bytes(value)] for name, _, value in pairs]


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=[*map(chr, range(32)), "\x7f"]))
PIECES = st.one_of(
    st.sampled_from(["/", "//", "/.", "/..", "/./", "/../", ".", "..", "%2F", "%2f", "%2E%2e", "%252F"]),
    st.sampled_from(["%", "%%", "%zz", "%2", "%25", "%00", "%FF", "%fe%20", "%c3%bc", "%7e", "%3A", "%3a"]),
    st.sampled_from([*"+~=:@()*'!&;,$[]{}|\\^`\"<>-_ ", "a+b", "a", "Z", "ü", "e\u0301", "你", "\U0001f600"]),
    st.sampled_from(["\u2028", "\xa0", "\U0010fffd", ARN, quote(ARN, safe="")]),
    TEXT.map(lambda text: text.replace("?", "").replace("#", "")),
)
PATHS = st.lists(PIECES, max_size=6).map("".join)
QUERY_PIECES = st.sampled_from(
    ["&", "&&", "=", "==", "?", "a=1", "a=2", "a=1&a=1", "a", "b=%2b+c", "A=", "=x"]
)
QUERIES = st.lists(st.one_of(QUERY_PIECES, PIECES), max_size=6).map("".join)
NAMES = st.sampled_from(
    ["x-amz-meta-a", "X-Amz-Meta-B", "Content-Type", "ACCEPT", "X-Custom", "if-none-match", "User-Agent"]
)
VALUES = st.one_of(
    st.sampled_from(
        ["a   b", "  a", "a\t b", "Grüße 你好 \U0001f600", "a, b,c", '"a  b"', "", "a\xa0 \xa0b"]
    ),
    TEXT,
)
BODIES = st.one_of(
    st.just(dict[str, object]()),
    st.fixed_dictionaries({"body": st.one_of(TEXT, st.binary(max_size=40))}),
    st.fixed_dictionaries({"form": st.dictionaries(TEXT, TEXT, max_size=3)}),
)
AUTHORITIES = st.sampled_from(
    [
        ("api.example.com", "api.example.com"),
        ("API.Example.COM", "api.example.com"),
        ("api.example.com.", "api.example.com"),
        ("api.example.com:443", "api.example.com"),
        ("api.example.com:8443", "api.example.com:8443"),
        ("LocalHost:8080", "localhost:8080"),
        ("127.0.0.1:8080", "127.0.0.1:8080"),
        ("[::1]", "[::1]"),
        ("[2001:DB8:0::1]:8443", "[2001:db8::1]:8443"),
        ("A1B2C3.execute-api.EU-West-1.amazonaws.com.:443", "a1b2c3.execute-api.eu-west-1.amazonaws.com"),
    ]
)
"""As a pack writes them, and as the Host header has them."""


@pytest.mark.parametrize("service", [S3, API, LAMBDA])
@checked
@given(path=PATHS, query=QUERIES)
def test_any_url(world: World, service: str, path: str, query: str) -> None:
    """Whatever is written as path and query, it arrives as it was signed, and means what it meant."""
    received = world.fetch(service, "GET", f"https://{HOSTS[service]}/{path}?{query}")
    accepted(received, service)
    sent_path, _, sent_query = received.target.decode().partition("?")
    assert unquote_to_bytes(sent_path) == unquote_to_bytes(f"/{path}")
    assert parameters(sent_query) == parameters(query)


@pytest.mark.parametrize("service", [S3, API, LAMBDA])
@checked
@given(
    method=st.sampled_from(METHODS),
    headers=st.dictionaries(NAMES, VALUES, max_size=4),
    body=BODIES,
    token=st.sampled_from([None, TOKEN]),
)
def test_any_request(
    world: World,
    service: str,
    method: str,
    headers: dict[str, str],
    body: dict[str, object],
    token: str | None,
) -> None:
    """Methods, headers and bodies of all kinds are covered by the signature, with a session token too."""
    url = f"https://{HOSTS[service]}/x"
    received = world.fetch(service, method, url, token, headers=headers, **body)
    signed = accepted(received, service, token)
    unsigned = {"user-agent"}
    assert {name.lower() for name in headers} - unsigned <= set(signed.signed_headers)
    for name, value in headers.items():
        assert received.values(name) == [value.strip(" \t").encode()]
    if isinstance(body.get("body"), bytes):
        assert received.body == body["body"]


@pytest.mark.parametrize("service", [S3, API])
@checked
@given(authority=AUTHORITIES, path=PATHS)
def test_any_authority(world: World, service: str, authority: tuple[str, str], path: str) -> None:
    """However the host is written, with ports and as IPv6 address, one form of it is signed and sent."""
    written, expected = authority
    received = world.fetch(service, "GET", f"https://{written}/{path}")
    assert received.header("Host") == expected
    accepted(received, service)


@pytest.mark.parametrize("service", EVERYWHERE)
@settings(checked, max_examples=60)  # the curve's arithmetic is slow in Python
@given(
    path=PATHS,
    query=QUERIES,
    headers=st.dictionaries(NAMES, VALUES, max_size=4),
    body=BODIES,
    token=st.sampled_from([None, TOKEN]),
)
def test_any_request_for_every_region(
    world: World,
    service: str,
    path: str,
    query: str,
    headers: dict[str, str],
    body: dict[str, object],
    token: str | None,
) -> None:
    """Multi-Region hosts get an asymmetric signature that is good in every region."""
    url = f"https://{EVERYWHERE[service]}/{path}?{query}"
    received = world.fetch(service, "POST", url, token, headers=headers, **body)
    signed = accepted(received, service, token, region="*")
    assert (received.header("Authorization") or "").startswith(ASYMMETRIC)
    assert {name.lower() for name in headers} - {"user-agent"} <= set(signed.signed_headers)


@checked
@given(key=TEXT)
def test_any_key_of_s3(world: World, key: str) -> None:
    """A key that a pack quotes names the object of this key, whatever is in it; dots and slashes too."""
    received = world.fetch(S3, "GET", f"https://{HOSTS[S3]}/{quote(key)}")
    accepted(received, S3)
    assert unquote_to_bytes(received.target) == b"/" + key.encode()


@pytest.mark.parametrize("service", [API, LAMBDA])
@checked
@given(segments=st.lists(TEXT.filter(lambda text: text not in ("", ".", "..")), min_size=1, max_size=4))
def test_any_segment(world: World, service: str, segments: list[str]) -> None:
    """Elsewhere a quoted segment of a path stays one segment, and means what it meant."""
    path = "/".join(quote(segment, safe="") for segment in segments)
    received = world.fetch(service, "GET", f"https://{HOSTS[service]}/{path}")
    accepted(received, service)
    arrived = [unquote_to_bytes(segment).decode() for segment in received.target[1:].split(b"/")]
    assert arrived == segments


@pytest.mark.parametrize("service", [S3, API])
@checked
@given(pairs=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4))
def test_any_query(world: World, service: str, pairs: list[tuple[str, str]]) -> None:
    """Parameters that a pack encodes arrive in their order, repeated ones and empty ones too."""
    received = world.fetch(service, "GET", f"https://{HOSTS[service]}/?{urlencode(pairs)}")
    accepted(received, service)
    query = received.target.partition(b"?")[2].decode()
    assert parse_qsl(query, keep_blank_values=True, errors="strict") == pairs


@checked
@given(params=st.dictionaries(TEXT, st.one_of(TEXT, st.lists(TEXT, min_size=1, max_size=3)), max_size=3))
def test_any_query_of_the_sdk(world: World, params: dict[str, str | list[str]]) -> None:
    """What ``with_query_params`` adds is signed, too."""
    accepted(world.fetch(S3, "GET", with_query_params(f"https://{HOSTS[S3]}/", params)), S3)


@pytest.mark.parametrize("service", [S3, API])
def test_large_body(world: World, service: str) -> None:
    """A body of 20 MiB arrives whole, and is in the signature."""
    body = bytes(range(256)) * (20 * 1024 * 4)
    received = world.fetch(service, "PUT", f"https://{HOSTS[service]}/large", body=body)
    assert len(received.body) == 20 * 1024 * 1024
    accepted(received, service)


@pytest.mark.parametrize("body", [None, b"", b'{"a": 1}'], ids=["no body", "empty", "body"])
@pytest.mark.parametrize(
    ("service", "url", "region"),
    [
        pytest.param(
            "aoss", "https://a1b2.us-west-2.aoss.amazonaws.com/logs/_doc/a%2Fb", "us-west-2", id="aoss"
        ),
        pytest.param(
            "vpc-lattice-svcs",
            "https://orders-0a1b.7d67968.vpc-lattice-svcs.us-west-2.on.aws/a b//c?d",
            "us-west-2",
            id="vpc-lattice-svcs",
        ),
        pytest.param(
            "s3-outposts",
            "https://ap-123456789012.op-01234567890123456.s3-outposts.us-west-2.amazonaws.com/a//../b?acl",
            "us-west-2",
            id="s3-outposts",
        ),
        pytest.param(
            "s3-object-lambda",
            "https://olap-123456789012.s3-object-lambda.us-gov-east-1.amazonaws.com/a+b/%2E./%FF",
            "us-gov-east-1",
            id="s3-object-lambda",
        ),
        pytest.param(
            "s3express",
            "https://s3express-control.us-east-1.amazonaws.com/packs--use1-az4--x-s3",
            "us-east-1",
            id="s3express, control",
        ),
        pytest.param(
            "s3express",
            "https://packs--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com/?session",
            "us-east-1",
            id="s3express, CreateSession",
        ),
    ],
)
def test_services_with_rules_of_their_own(
    world: World, service: str, url: str, region: str, body: bytes | None
) -> None:
    """Each gets the payload header and the path that it asks for, and the region of its host."""
    accepted(world.fetch(service, "PUT", url, body=body), service, region=region)


SIGNED_BY_OTHERS = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3"
    "%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
    "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c031957d157751f604d404"
)


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(f"/test.txt?{SIGNED_BY_OTHERS}", id="as S3's documentation has it"),
        pytest.param(f"/a//b/../%7Ec/%2F+(d)='!*;@:?x&y=&&z=a+b%20c&{SIGNED_BY_OTHERS}", id="odd characters"),
    ],
)
@pytest.mark.parametrize("service", [S3, API])
def test_signed_urls_pass_as_written(world: World, service: str, target: str) -> None:
    """A URL that somebody else signed arrives as it is, with no signature or date of ours beside it."""
    received = world.fetch(
        service, "GET", f"https://examplebucket.s3.amazonaws.com{target}", disable_authentication=True
    )
    assert received.target == target.encode()
    assert received.header("Host") == "examplebucket.s3.amazonaws.com"
    names = {name.decode().lower() for name, _ in received.headers}
    assert names == {"host", "user-agent", "accept-encoding"}
