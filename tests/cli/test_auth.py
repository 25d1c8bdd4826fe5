"""``coda auth`` as a command: what it shows and clears, what goes together, what it leaves behind."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.auth.world import (
    EXTERNAL_ID,
    KEY_ID,
    ROLE,
    STATIC_PROFILE,
    FakeSts,
    credentials,
    set_keys,
    write_files,
)
from tests.cli.accounts import FILE, KEYS, SECRET, store, stored, write_file, write_packs
from tests.programs import CODA, environment, run_coda
from tests.refusals import CREDENTIALS, USAGE, check_refusal, outcome_of
from tests.servers import Answer, LoopbackServer
from tests.terminals import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

TOKEN = "session/token+of0123456789=="
EVERYTHING = {
    **KEYS,
    "sessionToken": TOKEN,
    "profile": "dev",
    "roleArn": ROLE,
    "externalId": EXTERNAL_ID,
    "endpointUrl": "https://example.com",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, scrubbed_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder with a pack of each kind, and a home with one profile."""
    monkeypatch.chdir(tmp_path)
    write_packs(tmp_path)
    write_files(scrubbed_environment, credentials=STATIC_PROFILE)
    return tmp_path


def test_show(capsys: Capture, folder: Path) -> None:
    """All that is stored is shown: secrets not at all, ids by their last characters, the rest plainly."""
    store(folder, keys=EVERYTHING, role={"profile": "other"})
    outcome = outcome_of(capsys, "auth", "keys.py", "--show")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (
        f"keys.py, in {FILE}\n"
        f"  accessKeyId      ****{KEY_ID[-4:]}\n"
        "  secretAccessKey  [secret]\n"
        "  sessionToken     [secret]\n"
        "  profile          dev\n"
        f"  roleArn          {ROLE}\n"
        "  externalId       ****0815\n"
        "  endpointUrl      https://example.com\n"
    )


def test_show_for_scripts(capsys: Capture, folder: Path) -> None:
    """As JSON it has the names of the file, and hides the same."""
    store(folder, keys=EVERYTHING)
    outcome = outcome_of(capsys, "auth", "keys.py", "--show", "--output", "json")
    assert (outcome.code, outcome.err) == (0, "")
    shown = json.loads(outcome.out)
    assert list(shown) == list(EVERYTHING)
    assert shown["secretAccessKey"] == shown["sessionToken"] == "[secret]"
    assert shown["roleArn"] == ROLE
    assert not {SECRET, TOKEN, KEY_ID, EXTERNAL_ID} & set(shown.values())


def test_show_of_the_folder(capsys: Capture, folder: Path) -> None:
    """Values of the reference's form apply to every pack without an entry of its own; that is said."""
    write_file(folder, json.dumps({"credentials": KEYS, "packs": {"role.py": {"profile": "dev"}}}))
    assert f'keys.py, in {FILE} (of the whole folder: "credentials")\n' in (
        outcome_of(capsys, "auth", "keys.py", "--show").out
    )
    assert outcome_of(capsys, "auth", "role.py", "--show").out == (
        f"role.py, in {FILE}\n  profile          dev\n"
    )


def test_show_escapes_control_characters(capsys: Capture, folder: Path) -> None:
    """What stands in the file cannot drive the terminal."""
    store(folder, keys={"profile": "\x1b[31mdev"})
    assert "\\x1b[31mdev" in outcome_of(capsys, "auth", "keys.py", "--show").out


@pytest.mark.parametrize("output", [[], ["--output", "json"]], ids=["text", "json"])
@pytest.mark.parametrize("others", [False, True], ids=["no file", "of others only"])
def test_nothing_to_show(capsys: Capture, folder: Path, output: list[str], others: bool) -> None:
    """Where nothing is stored, that is an error for a script, and says where it was looked for."""
    if others:
        store(folder, role=KEYS)
    outcome = outcome_of(capsys, "auth", "keys.py", "--show", *output)
    check_refusal(outcome, CREDENTIALS, "nothing is stored for keys.py", FILE, "coda auth")


def test_clear(capsys: Capture, folder: Path) -> None:
    """What is stored for the pack is gone, and what is for others stays; nothing to clear is no error."""
    store(folder, keys=KEYS, role={"profile": "dev"})
    outcome = outcome_of(capsys, "auth", "keys.py", "--clear")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "Forgot what was stored for keys.py.\n"
    assert stored(folder, "keys") is None
    assert stored(folder, "role") == {"profile": "dev"}
    assert SECRET not in (folder / FILE).read_text()
    outcome = outcome_of(capsys, "auth", "keys.py", "--clear")
    assert (outcome.code, outcome.err) == (0, "Nothing was stored for keys.py.\n")


def test_clear_where_there_is_no_file(capsys: Capture, folder: Path) -> None:
    """Clearing makes no file."""
    assert outcome_of(capsys, "auth", "keys.py", "--clear").code == 0
    assert not (folder / FILE).exists()


def test_clear_leaves_the_folders(capsys: Capture, folder: Path) -> None:
    """The reference's form stays, and that it still applies is said."""
    content = {"credentials": KEYS, "packs": {"keys.py": {"profile": "dev"}}}
    write_file(folder, json.dumps(content))
    outcome = outcome_of(capsys, "auth", "keys.py", "--clear")
    assert outcome.code == 0
    assert outcome.err == (
        "Forgot what was stored for keys.py.\n"
        f'The "credentials" in {FILE} stay, and still apply to this pack.\n'
    )
    assert json.loads((folder / FILE).read_text())["credentials"] == KEYS


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--show", "--clear"], "--show and --clear: one at a time", id="show and clear"),
        pytest.param(["--check", "--show"], "--check and --show: one at a time", id="check and show"),
        pytest.param(["--show", "--profile", "dev"], "--show takes no value", id="show a profile"),
        pytest.param(["--clear", "--role-arn", ROLE], "--clear takes no value", id="clear a role"),
        pytest.param(["--region", "us-east-1"], "--region goes with --check", id="region"),
        pytest.param(["--show", "--region", "x"], "--region goes with --check", id="region shown"),
        pytest.param(["--output", "json"], "--output goes with --show and --check", id="output"),
        pytest.param(["--clear", "--output", "json"], "--output goes with", id="output of clear"),
        pytest.param(["--show", "--output", "table"], "'--output'", id="no such output"),
    ],
)
def test_what_does_not_go_together(capsys: Capture, folder: Path, options: list[str], said: str) -> None:
    """An option that would do nothing is refused, and nothing is shown, cleared or stored."""
    store(folder, keys=KEYS)
    check_refusal(outcome_of(capsys, "auth", "keys.py", *options), USAGE, said)
    assert stored(folder, "keys") == KEYS


@pytest.mark.parametrize("mode", [[], ["--show"], ["--check"], ["--clear"], ["--profile", "dev"]])
def test_a_pack_without_authentication(capsys: Capture, folder: Path, mode: list[str]) -> None:
    """There is nothing to set up, and the reason is said."""
    outcome = outcome_of(capsys, "auth", "none.py", *mode)
    check_refusal(outcome, USAGE, "none.py declares no authentication, so there is nothing to set up")
    assert not (folder / FILE).exists()


def test_a_pack_that_only_has_an_endpoint(capsys: Capture, folder: Path) -> None:
    """An endpoint alone is set up, checked, shown and cleared as an account is."""
    source = "pack.add_network_domain('example.com')\npack.set_user_authentication("
    source += "type=sdk.AuthenticationType.NONE, requires_endpoint_url=True)\n"
    (folder / "none.py").write_text(f"from coda_cli import sdk\npack = sdk.new_pack()\n{source}")
    check_refusal(outcome_of(capsys, "auth", "none.py"), USAGE, "Give --endpoint-url.")
    check_refusal(outcome_of(capsys, "auth", "none.py", "--profile", "dev"), USAGE, "--profile does not go")
    assert outcome_of(capsys, "auth", "none.py", "--endpoint-url", "https://example.com").code == 0
    assert outcome_of(capsys, "auth", "none.py", "--check").out == "✓ endpoint: https://example.com/\n"
    assert stored(folder, "none") == {"endpointUrl": "https://example.com"}


def test_help(capsys: Capture) -> None:
    """The help names every option, says where the secret comes from, and shows commands to copy."""
    outcome = outcome_of(capsys, "auth", "--help")
    assert (outcome.code, outcome.err) == (0, "")
    options = (
        "profile",
        "access-key-id",
        "role-arn",
        "external-id",
        "endpoint-url",
        "show",
        "check",
        "clear",
    )
    for option in options:
        assert f"\n  --{option}" in outcome.out
    text = " ".join(outcome.out.split())
    assert "standard input the secret access key on its first line and a session token" in text
    assert f"The file {FILE} beside the pack holds it, readable by you alone." in text
    assert "--show exits with 4 where nothing is stored" in text
    assert "coda auth packs/s3_assume_role.py --role-arn ARN --external-id ID" in text


def test_in_another_folder(capsys: Capture, folder: Path) -> None:
    """What is stored lies beside the pack, not where one stands, and the commands that are told fit."""
    inner = folder / "my packs"
    inner.mkdir()
    write_packs(inner)
    outcome = outcome_of(capsys, "auth", "my packs/keys.py", "--profile", "dev")
    assert outcome.err == (
        f"Stored for keys.py in my packs/{FILE}.\n"
        "To see whether AWS agrees: coda auth 'my packs/keys.py' --check\n"
    )
    assert stored(inner, "keys") == {"profile": "dev"}
    assert not (folder / FILE).exists()


def test_git_ignores_it(capsys: Capture, folder: Path) -> None:
    """In a git work tree the file is ignored from the start, which is said once."""
    subprocess.run(["git", "init", "--quiet", "."], cwd=folder, check=True)
    said = outcome_of(capsys, "auth", "keys.py", "--profile", "dev").err
    assert f"Added {FILE} to " in said
    assert ".gitignore" not in outcome_of(capsys, "auth", "keys.py", "--profile", "dev").err
    status = subprocess.run(
        ["git", "status", "--short", "--untracked-files=all"], cwd=folder, capture_output=True, check=True
    ).stdout.decode()
    assert FILE not in status
    assert "keys.py" in status


def test_many_at_once(folder: Path) -> None:
    """Several at the same time lose nothing of one another's."""
    names = [f"pack{number}" for number in range(6)]
    for name in names:
        (folder / f"{name}.py").write_text((folder / "keys.py").read_text())
    processes = [
        subprocess.Popen(
            [*CODA, "auth", f"{name}.py", "--access-key-id", KEY_ID],
            cwd=folder,
            env=environment(),
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for name in names
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(f"{SECRET}\n".encode())
        process.stdin.close()
        process.stdin = None
    for process in processes:
        _, said = process.communicate()
        assert process.returncode == 0, said.decode()
    assert [stored(folder, name) for name in names] == [KEYS] * len(names)
    assert [path.name for path in folder.glob(f"{FILE}*")] == [FILE]


NOTICE = "what coda auth stored for this pack comes after it"


@pytest.mark.parametrize(
    ("entry", "variables", "options", "key", "noticed"),
    [
        pytest.param(KEYS, {}, [], KEY_ID, False, id="stored key"),
        pytest.param({"profile": "dev"}, {}, [], "AKIAEXAMPLEPROFILE02", False, id="stored profile"),
        pytest.param(KEYS, {"AWS_PROFILE": "dev"}, [], "AKIAEXAMPLEPROFILE02", True, id="AWS_PROFILE"),
        pytest.param(KEYS, {"AWS_DEFAULT_PROFILE": "dev"}, [], "AKIAEXAMPLEPROFILE02", True, id="default"),
        pytest.param({"profile": "dev"}, {"keys": "yes"}, [], KEY_ID, True, id="keys"),
        pytest.param(KEYS, {}, ["--profile", "dev"], "AKIAEXAMPLEPROFILE02", False, id="--profile"),
    ],
)
def test_execute_uses_it(
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    entry: dict[str, str],
    variables: dict[str, str],
    options: list[str],
    key: str,
    noticed: bool,
) -> None:
    """What is stored comes after the environment, which is told in one line, and after ``--profile``."""
    store(folder, keys=entry)
    for name, value in variables.items():
        if name == "keys":
            set_keys(monkeypatch)
        else:
            monkeypatch.setenv(name, value)
    with LoopbackServer(Answer(body=b"yes")) as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL", service.url)
        outcome = outcome_of(capsys, "execute", "keys.py", "Get", *options)
    assert (outcome.code, outcome.out) == (0, '"yes"\n'), outcome.err
    assert f"Credential={key}/" in (service.requests[0].header("Authorization") or "")
    assert outcome.err.count(NOTICE) == noticed
    assert outcome.err.count("\n") == noticed


def test_wide_and_narrow(folder: Path) -> None:
    """On a narrow terminal nothing is cut: what is shown is the same as on a wide one."""
    store(folder, keys=EVERYTHING)
    shown = []
    for columns in (40, 80, 200):
        with Terminal("auth", "keys.py", "--show", cwd=folder, columns=columns) as terminal:
            assert terminal.end() == 0
        shown.append(terminal.shown)
    assert shown[0] == shown[1] == shown[2]
    assert shown[0] == run_coda("auth", "keys.py", "--show", cwd=folder).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--clear"], "Forgot 1 kept session of its role.", id="clear"),
        pytest.param(["--external-id", "another-id"], "Stored for role.py", id="another external id"),
        pytest.param(["--role-arn", f"{ROLE}2"], "Stored for role.py", id="another role"),
    ],
)
@pytest.mark.parametrize("used", [EXTERNAL_ID, "given-by-option"])
def test_sessions_of_what_was_stored_are_forgotten(
    capsys: Capture,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
    used: str,
) -> None:
    """The session that an earlier run kept of the stored role goes with what was stored."""
    store(folder, role={"roleArn": ROLE, "externalId": EXTERNAL_ID})
    cache = keep_session(folder, monkeypatch, role_arn=ROLE, external_id=used)
    outcome = outcome_of(capsys, "auth", "role.py", *arguments)
    assert (outcome.code, outcome.out) == (0, "")
    assert said in outcome.err
    assert list(cache.rglob("*.json")) == []


def test_sessions_of_a_stored_profile_are_forgotten(
    capsys: Capture, folder: Path, scrubbed_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stored profile may have a role of its own, and so may the environment: their sessions go, too."""
    config = f"[profile own]\nrole_arn = {ROLE}\nsource_profile = dev\n"
    write_files(scrubbed_environment, config, STATIC_PROFILE)
    store(folder, keys={"profile": "own"})
    cache = keep_session(folder, monkeypatch, profile="own")
    assert outcome_of(capsys, "auth", "keys.py", "--clear").code == 0
    assert list(cache.rglob("*.json")) == []
    keep_session(folder, monkeypatch, role_arn=ROLE, external_id=EXTERNAL_ID)
    monkeypatch.setenv("CODA_ROLE_ARN", ROLE)
    assert outcome_of(capsys, "auth", "role.py", "--clear").code == 0
    assert list(cache.rglob("*.json")) == []


def keep_session(folder: Path, monkeypatch: pytest.MonkeyPatch, **chosen: str) -> Path:
    """Keep the session of a role as a run does; return the cache folder, where one file is then."""
    if "profile" not in chosen:
        set_keys(monkeypatch)
    cache = folder / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    with FakeSts() as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        credentials(assume_role=True, **chosen).keys()  # type: ignore[arg-type]  # all of them are text
    assert len(list(cache.rglob("*.json"))) == 1
    return cache
