"""What ``coda auth`` asks on a terminal, and what each answer does: a real one, every question."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.auth.world import (
    EXTERNAL_ID,
    KEY_ID,
    PROFILE_KEY_ID,
    PROFILE_SECRET,
    ROLE,
    ROLE_KEY_ID,
    ROLE_TOKEN,
    STATIC_PROFILE,
    write_files,
)
from tests.cli.accounts import KEYS, SECRET, store, stored, write_packs
from tests.terminals import Terminal

if TYPE_CHECKING:
    from pathlib import Path

CHANGE = "Change it?"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, scrubbed_environment: Path) -> Path:
    """A folder with a pack of each kind, and a home with one profile."""
    write_packs(tmp_path)
    write_files(scrubbed_environment, credentials=STATIC_PROFILE)
    return tmp_path


def asked(folder: Path, pack: str, *answers: tuple[str, str], options: tuple[str, ...] = ()) -> str:
    """Answer these questions and no others, to a good end; return all that was shown."""
    with Terminal("auth", f"{pack}.py", *options, cwd=folder) as terminal:
        for question, answer in answers:
            terminal.answer(question, answer)
        assert terminal.end() == 0, terminal.shown
    assert f"Stored for {pack}.py in .coda-credentials.json.\n" in terminal.shown
    return terminal.shown


def test_access_key(folder: Path) -> None:
    """An access key is asked for in three questions, of which two are hidden."""
    shown = asked(
        folder,
        "keys",
        ("AWS profile, or - to give an access key [-]", ""),
        ("Access key id", KEY_ID),
        ("Secret access key", SECRET),
        ("Session token (Enter: none)", ""),
    )
    assert stored(folder, "keys") == KEYS
    assert shown.startswith(
        "keys.py: AWS_ACCESS_KEY, service s3\nInstructions: https://example.com/how\n"
        "Profiles of the AWS CLI: dev\n"
    )
    assert SECRET not in shown
    assert shown.endswith("To see whether AWS agrees: coda auth keys.py --check\n")
    assert (folder / ".coda-credentials.json").stat().st_mode & 0o777 == 0o600


def test_temporary_key(folder: Path) -> None:
    """A temporary key is not taken without its session token, which is hidden, too."""
    shown = asked(
        folder,
        "keys",
        ("AWS profile", "-"),
        ("Access key id", ROLE_KEY_ID),
        ("Secret access key", SECRET),
        ("Session token", ""),
        ("needs its session token.\nSession token", ROLE_TOKEN),
    )
    assert stored(folder, "keys") == {
        "accessKeyId": ROLE_KEY_ID,
        "secretAccessKey": SECRET,
        "sessionToken": ROLE_TOKEN,
    }
    assert ROLE_TOKEN not in shown


def test_profile(folder: Path) -> None:
    """A profile is chosen from those that there are, and nothing of it is copied."""
    shown = asked(
        folder,
        "keys",
        ("Profiles of the AWS CLI: dev\nAWS profile", "deev"),
        ("there is no profile 'deev'.\n  The AWS CLI has: dev.\nAWS profile", " dev"),
    )
    assert stored(folder, "keys") == {"profile": "dev"}
    content = (folder / ".coda-credentials.json").read_text()
    assert PROFILE_KEY_ID not in content
    assert PROFILE_SECRET not in content
    assert "Blanks or line ends around it were cut off.\n" in shown


def test_no_profiles(folder: Path, scrubbed_environment: Path) -> None:
    """Without a profile there is nothing to list, and keys are asked for."""
    write_files(scrubbed_environment)
    with Terminal("auth", "keys.py", cwd=folder) as terminal:
        assert "Profiles of the AWS CLI: none\n" in terminal.answer("AWS profile")
        terminal.until("Access key id: ")


def test_profiles_that_cannot_be_read(folder: Path, scrubbed_environment: Path) -> None:
    """Files that are broken are told, and keep nobody from giving a key."""
    write_files(scrubbed_environment, config="[profile broken\n")
    with Terminal("auth", "keys.py", cwd=folder) as terminal:
        assert "Error: " in terminal.answer("AWS profile")
        terminal.until("Access key id: ")


def test_wrong_shapes_of_a_key(folder: Path) -> None:
    """What cannot be right is asked for again at once, with the reason, and without repeating a secret."""
    with Terminal("auth", "keys.py", cwd=folder) as terminal:
        terminal.answer("AWS profile", "-")
        terminal.answer("Access key id", "AKIA 1")
        terminal.answer("Error: that is not an access key id.\n  It has 16 to 128 letters", SECRET)
        assert "\n  Key id and secret are swapped" in terminal.answer("Access key id", KEY_ID)
        terminal.answer("Secret access key", KEY_ID)
        assert "\n  Key id and secret are swapped" in terminal.answer("Secret access key", f"{SECRET} too")
        assert "or has blanks or other characters" in terminal.answer("Secret access key", SECRET)
        terminal.answer("Session token", "größe")
        assert "the session token is empty, or has" in terminal.answer("Session token", "")
        assert terminal.end() == 0
    assert stored(folder, "keys") == KEYS
    assert terminal.shown.count(SECRET) == 1  # where it was typed for a key id, which is not hidden


def test_pasted_blanks(folder: Path) -> None:
    """What was pasted with blanks around it is trimmed, and that is said."""
    shown = asked(
        folder,
        "keys",
        ("AWS profile", "-"),
        ("Access key id", f"  {KEY_ID}"),
        ("were cut off.\nSecret access key", f"\t{SECRET}  "),
        ("were cut off.\nSession token", ""),
    )
    assert stored(folder, "keys") == KEYS
    assert SECRET not in shown


def test_role(folder: Path) -> None:
    """A role is asked for in three questions; an external id is made, shown, and what to do with it told."""
    shown = asked(
        folder,
        "role",
        ("Role ARN (Enter: not made yet)", ROLE),
        ("External id (Enter: make one)", ""),
        ("AWS profile to call from (Enter: whatever is found)", ""),
    )
    entry = stored(folder, "role")
    assert entry is not None
    assert entry.keys() == {"roleArn", "externalId"}
    assert entry["roleArn"] == ROLE
    assert UUID(entry["externalId"]).version == 4
    assert f"Made the external id {entry['externalId']}\n" in shown
    assert shown.endswith(
        "If the role's trust policy does not ask for this external id yet: coda trust-policy role.py\n"
        "To see whether AWS agrees: coda auth role.py --check\n"
    )


def test_role_that_is_not_made_yet(folder: Path) -> None:
    """Whoever has no role yet stores an external id, is told the next commands, and then gives the ARN."""
    shown = asked(folder, "role", ("Role ARN", ""), ("External id", EXTERNAL_ID), ("AWS profile", "dev"))
    assert stored(folder, "role") == {"profile": "dev", "externalId": EXTERNAL_ID}
    assert shown.endswith("  coda trust-policy role.py\n  coda auth role.py --role-arn ARN\n")
    assert EXTERNAL_ID not in shown.partition("AWS profile")[2]
    shown = asked(
        folder,
        "role",
        (CHANGE, "y"),
        ("External id [****0815]", ""),
        ("AWS profile", ""),
        options=("--role-arn", ROLE),
    )
    assert stored(folder, "role") == {"profile": "dev", "roleArn": ROLE, "externalId": EXTERNAL_ID}
    assert shown.endswith("To see whether AWS agrees: coda auth role.py --check\n")
    assert "trust-policy" not in shown


WRONG = {
    "Role ARN": {
        ROLE.replace(":role/", ":user/"): "It is a user's: users are trusted by roles",
        "packs": "It is written like arn:aws:iam::123456789012:role/name",
        ROLE.replace("aws", "aws-mars"): "a partition that does not exist",
    },
    "External id": {
        "x": "It has 2 to 1224 letters",
        "x" * 1225: "It has 2 to 1224 letters",
        "two words": "and no blanks",
        "größe": "in ASCII",
    },
    "AWS profile": {"deev": "The AWS CLI has: dev."},
}


def test_wrong_shapes_of_a_role(folder: Path) -> None:
    """Each question of a role is asked again, as often as it takes, with the reason."""
    answers = {"Role ARN": ROLE, "External id": EXTERNAL_ID, "AWS profile": "dev"}
    with Terminal("auth", "role.py", cwd=folder) as terminal:
        for question, wrong in WRONG.items():
            reason = ""
            for answer in (*wrong, answers[question]):
                assert reason in terminal.answer(f"\n{question}", answer)
                reason = wrong.get(answer, "")
        assert terminal.end() == 0
    assert stored(folder, "role") == {"profile": "dev", "roleArn": ROLE, "externalId": EXTERNAL_ID}


@pytest.mark.parametrize(
    "arn",
    [
        pytest.param("arn:aws-cn:iam::123456789012:role/packs", id="China"),
        pytest.param("arn:aws-us-gov:iam::123456789012:role/path/to/packs", id="GovCloud, with a path"),
    ],
)
def test_roles_of_other_partitions(folder: Path, arn: str) -> None:
    """A role of any partition is taken."""
    asked(folder, "role", ("Role ARN", arn), ("External id", EXTERNAL_ID), ("AWS profile", ""))
    assert stored(folder, "role") == {"roleArn": arn, "externalId": EXTERNAL_ID}


def test_endpoint(folder: Path) -> None:
    """A pack that requires an endpoint asks for it last, and takes https under its domain only."""
    asked(
        folder,
        "endpoint",
        ("AWS profile", "dev"),
        ("Endpoint URL under example.com", "http://a.example.com"),
        ("It must be https, unless it is on this machine.\nEndpoint URL", "https://example.org"),
        ("This pack's endpoints are under example.com.\nEndpoint URL", "example.com"),
        ("Endpoint URL", "https://a.example.com/base"),
    )
    assert stored(folder, "endpoint") == {"profile": "dev", "endpointUrl": "https://a.example.com/base"}


@pytest.mark.parametrize(
    ("pack", "entry", "answers"),
    [
        pytest.param(
            "keys",
            {**KEYS, "sessionToken": ROLE_TOKEN},
            [
                ("AWS profile, or - to give an access key [-]", ""),
                (f"Access key id [****{KEY_ID[-4:]}]", ""),
                ("Secret access key [as stored]", ""),
                ("Session token (-: none) [as stored]", ""),
            ],
            id="key",
        ),
        pytest.param(
            "keys", {"profile": "dev"}, [("AWS profile, or - to give an access key [dev]", "")], id="profile"
        ),
        pytest.param(
            "role",
            {"profile": "dev", "roleArn": ROLE, "externalId": EXTERNAL_ID},
            [
                (f"Role ARN [{ROLE}]", ""),
                ("External id [****0815]", ""),
                ("AWS profile to call from (-: whatever is found) [dev]", ""),
            ],
            id="role",
        ),
        pytest.param(
            "endpoint",
            {"profile": "dev", "endpointUrl": "https://a.example.com"},
            [("AWS profile", ""), ("Endpoint URL under example.com [https://a.example.com]", "")],
            id="endpoint",
        ),
    ],
)
def test_enter_keeps(folder: Path, pack: str, entry: dict[str, str], answers: list[tuple[str, str]]) -> None:
    """Enter keeps each stored value, which is shown as far as it may be."""
    store(folder, **{pack: {**entry, "unknown": "stays"}}, other={"profile": "other"})
    shown = asked(folder, pack, (CHANGE, "y"), *answers)
    assert stored(folder, pack) == {**entry, "unknown": "stays"}
    assert stored(folder, "other") == {"profile": "other"}
    for hidden in (SECRET, ROLE_TOKEN, KEY_ID, EXTERNAL_ID):
        assert hidden not in shown


def test_a_dash_drops(folder: Path) -> None:
    """A dash drops a stored profile or session token."""
    store(folder, role={"profile": "dev", "externalId": EXTERNAL_ID}, keys={**KEYS, "sessionToken": "token"})
    asked(folder, "role", (CHANGE, "y"), ("Role ARN", ""), ("External id", ""), ("AWS profile", "-"))
    assert stored(folder, "role") == {"externalId": EXTERNAL_ID}
    asked(folder, "keys", (CHANGE, "y"), ("AWS profile", ""), ("id", ""), ("Secret", ""), ("token", "-"))
    assert stored(folder, "keys") == KEYS


def test_another_key_keeps_nothing_of_the_old_one(folder: Path) -> None:
    """The secret and token of one key are not offered for another."""
    store(folder, keys={**KEYS, "sessionToken": "token"})
    with Terminal("auth", "keys.py", cwd=folder) as terminal:
        for question, answer in ((CHANGE, "y"), ("AWS profile", ""), ("Access key id", PROFILE_KEY_ID)):
            terminal.answer(question, answer)
        terminal.until("Secret access key: ")
        terminal.type(f"{PROFILE_SECRET}\n")
        terminal.answer("Session token (Enter: none)")
        assert terminal.end() == 0
    assert stored(folder, "keys") == {"accessKeyId": PROFILE_KEY_ID, "secretAccessKey": PROFILE_SECRET}
