"""Holding on to credentials, and refusing keys that cannot be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from coda_cli.auth.aws_advice import Caller
from coda_cli.auth.aws_failures import Attempt
from coda_cli.auth.aws_keys import REFRESH_SECONDS, HeldCredentials, Keys, checked_keys
from coda_cli.errors import CredentialsError
from coda_cli.redaction import Redactor
from tests.auth.world import KEY_ID, SECRET, TOKEN, details

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.auth.aws_keys import SomeCredentials

CALLER = Caller("****0001", has_token=False, origin="a test", renewal="")


@dataclass
class Ending:
    """Credentials that say how long they last, and count how often they are asked for."""

    seconds_left: float
    asked: int = 0
    failure: Exception | None = field(default=None)

    def refresh_needed(self, refresh_in: float) -> bool:
        """Tell, as botocore's refreshable credentials do, whether less than this is left."""
        return self.seconds_left < refresh_in

    def get_frozen_credentials(self) -> Keys:
        """Count, and fail if told to."""
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        return Keys(KEY_ID, SECRET, f"{TOKEN}-{self.asked}")


def held(
    credentials: Ending,
    redactor: Redactor | None = None,
    load_anew: Callable[[str], SomeCredentials] | None = None,
) -> HeldCredentials:
    """Hold credentials of a test."""
    return HeldCredentials(credentials, "a test", redactor or Redactor(), lambda: Attempt(CALLER), load_anew)


@pytest.mark.parametrize(
    ("seconds_left", "expected"),
    [
        pytest.param(3600, 1, id="an hour"),
        pytest.param(900, 1, id="15 minutes, which botocore alone would refresh each time"),
        pytest.param(REFRESH_SECONDS, 1, id="just long enough"),
        pytest.param(REFRESH_SECONDS - 1, 3, id="about to end"),
    ],
)
def test_credentials_are_asked_for_once(seconds_left: float, expected: int) -> None:
    """A session is used until shortly before its end, however short it is."""
    credentials = Ending(seconds_left)
    holding = held(credentials)
    for _ in range(3):
        holding.get_frozen_credentials()
    assert credentials.asked == expected


def test_new_secrets_are_known_at_once() -> None:
    """The redactor learns the keys of each session as they come."""
    redactor = Redactor()
    holding = held(Ending(0), redactor)
    for number in (1, 2):
        keys = holding.get_frozen_credentials()
        assert redactor.text(f"{keys.token} {KEY_ID} {SECRET}") == "[secret] ****E001 [secret]"
        assert keys.token == f"{TOKEN}-{number}"


def test_failures_are_translated() -> None:
    """What botocore lets out becomes an error of ours; anything else is a bug and stays what it is."""
    with pytest.raises(CredentialsError, match="credentials cannot be read") as caught:
        held(Ending(0, failure=ValueError("no JSON"))).get_frozen_credentials()
    assert "a test" in details(caught.value)
    with pytest.raises(ZeroDivisionError):
        held(Ending(0, failure=ZeroDivisionError())).get_frozen_credentials()


def test_old_keys_serve_to_their_end() -> None:
    """Where a session cannot be replaced before its end it is used until then, and asked for no more."""
    credentials = Ending(3600)
    holding = held(credentials)
    first = holding.get_frozen_credentials()
    credentials.seconds_left, credentials.failure = 60, ValueError("the network is down")
    assert [holding.get_frozen_credentials() for _ in range(3)] == [first] * 3
    assert credentials.asked == 2
    credentials.seconds_left = -1
    with pytest.raises(CredentialsError, match="credentials cannot be read"):
        holding.get_frozen_credentials()
    credentials.failure = None
    assert holding.get_frozen_credentials().token == f"{TOKEN}-4"


def test_keys_are_replaced_early_again_after_a_failure() -> None:
    """One failure does not change when the next session is replaced."""
    credentials = Ending(3600)
    holding = held(credentials)
    holding.get_frozen_credentials()
    credentials.seconds_left, credentials.failure = 60, ValueError("the network is down")
    holding.get_frozen_credentials()
    credentials.seconds_left, credentials.failure = -1, None
    holding.get_frozen_credentials()
    credentials.seconds_left = REFRESH_SECONDS - 1
    holding.get_frozen_credentials()
    assert credentials.asked == 4


def test_renewed_keys() -> None:
    """Keys that are no longer taken are looked for again, once for each key, by whoever is told first."""
    asked: list[str] = []

    def load_anew(access_key: str) -> Keys:
        asked.append(access_key)
        return Keys("ASIANEW0000000000001", SECRET, TOKEN)

    holding = held(Ending(3600), load_anew=load_anew)
    assert not holding.renew(KEY_ID)
    holding.get_frozen_credentials()
    assert holding.renew(KEY_ID)
    assert holding.renew(KEY_ID)
    assert asked == [KEY_ID]
    assert holding.get_frozen_credentials().access_key == "ASIANEW0000000000001"
    assert not holding.renew("ASIANEW0000000000001")


def test_keys_that_cannot_be_renewed() -> None:
    """Static keys have nowhere to be got from, and another's key is no reason to look for any."""
    credentials = Ending(3600)
    holding = held(credentials)
    holding.get_frozen_credentials()
    assert not holding.renew(KEY_ID)
    assert holding.renew("AKIAANOTHER000000001")
    assert credentials.asked == 1


def test_renewal_that_fails() -> None:
    """What is said of new keys that cannot be got is an error of ours, and the old ones are held still."""

    def load_anew(access_key: str) -> Keys:
        raise ValueError("the file is gone")

    holding = held(Ending(3600), load_anew=load_anew)
    keys = holding.get_frozen_credentials()
    with pytest.raises(CredentialsError, match="credentials cannot be read"):
        holding.renew(KEY_ID)
    assert holding.get_frozen_credentials() is keys


@pytest.mark.parametrize(
    ("keys", "part"),
    [
        pytest.param(Keys("", SECRET), "access key id", id="empty key id"),
        pytest.param(Keys(f"{KEY_ID} ", SECRET), "access key id", id="blank after the key id"),
        pytest.param(Keys(KEY_ID, ""), "secret access key", id="empty secret"),
        pytest.param(Keys(KEY_ID, f"{SECRET}\n"), "secret access key", id="line end after the secret"),
        pytest.param(
            Keys(KEY_ID, SECRET, f"{TOKEN}\r\nX-Evil: 1"), "session token", id="header in the token"
        ),
        pytest.param(Keys(KEY_ID, SECRET, "tökën-of-a-session"), "session token", id="not ASCII"),
    ],
)
def test_malformed_keys_are_refused(keys: Keys, part: str) -> None:
    """Keys that would break a request's headers apart are refused, by the name of the part only."""
    with pytest.raises(CredentialsError, match=f"the {part} is empty") as caught:
        checked_keys(keys, "a test", Redactor())
    said = details(caught.value)
    assert SECRET not in said
    assert TOKEN not in said
    assert KEY_ID not in said


def test_representation_shows_no_secret() -> None:
    """The text of keys holds neither secret nor token."""
    assert SECRET not in repr(Keys(KEY_ID, SECRET, TOKEN))
    assert TOKEN not in repr(Keys(KEY_ID, SECRET, TOKEN))
