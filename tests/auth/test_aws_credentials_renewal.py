"""Credentials that AWS no longer takes, in the middle of a run: new ones from where they came, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coda_cli.errors import CredentialsError
from tests.auth.sessions import (
    FIRST,
    INLINE,
    ROLE_PROFILE,
    SECOND,
    container_keys,
    run,
)
from tests.auth.world import (
    KEY_ID,
    ROLE,
    STATIC_PROFILE,
    TOKEN,
    FakeSts,
    credentials,
    details,
    set_keys,
    write_files,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSts]:
    """Run an STS that gives another key each time."""
    with FakeSts(numbered=True) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        yield server


def test_renewed_role(monkeypatch: pytest.MonkeyPatch, sts: FakeSts) -> None:
    """A session that AWS no longer takes is replaced in the run, and forgotten for the next."""
    set_keys(monkeypatch)
    run()
    one, other = (credentials(assume_role=True, **INLINE) for _ in range(2))
    assert one.keys().access_key == other.keys().access_key == FIRST
    assert one.renew(FIRST)
    assert one.keys().access_key == SECOND
    assert one.renew(FIRST)
    assert other.renew(FIRST)
    assert other.keys().access_key == SECOND
    assert run() == SECOND
    assert len(sts.requests) == 2


def test_role_that_cannot_be_renewed(monkeypatch: pytest.MonkeyPatch, sts: FakeSts) -> None:
    """Where STS refuses a new session, that is the error, with what to do."""
    set_keys(monkeypatch, token=TOKEN)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAEXAMPLESOURCE001")
    made = credentials(assume_role=True, **INLINE)
    made.keys()
    sts.refusal = ("ExpiredToken", "The security token included in the request is expired")
    with pytest.raises(CredentialsError, match=f"refused to assume the role {ROLE}: ExpiredToken") as caught:
        made.renew(FIRST)
    assert "The session is over. Get new keys and set AWS_ACCESS_KEY_ID" in details(caught.value)


def test_renewed_role_of_a_profile(sts: FakeSts, scrubbed_environment: Path) -> None:
    """A profile's role is assumed anew though botocore thinks its session good, whether read or got."""
    write_files(scrubbed_environment, ROLE_PROFILE, STATIC_PROFILE)
    got, read = (credentials(profile="packs") for _ in range(2))
    assert got.keys().access_key == read.keys().access_key == FIRST
    assert got.renew(FIRST)
    assert got.keys().access_key == SECOND
    assert got.renew(SECOND)
    assert got.keys().access_key == "ASIANUMBER0000000003"
    assert read.renew(FIRST)
    assert read.keys().access_key == "ASIANUMBER0000000003"


def test_renewed_container(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a container gives out is asked for again, and said to be the same if it is."""
    with container_keys(FIRST, SECOND) as server:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url)
        made = credentials()
        assert made.keys().access_key == FIRST
        assert made.renew(FIRST)
        assert made.keys().access_key == SECOND
        assert not made.renew(SECOND)


def test_renewed_keys_of_a_file(scrubbed_environment: Path) -> None:
    """Keys that another program wrote into the file meanwhile are found; unchanged ones are none."""
    write_files(scrubbed_environment, credentials=STATIC_PROFILE)
    made = credentials(profile="dev")
    before = made.keys().access_key
    assert not made.renew(before)
    write_files(scrubbed_environment, credentials=STATIC_PROFILE.replace("AKIAEXAMPLE", "AKIAANOTHER"))
    assert made.renew(before)
    assert made.keys().access_key == before.replace("AKIAEXAMPLE", "AKIAANOTHER")


def test_keys_that_are_gone(scrubbed_environment: Path) -> None:
    """Keys that were taken out of the file meanwhile are an error."""
    write_files(scrubbed_environment, credentials=STATIC_PROFILE)
    made = credentials(profile="dev")
    before = made.keys().access_key
    write_files(scrubbed_environment, credentials="[dev]\n")
    with pytest.raises(CredentialsError, match="no longer where they were found"):
        made.renew(before)


def test_keys_of_the_environment_are_not_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a process does not change, and neither do its keys."""
    set_keys(monkeypatch, token=TOKEN)
    made = credentials()
    assert made.keys().access_key == KEY_ID
    assert not made.renew(KEY_ID)
