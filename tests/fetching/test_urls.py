"""Taking URLs apart, bringing them into normal form, joining and appending them."""

from __future__ import annotations

import pytest

from coda_cli.errors import InvalidURLError
from coda_cli.fetching.urls import append, join, normalise, split_authority, split_url
from coda_cli.wire import PathStyle, Url

AS_WRITTEN, S3, ENCODED_TWICE = PathStyle.AS_WRITTEN, PathStyle.S3, PathStyle.ENCODED_TWICE


def url_of(text: str, style: PathStyle = AS_WRITTEN) -> Url:
    """Take a URL apart and bring it into normal form."""
    return normalise(split_url(text), style)


@pytest.mark.parametrize(
    ("text", "authority"),
    [
        pytest.param("https://Example.COM/x", "example.com", id="upper case"),
        pytest.param("HTTPS://example.com", "example.com", id="scheme in upper case"),
        pytest.param("https://example.com./x", "example.com", id="trailing dot"),
        pytest.param("https://example.com.:443/x", "example.com", id="trailing dot and default port"),
        pytest.param("http://localhost:80/", "localhost", id="default port of http"),
        pytest.param("http://localhost:443/", "localhost:443", id="the other scheme's default port"),
        pytest.param("https://example.com:08443/", "example.com:8443", id="leading zero in the port"),
        pytest.param("https://[::1]:8443/", "[::1]:8443", id="IPv6"),
        pytest.param("https://[2001:DB8:0:0::1]/", "[2001:db8::1]", id="IPv6 is compressed"),
        pytest.param("https://my_bucket.s3.amazonaws.com/", "my_bucket.s3.amazonaws.com", id="underscore"),
        pytest.param("https://xn--bcher-kva.example/", "xn--bcher-kva.example", id="punycode"),
        pytest.param("https://example.com?a=@b", "example.com", id="no path, an @ in the query"),
        pytest.param("https://example.com/a@b:c//d", "example.com", id="an @ in the path"),
    ],
)
def test_authority_has_one_form(text: str, authority: str) -> None:
    """However a host and port are written, what is checked, signed and connected to is one value."""
    assert url_of(text).authority == authority


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("https://user:secret@example.com/", "user name or password", id="userinfo"),
        pytest.param("https://good.example@evil.example/", "user name or password", id="host as user"),
        pytest.param("https://@example.com/", "user name or password", id="empty userinfo"),
        pytest.param("https://evil.example\\@good.example/", "user name or password", id="backslash and @"),
        pytest.param("https://evil.example\\good.example/", "malformed", id="backslash"),
        pytest.param("https://exa mple.com/", "malformed", id="blank in the host"),
        pytest.param("https:// example.com/", "malformed", id="blank before the host"),
        pytest.param("https://exa\tmple.com/", "control character", id="tab in the host"),
        pytest.param("ht\ntps://example.com/", "control character", id="line end in the scheme"),
        pytest.param("https://example.com/a\r\nb", "control character", id="line end in the path"),
        pytest.param("https://example.com/?a=\x00", "control character", id="NUL in the query"),
        pytest.param("https://example.com/\x7f", "control character", id="DEL"),
        pytest.param("https://example.com/#\n", "control character", id="line end in the fragment"),
        pytest.param("\x1fhttps://example.com/", "control character", id="before the scheme"),
        pytest.param("https:///path", "no host", id="empty host"),
        pytest.param("https://:443/", "no host", id="port without a host"),
        pytest.param("https://./", "no host", id="a dot as host"),
        pytest.param("https://exa%6dple.com/", "malformed", id="percent-escaped host"),
        pytest.param("https://a..b/", "malformed", id="empty label"),
        pytest.param(f"https://{'a' * 64}.example/", "malformed", id="label too long"),
        pytest.param(f"https://{'a.' * 127}example/", "malformed", id="host too long"),
        pytest.param("https://bücher.example/", "not ASCII", id="non-ASCII host"),
        pytest.param("https://ｅxample.com/", "not ASCII", id="full-width letter"),
        pytest.param("https://example.com:/", "port", id="empty port"),
        pytest.param("https://example.com:0/", "port", id="port zero"),
        pytest.param("https://example.com:65536/", "port", id="port too large"),
        pytest.param("https://example.com:٤٤٣/", "port", id="digits of another script"),
        pytest.param("https://example.com:80:80/", "port", id="two ports"),
        pytest.param("https://example.com:-1/", "port", id="negative port"),
        pytest.param("https://[::1/", "malformed", id="bracket not closed"),
        pytest.param("https://[::1]x/", "malformed", id="text after the bracket"),
        pytest.param("https://[fe80::1%25eth0]/", "IPv6", id="zone id"),
        pytest.param("https://[127.0.0.1]/", "IPv6", id="IPv4 in brackets"),
        pytest.param("https://::1/", "port", id="IPv6 without brackets"),
        pytest.param("ftp://example.com/", "ftp", id="another scheme"),
        pytest.param("file:///etc/passwd", "file", id="a file"),
        pytest.param("//example.com/", "no scheme", id="no scheme"),
        pytest.param("/path", "no scheme", id="relative"),
        pytest.param("", "no scheme", id="empty"),
        pytest.param("https:example.com", "no host", id="no slashes"),
        pytest.param("https:/example.com", "no host", id="one slash"),
        pytest.param("https://example.com/\ud800", "surrogate", id="lone surrogate"),
    ],
)
def test_dangerous_urls_are_refused(text: str, message: str) -> None:
    """A URL that programs read differently is refused, with a message that says what is wrong."""
    with pytest.raises(InvalidURLError) as caught:
        url_of(text)
    assert message in caught.value.message
    assert caught.value.exit_code == 5
    assert caught.value.message.isprintable()


def test_password_is_not_repeated() -> None:
    """The message about userinfo does not quote it."""
    with pytest.raises(InvalidURLError) as caught:
        url_of("https://user:hunter2secret@example.com/")
    assert "hunter2secret" not in caught.value.message + "".join(caught.value.details)


def test_non_ascii_host_names_the_remedy() -> None:
    """Who writes a non-ASCII host is told of its xn-- form."""
    with pytest.raises(InvalidURLError) as caught:
        url_of("https://bücher.example/")
    assert any("xn--" in line for line in caught.value.details)


TARGETS = [
    # written, as written, S3, encoded twice
    pytest.param("", "/", "/", "/", id="nothing"),
    pytest.param("/?", "/", "/", "/", id="empty query"),
    pytest.param("/#x?y", "/", "/", "/", id="fragment"),
    pytest.param("//a//b", "//a//b", "//a//b", "//a//b", id="double slashes"),
    pytest.param("/a/../b/./c", "/a/../b/./c", "/a/../b/./c", "/a/../b/./c", id="dots"),
    pytest.param("/a%2fb", "/a%2Fb", "/a/b", "/a%2Fb", id="escaped slash"),
    pytest.param("/%7e~", "/%7E~", "/~~", "/%7E~", id="tilde"),
    pytest.param("/100%", "/100%25", "/100%25", "/100%25", id="percent at the end"),
    pytest.param("/%zz%41", "/%25zz%41", "/%25zzA", "/%25zz%41", id="percent that starts no escape"),
    pytest.param("/a b", "/a%20b", "/a%20b", "/a%20b", id="blank"),
    pytest.param("/a+b", "/a+b", "/a%2Bb", "/a%2Bb", id="plus in the path"),
    pytest.param(
        "/a:b@c,d;e=f", "/a:b@c,d;e=f", "/a%3Ab%40c%2Cd%3Be%3Df", "/a%3Ab%40c%2Cd%3Be%3Df", id="delims"
    ),
    pytest.param("/ü€", "/%C3%BC%E2%82%AC", "/%C3%BC%E2%82%AC", "/%C3%BC%E2%82%AC", id="unicode"),
    pytest.param("/%FF", "/%FF", "/%FF", "/%FF", id="a byte that is no UTF-8"),
    pytest.param('/"<>[]\\^`{|}', *["/%22%3C%3E%5B%5D%5C%5E%60%7B%7C%7D"] * 3, id="never legal"),
    pytest.param(
        "?list-type=2&prefix=a/b", "/?list-type=2&prefix=a/b", *["/?list-type=2&prefix=a%2Fb"] * 2, id="query"
    ),
    pytest.param("?b=2&a=1&b=1", *["/?b=2&a=1&b=1"] * 3, id="order and repeats"),
    pytest.param("?acl", "/?acl", "/?acl=", "/?acl=", id="valueless key"),
    pytest.param("?a&&b&", "/?a&&b&", "/?a=&b=", "/?a=&b=", id="empty pairs"),
    pytest.param("?&", "/?&", "/", "/", id="only empty pairs"),
    pytest.param("?a=b+c%20d", "/?a=b+c%20d", "/?a=b%20c%20d", "/?a=b%20c%20d", id="plus in the query"),
    pytest.param("?a=%2b", "/?a=%2B", "/?a=%2B", "/?a=%2B", id="escaped plus"),
    pytest.param("?a=%ff", "/?a=%FF", "/?a=%FF", "/?a=%FF", id="a byte that is no UTF-8 in the query"),
    pytest.param("?a=1=2?3", "/?a=1=2?3", "/?a=1%3D2%3F3", "/?a=1%3D2%3F3", id="equals and question mark"),
    pytest.param("?ü=é", *["/?%C3%BC=%C3%A9"] * 3, id="unicode in the query"),
    pytest.param("?a=100%", "/?a=100%25", "/?a=100%25", "/?a=100%25", id="percent in the query"),
]


@pytest.mark.parametrize(("written", "as_written", "s3", "encoded_twice"), TARGETS)
def test_target(written: str, as_written: str, s3: str, encoded_twice: str) -> None:
    """Path and query have the normal form that each way of signing computes its signature over."""
    targets = [url_of(f"https://example.com{written}", style).target for style in PathStyle]
    assert targets == [as_written, s3, encoded_twice]


@pytest.mark.parametrize(("written", "as_written", "s3", "encoded_twice"), TARGETS)
@pytest.mark.parametrize("style", PathStyle)
def test_normal_form_is_stable(
    style: PathStyle, written: str, as_written: str, s3: str, encoded_twice: str
) -> None:
    """A URL in normal form is its own normal form, so a redirect's base can be normalised again."""
    once = url_of(f"https://example.com{written}", style)
    assert url_of(str(once), style) == once


BASE = Url("https", "example.com", 8443, "/a/b/c", "q=1")


@pytest.mark.parametrize(
    ("location", "joined"),
    [
        pytest.param("https://other.example/x", "https://other.example/x", id="absolute"),
        pytest.param("//other.example/x?y", "https://other.example/x?y", id="scheme-relative"),
        pytest.param("/x/../y", "https://example.com:8443/x/../y", id="absolute path keeps its dots"),
        pytest.param("x", "https://example.com:8443/a/b/x", id="relative"),
        pytest.param("../x", "https://example.com:8443/a/x", id="one up"),
        pytest.param("../../../../x", "https://example.com:8443/x", id="above the root"),
        pytest.param(".", "https://example.com:8443/a/b/", id="a dot"),
        pytest.param("..", "https://example.com:8443/a/", id="two dots"),
        pytest.param("./x/./y", "https://example.com:8443/a/b/x/y", id="dots inside"),
        pytest.param("?z=2", "https://example.com:8443/a/b/c?z=2", id="query only"),
        pytest.param("#f", "https://example.com:8443/a/b/c?q=1", id="fragment only"),
        pytest.param("", "https://example.com:8443/a/b/c?q=1", id="empty"),
        pytest.param("x?y#z", "https://example.com:8443/a/b/x?y", id="relative with query and fragment"),
        pytest.param(
            "/\\evil.example", "https://example.com:8443/%5Cevil.example", id="backslash is no host"
        ),
    ],
)
def test_join(location: str, joined: str) -> None:
    """A redirect's Location is resolved as RFC 3986 says, and leads nowhere by accident."""
    assert str(normalise(join(BASE, split_url(location)), AS_WRITTEN)) == joined


@pytest.mark.parametrize(
    "location",
    [
        pytest.param("https:/\tother.example", id="tab in an absolute URL"),
        pytest.param("/x\r\ny", id="line end in a path"),
        pytest.param("https://a@b/", id="userinfo"),
        pytest.param("javascript:alert(1)", id="another scheme"),
        pytest.param("https:x", id="scheme without a host"),
    ],
)
def test_join_refuses(location: str) -> None:
    """A redirect's Location is refused for what a pack's URL is refused for."""
    with pytest.raises(InvalidURLError):
        normalise(join(BASE, split_url(location)), AS_WRITTEN)


@pytest.mark.parametrize(
    ("base", "relative", "appended"),
    [
        pytest.param("https://h/base", "/x", "https://h/base/x", id="absolute path"),
        pytest.param("https://h/base", "x", "https://h/base/x", id="relative path"),
        pytest.param("https://h/base/", "/x", "https://h/base/x", id="slash at both"),
        pytest.param("https://h", "/x?y=1", "https://h/x?y=1", id="no base path"),
        pytest.param("https://h/base", "?y=1", "https://h/base?y=1", id="query only"),
        pytest.param("https://h/base", "", "https://h/base", id="empty"),
        pytest.param("https://h:8443/base", "../x", "https://h:8443/base/../x", id="dots stay"),
    ],
)
def test_append(base: str, relative: str, appended: str) -> None:
    """A relative URL is put behind the endpoint, not resolved against it."""
    assert str(normalise(append(split_url(base), split_url(relative)), AS_WRITTEN)) == appended


def test_split_authority_keeps_a_named_default_port() -> None:
    """A declared domain's port is known even where it is the default one."""
    assert split_authority("Example.com:443") == ("example.com", 443)
    assert split_authority("example.com") == ("example.com", None)
