"""Bad input to the whole program: servers that fail, in every way that a network has, to a signed request.

For each fault: its exit code, one clear message, nothing on standard output, and nothing secret anywhere.
"""

from __future__ import annotations

import gzip
import json
import socket
from typing import TYPE_CHECKING

import pytest

from tests.markers import ENVIRONMENT, leaks, signatures
from tests.programs import write_pack
from tests.refusals import REQUEST_FAILED, check_refusal, outcome_of
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.refusals import Outcome

    Capture = pytest.CaptureFixture[str]
    Faulty = Callable[[LoopbackServer], Answer]

HOST = "s3.us-east-1.amazonaws.com"
PACK = f'''
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="s3")


@pack.formula
def fetch(context: sdk.ExecutionContext, method: str = "GET") -> object:
    """Whatever is there."""
    return context.fetcher.fetch(method, "https://{HOST}/key?token=of-a-page").body
'''
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
XML = (("Content-Type", "application/xml"),)
HTML = (("Content-Type", "text/html"),)
GZIP = (("Content-Encoding", "gzip"),)
ENTITIES = b'<!DOCTYPE a [<!ENTITY b "cccccccccc">]><a>&b;&b;</a>'
ESCAPES = json.dumps({"__type": "Bad\x1b[2J", "message": "\x1b]0;owned\x07 \x9b31m \u202e gone"}).encode()


@pytest.fixture(autouse=True)
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    """The service that a pack with marked secrets talks to."""
    monkeypatch.chdir(tmp_path)
    write_pack(tmp_path, PACK)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with LoopbackServer() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", running.url)
        yield running


def check(outcome: Outcome, service: LoopbackServer, *said: str) -> None:
    """Check that a fault is told as a failed request and gives nothing away."""
    check_refusal(outcome, REQUEST_FAILED, *said)
    assert len([line for line in outcome.err.splitlines() if line.startswith("Error: ")]) == 1
    assert "at pack.py, line" in outcome.err
    assert "of-a-page" not in outcome.err
    assert leaks(outcome.err) == []
    assert [signature for signature in signatures(service) if signature in outcome.err] == []
    assert not set(outcome.err) & set("\x1b\x07\x9b\u202e\x00")


def drip(server: LoopbackServer) -> Iterator[bytes]:
    """Send a byte now and then, for ever."""
    yield HEAD.replace(b"9", b"999")
    while not server.closing.wait(0.02):
        yield b"x"


FAULTS: tuple[tuple[str, Faulty, tuple[str, ...]], ...] = (
    ("reset before the head", lambda _: Answer(raw=b"", is_reset=True), ("broke off the connection",)),
    ("reset after the head", lambda _: Answer(raw=HEAD, is_reset=True), ("broke off the connection",)),
    ("reset in the body", lambda _: Answer(raw=HEAD + b"abc", is_reset=True), ("broke off the connection",)),
    ("closed without a word", lambda _: Answer(raw=b""), ("closed the connection without an answer",)),
    ("truncated in the head", lambda _: Answer(raw=HEAD[:30]), ("broke off before it was complete",)),
    ("truncated in the body", lambda _: Answer(raw=HEAD + b"abc"), ("broke off before it was complete",)),
    ("chunks without an end", lambda _: Answer(raw=CHUNKED + b"3\r\nabc\r\n"), ("broke off before",)),
    ("chunks that never end", lambda s: Answer(raw=s.stall(CHUNKED + b"3\r\nabc\r\n")), ("within 0.",)),
    ("hang", lambda s: Answer(raw=s.stall()), ("within 0.", "--timeout gives it longer")),
    ("drip", lambda s: Answer(raw=drip(s)), ("within 0.", "--timeout gives it longer")),
    ("length too large", lambda _: Answer(raw=HEAD + b"abcdefgh"), ("broke off before it was complete",)),
    (
        "length that is no number",
        lambda _: Answer(raw=HEAD.replace(b"9", b"nine") + b"abc"),
        ("head of the answer", "is broken", "'nine'"),
    ),
    (
        "two lengths",
        lambda _: Answer(raw=HEAD.replace(b"9", b"3\r\nContent-Length: 5") + b"abcde"),
        ("head of the answer", "is broken", "'3, 5'"),
    ),
    ("not gzip", lambda _: Answer(headers=GZIP, body=b"text"), ("cannot be decompressed",)),
    (
        "gzip that breaks off",
        lambda _: Answer(headers=GZIP, body=gzip.compress(b"text")[:-1]),
        ("cannot be decompressed", "breaks off"),
    ),
    (
        "a bomb",
        lambda _: Answer(headers=GZIP, body=gzip.compress(bytes(16 << 20)) * 4),
        ("larger than 25 MiB",),
    ),
    ("broken XML", lambda _: Answer(headers=XML, body=b"<a><b></a>"), ("XML, and is broken",)),
    ("XML entities", lambda _: Answer(headers=XML, body=ENTITIES), ("XML with entities", "refused")),
    (
        "a page instead of an answer",
        lambda _: Answer(503, HTML, b"<html><h1>Back soon</h1></html>"),
        ("answered 503 Service Unavailable",),
    ),
    ("ten thousand headers", lambda _: Answer(headers=(("X-A", "b"),) * 10_000), ("more than 100 headers",)),
    ("terminal escapes", lambda _: Answer(400, body=ESCAPES), ("answered 400 Bad [2J", "owned", "gone")),
    ("429", lambda _: Answer(429), ("answered 429 Too Many Requests",)),
    ("not HTTP", lambda _: Answer(raw=b"SSH-2.0-OpenSSH\r\n\r\n"), ("failed", "BadStatusLine")),
    ("a redirect in a circle", lambda _: redirect("/key"), ("was redirected more than 10 times",)),
    ("a redirect to another scheme", lambda _: redirect("ftp://amazonaws.com/"), ("a URL that is refused",)),
    ("to a file", lambda _: redirect("file:///etc/passwd"), ("a URL that is refused",)),
    ("to plain http", lambda _: redirect(f"http://{HOST}/"), (f"redirects to http://{HOST}, which is",)),
    ("to another port", lambda _: redirect(f"https://{HOST}:8443/"), ("Nothing was sent", "another port")),
    ("to another host", lambda _: redirect("https://evil.example/"), ("Nothing was sent", "evil.example")),
    ("to this machine", lambda s: redirect(f"{s.url}/stolen"), ("Nothing was sent", "127.0.0.1")),
    (
        "to link-local",
        lambda _: redirect("http://169.254.169.254/latest"),
        ("Nothing was", "169.254.169.254"),
    ),
    ("to link-local by https", lambda _: redirect("https://169.254.169.254/"), ("Nothing was", "169.254")),
    ("to this machine by name", lambda _: redirect("https://localhost/"), ("Nothing was", "localhost")),
    ("to this machine by number", lambda _: redirect("https://2130706433/"), ("Nothing was", "2130706433")),
)


def redirect(location: str) -> Answer:
    """Make an answer that points elsewhere."""
    return Answer(302, (("Location", location),))


@pytest.mark.parametrize(
    ("fault", "said"), [pytest.param(fault, said, id=name) for name, fault, said in FAULTS]
)
def test_faults(capsys: Capture, service: LoopbackServer, fault: Faulty, said: tuple[str, ...]) -> None:
    """A server's fault ends with 5 and its own message; nothing of an answer is printed, and no secret."""
    service.answer(fault(service))
    timeout = "0.9" if said[0].startswith("within") else "20"
    outcome = outcome_of(capsys, "execute", "pack.py", "Fetch", "--retries", "0", "--timeout", timeout)
    check(outcome, service, *said)
    assert {request.header("Host") for request in service.requests} == {HOST}


def test_refused(capsys: Capture, service: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody listens, the message names the address and, in the end, the number of tries."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://{address}")
    outcome = outcome_of(capsys, "execute", "pack.py", "Fetch", "--retries", "1")
    check(outcome, service, f"{address} (in place of {HOST}) refused", "Tried 2 times.")


def test_asked_too_often(capsys: Capture, service: LoopbackServer) -> None:
    """A service that wants to be left alone for longer than there is time is told at once."""
    service.answer(Answer(429, (("Retry-After", "1000"),)))
    outcome = outcome_of(capsys, "execute", "pack.py", "Fetch")
    check(outcome, service, "answered 429", "next try would be 1000 s from now", "--timeout")
    assert len(service.requests) == 1


def test_fine_in_the_end(capsys: Capture, service: LoopbackServer) -> None:
    """A server that fails twice and a service that throttles are waited for; -v tells of each try."""
    throttled = Answer(400, body=b'{"__type": "ThrottlingException"}')
    service.answer(Answer(500), Answer(500), Answer(body=b'{"a": 1}'))
    got = outcome_of(capsys, "execute", "pack.py", "Fetch", "-v")
    assert (got.code, json.loads(got.out)) == (0, {"a": 1})
    assert got.err.count("trying again in 0.") == 2
    service.answer(throttled, Answer(body=b'{"a": 2}'))
    posted = outcome_of(capsys, "execute", "pack.py", "Fetch", "POST")
    assert (posted.code, json.loads(posted.out), posted.err) == (0, {"a": 2}, "")
    assert len(set(signatures(service))) >= 2
    assert leaks(got.err + posted.err) == []


def test_post_that_may_have_been_carried_out(capsys: Capture, service: LoopbackServer) -> None:
    """A connection that breaks after a POST was sent is not made again, and the message says why."""
    service.answer(Answer(raw=b"", is_reset=True))
    outcome = outcome_of(capsys, "execute", "pack.py", "Fetch", "POST")
    check(outcome, service, "broke off", "A POST is not tried again, since it may have been carried out.")
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    ("body", "printed"),
    [
        pytest.param(b'{"a": [1, 2', '{"a": [1, 2', id="broken JSON"),
        pytest.param(b'{"a": NaN}', '{"a": NaN}', id="no JSON"),
        pytest.param(b"caf\xe9 \xff", "caf\ufffd \ufffd", id="invalid UTF-8"),
        pytest.param(b'{"a": "\xff"}', {"a": "\ufffd"}, id="invalid UTF-8 in JSON"),
    ],
)
def test_bodies_that_are_only_text(
    capsys: Capture, service: LoopbackServer, body: bytes, printed: object
) -> None:
    """What is whole but cannot be read is given as text, with marks where bytes are none; nothing is cut."""
    service.answer(Answer(headers=(("Content-Type", "application/json"),), body=body))
    outcome = outcome_of(capsys, "execute", "pack.py", "Fetch")
    assert (outcome.code, json.loads(outcome.out), outcome.err) == (0, printed, "")
