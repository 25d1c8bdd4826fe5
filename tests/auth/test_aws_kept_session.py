"""A role's session: the one that was kept, or a new one that is."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from coda_cli.auth.aws_kept_session import KeptSession
from coda_cli.auth.aws_keys import REFRESH_SECONDS, Keys
from coda_cli.auth.aws_principals import Principal
from coda_cli.auth.aws_session_cache import RoleSession, SessionCache, SessionRequest
from tests.auth.world import KEY_ID, NOON, ROLE, ROLE_SECRET, ROLE_TOKEN, SECRET

if TYPE_CHECKING:
    from pathlib import Path

REQUEST = SessionRequest(ROLE, None, Principal(("keys", KEY_ID), SECRET), ("aws", "us-east-1", ""))


class World:
    """A cache, a clock that is set, and whoever gives out sessions of an hour."""

    def __init__(self, folder: Path) -> None:
        self.now = NOON
        self.given = 0
        self.cache = SessionCache(folder, lambda: self.now)

    def session(self, request: SessionRequest | None = REQUEST) -> KeptSession:
        """Begin another run."""
        return KeptSession(request, self._give, self.cache)

    def _give(self) -> RoleSession:
        self.given += 1
        keys = Keys(f"ASIA{self.given:016}", ROLE_SECRET, ROLE_TOKEN)
        return RoleSession(keys, self.now + timedelta(hours=1))


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A folder without sessions, at noon."""
    return World(tmp_path)


def test_second_run_asks_nobody(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The session of an earlier run is used until it nears its end, and -v says so."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    first = world.session().get_frozen_credentials()
    assert caplog.messages == []
    world.now += timedelta(seconds=3600 - REFRESH_SECONDS)
    assert world.session().get_frozen_credentials() == first
    assert caplog.messages == [
        f"role {ROLE}: the session of an earlier run lasts until 2026-11-23 13:00:00 UTC"
    ]
    world.now += timedelta(seconds=1)
    assert world.session().get_frozen_credentials() != first
    assert world.given == 2


def test_what_cannot_be_kept(world: World, tmp_path: Path) -> None:
    """Where nothing tells who asks, each run asks, and nothing is written."""
    for _ in range(2):
        kept = world.session(None)
        kept.get_frozen_credentials()
        kept.forget("ASIA0000000000000001")
    assert world.given == 2
    assert list(tmp_path.iterdir()) == []


def test_end_of_a_session(world: World) -> None:
    """How long is left is told of the session in use, and nothing is before there is one."""
    kept = world.session()
    assert kept.refresh_needed(0)
    kept.get_frozen_credentials()
    assert not kept.refresh_needed(3600)
    assert kept.refresh_needed(3601)


def test_another_runs_session_serves_this_one(world: World) -> None:
    """A run whose session nears its end takes the one that another run was given meanwhile."""
    one, other = world.session(), world.session(replace(REQUEST))
    one.get_frozen_credentials()
    world.now += timedelta(minutes=59)
    theirs = other.get_frozen_credentials()
    assert one.get_frozen_credentials() == theirs
    assert world.given == 2


def test_forgotten_session(world: World) -> None:
    """A key that is not taken any more is not found by the next run; one that replaced it is."""
    keys = world.session().get_frozen_credentials()
    other = world.session()
    other.forget(keys.access_key)
    new = other.get_frozen_credentials()
    assert new != keys
    world.session().forget(keys.access_key)
    assert world.session().get_frozen_credentials() == new
