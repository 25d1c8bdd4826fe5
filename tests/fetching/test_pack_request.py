"""What a pack may pass to ``fetch``, and what a redirect makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from coda_cli.errors import RequestError
from coda_cli.fetching.pack_request import PackRequest, check_request
from coda_cli.fetching.urls import split_url

URL = "https://example.com/"


def check(**given: Any) -> PackRequest:
    """Check the arguments of a fetch, the others left out."""
    arguments = {"method": "POST", "url": URL} | given
    return check_request(*(arguments.get(name) for name in ARGUMENTS))


ARGUMENTS = ("method", "url", "headers", "body", "form")


def test_everything_left_out() -> None:
    """Method and URL are enough."""
    assert check(method="get") == PackRequest("GET", split_url(URL))


@pytest.mark.parametrize(
    ("body", "content"),
    [
        pytest.param("ü", b"\xc3\xbc", id="text is UTF-8"),
        pytest.param(b"\xff", b"\xff", id="bytes"),
        pytest.param(bytearray(b"a"), b"a", id="bytearray"),
        pytest.param(memoryview(b"a"), b"a", id="memoryview"),
        pytest.param("", b"", id="empty"),
    ],
)
def test_body(body: object, content: bytes) -> None:
    """A body is text or bytes, and gets no content type of its own."""
    assert check(body=body) == PackRequest("POST", split_url(URL), (), content)


def test_form() -> None:
    """A form is encoded, and says so, unless the pack says something else."""
    asked = check(form={"Action": "Get", "a b": "ü&="})
    assert asked.body == b"Action=Get&a+b=%C3%BC%26%3D"
    assert asked.headers == (("Content-Type", "application/x-www-form-urlencoded"),)
    typed = check(
        form={"a": "b"}, headers={"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    )
    assert typed.headers == (("content-type", "application/x-www-form-urlencoded; charset=utf-8"),)


def test_headers() -> None:
    """Headers keep order and spelling, values lose blanks around them, and a counted length is left out."""
    asked = check(headers={"X-B": " ü\t", "x-a": "", "CONTENT-LENGTH": "99"})
    assert asked.headers == (("X-B", "ü"), ("x-a", ""))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"method": "BREW"}, "BREW", id="unknown method"),
        pytest.param({"method": "GET / HTTP/1.1\r\nX: "}, "method", id="a method that is more"),
        pytest.param({"method": None}, "method", id="no method"),
        pytest.param({"url": b"https://example.com/"}, "bytes", id="URL in bytes"),
        pytest.param({"url": None}, "NoneType", id="no URL"),
        pytest.param({"body": "", "form": {}}, "not both", id="body and form"),
        pytest.param({"body": {"a": 1}}, "dict", id="a body that is a dict"),
        pytest.param({"body": "\ud800"}, "surrogate", id="a body that is no text"),
        pytest.param({"form": {"a": 1}}, "'a'", id="a form's value that is no text"),
        pytest.param({"form": {1: "a"}}, "1", id="a form's name that is no text"),
        pytest.param({"form": {"a": "\ud800"}}, "surrogate", id="a form with half a surrogate pair"),
        pytest.param({"form": [("a", "b")]}, "list", id="a form that is a list"),
        pytest.param({"headers": [("a", "b")]}, "list", id="headers that are a list"),
        pytest.param({"headers": {"X-A": "a\r\nX-B: b"}}, "X-A", id="line ends in a header"),
        pytest.param({"headers": {"X-A": "a\nb"}}, "X-A", id="line end in a header"),
        pytest.param({"headers": {"X-A": "a\x00"}}, "X-A", id="NUL in a header"),
        pytest.param({"headers": {"X-A": "\udcff"}}, "X-A", id="a header that is no text"),
        pytest.param({"headers": {"X-A": 1}}, "int", id="a header that is a number"),
        pytest.param({"headers": {"X-A": b"a"}}, "bytes", id="a header in bytes"),
        pytest.param({"headers": {1: "a"}}, "1", id="a name that is a number"),
        pytest.param({"headers": {"X A": "a"}}, "X A", id="blank in a name"),
        pytest.param({"headers": {"X-A:": "a"}}, "X-A:", id="colon in a name"),
        pytest.param({"headers": {"": "a"}}, "''", id="empty name"),
        pytest.param({"headers": {"X-Ä": "a"}}, "name of a header", id="name that is not ASCII"),
        pytest.param({"headers": {"hOST": "evil.example"}}, "hOST", id="Host"),
        pytest.param(
            {"headers": {"Transfer-Encoding": "chunked"}}, "Transfer-Encoding", id="transfer encoding"
        ),
        pytest.param({"headers": {"X-A": "1", "x-a": "2"}}, "twice", id="one name in two spellings"),
    ],
)
def test_bad_arguments(given: dict[str, Any], says: str) -> None:
    """What cannot be sent is refused with a message that names it, exit code 5."""
    with pytest.raises(RequestError) as caught:
        check(**given)
    assert says in caught.value.message
    assert caught.value.exit_code == 5


def test_header_values_are_not_repeated() -> None:
    """The message about a broken header does not quote its value, which may be a token."""
    with pytest.raises(RequestError) as caught:
        check(headers={"X-Token": "secret-token\n"})
    assert "secret-token" not in caught.value.message + "".join(caught.value.details)


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        *(pytest.param(status, "POST", "GET", id=f"{status} POST") for status in (301, 302, 303)),
        *(pytest.param(status, "POST", "POST", id=f"{status} POST") for status in (307, 308)),
        *(pytest.param(status, "PUT", "PUT", id=f"{status} PUT") for status in (301, 302, 307, 308)),
        pytest.param(303, "PUT", "GET", id="303 PUT"),
        pytest.param(303, "HEAD", "HEAD", id="303 HEAD"),
        pytest.param(301, "HEAD", "HEAD", id="301 HEAD"),
    ],
)
def test_redirected_method(status: int, method: str, then: str) -> None:
    """A request that becomes a GET loses its body and what describes it; another keeps both."""
    headers = (("content-MD5", "x"), ("Content-Type", "text/plain"), ("X-A", "1"))
    asked = PackRequest(method, split_url(URL), headers, b"body")
    target = split_url("https://example.com/next")
    kept = method == then
    assert asked.redirected(status, target, same_origin=True) == PackRequest(
        then, target, headers if kept else (("X-A", "1"),), b"body" if kept else b""
    )


def test_redirected_elsewhere() -> None:
    """What the pack itself set to prove who is calling does not go to another origin."""
    headers = (("Authorization", "Bearer x"), ("cookie", "a=b"), ("X-A", "1"))
    asked = PackRequest("GET", split_url(URL), headers)
    assert asked.redirected(302, asked.url, same_origin=True).headers == headers
    assert asked.redirected(302, asked.url, same_origin=False).headers == (("X-A", "1"),)
