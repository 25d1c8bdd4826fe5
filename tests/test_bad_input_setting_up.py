"""Bad input to the commands that set an account up: files, folders and what is stored in them.

What a person answers or gives by options is in ``tests/cli/test_account_*.py``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.auth.world import EXTERNAL_ID, KEY_ID, ROLE, USER, FakeSts, set_keys
from tests.cli.accounts import FILE, KEYS, SECRET, store, stored, write_file, write_packs
from tests.programs import CODA, environment
from tests.refusals import CREDENTIALS, PACK_INVALID, Outcome, check_refusal, outcome_of
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

SET_UP = ("auth", "role.py", "--role-arn", ROLE, "--external-id", EXTERNAL_ID)
SHOW = ("auth", "role.py", "--show")
CLEAR = ("auth", "role.py", "--clear")
CHECK = ("auth", "role.py", "--check")
POLICY = ("trust-policy", "role.py", "--principal", USER)
EXECUTE = ("execute", "role.py", "Get")

CANNOT_BE_LIMITED = 77
READ_ONLY = f"""
os.chmod(".", 0o555)
if os.geteuid() == 0 and ctypes.CDLL(None).prctl(24, 1, 0, 0, 0):  # drops what lets root write everywhere
    sys.exit({CANNOT_BE_LIMITED})
"""
FULL = "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder with a pack of each kind; keys in the environment, and nothing stored."""
    monkeypatch.chdir(tmp_path)
    write_packs(tmp_path)
    set_keys(monkeypatch)
    return tmp_path


def limited(folder: Path, limit: str, *arguments: str) -> Outcome:
    """Run ``coda`` in a process to which a limit was set before."""
    then = "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    start = f"import ctypes, os, resource, sys\n{limit}\n{then}"
    done = subprocess.run(
        [sys.executable, "-c", start, "-B", *CODA[1:], *arguments],
        cwd=folder,
        env=environment(),
        input=f"{SECRET}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == CANNOT_BE_LIMITED:
        pytest.skip("this machine gives root no way to be refused")
    return Outcome(done.returncode, done.stdout, done.stderr)


def corrupt(folder: Path) -> None:
    """Half a file, with a secret in it."""
    write_file(folder, '{"packs": {"role.py": {"secretAccessKey": "' + SECRET)


def empty(folder: Path) -> None:
    """No text at all."""
    write_file(folder, "")


def of_another_version(folder: Path) -> None:
    """A file of a coda to come."""
    write_file(folder, json.dumps({"version": 2, "packs": {"role.py": KEYS}}))


def of_another_form(folder: Path) -> None:
    """JSON, and nothing of ours."""
    write_file(folder, json.dumps([SECRET]))


def of_another_entry(folder: Path) -> None:
    """A value that is no text."""
    write_file(folder, json.dumps({"packs": {"role.py": {"roleArn": [SECRET]}}}))


def not_utf8(folder: Path) -> None:
    """Bytes."""
    write_file(folder, "").write_bytes(b'{"packs": "\xff"}')


def dangling(folder: Path) -> None:
    """A link to nothing."""
    (folder / FILE).symlink_to("nowhere")


def a_folder(folder: Path) -> None:
    """A folder of that name."""
    (folder / FILE).mkdir()


def of_others(folder: Path) -> None:
    """A file that everybody may read."""
    write_file(folder, "{}").chmod(0o644)


BROKEN = [
    pytest.param(corrupt, (FILE, "is no JSON (line 1)", "coda auth role.py"), id="corrupt"),
    pytest.param(empty, (FILE, "is empty"), id="empty"),
    pytest.param(of_another_version, (FILE, "is of version 2", "knows version 1"), id="version"),
    pytest.param(of_another_form, (FILE, "of another form"), id="form"),
    pytest.param(a_folder, (FILE, "is no file"), id="folder"),
    pytest.param(not_utf8, (FILE, "is no text in UTF-8"), id="not UTF-8"),
    pytest.param(
        dangling, (FILE, "is a link to nowhere, which does not exist", "Remove"), id="dangling link"
    ),
    pytest.param(of_others, ("others may read", FILE, f"chmod 600 {FILE}"), id="of others"),
]


def content(path: Path) -> object:
    """Return what a path holds, or where it leads."""
    if path.is_symlink():
        return path.readlink()
    return list(path.iterdir()) if path.is_dir() else path.read_bytes()


@pytest.mark.parametrize(
    "command", [SET_UP, SHOW, CLEAR, POLICY, EXECUTE], ids=["set up", "show", "clear", "policy", "execute"]
)
@pytest.mark.parametrize(("broken", "said"), BROKEN)
def test_broken_file(
    capsys: Capture,
    folder: Path,
    command: tuple[str, ...],
    broken: Callable[[Path], None],
    said: tuple[str, ...],
) -> None:
    """A file that cannot be used is named, with what to do, by every command that needs it, and kept."""
    broken(folder)
    before = content(folder / FILE)
    outcome = outcome_of(capsys, *command)
    check_refusal(outcome, CREDENTIALS, *said)
    assert SECRET not in outcome.err
    assert content(folder / FILE) == before
    assert [path.name for path in folder.glob(f"{FILE}*")] == [FILE]


@pytest.mark.parametrize(("broken", "said"), BROKEN)
def test_check_of_a_broken_file(
    capsys: Capture,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    broken: Callable[[Path], None],
    said: tuple[str, ...],
) -> None:
    """The check fails at the step that needs the file, and says the same."""
    broken(folder)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    outcome = outcome_of(capsys, *CHECK)
    assert outcome.code == CREDENTIALS
    assert outcome.out.startswith("✗ credentials: ")
    check_refusal(Outcome(outcome.code, "", f"Error: {outcome.out}"), CREDENTIALS, *said)
    assert SECRET not in outcome.out


def test_entry_of_another_form(capsys: Capture, folder: Path) -> None:
    """An entry that holds something else than text is named, without what it holds; clearing removes it."""
    of_another_entry(folder)
    for command in (SHOW, SET_UP, POLICY, EXECUTE):
        outcome = outcome_of(capsys, *command)
        check_refusal(outcome, CREDENTIALS, FILE, "something else than text as roleArn", '"role.py"')
        assert SECRET not in outcome.err
    assert outcome_of(capsys, *CLEAR).code == 0
    assert stored(folder, "role") is None


def test_execute_that_needs_nothing_stored(
    capsys: Capture, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken file is no matter where nothing in it is needed: with options, or without a request."""
    corrupt(folder)
    with FakeSts() as sts, LoopbackServer(Answer(body=b"yes")) as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL", service.url)
        outcome = outcome_of(capsys, *EXECUTE, "--role-arn", ROLE, "--external-id", EXTERNAL_ID)
    assert (outcome.code, outcome.out, outcome.err) == (0, '"yes"\n', "")
    assert outcome_of(capsys, "describe", "role.py").code == 0


@pytest.mark.parametrize("before", [False, True], ids=["no file", "a file"])
@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        pytest.param(READ_ONLY, "Permission denied", id="read-only"),
        pytest.param(FULL, "File too large", id="full"),
    ],
)
def test_folder_that_takes_no_file(folder: Path, limit: str, reason: str, before: bool) -> None:
    """What cannot be written is said, and leaves no half of a file, nor a changed one."""
    if before:
        store(folder, role={"profile": "dev"}, keys={"profile": "dev"})
    names = sorted(path.name for path in folder.iterdir())
    for command in (SET_UP, ("auth", "keys.py", "--access-key-id", KEY_ID), POLICY, *([CLEAR] * before)):
        outcome = limited(folder, limit, *command)
        check_refusal(outcome, CREDENTIALS, f"{FILE} cannot be written: {reason}")
        assert SECRET not in outcome.err
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".pyc") == names
    assert stored(folder, "role") == ({"profile": "dev"} if before else None)


@pytest.mark.parametrize("command", [("auth",), ("auth", "--show"), ("trust-policy",)])
def test_pack_that_cannot_be_loaded(capsys: Capture, folder: Path, command: tuple[str, ...]) -> None:
    """A pack that is missing, a folder, or no pack is exit 3, as everywhere."""
    (folder / "broken.py").write_text("pack = (")
    for pack in ("missing.py", ".", "broken.py"):
        check_refusal(outcome_of(capsys, command[0], pack, *command[1:]), PACK_INVALID)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        pytest.param({"profile": "deev"}, ("no profile 'deev' (named by coda auth)",), id="profile"),
        pytest.param({"accessKeyId": KEY_ID}, ("half of an access key is stored",), id="half a key"),
        pytest.param({"secretAccessKey": SECRET}, ("half of an access key is stored",), id="other half"),
    ],
)
def test_stored_keys_of_the_wrong_shape(
    capsys: Capture,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    entry: dict[str, str],
    said: tuple[str, ...],
) -> None:
    """A shape that is refused out of storage is exit 4, by ``execute`` and by the check."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    store(folder, keys=entry)
    check_refusal(outcome_of(capsys, "execute", "keys.py", "Get"), CREDENTIALS, *said)
    outcome = outcome_of(capsys, "auth", "keys.py", "--check")
    check_refusal(Outcome(outcome.code, "", f"Error: {outcome.out}"), CREDENTIALS, "✗ credentials", *said)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        pytest.param(
            {"roleArn": ROLE.replace(":role/", ":user/"), "externalId": EXTERNAL_ID},
            ("the role ARN stored by coda auth is not the ARN of a role", "It is a user's"),
            id="a user's ARN",
        ),
        pytest.param({"roleArn": ROLE}, ("the role ARN stored by coda auth has no external id",), id="no id"),
        pytest.param(
            {"roleArn": ROLE, "externalId": "two words"},
            ("the external id stored by coda auth is not an external id",),
            id="external id",
        ),
    ],
)
def test_stored_role_of_the_wrong_shape(
    capsys: Capture,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    entry: dict[str, str],
    said: tuple[str, ...],
) -> None:
    """So is a role's."""
    store(folder, role=entry)
    check_refusal(outcome_of(capsys, *EXECUTE), CREDENTIALS, *said)
    with FakeSts() as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL", sts.url)
        outcome = outcome_of(capsys, *CHECK)
    check_refusal(Outcome(outcome.code, "", f"Error: {outcome.out}"), CREDENTIALS, "✗ role", *said)


def test_stored_endpoint_of_the_wrong_shape(capsys: Capture, folder: Path) -> None:
    """So is an endpoint's."""
    store(folder, endpoint={"endpointUrl": "http://example.com"})
    outcome = outcome_of(capsys, "auth", "endpoint.py", "--check")
    assert outcome.code == CREDENTIALS
    assert outcome.out.startswith("✗ endpoint: the endpoint http://example.com cannot be used\n")
    check_refusal(
        outcome_of(capsys, "execute", "endpoint.py", "Get", "/x"), CREDENTIALS, "http://example.com"
    )
