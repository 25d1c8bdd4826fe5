"""Bad input to the whole program: URLs and hosts that are refused, and requests that fail."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.programs import write_pack
from tests.refusals import CREDENTIALS, FORMULA_FAILED, REQUEST_FAILED, check_execute, outcome_of
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

FORMULAS = '''
@pack.formula
def get(context: sdk.ExecutionContext, url: str) -> object:
    """Get whatever is there."""
    return context.fetcher.fetch("GET", url).body


@pack.formula
def swallow(context: sdk.ExecutionContext, url: str) -> object:
    """Raise an exception of its own where a request fails."""
    try:
        return context.fetcher.fetch("GET", url).body
    except Exception:
        raise ValueError("no luck")


@pack.formula
def apologise(context: sdk.ExecutionContext, url: str) -> object:
    """Say it in its own words."""
    try:
        return context.fetcher.fetch("GET", url).body
    except sdk.StatusCodeError as error:
        raise sdk.UserVisibleError(f"Sorry: {error.status_code}.") from error
'''
LOOPBACK = 'pack.add_network_domain("127.0.0.1")\n'
ENDPOINT = """
pack.add_network_domain("example.com")
pack.set_user_authentication(
    type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="execute-api",
    requires_endpoint_url=True, endpoint_domain="example.com",
)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder with a pack that may call this machine's address, but not its name."""
    monkeypatch.chdir(tmp_path)
    write_pack(tmp_path, LOOPBACK + FORMULAS)
    return tmp_path


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """The host that the pack may call."""
    with LoopbackServer() as running:
        yield running


@pytest.mark.parametrize(
    ("path", "said"),
    [
        pytest.param(
            "https://evil.example/x", ("evil.example", "Declared: 127.0.0.1."), id="undeclared host"
        ),
        pytest.param(
            "https://127.0.0.1.evil.example/",
            ("may not call 127.0.0.1.evil.example",),
            id="that begins alike",
        ),
        pytest.param("http://name:passw0rd@127.0.0.1/", ("user name or password",), id="userinfo"),
        pytest.param("https://127.0.0.1\\@evil.example/", ("user name or password",), id="backslash and @"),
        pytest.param("https://127.0.0.1\\.evil.example/", ("host", "backslash"), id="backslash"),
        pytest.param("http://127.0.0.1/\tx", ("control character, '\\t'", "percent-encode"), id="tab"),
        pytest.param("http://127.0.0.1/x\r\nHost: y", ("control character, '\\r'",), id="line end"),
        pytest.param("http://127.0.0.1/\x00", ("control character, '\\x00'",), id="NUL"),
        pytest.param("http:// 127.0.0.1/", ("host",), id="blank in the host"),
        pytest.param("http://127.0.0.1:99999/", ("port", "65535"), id="port"),
        pytest.param("/x", ("no scheme", "https://"), id="relative"),
        pytest.param("file:///etc/passwd", ("scheme file:", "https://"), id="file"),
    ],
)
def test_refused_url(capsys: Capture, path: str, said: tuple[str, ...]) -> None:
    """A URL that is undeclared, or that programs read differently, is refused, and passwords in it unsaid."""
    err = check_execute(capsys, REQUEST_FAILED, said, "pack.py", "Get", path)
    assert "at pack.py, line" in err
    assert "passw0rd" not in err


def test_plain_http(capsys: Capture, folder: Path) -> None:
    """Plain http to another machine is refused though its host is declared."""
    write_pack(folder, 'pack.add_network_domain("example.com")\n' + FORMULAS)
    said = ("plain http to www.example.com", "Use https://")
    check_execute(capsys, REQUEST_FAILED, said, "pack.py", "Get", "http://www.example.com/")


def test_several_domains(capsys: Capture, folder: Path, server: LoopbackServer) -> None:
    """A pack with several domains needs the person's consent, which the message names."""
    write_pack(folder, 'pack.add_network_domain("127.0.0.1", "localhost")\n' + FORMULAS)
    option = "--allow-multiple-network-domains"
    check_execute(capsys, REQUEST_FAILED, ("2 network domains", option), "pack.py", "Get", server.url)
    assert server.requests == []
    assert outcome_of(capsys, "execute", "pack.py", "Get", server.url, option).code == 0


def test_no_fetch(capsys: Capture, server: LoopbackServer) -> None:
    """With --no-fetch nothing is sent, and the message names the option."""
    said = (f"unhandled fetch: GET {server.url}/x", "--no-fetch")
    err = check_execute(
        capsys, REQUEST_FAILED, said, "pack.py", "Get", f"{server.url}/x?token=t", "--no-fetch"
    )
    assert "token=t" not in err
    assert server.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_to_an_undeclared_host(capsys: Capture, server: LoopbackServer, status: int) -> None:
    """A redirect off the declared domains is an error that says where it pointed; nothing is sent there."""
    with LoopbackServer() as other:
        target = f"http://localhost:{other.port}/stolen?by=query"
        server.answer(Answer(status, (("Location", target),)))
        said = (
            f"{server.url} redirects to http://localhost:{other.port}",
            "Nothing was sent there",
            "localhost",
        )
        check_execute(capsys, REQUEST_FAILED, said, "pack.py", "Get", server.url)
        assert (other.connections, len(server.requests)) == (0, 1)


def test_redirect_to_another_port(capsys: Capture, server: LoopbackServer) -> None:
    """A redirect may not change the port either, unless the pack declares it."""
    with LoopbackServer() as other:
        server.answer(Answer(302, (("Location", f"{other.url}/x"),)))
        said = ("Nothing was sent there", "another port", f'add_network_domain("127.0.0.1:{other.port}")')
        check_execute(capsys, REQUEST_FAILED, said, "pack.py", "Get", server.url)
        assert other.connections == 0


def test_redirect_in_a_circle(capsys: Capture, server: LoopbackServer) -> None:
    """Ten redirects are enough."""
    server.answer(Answer(302, (("Location", "/again"),)))
    check_execute(capsys, REQUEST_FAILED, ("more than 10 times",), "pack.py", "Get", server.url)
    assert len(server.requests) == 11


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(
            Answer(body=[b"x" * 1024 * 1024] * 26), ("larger than 25 MiB", "Ask for less"), id="too large"
        ),
        pytest.param(Answer(raw=b""), ("closed the connection without an answer",), id="no answer"),
        pytest.param(
            Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
            ("broke off",),
            id="half an answer",
        ),
        pytest.param(
            Answer(raw=b"SSH-2.0-x\r\n\r\n"), ("failed", "BadStatusLine: SSH-2.0-x."), id="not HTTP"
        ),
        pytest.param(
            Answer(headers=(("Content-Type", "text/xml"),), body=b"<a><b></a>"),
            ("XML", "broken"),
            id="bad XML",
        ),
        pytest.param(
            Answer(headers=(("Content-Encoding", "gzip"),), body=b"plain"), ("decompressed",), id="bad gzip"
        ),
        pytest.param(
            Answer(500, body=b'{"message": "out of order"}'),
            ("500 Internal Server Error", "The service says: out of order"),
            id="500",
        ),
        pytest.param(Answer(403, body=b"<p>no</p>"), ("answered 403 Forbidden",), id="403 of a service"),
    ],
)
def test_answer_that_is_none(
    capsys: Capture, server: LoopbackServer, answer: Answer, said: tuple[str, ...]
) -> None:
    """An answer that is broken, too large or an error names the host, and the line that asked for it."""
    server.answer(answer)
    url = f"{server.url}/x?token=t"
    err = check_execute(capsys, REQUEST_FAILED, said, "pack.py", "Get", url, "--retries", "0")
    assert "at pack.py, line" in err
    assert "token=t" not in err


@pytest.mark.parametrize(
    "before", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na"]
)
def test_timeout(capsys: Capture, server: LoopbackServer, before: bytes) -> None:
    """An answer that does not come, or not to its end, is waited for no longer than --timeout says."""
    server.answer(lambda _: Answer(raw=server.stall(before)))
    said = (f"127.0.0.1:{server.port}", "within 0.", " seconds", "--timeout")
    check_execute(capsys, REQUEST_FAILED, said, "pack.py", "Get", server.url, "--timeout", "0.9")


def test_closed_port(capsys: Capture) -> None:
    """Where nobody listens, the message names host and port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    said = (f"127.0.0.1:{port} refused the connection", "at pack.py, line", "Check the port")
    url = f"http://127.0.0.1:{port}/"
    check_execute(capsys, REQUEST_FAILED, said, "pack.py", "Get", url, "--retries", "0")


def test_pack_that_swallows_and_raises_its_own(capsys: Capture) -> None:
    """The pack's exception and what led to it are shown, without a frame of ours or of our libraries."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    failed = outcome_of(capsys, "execute", "pack.py", "Swallow", url, "--retries", "0")
    assert (failed.code, failed.out) == (FORMULA_FAILED, "")
    files = {line.split('"')[1] for line in failed.err.splitlines() if 'File "' in line}
    assert files == {"pack.py"}
    assert "Error: Swallow failed: ValueError: no luck" in failed.err
    assert "refused the connection" in failed.err
    assert failed.err.rstrip().endswith("ValueError: no luck")


def test_error_in_the_words_of_the_pack(capsys: Capture, server: LoopbackServer) -> None:
    """A UserVisibleError shows its message only."""
    server.answer(Answer(404))
    err = check_execute(capsys, FORMULA_FAILED, ("Sorry: 404.",), "pack.py", "Apologise", server.url)
    assert err == "Error: Sorry: 404.\n"


@pytest.mark.parametrize(
    ("endpoint", "url", "code", "said"),
    [
        pytest.param("", "/x", CREDENTIALS, ("requires an endpoint URL", "CODA_ENDPOINT_URL"), id="none"),
        pytest.param(
            "https://example.org",
            "/x",
            CREDENTIALS,
            ("https://example.org", "under example.com"),
            id="elsewhere",
        ),
        pytest.param("http://a.example.com", "/x", CREDENTIALS, ("must be https",), id="plain http"),
        pytest.param("https://u:passw0rd@example.com", "/x", CREDENTIALS, ("endpoint URL",), id="userinfo"),
        pytest.param("example.com", "/x", CREDENTIALS, ("endpoint URL", "https://"), id="no URL"),
        pytest.param(
            "https://a.example.com",
            "https://b.example.com/x",
            REQUEST_FAILED,
            ("b.example.com", "https://a.example.com"),
            id="a URL with another host",
        ),
    ],
)
def test_endpoint(
    capsys: Capture,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    endpoint: str,
    url: str,
    code: int,
    said: tuple[str, ...],
) -> None:
    """A pack that requires an endpoint says what is wrong with the one that it got."""
    write_pack(folder, ENDPOINT + FORMULAS)
    monkeypatch.setenv("CODA_ENDPOINT_URL", endpoint)
    assert "passw0rd" not in check_execute(capsys, code, said, "pack.py", "Get", url)
