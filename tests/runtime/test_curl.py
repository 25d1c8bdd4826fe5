"""Requests written as commands of curl: read back as a shell does, and run by the real one."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coda_cli.runtime.contexts import RunOptions, open_context
from coda_cli.runtime.curl import BODY_FILE, LONGEST_INLINE_BODY, CurlCommand, curl_command
from coda_cli.runtime.dry_run import DryRun, KeptRequest, until_first_request
from coda_cli.sdk.authentication import AuthenticationType
from coda_cli.sdk.pack import new_pack
from tests.auth.world import KEY_ID, SECRET, TOKEN
from tests.servers import LoopbackServer, Received
from tests.sigv4_verifier import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

S3 = "https://packs.s3.eu-west-1.amazonaws.com"
API = "https://a1b2c3.execute-api.eu-west-1.amazonaws.com"
EMPTY = sha256(b"").hexdigest()
KEYS = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_EC2_METADATA_DISABLED": "true"}


def keep(
    url: str,
    method: str = "GET",
    service: str | None = None,
    environ: dict[str, str] | None = None,
    **more: Any,
) -> KeptRequest:
    """Fetch in a dry run, signed for a service unless there is none, and return what was kept."""
    pack = new_pack()
    pack.add_network_domain("amazonaws.com", "example.com", "[::1]")
    if service is not None:
        pack.set_user_authentication(
            type=AuthenticationType.AWS_ACCESS_KEY, service=service, network_domain="amazonaws.com"
        )
    dry_run = DryRun()
    options = RunOptions(KEYS | (environ or {}), allow_multiple_network_domains=True, dry_run=dry_run)
    with open_context(pack, "pack", options) as context, until_first_request(dry_run):
        context.fetcher.fetch(method, url, **more)
    assert dry_run.kept is not None
    return dry_run.kept


def arguments(command: CurlCommand) -> list[str]:
    """Return what a shell makes of a command, variables left as they are."""
    words = shlex.split(command.text.replace("\\\n", ""))
    assert words[:2] == ["curl", "--path-as-is"]
    return words[2:]


def test_signed_request() -> None:
    """A signed request names region, service and the variables, and the headers that curl does not make."""
    command = curl_command(keep(f"{S3}/a//b?list-type=2&acl", service="s3", headers={"X-A": "it's $x"}))
    assert arguments(command) == [
        *("--aws-sigv4", "aws:amz:eu-west-1:s3"),
        *("--user", "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"),
        *("--header", "X-A: it's $x"),
        *("--header", f"X-Amz-Content-SHA256: {EMPTY}"),
        f"{S3}/a//b?acl=&list-type=2",
    ]
    assert '"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"' in command.text
    assert (command.is_signed, command.notes) == (True, ())


def test_session_token() -> None:
    """Where there is a token, it is a header, from a variable that the shell fills in."""
    kept = keep(f"{API}/", service="execute-api", environ={"AWS_SESSION_TOKEN": TOKEN})
    command = curl_command(kept)
    assert '--header "x-amz-security-token: $AWS_SESSION_TOKEN"' in command.text
    assert TOKEN not in command.text


@pytest.mark.parametrize(
    ("method", "more", "expected"),
    [
        pytest.param("GET", {}, [], id="GET"),
        pytest.param("HEAD", {}, ["--head"], id="HEAD"),
        pytest.param("DELETE", {}, ["--request", "DELETE"], id="DELETE"),
        pytest.param(
            "POST",
            {"form": {"a": "b c"}},
            [
                *("--request", "POST", "--header", "Content-Type: application/x-www-form-urlencoded"),
                *("--data-raw", "a=b+c"),
            ],
            id="form",
        ),
        pytest.param(
            "GET",
            {"body": "@x", "headers": {"content-type": "text/plain"}},
            ["--request", "GET", "--header", "content-type: text/plain", "--data-raw", "@x"],
            id="GET with a body",
        ),
        pytest.param(
            "PUT",
            {},
            ["--request", "PUT", "--header", "Content-Type:", "--data-raw", ""],
            id="PUT without a body",
        ),
        pytest.param("GET", {"headers": {"X-Empty": ""}}, ["--header", "X-Empty;"], id="empty header"),
    ],
)
def test_unsigned_requests(method: str, more: dict[str, Any], expected: list[str]) -> None:
    """Methods, bodies and headers become curl's own options; nothing of AWS is there."""
    command = curl_command(keep("https://example.com/x?b=2&a=1", method, **more))
    assert arguments(command) == [*expected, "https://example.com/x?b=2&a=1"]
    assert (command.is_signed, command.notes) == (False, ())


def test_signed_body_without_a_type() -> None:
    """Curl sends a type with every body and must sign it, so one is named and told of."""
    command = curl_command(keep(f"{API}/", "POST", "execute-api", body="x"))
    assert arguments(command)[6:8] == ["--header", "Content-Type: application/octet-stream"]
    assert "no Content-Type" in command.notes[0]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\xff", id="no text"),
        pytest.param("a\0b", id="control character"),
        pytest.param("a\u202eb", id="text that turns round"),
        pytest.param("x" * (LONGEST_INLINE_BODY + 1), id="long"),
    ],
)
def test_bodies_for_a_file(body: str | bytes) -> None:
    """A body that is long or not printable is a file, whose size and hash are told."""
    command = curl_command(keep("https://example.com/", "POST", headers={"Content-Type": "x/y"}, body=body))
    content = body.encode() if isinstance(body, str) else body
    assert arguments(command)[-3:-1] == ["--data-binary", f"@{BODY_FILE}"]
    digest = sha256(content).hexdigest()
    assert command.notes == (
        f"The file {BODY_FILE} must hold the body: {len(content)} bytes, SHA-256 {digest}.",
    )


@pytest.mark.parametrize("name", ["Authorization", "cookie"])
def test_secret_headers_of_a_pack(name: str) -> None:
    """What a pack proves itself with is a variable, too."""
    command = curl_command(keep("https://example.com/", headers={name: "AWS4-HMAC-SHA256 Credential=x/y"}))
    assert arguments(command)[:2] == ["--header", f"{name}: ${name.upper()}"]
    assert command.notes == (f"{name.upper()} must be the value of the header {name}, which the pack sets.",)


def test_endpoint_override_and_certificates(tmp_path: Path) -> None:
    """Curl connects where coda would, names the same host, and trusts the same certificates."""
    bundle = tmp_path / "my bundle.pem"
    bundle.touch()
    environ = {"AWS_ENDPOINT_URL": "https://localhost:4566", "AWS_CA_BUNDLE": str(bundle)}
    command = curl_command(keep(f"{S3}/k", service="s3", environ=environ))
    words = arguments(command)
    assert words[:2] == ["--cacert", str(bundle)]
    assert "Host: packs.s3.eu-west-1.amazonaws.com" in words
    assert words[-1] == "https://localhost:4566/k"
    plain = curl_command(
        keep(f"{S3}/k", service="s3", environ=environ | {"AWS_ENDPOINT_URL": "http://[::1]:4566"})
    )
    assert "--cacert" not in plain.text


def test_address_of_version_6() -> None:
    """Brackets are no pattern to curl."""
    assert arguments(curl_command(keep("http://[::1]:8080/"))) == ["--globoff", "http://[::1]:8080/"]


@pytest.mark.parametrize(
    ("service", "url", "note"),
    [
        pytest.param("s3", f"{S3}/a//../b%20c", None, id="s3: as it is"),
        pytest.param("execute-api", f"{API}/a/b/", None, id="plain"),
        pytest.param("execute-api", f"{API}/a%20b", "escapes", id="escapes"),
        pytest.param("s3-object-lambda", f"{S3}/a%20b", "escapes", id="object lambda: escapes"),
        pytest.param("execute-api", f"{API}/a//b", "without //", id="slashes"),
        pytest.param("execute-api", f"{API}/a/..", "without //", id="dots"),
        pytest.param(
            "s3",
            "https://x.mrap.accesspoint.s3-global.amazonaws.com/",
            "no Signature Version 4A",
            id="asymmetric",
        ),
    ],
)
def test_what_curl_cannot_do(service: str, url: str, note: str | None) -> None:
    """Where curl signs otherwise than AWS does, or not at all, that is said."""
    command = curl_command(keep(url, service=service))
    assert len(command.notes) == (0 if note is None else 1)
    assert note is None or note in command.notes[0]
    assert command.is_signed is ("mrap" not in url)
    assert "Authorization" not in command.text


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    """What curl connects to."""
    if shutil.which("curl") is None:
        pytest.skip("there is no curl on this machine")
    with LoopbackServer() as running:
        yield running


def sent(server: LoopbackServer, kept: KeptRequest, **environ: str) -> Received:
    """Run a command by the shell and return what arrived."""
    subprocess.run(
        ["sh", "-c", f"{curl_command(kept).text} --silent --show-error --max-time 20"],
        env={"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
        | environ,
        check=True,
        capture_output=True,
    )
    return server.requests.pop()


def assert_same(received: Received, kept: KeptRequest) -> None:
    """Compare what curl sent with what coda would have sent, the order of the query's parameters apart."""
    request = kept.request
    path, _, query = received.target.decode().partition("?")
    assert (received.method.decode(), path, received.body) == (request.method, request.url.path, request.body)
    assert sorted(query.split("&")) == sorted(request.url.query.split("&"))
    of_the_signer = {"authorization", "x-amz-date", "x-amz-security-token"}
    for name, value in request.headers:
        if name.lower() not in of_the_signer:
            assert received.values(name) == [value.encode()]


CHARACTERS = st.characters(exclude_categories=["C", "Z"], exclude_characters="?#%")
TEXT = st.text(st.one_of(CHARACTERS, st.sampled_from(" '\"$`\\!~*()&;|<>")), max_size=8)
IN_QUERY = st.sampled_from(["a", "a=1", "a=2", "b=x+y", "B=%2f", "=", "c=%C3%BC", "&", "d='$(x)'"])


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE"]),
    key=TEXT,
    query=st.lists(IN_QUERY, max_size=3).map("&".join),
    value=TEXT.map(str.strip),
    body=st.one_of(st.none(), st.lists(TEXT, min_size=1).map("\n".join)),
    token=st.sampled_from([None, TOKEN]),
)
def test_real_curl_signs_for_s3(
    server: LoopbackServer, method: str, key: str, query: str, value: str, body: str | None, token: str | None
) -> None:
    """The command that is printed sends what coda would send, and AWS accepts its signature."""
    environ = {} if token is None else {"AWS_SESSION_TOKEN": token}
    headers = {"x-amz-meta-a": value or "x", "Content-Type": "text/plain"}
    kept = keep(
        f"{S3}/{key}?{query}",
        method,
        "s3",
        environ | {"AWS_ENDPOINT_URL": server.url},
        headers=headers,
        body=body,
    )
    received = sent(server, kept, **environ)
    assert_same(received, kept)
    found = verify(received, KEY_ID, SECRET, now=datetime.now(UTC), token=token)
    assert (found.service, found.region) == ("s3", "eu-west-1")


@pytest.mark.parametrize(
    ("service", "url", "method", "more"),
    [
        pytest.param("execute-api", f"{API}/a/b-c_~.x/?b=2&a=1", "GET", {}, id="execute-api"),
        pytest.param("execute-api", f"{API}/", "HEAD", {}, id="HEAD"),
        pytest.param("execute-api", f"{API}/", "POST", {}, id="no body"),
        pytest.param("dynamodb", f"{API}/", "POST", {"body": "{'a': \"b\"}"}, id="no type"),
        pytest.param("sts", f"{API}/", "POST", {"form": {"Action": "x y", "é": "&"}}, id="form"),
        pytest.param(
            "aoss", "https://a.eu-west-1.aoss.amazonaws.com/_search", "POST", {"body": "{}"}, id="aoss"
        ),
        pytest.param(
            "vpc-lattice-svcs",
            "https://x.vpc-lattice-svcs.eu-west-1.amazonaws.com/",
            "POST",
            {"body": "x"},
            id="lattice",
        ),
        pytest.param("s3-outposts", f"{S3}/a//../b%20c", "GET", {}, id="s3-outposts"),
    ],
)
def test_real_curl_signs_for_others(
    server: LoopbackServer, service: str, url: str, method: str, more: dict[str, Any]
) -> None:
    """For other services too, as far as its path needs no second encoding."""
    kept = keep(url, method, service, {"AWS_ENDPOINT_URL": server.url}, **more)
    received = sent(server, kept)
    assert_same(received, kept)
    assert verify(received, KEY_ID, SECRET, now=datetime.now(UTC)).service == service


def test_real_curl_sends_unsigned(server: LoopbackServer) -> None:
    """Without authentication the command sends the same request, with no content type of curl's own."""
    pack_url = "https://bucket.s3.amazonaws.com/a/../b?x&y=a+b"
    kept = keep(
        pack_url,
        "POST",
        environ={"AWS_ENDPOINT_URL": server.url},
        body="it's",
        headers={"Authorization": "mine"},
    )
    received = sent(server, kept, AUTHORIZATION="from the variable")
    assert received.target == b"/a/../b?x&y=a+b"
    assert received.header("Authorization") == "from the variable"
    assert received.header("Content-Type") is None
    assert received.body == b"it's"
