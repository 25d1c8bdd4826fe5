"""Sessions on disk: who may read them, what counts, what is a miss, and that nothing fails."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coda_cli.auth.aws_keys import Keys
from coda_cli.auth.aws_principals import Principal
from coda_cli.auth.aws_session_cache import (
    RoleSession,
    SessionCache,
    SessionRequest,
    forget_sessions,
    sessions_folder,
)
from tests.auth.world import (
    EXTERNAL_ID,
    KEY_ID,
    NOON,
    ROLE,
    ROLE_KEY_ID,
    ROLE_SECRET,
    ROLE_TOKEN,
    SECRET,
)
from tests.programs import environment

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = Keys(ROLE_KEY_ID, ROLE_SECRET, ROLE_TOKEN)
SESSION = RoleSession(KEYS, NOON + timedelta(hours=1))
REQUEST = SessionRequest(
    ROLE, EXTERNAL_ID, Principal(("keys", KEY_ID), SECRET), ("aws", "us-east-1", ""), "coda-pack"
)


def cache(folder: Path | None, now: datetime = NOON) -> SessionCache:
    """Open the cache in a folder at a time."""
    return SessionCache(folder, lambda: now)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that is not there yet."""
    return tmp_path / "cache" / "coda" / "sessions"


@pytest.fixture
def entry(folder: Path) -> Path:
    """The file of a session that was kept."""
    cache(folder).store(REQUEST, SESSION)
    (file,) = folder.iterdir()
    return file


def test_what_was_kept_is_found(folder: Path, entry: Path) -> None:
    """Another cache on the same folder gives the same session, and its file is the only one."""
    assert cache(folder).load(REQUEST, 120) == SESSION
    assert list(folder.iterdir()) == [entry]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
def test_nobody_else_can_read(folder: Path, umask: int) -> None:
    """The folder is 0700 and the file 0600 whatever the umask is, also where the folder was open before."""
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    before = os.umask(umask)
    try:
        cache(folder).store(REQUEST, SESSION)
    finally:
        os.umask(before)
    (file,) = folder.iterdir()
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, file)]
    assert modes == [0o700, 0o600 & ~umask]


def test_folder_is_made_private(folder: Path, entry: Path) -> None:
    """A folder that is made is closed to others from the start."""
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(REQUEST, role_arn=f"{ROLE}2"), id="role"),
        pytest.param(replace(REQUEST, external_id="tenant-id-4711"), id="external id"),
        pytest.param(replace(REQUEST, external_id=None), id="no external id"),
        pytest.param(replace(REQUEST, session_name="coda-other"), id="session name"),
        pytest.param(replace(REQUEST, session_name=None), id="no session name"),
        pytest.param(replace(REQUEST, endpoint=("aws-cn", "us-east-1", "")), id="partition"),
        pytest.param(replace(REQUEST, endpoint=("aws", "eu-west-1", "")), id="region"),
        pytest.param(replace(REQUEST, endpoint=("aws", "us-east-1", "http://127.0.0.1:1")), id="address"),
        pytest.param(replace(REQUEST, duration=900), id="duration"),
        pytest.param(replace(REQUEST, mfa_serial="arn:aws:iam::123456789012:mfa/ada"), id="MFA device"),
        pytest.param(replace(REQUEST, principal=Principal(("keys", "AKIAOTHER"), SECRET)), id="key"),
        pytest.param(replace(REQUEST, principal=Principal(("keys", KEY_ID), "wrong")), id="secret"),
        pytest.param(replace(REQUEST, principal=Principal(("profile", KEY_ID), SECRET)), id="kind"),
    ],
)
def test_whatever_differs_is_another_session(folder: Path, entry: Path, other: SessionRequest) -> None:
    """No part of a request may differ from that of the session it is given; both sessions are kept then."""
    assert cache(folder).load(other, 0) is None
    theirs = RoleSession(replace(KEYS, access_key="ASIAOTHER"), SESSION.ends)
    cache(folder).store(other, theirs)
    assert cache(folder).load(other, 0) == theirs
    is_one_file = other.principal.name == REQUEST.principal.name and other.principal.proof == "wrong"
    assert cache(folder).load(REQUEST, 0) == (None if is_one_file else SESSION)


@pytest.mark.parametrize(
    ("seconds_before_end", "found"),
    [
        pytest.param(3600, True, id="new"),
        pytest.param(120, True, id="just long enough"),
        pytest.param(119, False, id="about to end"),
        pytest.param(0, False, id="ended"),
        pytest.param(-86400, False, id="long ago"),
    ],
)
def test_a_session_counts_until_it_nears_its_end(
    folder: Path, entry: Path, seconds_before_end: int, found: bool
) -> None:
    """A session that will not last so long any more is a miss."""
    now = SESSION.ends - timedelta(seconds=seconds_before_end)
    assert (cache(folder, now).load(REQUEST, 120) == SESSION) is found


def changed(**values: object) -> Callable[[Path], object]:
    """Change some fields of an entry, or leave them out where they are ``...``."""

    def change(entry: Path) -> None:
        fields = {**json.loads(entry.read_text()), **values}
        entry.write_text(json.dumps({name: value for name, value in fields.items() if value is not ...}))

    return change


def other_kind(entry: Path) -> None:
    """Put a folder in the place of the entry."""
    entry.unlink()
    entry.mkdir()


def elsewhere(entry: Path) -> None:
    """Put a link in the place of the entry, to where it is now."""
    entry.rename(entry.with_name("moved"))
    entry.symlink_to("moved")


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda entry: entry.write_bytes(b""), id="empty"),
        pytest.param(lambda entry: entry.write_bytes(entry.read_bytes()[:-20]), id="cut off"),
        pytest.param(lambda entry: entry.write_bytes(b"\xff\xfe\x00"), id="no UTF-8"),
        pytest.param(lambda entry: entry.write_bytes(b"[" * 60_000), id="nested without end"),
        pytest.param(lambda entry: entry.write_bytes(b" " * 70_000 + entry.read_bytes()), id="too large"),
        pytest.param(lambda entry: entry.write_text("[]"), id="a list"),
        pytest.param(lambda entry: entry.write_text("null"), id="nothing"),
        pytest.param(lambda entry: entry.write_text('{"Credentials": {}}'), id="the AWS CLI's"),
        pytest.param(changed(version=2), id="of a later version"),
        pytest.param(changed(salt="00"), id="other salt"),
        pytest.param(changed(salt="no hex"), id="no salt"),
        pytest.param(changed(proof="prööf"), id="no proof"),
        pytest.param(changed(proof=...), id="without proof"),
        pytest.param(changed(accessKeyId=5), id="a key that is a number"),
        pytest.param(changed(accessKeyId=""), id="an empty key"),
        pytest.param(changed(secretAccessKey=...), id="without secret"),
        pytest.param(changed(sessionToken="x\r\nX-Evil: 1"), id="a header in the token"),
        pytest.param(changed(sessionToken=None), id="no token"),
        pytest.param(changed(expiration="tomorrow"), id="no date"),
        pytest.param(changed(expiration="2026-11-23T13:00:00"), id="a date without offset"),
        pytest.param(lambda entry: entry.chmod(0o644), id="readable by others"),
        pytest.param(lambda entry: entry.chmod(0o620), id="writable by others"),
        pytest.param(other_kind, id="a folder"),
        pytest.param(elsewhere, id="a link"),
        pytest.param(lambda entry: entry.unlink(), id="gone"),
    ],
)
def test_damaged_entries_are_misses(folder: Path, entry: Path, damage: Callable[[Path], object]) -> None:
    """What is no whole session of ours gives none, and is written over if it is a file."""
    damage(entry)
    assert cache(folder).load(REQUEST, 120) is None
    cache(folder).store(REQUEST, SESSION)
    expected = None if entry.is_dir() else SESSION
    assert cache(folder).load(REQUEST, 120) == expected


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_entries_of_others_are_misses(folder: Path, entry: Path) -> None:
    """A session that somebody else put there is not used."""
    os.chown(entry, 65534, 65534)
    assert cache(folder).load(REQUEST, 120) is None


def test_a_session_under_another_name_is_a_miss(folder: Path, entry: Path) -> None:
    """A file that was renamed to that of another request does not serve it."""
    other = replace(REQUEST, session_name="coda-other")
    entry.rename(folder / other.file_name)
    assert cache(folder).load(other, 120) is None


def test_nothing_of_the_principal_is_written(entry: Path) -> None:
    """The file shows neither secret nor name of who asked, nor the external id."""
    assert not [
        text for text in (SECRET, KEY_ID, EXTERNAL_ID, ROLE) if text in entry.read_text() + entry.name
    ]


@pytest.mark.parametrize("place", ["a file", "below a file", "no such device"])
def test_folder_that_cannot_be_used(tmp_path: Path, place: str) -> None:
    """Where nothing can be written nothing is kept, and that is no error."""
    (tmp_path / "file").write_text("mine")
    nowhere = Path("/proc/nowhere/sessions") if place == "no such device" else tmp_path / "file"
    folder = nowhere / "sessions" if place == "below a file" else nowhere
    cache(folder).store(REQUEST, SESSION)
    assert cache(folder).load(REQUEST, 120) is None
    cache(folder).drop(REQUEST, ROLE_KEY_ID)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.usefixtures("permissions")
def test_folder_that_may_only_be_read(folder: Path, entry: Path) -> None:
    """A session in a folder that is read-only is used, and no other is kept."""
    before = entry.read_text()
    folder.parent.chmod(0o500)
    folder.chmod(0o500)
    try:
        assert cache(folder).load(REQUEST, 120) == SESSION
    finally:
        folder.parent.chmod(0o700)
        folder.chmod(0o700)
    assert entry.read_text() == before


FULL = """
import resource, sys
from pathlib import Path
from tests.auth.test_aws_session_cache import REQUEST, SESSION, cache
folder = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
cache(folder).store(REQUEST, SESSION)
print(cache(folder).load(REQUEST, 120), list(folder.iterdir()))
"""


def test_full_disk(folder: Path) -> None:
    """Where there is no room for a session, none is kept and nothing half is left."""
    process = subprocess.run(
        [sys.executable, "-c", FULL, str(folder)],
        env=environment({"PYTHONDONTWRITEBYTECODE": "1"}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert process.stdout == "None []\n"


def test_no_folder() -> None:
    """Without a folder nothing is kept."""
    cache(None).store(REQUEST, SESSION)
    assert cache(None).load(REQUEST, 120) is None
    cache(None).drop(REQUEST, ROLE_KEY_ID)


def test_many_at_once(folder: Path) -> None:
    """Whoever reads while others write sees one of the whole sessions, and nothing else is left."""
    sessions = [RoleSession(replace(KEYS, access_key=f"ASIA{n:016}"), SESSION.ends) for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        stored = [pool.submit(cache(folder).store, REQUEST, session) for session in sessions]
        loaded = [pool.submit(cache(folder).load, REQUEST, 120) for _ in range(64)]
        seen = {found.result() for found in loaded} - {None}
        assert [done.result() for done in stored] == [None] * 16
    assert seen <= set(sessions)
    assert cache(folder).load(REQUEST, 120) in sessions
    assert len(list(folder.iterdir())) == 1


def test_drop(folder: Path, entry: Path) -> None:
    """A session is forgotten by its key, so that one which came in its place is not."""
    cache(folder).drop(REQUEST, "ASIAOTHER")
    assert cache(folder).load(REQUEST, 120) == SESSION
    cache(folder).drop(REQUEST, ROLE_KEY_ID)
    assert not entry.exists()
    cache(folder).drop(REQUEST, ROLE_KEY_ID)


def test_old_entries_are_swept(folder: Path, entry: Path) -> None:
    """What was written before the longest session could last goes with the next write; folders stay."""
    old, new, half = folder / "old.json", folder / "new.json", folder / "tmpabc.tmp"
    (folder / "kept").mkdir()
    for file in (old, new, half):
        file.touch()
    for file, hours in ((old, 13), (new, 11), (half, 13), (folder / "kept", 13), (entry, 13)):
        time = (NOON - timedelta(hours=hours)).timestamp()
        os.utime(file, (time, time))
    cache(folder).store(replace(REQUEST, duration=900), SESSION)
    left = {file.name for file in folder.iterdir()}
    assert left == {"kept", "new.json", replace(REQUEST, duration=900).file_name}


def test_a_sweep_is_bounded(folder: Path) -> None:
    """Thousands of old files cost no run more than some hundreds of looks."""
    folder.mkdir(parents=True)
    for number in range(600):
        (folder / str(number)).touch()
        os.utime(folder / str(number), (0, 0))
    cache(folder).store(REQUEST, SESSION)
    assert 600 - len(list(folder.iterdir())) + 1 == 256


def test_forget_sessions(tmp_path: Path) -> None:
    """All sessions of a role go, whoever asked and with whatever external id; another role's stay."""
    environ = {"XDG_CACHE_HOME": str(tmp_path)}
    folder = sessions_folder(environ)
    assert folder == tmp_path / "coda" / "sessions"
    assert forget_sessions(environ, ROLE) == 0
    of_role = (
        REQUEST,
        replace(REQUEST, principal=Principal(("profile", "dev"), "")),
        replace(REQUEST, external_id="tenant-id-4711"),
    )
    other = replace(REQUEST, role_arn=f"{ROLE}2")
    for request in (*of_role, other):
        cache(folder).store(request, SESSION)
    assert forget_sessions(environ, ROLE) == 3
    assert [cache(folder).load(request, 120) for request in (*of_role, other)] == [None, None, None, SESSION]


def test_nowhere_to_forget_sessions() -> None:
    """Where there is no cache folder there is nothing to forget."""
    assert forget_sessions({"HOME": "~"}, ROLE) == 0


def test_representation_shows_no_secret() -> None:
    """What a traceback may show of a request holds neither its external id nor the proof."""
    assert EXTERNAL_ID not in repr(REQUEST)
    assert SECRET not in repr(REQUEST)
    assert ROLE_SECRET not in repr(SESSION)
