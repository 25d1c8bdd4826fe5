"""``coda auth`` without a terminal: options and standard input, as a script gives them."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.auth.world import (
    EXTERNAL_ID,
    KEY_ID,
    PROFILE_SECRET,
    ROLE,
    ROLE_KEY_ID,
    STATIC_PROFILE,
    write_files,
)
from tests.cli.accounts import FILE, KEYS, SECRET, store, stored, write_file, write_packs
from tests.programs import CODA, environment, run_coda
from tests.refusals import USAGE, Outcome, check_refusal, outcome_of

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

OTHER_ROLE = f"{ROLE}-too"
TOKEN = "session/token+of0123456789=="
BY_KEY = ("auth", "keys.py", "--access-key-id")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, scrubbed_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder with a pack of each kind, and a home with one profile."""
    monkeypatch.chdir(tmp_path)
    write_packs(tmp_path)
    write_files(scrubbed_environment, credentials=STATIC_PROFILE)
    return tmp_path


def piped(folder: Path, *arguments: str, stdin: str | None) -> Outcome:
    """Run ``coda`` with standard input from a pipe, or from nowhere."""
    done = run_coda(*arguments, cwd=folder, stdin=stdin)
    return Outcome(done.returncode, done.stdout, done.stderr)


def set_up(capsys: Capture, pack: str, *options: str) -> str:
    """Set an account up by options, to a good end; return what is said."""
    outcome = outcome_of(capsys, "auth", f"{pack}.py", *options)
    assert (outcome.code, outcome.out) == (0, ""), outcome.err
    assert f"Stored for {pack}.py in {FILE}.\n" in outcome.err
    return outcome.err


@pytest.mark.parametrize(
    ("stdin", "entry", "said"),
    [
        pytest.param(f"{SECRET}\n", KEYS, False, id="secret"),
        pytest.param(SECRET, KEYS, False, id="without a line end"),
        pytest.param(f"{SECRET}\r\n\r\n", KEYS, False, id="of Windows"),
        pytest.param(f"{SECRET}\n{TOKEN}\n", {**KEYS, "sessionToken": TOKEN}, False, id="token"),
        pytest.param(f"  {SECRET}\t\n {TOKEN} \n", {**KEYS, "sessionToken": TOKEN}, True, id="blanks"),
        pytest.param(f"{SECRET}\n\nmore\n", KEYS, False, id="more lines"),
    ],
)
def test_secret_on_standard_input(folder: Path, stdin: str, entry: dict[str, str], said: bool) -> None:
    """The first line is the secret, the second the token; what was trimmed is said, and no more is shown."""
    outcome = piped(folder, *BY_KEY, f" {KEY_ID}", stdin=stdin)
    assert (outcome.code, outcome.out) == (0, ""), outcome.err
    assert stored(folder, "keys") == entry
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600
    assert ("Blanks around the secret or the token were cut off.\n" in outcome.err) == said
    assert outcome.err.endswith("To see whether AWS agrees: coda auth keys.py --check\n")
    for hidden in (SECRET, TOKEN, KEY_ID):
        assert hidden not in outcome.err


@pytest.mark.parametrize(
    ("key_id", "stdin", "said"),
    [
        pytest.param(KEY_ID, None, ("nothing on standard input", "first line"), id="nowhere"),
        pytest.param(KEY_ID, "", ("nothing on standard input",), id="empty"),
        pytest.param(KEY_ID, f"\n{SECRET}\n", ("nothing on standard input",), id="empty first line"),
        pytest.param(KEY_ID, f"{KEY_ID}\n", ("standard input:", "Key id and secret are swapped"), id="an id"),
        pytest.param(SECRET, f"{KEY_ID}\n", ("--access-key-id:", "id and secret are swapped"), id="swapped"),
        pytest.param("AKIA", f"{SECRET}\n", ("--access-key-id: that is not an access key id",), id="short"),
        pytest.param("", f"{SECRET}\n", ("--access-key-id: that is not an access key id",), id="empty id"),
        pytest.param(KEY_ID, f"{SECRET} 2\n", ("standard input:", "has blanks"), id="blanks inside"),
        pytest.param(KEY_ID, f"{SECRET}\nto ken\n", ("standard input:", "has blanks"), id="token"),
        pytest.param(ROLE_KEY_ID, f"{SECRET}\n", ("temporary one", "session token"), id="no token"),
    ],
)
def test_wrong_keys(folder: Path, key_id: str, stdin: str | None, said: tuple[str, ...]) -> None:
    """A key of the wrong shape is a mistake of usage; it is not repeated, and nothing is stored."""
    outcome = piped(folder, *BY_KEY, key_id, stdin=stdin)
    check_refusal(outcome, USAGE, *said)
    assert SECRET not in outcome.err
    assert KEY_ID not in outcome.err
    assert not (folder / FILE).exists()


def test_standard_input_is_closed(folder: Path) -> None:
    """A process without any standard input is told the same."""
    done = run_coda(*BY_KEY, KEY_ID, cwd=folder, script='exec "$@" <&-')
    check_refusal(Outcome(done.returncode, done.stdout, done.stderr), USAGE, "nothing on standard input")


def test_standard_input_is_no_text(folder: Path) -> None:
    """Bytes that are no text are refused, not stored as something else."""
    done = subprocess.run(
        [*CODA, *BY_KEY, KEY_ID],
        cwd=folder,
        env=environment({"PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8:strict"}),
        input=b"\xff\xfe\n",
        capture_output=True,
        check=False,
    )
    outcome = Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())
    check_refusal(outcome, USAGE, "standard input cannot be read as text")


@pytest.mark.parametrize(
    ("pack", "said", "not_said"),
    [
        pytest.param("keys.py", ("--profile", "--access-key-id"), "--role-arn", id="access key"),
        pytest.param("role.py", ("--role-arn", "--external-id", "--profile"), "--access-key-id", id="role"),
        pytest.param("endpoint.py", ("--access-key-id", "--endpoint-url"), "--role-arn", id="endpoint"),
    ],
)
def test_nothing_is_given(capsys: Capture, pack: str, said: tuple[str, ...], not_said: str) -> None:
    """Where nobody can be asked, the options that this pack takes are named, and no others."""
    outcome = outcome_of(capsys, "auth", pack)
    check_refusal(outcome, USAGE, "there is no terminal to ask on", *said)
    assert not_said not in outcome.err


def test_profile(capsys: Capture, folder: Path) -> None:
    """A profile is stored by its name, in place of a key, and nothing of it is copied."""
    store(folder, keys={**KEYS, "sessionToken": TOKEN})
    set_up(capsys, "keys", "--profile", "dev")
    assert stored(folder, "keys") == {"profile": "dev"}
    assert PROFILE_SECRET not in (folder / FILE).read_text()


def test_key_in_place_of_a_profile(folder: Path) -> None:
    """A key takes the place of a stored profile, and of another key with its token."""
    store(folder, keys={"profile": "dev", "accessKeyId": "AKIAOLD", "sessionToken": TOKEN})
    assert piped(folder, *BY_KEY, KEY_ID, stdin=f"{SECRET}\n").code == 0
    assert stored(folder, "keys") == KEYS


def test_role(capsys: Capture, folder: Path) -> None:
    """A role is stored with its external id and the profile to call from."""
    said = set_up(capsys, "role", "--role-arn", ROLE, "--external-id", EXTERNAL_ID, "--profile", "dev")
    assert stored(folder, "role") == {"profile": "dev", "roleArn": ROLE, "externalId": EXTERNAL_ID}
    assert said == f"Stored for role.py in {FILE}.\nTo see whether AWS agrees: coda auth role.py --check\n"


def test_external_id_before_the_role(capsys: Capture, folder: Path) -> None:
    """The id may come first, since the role's trust policy needs it; the next commands are told."""
    said = set_up(capsys, "role", "--external-id", EXTERNAL_ID)
    assert said.endswith("  coda trust-policy role.py\n  coda auth role.py --role-arn ARN\n")
    said = set_up(capsys, "role", "--role-arn", ROLE)
    assert stored(folder, "role") == {"roleArn": ROLE, "externalId": EXTERNAL_ID}
    assert said.startswith("The external id stays as it is stored: ****0815\n")
    set_up(capsys, "role", "--profile", "dev")
    assert stored(folder, "role") == {"profile": "dev", "roleArn": ROLE, "externalId": EXTERNAL_ID}


def test_another_role_and_another_external_id(capsys: Capture, folder: Path) -> None:
    """Without a terminal what is stored is overwritten, and nothing is asked."""
    store(folder, role={"roleArn": ROLE, "externalId": EXTERNAL_ID, "unknown": "stays"}, keys=KEYS)
    said = set_up(capsys, "role", "--role-arn", OTHER_ROLE, "--external-id", "another-tenant")
    assert stored(folder, "role") == {
        "roleArn": OTHER_ROLE,
        "externalId": "another-tenant",
        "unknown": "stays",
    }
    assert stored(folder, "keys") == KEYS
    assert "stays" not in said


def test_endpoint(capsys: Capture, folder: Path) -> None:
    """An endpoint is stored with the rest, and may be changed alone."""
    set_up(capsys, "endpoint", "--profile", "dev", "--endpoint-url", "https://a.example.com")
    set_up(capsys, "endpoint", "--endpoint-url", "https://b.example.com/base")
    assert stored(folder, "endpoint") == {"profile": "dev", "endpointUrl": "https://b.example.com/base"}


def test_credentials_of_the_folder_are_taken_over(capsys: Capture, folder: Path) -> None:
    """What is not given comes from the reference's form, as far as the pack uses it; that form stays."""
    reference = {"credentials": {**KEYS, "roleArn": ROLE, "externalId": EXTERNAL_ID}}
    write_file(folder, json.dumps(reference))
    set_up(capsys, "role", "--role-arn", OTHER_ROLE)
    assert stored(folder, "role") == {"roleArn": OTHER_ROLE, "externalId": EXTERNAL_ID}
    assert json.loads((folder / FILE).read_text())["credentials"] == reference["credentials"]


def test_the_pack_changed_its_type(capsys: Capture, folder: Path) -> None:
    """What the pack no longer uses is told, and is gone when the new account is stored."""
    store(folder, role=KEYS)
    said = set_up(capsys, "role", "--role-arn", ROLE, "--external-id", EXTERNAL_ID)
    assert said.startswith("What is stored is for another type of pack: role.py declares AWS_ASSUME_ROLE now")
    assert stored(folder, "role") == {"roleArn": ROLE, "externalId": EXTERNAL_ID}


@pytest.mark.parametrize(
    ("pack", "options", "said"),
    [
        pytest.param("keys.py", ["--role-arn", ROLE], ("--role-arn does not go", "AWS_ACCESS_KEY"), id="ARN"),
        pytest.param("keys.py", ["--external-id", "id"], ("--external-id does not go",), id="external id"),
        pytest.param("keys.py", ["--endpoint-url", "https://x"], ("--endpoint-url does not go",), id="URL"),
        pytest.param(
            "role.py", ["--access-key-id", KEY_ID], ("--access-key-id", "AWS_ASSUME_ROLE"), id="key id"
        ),
        pytest.param(
            "keys.py", ["--profile", "dev", "--access-key-id", KEY_ID], ("--profile and --access",), id="two"
        ),
        pytest.param(
            "keys.py",
            ["--profile", "deev"],
            ("--profile: there is no profile 'deev'", ": dev."),
            id="profile",
        ),
        pytest.param(
            "keys.py", ["--profile", ""], ("--profile: there is no profile ''",), id="empty profile"
        ),
        pytest.param(
            "role.py",
            ["--external-id", EXTERNAL_ID, "--role-arn", ROLE.replace(":role/", ":user/")],
            ("--role-arn: that is not the ARN of a role", "It is a user's"),
            id="user's ARN",
        ),
        pytest.param(
            "role.py", ["--external-id", EXTERNAL_ID, "--role-arn", ""], ("--role-arn: that",), id="no ARN"
        ),
        pytest.param(
            "role.py",
            ["--external-id", EXTERNAL_ID, "--role-arn", ROLE.replace("aws", "aws-mars")],
            ("--role-arn: that names a partition",),
            id="partition",
        ),
        pytest.param("role.py", ["--external-id", "x"], ("--external-id: that is not",), id="short id"),
        pytest.param("role.py", ["--external-id", "x" * 1225], ("--external-id: that",), id="long id"),
        pytest.param("role.py", ["--external-id", "größe"], ("--external-id: that", "ASCII"), id="no ASCII"),
        pytest.param(
            "role.py", ["--role-arn", ROLE], ("no external id", "coda trust-policy role.py"), id="no id"
        ),
        pytest.param(
            "endpoint.py",
            ["--profile", "dev", "--endpoint-url", "http://example.com"],
            ("--endpoint-url: the endpoint http://example.com cannot be used", "https"),
            id="http",
        ),
        pytest.param(
            "endpoint.py",
            ["--profile", "dev", "--endpoint-url", "https://example.org"],
            ("--endpoint-url:", "under example.com"),
            id="domain",
        ),
        pytest.param("endpoint.py", ["--profile", "dev"], ("give --endpoint-url",), id="no endpoint"),
        pytest.param(
            "endpoint.py", ["--endpoint-url", "https://example.com"], ("neither --profile nor",), id="no key"
        ),
    ],
)
def test_usage(capsys: Capture, folder: Path, pack: str, options: list[str], said: tuple[str, ...]) -> None:
    """What does not go with the pack, is missing or has the wrong shape is exit 2, and nothing is stored."""
    check_refusal(outcome_of(capsys, "auth", pack, *options), USAGE, *said)
    assert not (folder / FILE).exists()


def test_password_in_an_endpoint(capsys: Capture) -> None:
    """A password in a URL is refused and not repeated."""
    url = "https://ada:passw0rd@example.com"
    outcome = outcome_of(capsys, "auth", "endpoint.py", "--profile", "dev", "--endpoint-url", url, "--debug")
    check = outcome.err.partition("Traceback")[0]
    assert outcome.code == USAGE
    assert check.startswith("Error: --endpoint-url: the endpoint")
    assert "passw0rd" not in outcome.err


@pytest.mark.parametrize("option", ["--secret-access-key", "--session-token", "--secret", "--password"])
def test_no_option_takes_a_secret(capsys: Capture, option: str) -> None:
    """A secret on a command line is seen by everybody on the machine, so that no option takes one."""
    outcome = outcome_of(capsys, *BY_KEY, KEY_ID, option, SECRET)
    check_refusal(outcome, USAGE, f"No such option '{option}'")
    assert SECRET not in outcome.err
