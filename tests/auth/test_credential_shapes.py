"""The shapes of an access key: what is taken, what is refused, and that no message quotes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coda_cli.auth.credential_shapes import checked_key_id, checked_secret_key, checked_session_token
from coda_cli.errors import CredentialsError
from tests.auth.world import details

if TYPE_CHECKING:
    from collections.abc import Callable

KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE/+token==" * 20


def refusal(check: Callable[[str], str], text: str) -> str:
    """Have a value refused; return what is said, which does not quote it."""
    with pytest.raises(CredentialsError) as caught:
        check(text)
    said = details(caught.value)
    assert len(text.strip()) < 8 or text.strip() not in said
    return said


@pytest.mark.parametrize(
    "key_id",
    [
        pytest.param(KEY_ID, id="long-term"),
        pytest.param("ASIAIOSFODNN7EXAMPLE", id="temporary"),
        pytest.param("A" * 16, id="shortest"),
        pytest.param("A" * 128, id="longest"),
        pytest.param("lower_case_letters_1", id="lower case and underscores"),
        pytest.param("A" * 40, id="as long as a secret"),
    ],
)
def test_key_id(key_id: str) -> None:
    """What the IAM API Reference allows is a key id."""
    assert checked_key_id(key_id) == key_id


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("A" * 15, id="too short"),
        pytest.param("A" * 129, id="too long"),
        pytest.param("AKIA IOSFODNN7EXAMPLE", id="blank"),
        pytest.param(f"{KEY_ID}\n", id="line end"),
        pytest.param("ÄKIAIOSFODNN7EXAMPLE", id="not ASCII"),
        pytest.param("AKIAIOSFODNN7EXAMPL٣", id="a digit that is not ASCII"),
        pytest.param("arn:aws:iam::123456789012:user/me", id="an ARN"),
    ],
)
def test_no_key_id(text: str) -> None:
    """Anything else is refused, with what one looks like."""
    assert "AKIA or ASIA" in refusal(checked_key_id, text)


@pytest.mark.parametrize("secret", [SECRET, "a" * 40, "x/+=" * 10, "A1" * 19 + "/="])
def test_secret_for_a_key_id(secret: str) -> None:
    """A secret where the key id was asked for is said to be swapped."""
    assert "swapped" in refusal(checked_key_id, secret)


@pytest.mark.parametrize("secret", [SECRET, "short", "with-every~printable!{character}"])
def test_secret_key(secret: str) -> None:
    """A secret has no form that is promised, so whatever can be sent is taken."""
    assert checked_secret_key(secret) == secret


@pytest.mark.parametrize("key_id", [KEY_ID, "ASIAIOSFODNN7EXAMPLE"])
def test_key_id_for_a_secret(key_id: str) -> None:
    """A key id where the secret was asked for is said to be swapped."""
    assert "swapped" in refusal(checked_secret_key, key_id)


@pytest.mark.parametrize(
    ("check", "name"),
    [
        pytest.param(checked_secret_key, "secret access key", id="secret"),
        pytest.param(checked_session_token, "session token", id="token"),
    ],
)
@pytest.mark.parametrize(
    "text",
    ["", " ", "with a blank in it", "line\nend-in-the-midst", "ümlaut-and-more", "tab\tin-the-midst", "\x7f"],
)
def test_what_cannot_be_sent(check: Callable[[str], str], name: str, text: str) -> None:
    """Blanks and control characters would break a header apart, and are no part of any."""
    assert f"the {name} is empty, or has blanks" in refusal(check, text)


def test_session_token() -> None:
    """A token may be as long as AWS likes."""
    assert checked_session_token(TOKEN) == TOKEN
