"""What may be shown: secrets are cut out, ids are masked, innocent text stays."""

from __future__ import annotations

import json

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
    names = (*SECRET_VARIABLES, *MASKED_VARIABLES)
    environ = {name: f"value-of-{name}" for name in names}
    shown = Redactor(environ).text(json.dumps(environ))
    assert [name for name in names if f"value-of-{name}" in shown] == []


@given(secret=st.text(min_size=8), before=st.text(), after=st.text())
def test_no_text_hides_a_secret(secret: str, before: str, after: str) -> None:
    """Whatever stands around a secret of whatever characters, it is not in what is shown."""
    redactor = Redactor()
    redactor.add_secret(secret)
    shown = redactor.text(f"{before}{secret}{after}")
    assert SECRET in shown
    assert secret not in shown.replace(SECRET, "\0")
