"""``coda auth --check``: the way to AWS, a line a step, for people and for scripts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.auth.world import EXTERNAL_ID, KEY_ID, ROLE, ROLE_KEY_ID, USER, FakeSts, set_keys
from tests.programs import run_coda, write_pack
from tests.refusals import CREDENTIALS, INTERRUPTED, USAGE, check_refusal, outcome_of
from tests.servers import Answer
from tests.terminals import CTRL_C, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

PACK = """
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.{type}, service="s3"{more})
"""
GREEN, RED, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[0m"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder with a pack of each AWS type, and the source's keys in the environment."""
    monkeypatch.chdir(tmp_path)
    write_pack(tmp_path, PACK.format(type="AWS_ACCESS_KEY", more=""), "keys.py")
    write_pack(tmp_path, PACK.format(type="AWS_ASSUME_ROLE", more=""), "role.py")
    set_keys(monkeypatch)
    return tmp_path


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSts]:
    """An STS that knows the caller."""
    with FakeSts() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


def with_role(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a role by the environment."""
    monkeypatch.setenv("CODA_ROLE_ARN", ROLE)
    monkeypatch.setenv("CODA_EXTERNAL_ID", EXTERNAL_ID)


@pytest.mark.parametrize(
    ("env", "tick", "cross"),
    [
        pytest.param({"NO_COLOR": ""}, f"{GREEN}✓{PLAIN} ", f"{RED}✗{PLAIN} ", id="colour"),
        pytest.param({}, "✓ ", "✗ ", id="NO_COLOR"),
        pytest.param({"NO_COLOR": "", "TERM": "dumb"}, "✓ ", "✗ ", id="TERM=dumb"),
        pytest.param(
            {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "[ok] ", "[failed] ", id="ASCII"
        ),
    ],
)
def test_ticks_on_a_terminal(folder: Path, sts: FakeSts, env: dict[str, str], tick: str, cross: str) -> None:
    """A tick is green and a cross red where colour is wanted, plain where not, words in ASCII."""
    sts.refusal = ("InvalidClientTokenId", "No such key.")
    with Terminal("auth", "keys.py", "--check", cwd=folder, env=env) as terminal:
        assert terminal.end() == CREDENTIALS
    assert terminal.shown.startswith(f"{tick}credentials: ")
    assert f"\n{cross}caller: " in terminal.shown


def test_access_key(capsys: Capture, sts: FakeSts) -> None:
    """An access-key pack needs three steps: the credentials, whose they are, and which STS said so."""
    outcome = outcome_of(capsys, "auth", "keys.py", "--check")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (
        f"✓ credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, key ****{KEY_ID[-4:]}\n"
        "    no --profile is given\n"
        f"✓ caller: {USER}\n"
        f"✓ sts: {sts.url}, region us-east-1\n"
    )


def test_role(capsys: Capture, monkeypatch: pytest.MonkeyPatch, sts: FakeSts) -> None:
    """An assume-role pack has the role, its level and its session's end besides; the id is masked."""
    with_role(monkeypatch)
    outcome = outcome_of(capsys, "auth", "role.py", "--check")
    assert (outcome.code, outcome.err) == (0, "")
    assert [line.split(":")[0] for line in outcome.out.splitlines() if not line.startswith(" ")] == [
        *("✓ credentials", "✓ caller", "✓ role", "✓ sts", "✓ session")
    ]
    assert f"✓ role: {ROLE}\n    CODA_ROLE_ARN and CODA_EXTERNAL_ID; external id ****0815 is sent\n" in (
        outcome.out
    )
    assert f"✓ session: key ****{ROLE_KEY_ID[-4:]}, until 20" in outcome.out
    assert EXTERNAL_ID not in outcome.out
    assert sts.asked[-1]["ExternalId"] == EXTERNAL_ID


def test_it_stops_at_the_first_cross(capsys: Capture, monkeypatch: pytest.MonkeyPatch, sts: FakeSts) -> None:
    """What comes after a step that failed is not tried, and AWS's refusal comes with advice."""
    with_role(monkeypatch)
    sts.refusal, sts.refused = ("AccessDenied", "Not you."), {"AssumeRole"}
    outcome = outcome_of(capsys, "auth", "role.py", "--check")
    assert outcome.code == CREDENTIALS
    assert "✓ sts" in outcome.out
    last = outcome.out.partition("✗ ")[2]
    assert last.startswith(
        f"session: AWS refused to assume the role {ROLE}: AccessDenied\n    AWS says: Not you"
    )
    for advice in ("sts:AssumeRole", "trust policy", "external id ****0815", f'"AWS": "{USER}"'):
        assert advice in last
    sts.refused = {"GetCallerIdentity"}
    outcome = outcome_of(capsys, "auth", "role.py", "--check")
    assert outcome.out.count("✗") == 1
    assert outcome.out.splitlines()[2].startswith("✗ caller: GetCallerIdentity was refused: AccessDenied")


@pytest.mark.parametrize("refused", [False, True])
def test_for_scripts(capsys: Capture, monkeypatch: pytest.MonkeyPatch, sts: FakeSts, refused: bool) -> None:
    """``--output json`` has the same steps as one list, and the same exit code."""
    with_role(monkeypatch)
    if refused:
        sts.refusal, sts.refused = ("AccessDenied", "Not you."), {"AssumeRole"}
    outcome = outcome_of(capsys, "auth", "role.py", "--check", "--output", "json")
    assert (outcome.code, outcome.err) == (CREDENTIALS if refused else 0, "")
    steps = json.loads(outcome.out)
    assert [step["step"] for step in steps] == ["credentials", "caller", "role", "sts", "session"]
    assert [step["ok"] for step in steps] == [True] * 4 + [not refused]
    assert steps[1] == {"step": "caller", "ok": True, "found": USER, "details": []}
    assert EXTERNAL_ID not in outcome.out


def test_options_take_part(capsys: Capture, monkeypatch: pytest.MonkeyPatch, sts: FakeSts) -> None:
    """The road is the one of ``execute``: an option comes before the environment here, too."""
    with_role(monkeypatch)
    other = f"{ROLE}-too"
    options = ["--role-arn", other, "--external-id", "another-tenant", "--region", "eu-central-1"]
    outcome = outcome_of(capsys, "auth", "role.py", "--check", *options)
    assert outcome.code == 0, outcome.err
    assert f"role: {other}\n    --role-arn and --external-id; external id ****nant is sent" in outcome.out
    assert "region eu-central-1" in outcome.out
    assert "another-tenant" not in outcome.out
    assert sts.asked[-1]["RoleArn"] == other


def test_no_credentials(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials there is one step, which says where they were looked for."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    outcome = outcome_of(capsys, "auth", "role.py", "--check")
    assert outcome.code == CREDENTIALS
    assert outcome.out.startswith("✗ credentials: no AWS credentials were found; looked at:\n    - --profile")


def test_endpoint(capsys: Capture, folder: Path, sts: FakeSts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pack that requires an endpoint is asked for it first."""
    more = ", requires_endpoint_url=True, endpoint_domain='amazonaws.com'"
    write_pack(folder, PACK.format(type="AWS_ACCESS_KEY", more=more), "endpoint.py")
    outcome = outcome_of(capsys, "auth", "endpoint.py", "--check")
    assert outcome.code == CREDENTIALS
    assert outcome.out.startswith("✗ endpoint: this pack requires an endpoint URL, and none is configured\n")
    assert sts.requests == []
    monkeypatch.setenv("CODA_ENDPOINT_URL", "https://s3.eu-west-1.amazonaws.com/base")
    outcome = outcome_of(capsys, "auth", "endpoint.py", "--check")
    assert outcome.code == 0, outcome.out
    assert outcome.out.startswith("✓ endpoint: https://s3.eu-west-1.amazonaws.com/base\n✓ credentials")


@pytest.mark.parametrize(
    ("function", "code", "shown"),
    [
        pytest.param("'Ada\\x1b[31m'", 0, "✓ connection name: Ada\\x1b[31m\n", id="a name"),
        pytest.param("print('printed') or 'Ada'", 0, "✓ connection name: Ada\n", id="it prints"),
        pytest.param("1 / 0", CREDENTIALS, "✗ connection name: ", id="it fails"),
        pytest.param("7", CREDENTIALS, "✗ connection name: ", id="no text"),
    ],
)
def test_connection_name(
    capsys: Capture, folder: Path, sts: FakeSts, function: str, code: int, shown: str
) -> None:
    """The last step is the pack's own name for the account; nothing else of the pack's is in the output."""
    more = f", get_connection_name=lambda context: {function}"
    write_pack(folder, PACK.format(type="AWS_ACCESS_KEY", more=more), "named.py")
    outcome = outcome_of(capsys, "auth", "named.py", "--check")
    assert outcome.code == code
    assert shown in outcome.out
    assert "printed" not in outcome.out
    assert outcome.out.count("✗") == (code != 0)


def test_environment_before_what_is_stored(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, folder: Path, sts: FakeSts
) -> None:
    """Whoever stored an account is told, without ``-v``, that the environment's is used instead."""
    stored = {"version": 1, "packs": {"keys.py": {"accessKeyId": ROLE_KEY_ID, "secretAccessKey": "s" * 40}}}
    path = folder / ".coda-credentials.json"
    path.touch(0o600)
    path.write_text(json.dumps(stored))
    outcome = outcome_of(capsys, "auth", "keys.py", "--check")
    assert outcome.err == (
        "Warning: using AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; "
        "what coda auth stored for this pack comes after it\n"
    )
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    outcome = outcome_of(capsys, "auth", "keys.py", "--check")
    assert outcome.err == ""
    assert f"✓ credentials: the access key stored by coda auth, key ****{ROLE_KEY_ID[-4:]}" in outcome.out


@pytest.mark.parametrize(
    ("pack", "options", "said"),
    [
        pytest.param("keys.py", ["--role-arn", ROLE], ("--role-arn does not go with this pack",), id="type"),
        pytest.param("keys.py", ["--access-key-id", KEY_ID], ("--access-key-id does not go",), id="key"),
        pytest.param("keys.py", ["--endpoint-url", "https://x"], ("--endpoint-url does not go",), id="URL"),
    ],
)
def test_usage(capsys: Capture, pack: str, options: list[str], said: tuple[str, ...]) -> None:
    """An option that has no part in the check is refused before anything is asked."""
    check_refusal(outcome_of(capsys, "auth", pack, "--check", *options), USAGE, *said)


def test_steps_come_as_they_are_taken(folder: Path, sts: FakeSts) -> None:
    """A step is shown before the next is tried: whoever waits sees what for."""
    sts.answer(lambda received: Answer(raw=sts.stall()))
    with Terminal("auth", "keys.py", "--check", cwd=folder) as terminal:
        terminal.until("✓ credentials")
        assert terminal.break_off(CTRL_C) == INTERRUPTED
    assert "caller" not in terminal.shown


def test_in_a_process_of_its_own(folder: Path, sts: FakeSts) -> None:
    """Piped, standard output is the steps and standard error is empty."""
    done = run_coda("auth", "keys.py", "--check", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("✓ credentials")
