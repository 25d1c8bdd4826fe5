"""What may be shown: secrets are cut out, ids are masked, innocent text stays."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coda_cli.redaction import MASKED_VARIABLES, SECRET, SECRET_VARIABLES, Redactor, mask

KEY = "wJalr/XUtnFEMI+bPxRfi"


@pytest.fixture
def redactor() -> Redactor:
    """A redactor that knows one secret and one id."""
    known = Redactor()
    known.add_secret(KEY)
    known.add_masked("AKIDEXAMPLE1234")
    return known


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param("AKIDEXAMPLE1234", "****1234", id="an access key id"),
        pytest.param("12345678", "****5678", id="eight characters"),
        pytest.param("1234567", "****", id="fewer"),
        pytest.param("", "****", id="none"),
    ],
)
def test_mask_shows_the_last_four(value: str, shown: str) -> None:
    """An id is recognised by its end; of a short one nothing is shown."""
    assert mask(value) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(f"key={KEY}.", f"key={SECRET}.", id="secret"),
        pytest.param("id AKIDEXAMPLE1234", "id ****1234", id="masked"),
        pytest.param("wJalr%2FXUtnFEMI%2BbPxRfi", SECRET, id="percent-encoded"),
        pytest.param("wJalr/XUtnFEMI%2bbPxRfi", SECRET, id="percent-encoded in part, in lower case"),
        pytest.param("wJalr%252FXUtnFEMI%252BbPxRfi", SECRET, id="percent-encoded twice"),
        pytest.param(r"wJalr\/XUtnFEMI\u002BbPxRfi", SECRET, id="JSON-escaped"),
        pytest.param("wJalr&#47;XUtnFEMI&#x2b;bPxRfi", SECRET, id="XML-escaped"),
        pytest.param(f"Signature={'0a' * 32}", f"Signature={SECRET}", id="signature of a header"),
        pytest.param(f"Signature={'30' * 71}, x", f"Signature={SECRET}, x", id="asymmetric signature"),
        pytest.param(f"X-Amz-Signature={'0a' * 32}", f"X-Amz-Signature={'0a' * 32}", id="pre-signed URL"),
        pytest.param(f"{KEY}{KEY}", SECRET * 2, id="twice"),
        pytest.param("nothing here", "nothing here", id="innocent"),
    ],
)
def test_text_shows_no_secret(redactor: Redactor, text: str, shown: str) -> None:
    """Secrets are replaced wherever they stand, also as they stand in a URL."""
    assert redactor.text(text) == shown


def test_messages_show_no_signed_url(redactor: Redactor) -> None:
    """Who holds a pre-signed URL may use it: it stays whole in a result only."""
    url = f"https://b.s3.amazonaws.com/k?X-Amz-Signature={'0a' * 32}&x-amz-security-token=abc&x=1"
    assert redactor.text(url) == url
    shown = f"https://b.s3.amazonaws.com/k?X-Amz-Signature={SECRET}&x-amz-security-token={SECRET}&x=1"
    assert redactor.message(f"'{url}' {KEY}") == f"'{shown}' {SECRET}"


def test_longer_secret_comes_first() -> None:
    """A secret that contains another leaves no rest of itself behind."""
    redactor = Redactor()
    redactor.add_secret("abcdefgh")
    redactor.add_secret("abcdefghijkl")
    assert redactor.text("abcdefghijkl") == SECRET


@pytest.mark.parametrize("value", [None, "", "short"])
def test_short_values_are_left_alone(value: str | None) -> None:
    """A value of fewer than eight characters would be found in innocent text."""
    redactor = Redactor()
    redactor.add_secret(value)
    assert redactor.text("a short text") == "a short text"


def test_padding_is_part_of_a_secret() -> None:
    """A token that lost its padding on the way is known again, and one that has it is cut with it."""
    redactor = Redactor()
    redactor.add_secret("dG9rZW4tMQ==")
    assert redactor.text("dG9rZW4tMQ and dG9rZW4tMQ==") == f"{SECRET} and {SECRET}"


def test_environment_that_is_no_unicode() -> None:
    """A variable may hold bytes that are no UTF-8, which Python reads as surrogates."""
    redactor = Redactor({"AWS_SECRET_ACCESS_KEY": "\udcff" * 10})
    assert redactor.text("\udcff" * 10) == SECRET
    assert redactor.body(b"innocent") == b"innocent"


def test_value_is_clean_inside(redactor: Redactor) -> None:
    """Strings of a JSON value are clean at any depth, keys too, and other values stay as they are."""
    value = {"a": [1, True, None, {KEY: f"x {KEY}"}]}
    assert redactor.value(value) == {"a": [1, True, None, {SECRET: f"x {SECRET}"}]}


def test_body_loses_secrets_and_keeps_ids(redactor: Redactor) -> None:
    """A pack may compare an id that a service echoes, but gets no secret back, nor that of the request."""
    body = f"{KEY} AKIDEXAMPLE1234 signature-of-this-one".encode()
    cut = redactor.body(body, also=("signature-of-this-one",))
    assert cut == f"{SECRET} AKIDEXAMPLE1234 {SECRET}".encode()


def test_environment_is_known_from_the_start() -> None:
    """What the environment holds is not shown even before anything has asked for credentials."""
    names = (*SECRET_VARIABLES, *MASKED_VARIABLES, "AWS_CONTAINER_AUTHORIZATION_TOKEN")
    environ = {name: f"value-of-{name}" for name in names}
    shown = Redactor(environ).text(json.dumps(environ))
    assert [name for name in names if f"value-of-{name}" in shown] == []


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize(
    ("address", "text"),
    [
        pytest.param("http://user:s3cr3tpassword@proxy:8080", "s3cr3tpassword", id="password"),
        pytest.param("user:s3cr3tpassword@proxy:8080", "s3cr3tpassword", id="no scheme"),
        pytest.param("http://user:s3cr3t%21%21%21%21@proxy", "s3cr3t!!!!", id="decoded"),
        pytest.param("http://user:s3cr3t@pass:word@proxy", "s3cr3t@pass:word", id="at sign and colon"),
        pytest.param("http://user:s3cr3tpassword#x@proxy", "s3cr3tpassword", id="up to a number sign"),
        pytest.param("http://user:s3cr3tpassword/x@proxy", "s3cr3tpassword", id="up to a slash"),
    ],
)
def test_passwords_of_proxies(name: str, address: str, text: str) -> None:
    """A proxy's password is known, also the part of it that is left where its address is misread."""
    assert Redactor({name: address}).text(f"user:{text}.") == f"user:{SECRET}."


def test_proxies_without_a_password() -> None:
    """The addresses themselves are no secrets."""
    environ = {"HTTPS_PROXY": "http://somebody@proxy.example:8080", "NO_PROXY": "localhost,127.0.0.1"}
    text = json.dumps(environ)
    assert Redactor(environ).text(text) == text


@pytest.mark.parametrize("secret", ["/+/+=/+/+", "/begins-with-a-slash", "ends-with-one/+"])
def test_secrets_of_any_characters(secret: str) -> None:
    """A secret is found by its longest plain part, and also where it has none."""
    redactor = Redactor()
    redactor.add_secret(secret)
    for written in (secret, quote(secret, safe="")):
        assert redactor.text(f"<{written}>") == f"<{SECRET}>"
        assert redactor.body(f"<{written}>".encode()) == f"<{SECRET}>".encode()


@given(secret=st.text(min_size=8), before=st.text(), after=st.text())
def test_no_text_hides_a_secret(secret: str, before: str, after: str) -> None:
    """Whatever stands around a secret of whatever characters, it is not in what is shown."""
    redactor = Redactor()
    redactor.add_secret(secret)
    shown = redactor.text(f"{before}{secret}{after}")
    assert SECRET in shown
    assert secret not in shown.replace(SECRET, "\0")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("nothing to see", False, id="nothing"),
        pytest.param(f"x {KEY} y", True, id="plain"),
        pytest.param(json.dumps({"a": KEY}), True, id="as JSON"),
        pytest.param("Signature=" + "0" * 64, True, id="signature"),
    ],
)
def test_what_may_change(text: str, expected: bool) -> None:
    """Whether there is anything to replace is told quickly, and never wrongly denied."""
    redactor = Redactor({"AWS_SECRET_ACCESS_KEY": KEY})
    assert redactor.may_change(text) is expected
    assert expected or redactor.text(text) == text
