"""``coda auth`` on a terminal where something is stored already, is broken, or the person breaks off."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.auth.world import EXTERNAL_ID, KEY_ID, ROLE, ROLE_KEY_ID, STATIC_PROFILE, write_files
from tests.cli.accounts import (
    ENDPOINT_PACK,
    FILE,
    KEYS,
    KEYS_PACK,
    ROLE_PACK,
    SECRET,
    store,
    stored,
    write_file,
    write_packs,
)
from tests.programs import write_pack
from tests.refusals import CREDENTIALS, INTERRUPTED, USAGE
from tests.terminals import CTRL_C, CTRL_D, Terminal

if TYPE_CHECKING:
    from pathlib import Path

CHANGE = "Change it?"
UNCHANGED = "Nothing was changed.\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, scrubbed_environment: Path) -> Path:
    """A folder with a pack of each kind, and a home with one profile."""
    write_packs(tmp_path)
    write_files(scrubbed_environment, credentials=STATIC_PROFILE)
    return tmp_path


@pytest.mark.parametrize(
    ("no", "options"), [("n", ()), ("", ()), ("no", ("--profile", "dev"))], ids=["n", "Enter", "all given"]
)
def test_no_changes_nothing(folder: Path, no: str, options: tuple[str, ...]) -> None:
    """Whoever does not say yes keeps what is stored; that is said, and is no failure."""
    store(folder, keys=KEYS)
    before = (folder / FILE).read_bytes()
    with Terminal("auth", "keys.py", *options, cwd=folder) as terminal:
        terminal.answer(CHANGE, no)
        assert terminal.end() == 0
    assert terminal.shown.endswith(UNCHANGED)
    assert (folder / FILE).read_bytes() == before


def test_yes_is_asked_for_again(folder: Path) -> None:
    """An answer that is neither yes nor no is none."""
    store(folder, keys=KEYS)
    with Terminal("auth", "keys.py", "--profile", "dev", cwd=folder) as terminal:
        terminal.answer(CHANGE, "dev")
        terminal.answer(CHANGE, "yes")
        assert terminal.end() == 0
    assert stored(folder, "keys") == {"profile": "dev"}


def test_another_packs_entry_is_no_reason_to_ask(folder: Path) -> None:
    """Only what is stored for this pack is asked about, and what is for others stays."""
    store(folder, keys=KEYS)
    with Terminal("auth", "role.py", cwd=folder) as terminal:
        for question, answer in (("Role ARN", ROLE), ("External id", EXTERNAL_ID), ("AWS profile", "")):
            terminal.answer(question, answer)
        assert terminal.end() == 0
    assert CHANGE not in terminal.shown
    assert stored(folder, "keys") == KEYS


def test_credentials_of_the_folder(folder: Path) -> None:
    """Values of the reference's form are offered, and stay; the pack gets an entry of its own."""
    reference = {"credentials": {"roleArn": ROLE, "externalId": EXTERNAL_ID, "unknown": 1}}
    write_file(folder, json.dumps(reference))
    with Terminal("auth", "role.py", cwd=folder) as terminal:
        for question in (f"Role ARN [{ROLE}]", "External id [****0815]", "AWS profile"):
            terminal.answer(question)
        assert terminal.end() == 0
    assert CHANGE not in terminal.shown
    content = json.loads((folder / FILE).read_text())
    assert content["credentials"] == reference["credentials"]
    assert content["packs"] == {"role.py": {"roleArn": ROLE, "externalId": EXTERNAL_ID}}


@pytest.mark.parametrize(
    ("before", "source", "answers", "after"),
    [
        pytest.param(
            KEYS,
            ROLE_PACK,
            [("Role ARN (Enter: not made yet)", ROLE), ("External id", EXTERNAL_ID), ("AWS profile", "")],
            {"roleArn": ROLE, "externalId": EXTERNAL_ID},
            id="key to role",
        ),
        pytest.param(
            {"roleArn": ROLE, "externalId": EXTERNAL_ID, "profile": "dev"},
            KEYS_PACK,
            [("AWS profile, or - to give an access key [dev]", "")],
            {"profile": "dev"},
            id="role to key: a profile serves both",
        ),
        pytest.param(
            {"roleArn": ROLE, "externalId": EXTERNAL_ID},
            ENDPOINT_PACK,
            [("AWS profile", "dev"), ("Endpoint URL", "https://example.com")],
            {"profile": "dev", "endpointUrl": "https://example.com"},
            id="role to key with an endpoint",
        ),
    ],
)
def test_the_pack_changed_its_type(
    folder: Path, before: dict[str, str], source: str, answers: list[tuple[str, str]], after: dict[str, str]
) -> None:
    """What is stored for another type of pack is told, asked for anew, and not kept."""
    write_pack(folder, source)
    store(folder, pack=before)
    with Terminal("auth", "pack.py", cwd=folder, columns=200) as terminal:
        said = terminal.answer(CHANGE, "y")
        assert said.startswith("What is stored is for another type of pack: pack.py declares AWS_")
        for question, answer in answers:
            terminal.answer(question, answer)
        assert terminal.end() == 0
    assert stored(folder, "pack") == after
    assert SECRET not in terminal.shown
    assert ("trust-policy" in terminal.shown) == ("externalId" in after)


CORRUPT = '{"packs": {"keys.py": {"secretAccessKey": "' + SECRET


def test_corrupt_file_is_replaced_when_a_person_says_so(folder: Path) -> None:
    """What is wrong is told, and yes replaces it."""
    write_file(folder, CORRUPT)
    with Terminal("auth", "keys.py", "--profile", "dev", cwd=folder) as terminal:
        said = terminal.answer("Replace it? What cannot be read in it is lost", "y")
        assert said.startswith(f"Error: the stored credentials cannot be read: {FILE} is no JSON (line 1)\n")
        assert terminal.end() == 0
    assert stored(folder, "keys") == {"profile": "dev"}
    assert SECRET not in terminal.shown


@pytest.mark.parametrize("answer", ["n", "", CTRL_C])
def test_corrupt_file_is_kept_otherwise(folder: Path, answer: str) -> None:
    """Anything but yes leaves the file as it is."""
    write_file(folder, CORRUPT)
    with Terminal("auth", "keys.py", cwd=folder) as terminal:
        if answer == CTRL_C:
            terminal.until("[y/N]: ")
            assert terminal.break_off(CTRL_C) == INTERRUPTED
        else:
            terminal.answer("Replace it?", answer)
            assert terminal.end() == 0
            assert terminal.shown.endswith(UNCHANGED)
    assert (folder / FILE).read_text() == CORRUPT


def test_a_file_that_others_may_read_is_not_replaced(folder: Path) -> None:
    """It is in good order, so there is nothing to ask: its owner is told what to run."""
    write_file(folder, "{}").chmod(0o644)
    with Terminal("auth", "keys.py", cwd=folder) as terminal:
        assert terminal.end() == CREDENTIALS
    assert f"chmod 600 {FILE}" in terminal.shown


KEY_ANSWERS = [
    ("AWS profile", "-"),
    ("Access key id", KEY_ID),
    ("Secret access key", SECRET),
    ("Session", ""),
]
ROLE_ANSWERS = [("Role ARN", ROLE), ("External id", ""), ("AWS profile", "")]
ENDPOINT_ANSWERS = [("AWS profile", "dev"), ("Endpoint URL", "")]


QUESTIONS = {"keys.py": KEY_ANSWERS, "role.py": ROLE_ANSWERS, "endpoint.py": ENDPOINT_ANSWERS}


@pytest.mark.parametrize(
    ("pack", "answered", "key"),
    [
        *(
            pytest.param(pack, count, CTRL_C, id=f"{pack}, {question}, Ctrl-C")
            for pack, answers in QUESTIONS.items()
            for count, (question, _) in enumerate(answers)
        ),
        pytest.param("keys.py", 1, CTRL_D, id="keys.py, Ctrl-D"),
        pytest.param("keys.py", 2, CTRL_D, id="keys.py, Ctrl-D where nothing is echoed"),
    ],
)
def test_breaking_off(folder: Path, pack: str, answered: int, key: str) -> None:
    """Ctrl-C, or the end of input, at any question ends it at once, and nothing has been written."""
    before = {path.name for path in folder.iterdir()}
    with Terminal("auth", pack, cwd=folder) as terminal:
        for question, answer in QUESTIONS[pack][:answered]:
            terminal.answer(question, answer)
        terminal.until(QUESTIONS[pack][answered][0])
        assert terminal.break_off(key) == INTERRUPTED
    assert terminal.shown.endswith("\nInterrupted.\n")
    assert "Traceback" not in terminal.shown
    assert {path.name for path in folder.iterdir()} - {"__pycache__"} == before


@pytest.mark.parametrize("answers", [[], [(CHANGE, "y")]], ids=["overwrite?", "after yes"])
def test_breaking_off_keeps_what_is_stored(folder: Path, answers: list[tuple[str, str]]) -> None:
    """Nor is what was stored before gone."""
    store(folder, keys=KEYS)
    with Terminal("auth", "keys.py", cwd=folder) as terminal:
        for question, answer in answers:
            terminal.answer(question, answer)
        terminal.until(": ")
        assert terminal.break_off(CTRL_C) == INTERRUPTED
    assert stored(folder, "keys") == KEYS


def test_options_spare_questions(folder: Path) -> None:
    """What options give is not asked for; a secret, which none gives, is."""
    options = ["--role-arn", ROLE, "--external-id", EXTERNAL_ID, "--profile", "dev"]
    with Terminal("auth", "role.py", *options, cwd=folder) as terminal:
        assert terminal.end() == 0
    assert stored(folder, "role") == {"profile": "dev", "roleArn": ROLE, "externalId": EXTERNAL_ID}
    with Terminal("auth", "keys.py", "--access-key-id", f" {KEY_ID}", cwd=folder) as terminal:
        terminal.answer("Secret access key", SECRET)
        terminal.answer("Session token")
        assert terminal.end() == 0
    assert "Access key id" not in terminal.shown
    assert stored(folder, "keys") == KEYS


@pytest.mark.parametrize(
    ("pack", "options", "said"),
    [
        pytest.param("keys.py", ["--profile", "deev"], "--profile: there is no profile 'deev'", id="profile"),
        pytest.param("keys.py", ["--access-key-id", SECRET], "Key id and secret are swapped", id="key id"),
        pytest.param("role.py", ["--role-arn", "x"], "--role-arn: that is not the ARN of a role", id="ARN"),
        pytest.param("role.py", ["--role-arn", ROLE, "--external-id", "x"], "--external-id: that", id="id"),
        pytest.param(
            "endpoint.py",
            ["--profile", "dev", "--endpoint-url", "http://example.com"],
            "--endpoint-url: the endpoint",
            id="URL",
        ),
    ],
)
def test_options_of_the_wrong_shape(folder: Path, pack: str, options: list[str], said: str) -> None:
    """An option is not asked for again, on a terminal either: it is a mistake of usage."""
    with Terminal("auth", pack, *options, cwd=folder) as terminal:
        assert terminal.end() == USAGE
    assert said in terminal.shown
    assert SECRET not in terminal.shown
    assert not (folder / FILE).exists()


def test_standard_output_is_for_nothing_else(folder: Path, tmp_path: Path) -> None:
    """Questions, answers and what is said go to standard error."""
    with (
        (tmp_path / "output").open("wb") as file,
        Terminal("auth", "keys.py", cwd=folder, stdout=file) as terminal,
    ):
        for question, answer in KEY_ANSWERS:
            terminal.answer(question, answer)
        assert terminal.end() == 0
    assert (tmp_path / "output").read_text() == ""


def test_control_characters_of_a_stored_value(folder: Path) -> None:
    """What stands in a file cannot drive the terminal that it is shown on."""
    store(folder, role={"roleArn": f"{ROLE}\x1b[31m", "externalId": EXTERNAL_ID})
    with Terminal("auth", "role.py", cwd=folder) as terminal:
        terminal.answer(CHANGE, "y")
        terminal.answer("Role ARN")
        terminal.answer("that is not the ARN of a role", ROLE)
        terminal.answer("External id")
        terminal.answer("AWS profile")
        assert terminal.end() == 0
    assert "\x1b" not in terminal.shown
    assert stored(folder, "role") == {"roleArn": ROLE, "externalId": EXTERNAL_ID}


def test_temporary_key_that_is_stored(folder: Path) -> None:
    """The token of a temporary key cannot be dropped: that is said, and asked again."""
    store(folder, keys={"accessKeyId": ROLE_KEY_ID, "secretAccessKey": SECRET, "sessionToken": "token"})
    with Terminal("auth", "keys.py", cwd=folder) as terminal:
        for question in (CHANGE, "AWS profile", "Access key id", "Secret access key"):
            terminal.answer(question, "y" if question == CHANGE else "")
        terminal.answer("Session token", "-")
        terminal.answer("needs its session token.\nSession token")
        assert terminal.end() == 0
    assert stored(folder, "keys") == {
        "accessKeyId": ROLE_KEY_ID,
        "secretAccessKey": SECRET,
        "sessionToken": "token",
    }
