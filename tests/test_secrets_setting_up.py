"""Secrets on their way into an account, in it and out of it are seen nowhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.auth.world import ROLE_SECRET, ROLE_TOKEN, FakeSts, write_files
from tests.cli.accounts import FILE, store, write_file
from tests.markers import EXTERNAL_ID, KEY_ID, ROLE, SECRET, TOKEN, echoed, leaks, signatures
from tests.programs import run_coda, write_pack
from tests.refusals import CREDENTIALS, INTERRUPTED, USAGE, Outcome, outcome_of
from tests.servers import LoopbackServer
from tests.terminals import CTRL_C, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

TALKING = """
import sys
print("started with", sys.argv)
"""
PACK = """
def name(context):
    return str(context.fetcher.fetch("GET", "https://s3.us-east-1.amazonaws.com/name").body)


pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(
    type=sdk.AuthenticationType.{type}, service="s3", get_connection_name=name{more}
)
"""
HIDDEN = (SECRET, TOKEN, ROLE_TOKEN, ROLE_SECRET[:18], ROLE_SECRET[-12:])
"""What may not be seen; the middle of one of them is a word that messages have, too."""

ENDPOINT = ", requires_endpoint_url=True"
STORED_KEY = {"accessKeyId": KEY_ID, "secretAccessKey": SECRET, "sessionToken": TOKEN}
STORED_ROLE = {"roleArn": ROLE, "externalId": EXTERNAL_ID, "profile": "dev"}
PROFILE = (
    f"[dev]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\naws_session_token = {TOKEN}\n"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, scrubbed_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder with packs that say how they were started, and a profile that holds secrets."""
    monkeypatch.chdir(tmp_path)
    write_pack(tmp_path, TALKING + PACK.format(type="AWS_ACCESS_KEY", more=""), "keys.py")
    write_pack(tmp_path, TALKING + PACK.format(type="AWS_ASSUME_ROLE", more=""), "role.py")
    write_pack(tmp_path, PACK.format(type="AWS_ACCESS_KEY", more=ENDPOINT), "endpoint.py")
    write_files(scrubbed_environment, credentials=PROFILE)
    return tmp_path


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    """Where all requests but those to STS arrive."""
    with LoopbackServer() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSts]:
    """An STS that gives out a role's marked keys."""
    with FakeSts() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        yield server


def check(outcome: Outcome, *servers: LoopbackServer) -> str:
    """See that nothing leaks from what a command printed; return all of it."""
    said = outcome.out + outcome.err
    assert leaks(said, HIDDEN) == []
    for server in servers:
        for signature in signatures(server):
            assert signature not in said
    return said


def test_answers(folder: Path) -> None:
    """A secret that is typed is not echoed, not in what is wrong with it and not with ``--debug``."""
    answers = [
        ("AWS profile", "-"),
        ("Access key id", KEY_ID),
        ("Secret access key", f"{SECRET} {SECRET}"),
        ("Secret access key", KEY_ID),
        ("Secret access key", f" {SECRET} "),
        ("Session token", f"{TOKEN} {SECRET}"),
        ("Session token", TOKEN),
    ]
    with Terminal("auth", "keys.py", "--debug", cwd=folder) as terminal:
        for question, answer in answers:
            terminal.answer(question, answer)
        assert terminal.end() == 0
    assert leaks(terminal.shown, HIDDEN, masked=()) == []
    assert terminal.shown.count(KEY_ID) == 1  # as it was typed
    assert json.loads((folder / FILE).read_text())["packs"]["keys.py"] == STORED_KEY


def test_breaking_off(folder: Path) -> None:
    """Ctrl-C right after a secret shows nothing of it."""
    with Terminal("auth", "keys.py", "--debug", "--access-key-id", KEY_ID, cwd=folder) as terminal:
        terminal.until("Secret access key")
        terminal.type(SECRET)
        assert terminal.break_off(CTRL_C) == INTERRUPTED
    assert leaks(terminal.shown, HIDDEN) == []


@pytest.mark.parametrize(
    ("pack", "entry"), [("keys", STORED_KEY), ("role", STORED_ROLE)], ids=["key", "role"]
)
def test_stored_values_that_are_offered(folder: Path, pack: str, entry: dict[str, str]) -> None:
    """What Enter would keep is offered by its last four characters, or not at all."""
    store(folder, **{pack: entry})
    with Terminal("auth", f"{pack}.py", "--debug", cwd=folder) as terminal:
        terminal.answer("Change it?", "y")
        for question in {"keys": ("profile", "id", "Secret", "token"), "role": ("ARN", "id", "profile")}[
            pack
        ]:
            terminal.answer(question)
        assert terminal.end() == 0
    assert leaks(terminal.shown, HIDDEN) == []
    assert json.loads((folder / FILE).read_text())["packs"][f"{pack}.py"] == entry


@pytest.mark.parametrize(
    ("arguments", "stdin", "code"),
    [
        pytest.param(["keys.py", "--access-key-id", KEY_ID], f"{SECRET}\n{TOKEN}\n", 0, id="key"),
        pytest.param(["keys.py", "--access-key-id", KEY_ID], f" {SECRET} \n\t{TOKEN}\n", 0, id="blanks"),
        pytest.param(["keys.py", "--access-key-id", KEY_ID], f"{SECRET} {TOKEN}\n", USAGE, id="one line"),
        pytest.param(["keys.py", "--access-key-id", KEY_ID], f"{SECRET}\n{TOKEN} x\n", USAGE, id="token"),
        pytest.param(["keys.py", "--access-key-id", SECRET], f"{KEY_ID}\n", USAGE, id="swapped"),
        pytest.param(["keys.py", "--access-key-id", "AKIA"], f"{SECRET}\n{TOKEN}\n", USAGE, id="short id"),
        pytest.param(["keys.py", "--access-key-id", KEY_ID], f"{KEY_ID}\n{SECRET}\n", USAGE, id="id twice"),
        pytest.param(["role.py", "--external-id", EXTERNAL_ID], "", 0, id="external id"),
        pytest.param(["role.py", "--external-id", EXTERNAL_ID, "--role-arn", "x"], "", USAGE, id="no ARN"),
        pytest.param(["role.py", "--external-id", f"{EXTERNAL_ID}!"], "", USAGE, id="no external id"),
        pytest.param(["role.py", "--external-id", EXTERNAL_ID, "--show"], "", USAGE, id="no use"),
        pytest.param(
            [
                "endpoint.py",
                "--profile",
                "dev",
                "--endpoint-url",
                f"https://a:{quote(TOKEN, safe='')}@amazonaws.com",
            ],
            "",
            USAGE,
            id="password in an endpoint",
        ),
    ],
)
def test_options_and_standard_input(folder: Path, arguments: list[str], stdin: str, code: int) -> None:
    """Neither what options give nor the lines of standard input are repeated, wherever they stand."""
    done = run_coda("auth", *arguments, "--debug", cwd=folder, stdin=stdin)
    assert done.returncode == code, done.stderr
    check(Outcome(done.returncode, done.stdout, done.stderr))


@pytest.mark.parametrize("output", [[], ["--output", "json"]], ids=["text", "json"])
@pytest.mark.parametrize("mode", ["--show", "--check"])
@pytest.mark.parametrize(
    ("pack", "entry"), [("keys", STORED_KEY), ("role", STORED_ROLE)], ids=["key", "role"]
)
def test_showing_and_checking(
    capsys: Capture,
    folder: Path,
    service: LoopbackServer,
    sts: FakeSts,
    pack: str,
    entry: dict[str, str],
    mode: str,
    output: list[str],
) -> None:
    """What is stored is used, and shown by the last four characters of its ids."""
    store(folder, **{pack: entry})
    service.answer(lambda received: echoed("json", received))
    outcome = outcome_of(capsys, "auth", f"{pack}.py", mode, "--debug", *output)
    assert outcome.code == 0, outcome.out
    said = check(outcome, service, sts)
    assert ("[secret]" in said) == (mode == "--check" or pack == "keys")
    assert f"****{(KEY_ID if pack == 'keys' else EXTERNAL_ID)[-4:]}" in said
    assert len(service.requests) == (mode == "--check")


@pytest.mark.parametrize("form", ["error in xml", "error in text", "error as code"])
@pytest.mark.parametrize("pack", ["keys", "role"])
def test_a_check_that_is_refused_by_an_echo(
    capsys: Capture, folder: Path, sts: FakeSts, pack: str, form: str
) -> None:
    """STS may quote all that it was sent: none of it is in the failed step."""
    store(folder, keys=STORED_KEY, role=STORED_ROLE)
    sts.answer(lambda received: echoed(form, received))
    for arguments in (["auth", f"{pack}.py", "--check"], ["trust-policy", "role.py"]):
        outcome = outcome_of(capsys, *arguments, "--debug")
        assert outcome.code == CREDENTIALS
        check(outcome, sts)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"packs": {"keys.py": {"secretAccessKey": "' + SECRET, id="cut off"),
        pytest.param('{"secretAccessKey": "' + SECRET + '" "sessionToken": "' + TOKEN + '"}', id="comma"),
        pytest.param(SECRET, id="a secret alone"),
        pytest.param(json.dumps(SECRET), id="a string"),
        pytest.param(json.dumps({"packs": [SECRET]}), id="packs"),
        pytest.param(json.dumps({"packs": {"keys.py": SECRET, "role.py": SECRET}}), id="entry"),
        pytest.param(
            json.dumps({"packs": {f"{name}.py": {"roleArn": [SECRET]} for name in ("keys", "role")}}),
            id="value",
        ),
        pytest.param(json.dumps({"credentials": [SECRET]}), id="reference"),
    ],
)
@pytest.mark.parametrize("mode", ["--show", "--check", "--profile=dev", "--clear"])
def test_broken_files(capsys: Capture, folder: Path, text: str, mode: str) -> None:
    """A file that is broken is not quoted, however it is broken."""
    write_file(folder, text)
    for pack in ("keys.py", "role.py"):
        check(outcome_of(capsys, "auth", pack, mode, "--debug"))
    check(outcome_of(capsys, "trust-policy", "role.py", "--principal", f"{ROLE}-2", "--debug"))


def test_the_policy_alone_shows_the_external_id(capsys: Capture, folder: Path) -> None:
    """It is on standard output, where it is asked for, and nowhere else."""
    store(folder, keys=STORED_KEY, role=STORED_ROLE)
    arguments = ["trust-policy", "role.py", "--principal", f"{ROLE}-2", "--debug"]
    for options in ([], ["--external-id", EXTERNAL_ID]):
        outcome = outcome_of(capsys, *arguments, *options)
        assert json.dumps(EXTERNAL_ID) in outcome.out
        assert leaks(outcome.out, HIDDEN, [KEY_ID]) == []
        assert leaks(outcome.err, HIDDEN) == []
