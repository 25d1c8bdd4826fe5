"""The file that credentials are stored in: who may read it, links, and what is left after a failure."""

from __future__ import annotations

import json
import os
import shlex
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coda_cli.auth.store import FILE_NAME, CredentialsStore, StoredCredentials
from coda_cli.errors import CredentialsError, UnreadableStoreError
from tests.auth.world import KEY_ID, SECRET, details
from tests.programs import environment

if TYPE_CHECKING:
    from collections.abc import Callable

PROFILE = StoredCredentials(profile="dev")
ANOTHER = StoredCredentials(profile="another")
NOBODY = 65534


@pytest.fixture
def store(tmp_path: Path) -> CredentialsStore:
    """Make a store in a folder of its own, with nothing in it."""
    folder = tmp_path / "packs"
    folder.mkdir()
    return CredentialsStore(folder / "s3.py")


def uses(store: CredentialsStore) -> tuple[Callable[[], object], ...]:
    """Everything that looks at the file."""
    return (
        store.read,
        store.clear,
        lambda: store.write(PROFILE),
        lambda: store.write(PROFILE, discard_unreadable=True),
    )


def refusals(store: CredentialsStore) -> str:
    """Use the store in every way; return the one thing that is said each time."""
    said = set()
    for use in uses(store):
        with pytest.raises(CredentialsError) as caught:
            use()
        # Nobody shall be asked whether to replace what is no file of theirs.
        assert not isinstance(caught.value, UnreadableStoreError)
        assert caught.value.exit_code == 4
        said.add(details(caught.value))
    (one,) = said
    return one


def mode(path: Path) -> int:
    """Return the permissions of what a path leads to."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids=oct)
def test_only_the_owner_may_read(store: CredentialsStore, umask: int) -> None:
    """The file is 0600 whatever the umask, when it is made and when it is written again."""
    before = os.umask(umask)
    try:
        store.write(PROFILE)
        assert mode(store.path) == 0o600
        store.write(ANOTHER)
    finally:
        os.umask(before)
    assert mode(store.path) == 0o600


@pytest.mark.parametrize("others", [0o604, 0o640, 0o602, 0o620, 0o610, 0o601, 0o666, 0o644], ids=oct)
def test_others_may_read(tmp_path: Path, others: int) -> None:
    """A file that is open to others in any way is refused with the command that closes it."""
    folder = tmp_path / "it's mine"
    folder.mkdir()
    store = CredentialsStore(folder / "s3.py")
    store.write(PROFILE)
    before = store.path.read_bytes()
    store.path.chmod(others)
    said = refusals(store)
    assert f"others may read {store.path}" in said
    command = f"chmod 600 {shlex.quote(str(store.path))}"
    assert f"Run: {command}" in said
    assert store.path.read_bytes() == before
    subprocess.run(["sh", "-c", command], check=True)
    assert store.read() == PROFILE


def test_modes_of_the_owner(store: CredentialsStore) -> None:
    """Permissions of the owner alone, fewer than ours too, are no concern."""
    store.write(PROFILE)
    for own in (0o400, 0o700):
        store.path.chmod(own)
        assert store.read() == PROFILE


def test_writing_replaces_the_file_whole(store: CredentialsStore) -> None:
    """Who holds the old file open goes on reading it whole: it is replaced, not written over."""
    store.write(PROFILE)
    with store.path.open() as old:
        store.write(ANOTHER)
        assert json.loads(old.read())["packs"] == {"s3.py": {"profile": "dev"}}
    assert store.read() == ANOTHER
    assert list(store.path.parent.iterdir()) == [store.path]


def test_a_link_to_an_own_file_is_written_through(store: CredentialsStore, tmp_path: Path) -> None:
    """Several folders may share a file by links: the link stays, and what it leads to is written."""
    shared = tmp_path / "shared" / "credentials.json"
    shared.parent.mkdir()
    CredentialsStore(shared.parent / "x.py").write(PROFILE)
    (shared.parent / FILE_NAME).rename(shared)
    store.path.symlink_to(Path("..") / "shared" / "credentials.json")
    assert store.read().is_empty
    store.write(ANOTHER)
    assert store.path.is_symlink()
    assert mode(shared) == 0o600
    assert json.loads(shared.read_text())["packs"] == {
        "x.py": {"profile": "dev"},
        "s3.py": {"profile": "another"},
    }
    assert store.clear() is True
    assert (store.path.is_symlink(), store.read().is_empty) == (True, True)
    assert list(shared.parent.iterdir()) == [shared]


def test_a_link_to_a_file_of_somebody_else(store: CredentialsStore, tmp_path: Path) -> None:
    """What somebody else could read, or could have written for us to use, is neither read nor written."""
    theirs = Path("/etc/passwd")  # every system has a file of root's
    if os.geteuid() == 0:
        theirs = tmp_path / "theirs.json"
        theirs.write_text(json.dumps({"packs": {"s3.py": {"profile": "trap"}}}))
        theirs.chmod(0o600)
        store.path.symlink_to(theirs)
        assert store.read().profile == "trap"  # as long as it is ours
        store.path.unlink()
        os.chown(theirs, NOBODY, NOBODY)
    before = theirs.read_bytes()
    store.path.symlink_to(theirs)
    said = refusals(store)
    assert f"a link to a file of somebody else: {theirs}" in said
    assert "Remove the link" in said
    assert theirs.read_bytes() == before
    assert theirs.stat().st_uid != os.geteuid()


def test_a_dangling_link(store: CredentialsStore, tmp_path: Path) -> None:
    """A link that leads nowhere is said to, by its target, which is not made."""
    target = tmp_path / "nowhere" / "credentials.json"
    store.path.symlink_to(target)
    assert f"is a link to {target}, which does not exist" in refusals(store)
    target.parent.mkdir()
    assert f"is a link to {target}, which does not exist" in refusals(store)
    assert list(target.parent.iterdir()) == []


def test_a_link_to_itself(store: CredentialsStore) -> None:
    """Links that go round in a circle are an error of ours, in reading and writing."""
    store.path.symlink_to(store.path.name)
    for use in uses(store):
        with pytest.raises(CredentialsError, match=r"cannot be (read|written): Too many"):
            use()


def test_a_folder(store: CredentialsStore) -> None:
    """A folder of the file's name is said to be no file."""
    store.path.mkdir()
    assert f"{store.path} is no file" in refusals(store)
    assert store.path.is_dir()


def test_a_named_pipe(store: CredentialsStore) -> None:
    """Nobody waits for what a pipe might hold."""
    os.mkfifo(store.path, 0o600)
    assert f"{store.path} is no file" in refusals(store)


def test_a_device(store: CredentialsStore) -> None:
    """A link to a device, which a test that is not run by root sees as somebody else's, is refused."""
    store.path.symlink_to("/dev/zero")
    assert "/dev/zero" in refusals(store) or f"{store.path} is no file" in refusals(store)


def test_a_socket(store: CredentialsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket cannot be opened, and so cannot be read."""
    monkeypatch.chdir(store.path.parent)  # a socket's path has to be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(FILE_NAME)
        assert f"{store.path} cannot be read" in refusals(store)


@pytest.mark.usefixtures("permissions")
def test_a_folder_that_cannot_be_written(store: CredentialsStore) -> None:
    """Where nothing can be stored, reading still finds nothing, and writing names the file and the reason."""
    store.path.parent.chmod(0o500)
    assert store.read().is_empty
    assert store.clear() is False
    with pytest.raises(CredentialsError, match=rf"/{FILE_NAME} cannot be written: Permission") as caught:
        store.write(PROFILE)
    assert caught.value.exit_code == 4


@pytest.mark.usefixtures("permissions")
def test_a_read_only_folder(store: CredentialsStore) -> None:
    """What is stored in it is read, and stays as it is."""
    store.write(PROFILE)
    store.path.parent.chmod(0o500)
    try:
        with pytest.raises(CredentialsError, match="cannot be written: Permission denied"):
            store.write(ANOTHER)
        with pytest.raises(CredentialsError, match="cannot be written: Permission denied"):
            store.clear()
        assert store.read() == PROFILE
    finally:
        store.path.parent.chmod(0o700)


@pytest.mark.usefixtures("permissions")
def test_a_file_that_its_owner_may_not_read(store: CredentialsStore) -> None:
    """Permissions that keep the owner out are told in the system's words."""
    store.write(PROFILE)
    store.path.chmod(0o000)
    with pytest.raises(CredentialsError, match="cannot be read: Permission denied"):
        store.read()


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    """A pack's folder that is gone, or a file, is an error of ours when something is to be stored there."""
    (tmp_path / "file").write_text("")
    for folder in ("file", "gone"):
        with pytest.raises(CredentialsError, match=r"cannot be (read|written): "):
            CredentialsStore(tmp_path / folder / "s3.py").write(PROFILE)


LIMITED = """
import resource, sys
from pathlib import Path
from coda_cli.auth.store import CredentialsStore, StoredCredentials
from coda_cli.errors import CredentialsError
store = CredentialsStore(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))
try:
    store.write(StoredCredentials(access_key_id=sys.argv[2], secret_access_key=sys.argv[3]))
except CredentialsError as error:
    print(error)
"""


@pytest.mark.parametrize("before", [None, PROFILE], ids=["first", "again"])
def test_no_room(store: CredentialsStore, before: StoredCredentials | None) -> None:
    """Where the system takes only the first bytes, nothing half written stays, and what was there does.

    A limit on the size of files fails in the midst of writing as a full disk does, and needs no such disk.
    """
    if before is not None:
        store.write(before)
    files = {path: path.read_bytes() for path in store.path.parent.iterdir()}
    pack = store.path.parent / "s3.py"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, pack, KEY_ID, SECRET],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(f"{store.path} cannot be written: ")
    assert SECRET not in done.stdout + done.stderr
    assert {path: path.read_bytes() for path in store.path.parent.iterdir()} == files


WRITER = """
import sys
from pathlib import Path
from coda_cli.auth.store import CredentialsStore, StoredCredentials
folder, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
for number in range(count):
    CredentialsStore(folder / f"{name}{number}.py").write(StoredCredentials(profile=f"{name}{number}"))
    CredentialsStore(folder / f"{name}{number}.py").read()
"""


def test_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    """Several processes that store at the same time, one by a link, leave every entry of all of them."""
    linked = tmp_path / "linked"
    linked.mkdir()
    CredentialsStore(tmp_path / "first.py").write(PROFILE)
    (linked / FILE_NAME).symlink_to(tmp_path / FILE_NAME)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, folder, name, "25"],
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for folder, name in ((tmp_path, "a"), (tmp_path, "b"), (linked, "c"))
    ]
    try:
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write(b"\n")
            writer.stdin.flush()
        assert [writer.wait() for writer in writers] == [0, 0, 0]
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    packs = json.loads((tmp_path / FILE_NAME).read_text())["packs"]
    expected = {f"{name}{number}.py" for name in "abc" for number in range(25)} | {"first.py"}
    assert set(packs) == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE_NAME, "linked"]
    assert [path.is_symlink() for path in linked.iterdir()] == [True]
