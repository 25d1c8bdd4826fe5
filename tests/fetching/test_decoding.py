"""JSON, XML, text and bytes; and what services say of errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coda_cli.errors import DecodingError
from coda_cli.fetching.decoding import decode, one_line, parse_xml, service_error
from coda_cli.wire import ServiceError, WireResponse


def answer(body: str | bytes, content_type: str = "", *more: tuple[str, str]) -> WireResponse:
    """Make a response with a body."""
    headers = (("Content-Type", content_type), *more) if content_type else more
    return WireResponse(200, headers, body.encode() if isinstance(body, str) else body)


@pytest.mark.parametrize(
    ("body", "content_type", "value"),
    [
        pytest.param(
            '{"a": [1, 2.5, null, true]}', "application/json", {"a": [1, 2.5, None, True]}, id="object"
        ),
        pytest.param("[]", "application/json", [], id="empty list"),
        pytest.param(' \r\n{"a": "ü"}\n', "text/plain", {"a": "ü"}, id="whatever the content type"),
        pytest.param('{"a": 1}', "", {"a": 1}, id="no content type"),
        pytest.param('{"a": 1}', "text/xml", {"a": 1}, id="JSON that is called XML"),
        pytest.param('\ufeff{"a": 1}', "application/json", {"a": 1}, id="byte order mark"),
        pytest.param('{"a": 1, "a": 2}', "", {"a": 2}, id="the last of duplicate keys"),
        pytest.param('"text"', "application/json", '"text"', id="a scalar stays text"),
        pytest.param("12", "application/json", "12", id="a number stays text"),
        pytest.param("null", "application/json", "null", id="null stays text"),
        pytest.param('{"a": NaN}', "application/json", '{"a": NaN}', id="NaN is no JSON"),
        pytest.param("[-Infinity]", "application/json", "[-Infinity]", id="Infinity is no JSON"),
        pytest.param('{"a": 1', "application/json", '{"a": 1', id="cut off"),
        pytest.param('{"a": 1} x', "application/json", '{"a": 1} x', id="text behind it"),
        pytest.param("", "application/json", "", id="empty"),
        pytest.param("", "application/xml", "", id="empty XML"),
        pytest.param("\n", "text/xml", "\n", id="blank XML"),
        pytest.param("<a>1</a>", "text/html", "<a>1</a>", id="not called XML"),
        pytest.param("<a><b>1</b></a>", "text/xml", {"b": ["1"]}, id="text/xml"),
        pytest.param(
            "<a><b>1</b></a>", " Application/XML; charset=utf-8", {"b": ["1"]}, id="application/xml"
        ),
        pytest.param("<a><b>1</b></a>", "application/atom+xml", {"b": ["1"]}, id="+xml"),
        pytest.param("<a/>", "image/svg+xml", "<a/>", id="an image is text"),
    ],
)
def test_decode(body: str, content_type: str, value: object) -> None:
    """A body becomes an object or list where it is JSON, nested dicts where it is XML, else text."""
    assert decode(answer(body, content_type)) == value


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("[" * 100_000 + "]" * 100_000, id="deeper than the parser goes"),
        pytest.param('{"a":' * 100_000, id="deep and cut off"),
        pytest.param("[" + "9" * 5000 + "]", id="more digits than Python reads"),
    ],
)
def test_json_beyond_the_parser_stays_text(body: str) -> None:
    """JSON that Python's parser does not take is given as text, and is no error."""
    assert decode(answer(body, "application/json")) == body


def test_long_integers_are_read() -> None:
    """Integers of up to 4,300 digits are exact."""
    assert decode(answer("[" + "9" * 4300 + "]")) == [int("9" * 4300)]


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        pytest.param(b"\xfc", "text/plain; charset=iso-8859-1", "ü", id="latin-1"),
        pytest.param(b"\xfc", 'text/plain; charset="windows-1252"', "ü", id="quoted"),
        pytest.param("ü".encode("utf-16"), "text/plain;charset=UTF-16", "ü", id="utf-16"),
        pytest.param("ü".encode(), "text/plain", "ü", id="UTF-8 without a charset"),
        pytest.param(b"a\xfcb", "text/plain", "a\ufffdb", id="no UTF-8"),
        pytest.param("ü".encode(), "text/plain; charset=klingon", "ü", id="unknown charset"),
        pytest.param("ü".encode(), "text/plain; charset=base64", "ü", id="a codec that is not of text"),
        pytest.param(
            b"\\ud800", "text/plain; charset=unicode_escape", "\\ud800", id="one that makes surrogates"
        ),
        pytest.param(b"xn--tda", "text/plain; charset=idna", "xn--tda", id="one for hosts"),
        pytest.param("ü".encode(), "text/plain; charset=", "ü", id="empty charset"),
        pytest.param("ü".encode(), "text/plain; charset=a\x00b", "ü", id="NUL in the charset"),
    ],
)
def test_text_is_read_by_its_charset(body: bytes, content_type: str, text: str) -> None:
    """Text is read by its charset, and by UTF-8 with replacements where that is unknown."""
    assert decode(answer(body, content_type)) == text


def test_binary_is_left_alone() -> None:
    """A fetch that asks for bytes gets them, whatever they look like."""
    assert decode(answer(b'{"a": "\xff"}', "application/json"), binary=True) == b'{"a": "\xff"}'


@pytest.mark.parametrize(
    ("document", "value"),
    [
        pytest.param("<r/>", "", id="empty root"),
        pytest.param("<r>text</r>", "text", id="root with text"),
        pytest.param('<r xmlns="urn:x">eu-west-1</r>', "eu-west-1", id="a namespace is no attribute"),
        pytest.param("<r><a>1</a><b/><a>2</a></r>", {"a": ["1", "2"], "b": [""]}, id="every element a list"),
        pytest.param('<r><a x="1">t</a></r>', {"a": [{"$": {"x": "1"}, "_": "t"}]}, id="attributes and text"),
        pytest.param('<r><a x="1"/></r>', {"a": [{"$": {"x": "1"}}]}, id="attributes alone"),
        pytest.param(
            "<r>\n  <a>\n  <b>1</b>\n  </a>\n</r>", {"a": [{"b": ["1"]}]}, id="indentation is no text"
        ),
        pytest.param("<r><a>x<b/>y</a></r>", {"a": [{"b": [""], "_": "xy"}]}, id="mixed content"),
        pytest.param("<r><Key> </Key></r>", {"Key": [" "]}, id="a blank may be a name"),
        pytest.param(
            '<p:r xmlns:p="urn:x" xmlns:i="urn:y"><p:a i:type="T" xmlns="urn:z">1</p:a></p:r>',
            {"a": [{"$": {"type": "T"}, "_": "1"}]},
            id="prefixes are dropped",
        ),
        pytest.param("<r><a>&lt;&amp;&#252;&apos;</a></r>", {"a": ["<&ü'"]}, id="the five entities"),
        pytest.param("<r><a><![CDATA[<x>]]></a></r>", {"a": ["<x>"]}, id="CDATA"),
        pytest.param(
            "<?xml version='1.0'?><!DOCTYPE r><!-- c --><r><?pi x?><a>1</a></r>", {"a": ["1"]}, id="prolog"
        ),
        pytest.param(f"<r><a>{'x' * 100_000}</a></r>", {"a": ["x" * 100_000]}, id="long text"),
    ],
)
def test_xml(document: str, value: object) -> None:
    """XML becomes nested dicts as in the reference."""
    assert parse_xml(document.encode()) == value


def test_xml_encodings() -> None:
    """The declaration's encoding counts, and the content type's before it."""
    declared = "<?xml version='1.0' encoding='iso-8859-1'?><r>ü</r>".encode("latin-1")
    assert decode(answer(declared, "text/xml")) == "ü"
    assert decode(answer("<r>ü</r>".encode("latin-1"), "text/xml; charset=iso-8859-1")) == "ü"
    assert decode(answer("<r>ü</r>".encode("utf-16"), "text/xml")) == "ü"


BOMB = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><r>&b;</r>'


@pytest.mark.parametrize(
    "document",
    [
        pytest.param("<r><a></r>", id="wrong end"),
        pytest.param("<r>", id="cut off"),
        pytest.param("text", id="no element"),
        pytest.param("<r/><r/>", id="two roots"),
        pytest.param("<r>&unknown;</r>", id="unknown entity"),
        pytest.param("<r>\x00</r>", id="NUL"),
        pytest.param("<?xml version='1.0' encoding='klingon'?><r/>", id="unknown encoding"),
        pytest.param("<?xml version='1.0' encoding='shift_jis'?><r/>", id="an encoding of several bytes"),
        pytest.param(BOMB, id="entities that grow"),
        pytest.param(
            '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><r>&f;</r>', id="an entity that is a file"
        ),
        pytest.param('<!DOCTYPE r [<!ENTITY % p "x">]><r/>', id="parameter entity"),
        pytest.param(
            '<!DOCTYPE r SYSTEM "http://127.0.0.1:1/x.dtd"><r>&f;</r>', id="an entity declared elsewhere"
        ),
        pytest.param("<a>" * 1000 + "</a>" * 1000, id="too deep"),
    ],
)
def test_xml_that_is_refused(document: str) -> None:
    """Broken XML, entities and senseless depth are our error, exit code 5, and no other."""
    with pytest.raises(DecodingError) as caught:
        decode(answer(document, "application/xml"))
    assert caught.value.exit_code == 5


S3 = """<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message><RequestId>R1</RequestId></Error>"""
QUERY = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>AccessDenied</Code><Message>Not you.</Message></Error><RequestId>R1</RequestId></ErrorResponse>"""
EC2 = """<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>No.</Message></Error></Errors>
<RequestID>R1</RequestID></Response>"""


@pytest.mark.parametrize(
    ("body", "headers", "error"),
    [
        pytest.param(S3, {}, ("NoSuchKey", "The key does not exist.", "R1"), id="S3"),
        pytest.param(QUERY, {}, ("AccessDenied", "Not you.", "R1"), id="Query protocol"),
        pytest.param(EC2, {}, ("UnauthorizedOperation", "No.", "R1"), id="EC2"),
        pytest.param(
            {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message": "Gone"},
            {"x-amzn-RequestId": "R2"},
            ("ResourceNotFoundException", "Gone", "R2"),
            id="JSON 1.0",
        ),
        pytest.param(
            {"__type": "AccessDeniedException", "Message": "No"},
            {},
            ("AccessDeniedException", "No", ""),
            id="JSON 1.1",
        ),
        pytest.param({"code": "E", "message": "m"}, {}, ("E", "m", ""), id="code"),
        pytest.param({"Code": "E", "Message": "m"}, {}, ("E", "m", ""), id="Code"),
        pytest.param({"error": {"code": "E", "message": "m"}}, {}, ("E", "m", ""), id="nested"),
        pytest.param({"error": {"code": 404, "message": "m"}}, {}, ("", "m", ""), id="a number is no code"),
        pytest.param({"error": "invalid_grant"}, {}, ("invalid_grant", "", ""), id="OAuth"),
        pytest.param(
            {"message": "m"},
            {
                "X-Amzn-ErrorType": "ResourceNotFoundException:http://internal.amazon.com/coral/",
                "x-amzn-requestid": "R",
            },
            ("ResourceNotFoundException", "m", "R"),
            id="header",
        ),
        pytest.param({"__type": "ns#Code:http://x/"}, {}, ("Code", "", ""), id="code with all around it"),
        pytest.param(
            "limit must be below 100\nsecond line",
            {"Content-Type": "text/plain"},
            ("", "limit must be below 100", ""),
            id="plain text",
        ),
        pytest.param("a page", {"Content-Type": "application/octet-stream"}, ("", "", ""), id="not text"),
        pytest.param("", {"x-amz-request-id": "R3"}, ("", "", "R3"), id="no body"),
        pytest.param("<Error><Code>X</Code", {"x-amz-request-id": "R3"}, ("", "", "R3"), id="broken XML"),
        pytest.param("<!DOCTYPE a [<!ENTITY b 'c'>]><Error/>", {}, ("", "", ""), id="entities"),
        pytest.param("<html><body>Bad gateway<br></html>", {}, ("", "", ""), id="HTML"),
        pytest.param("<Error/>", {}, ("", "", ""), id="empty error"),
        pytest.param('{"__type":', {}, ("", "", ""), id="broken JSON"),
        pytest.param([], {}, ("", "", ""), id="a list"),
        pytest.param([{"code": "E"}], {}, ("", "", ""), id="a list of errors"),
        pytest.param({"__type": None, "message": {"a": 1}, "Error": []}, {}, ("", "", ""), id="other types"),
        pytest.param(
            "<Error><Code><X>1</X></Code></Error>", {}, ("", "", ""), id="elements where text was expected"
        ),
    ],
)
def test_service_error(body: Any, headers: dict[str, str], error: tuple[str, str, str]) -> None:
    """Code, message and request id are read wherever AWS's protocols put them, and never fail."""
    text = body if isinstance(body, str) else json.dumps(body)
    assert service_error(answer(text, "", *headers.items())) == ServiceError(*error)


def test_region_that_s3_expects() -> None:
    """S3 says the region that a request should have been for in an element of its own, its quotes escaped."""
    body = (
        "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region &apos;us-east-1&apos; is wrong; "
        "expecting &apos;eu-west-1&apos;</Message><Region>eu-west-1</Region></Error>"
    )
    error = service_error(answer(body))
    assert error.region == "eu-west-1"
    assert error.message == "the region 'us-east-1' is wrong; expecting 'eu-west-1'"


def test_service_messages_are_one_short_printable_line() -> None:
    """Line ends, escape sequences and length of a service's message do not get through."""
    message = service_error(answer(json.dumps({"message": "a\r\n\x1b[31mb\u202e\t" + "c" * 5000}))).message
    assert message.startswith("a [31mb c")
    assert message.isprintable()
    assert len(message) == 400


def test_one_line_keeps_what_fits() -> None:
    """A text of exactly the longest length is not cut."""
    assert one_line("abc", 3) == "abc"
    assert one_line("abcd", 3) == "ab…"
