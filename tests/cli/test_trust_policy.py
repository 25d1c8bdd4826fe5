"""``coda trust-policy``: standard output is the policy and nothing else, standard error says who is in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from tests.auth.world import EXTERNAL_ID, ROLE, USER, FakeSts, set_keys
from tests.cli.accounts import FILE, KEYS, ROLE_PACK, SECRET, store, stored, write_file, write_packs
from tests.programs import run_coda, write_pack
from tests.refusals import CREDENTIALS, USAGE, check_refusal, outcome_of
from tests.terminals import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

CODA = "arn:aws:iam::029208794193:root"
SESSION = "arn:aws:sts::123456789012:assumed-role/Developers/ada@example.com"
OTHER = "arn:aws:iam::210987654321:user/grace"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder with a pack of each kind, with keys in the environment."""
    monkeypatch.chdir(tmp_path)
    write_packs(tmp_path)
    set_keys(monkeypatch)
    return tmp_path


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSts]:
    """An STS, and an IAM, that know who calls."""
    with FakeSts() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


def statement(
    sid: str,
    principals: str | list[str],
    external_id: str = EXTERNAL_ID,
    only: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a statement as it has to be."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": principals},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}, **(only or {})},
    }


def sessions_of(role: str) -> dict[str, dict[str, list[str]]]:
    """Return the condition that admits the sessions of one role."""
    arns = [f"arn:aws:iam::123456789012:role/{path}{role}" for path in ("", "*/")]
    return {"ArnLike": {"aws:PrincipalArn": arns}}


def policy(capsys: Capture, *options: str) -> tuple[list[dict[str, Any]], str]:
    """Return the statements of the policy that is printed for the assume-role pack, and what is said."""
    outcome = outcome_of(capsys, "trust-policy", "role.py", *options)
    assert outcome.code == 0, outcome.err
    printed = json.loads(outcome.out)
    assert printed.keys() == {"Version", "Statement"}
    assert printed["Version"] == "2012-10-17"
    return printed["Statement"], outcome.err


def test_default(capsys: Capture, folder: Path, sts: FakeSts) -> None:
    """Coda's account and the caller stand in one statement, with the stored external id."""
    store(folder, role={"externalId": EXTERNAL_ID})
    statements, said = policy(capsys)
    assert statements == [statement("GrantCodaPackAssumeRole", [CODA, USER])]
    assert said == (
        f"You are {USER}, who is trusted.\n"
        "Coda's account 029208794193 is included, for Coda's platform; --local-only leaves it out.\n"
    )
    assert [asked["Action"] for asked in sts.asked] == ["GetCallerIdentity"]


def test_external_id_is_made_once(capsys: Capture, folder: Path, sts: FakeSts) -> None:
    """Without an external id one is made and stored, beside what was there, and used from then on."""
    store(folder, role={"roleArn": ROLE, "unknown": "stays"}, keys=KEYS)
    first, said = policy(capsys)
    made = first[0]["Condition"]["StringEquals"]["sts:ExternalId"]
    assert UUID(made).version == 4
    assert f"Made an external id, and stored it in {FILE}.\n" in said
    assert stored(folder, "role") == {"roleArn": ROLE, "externalId": made, "unknown": "stays"}
    assert stored(folder, "keys") == KEYS
    again, said = policy(capsys)
    assert again == first
    assert "Made" not in said


def test_external_id_by_option(
    capsys: Capture, folder: Path, sts: FakeSts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option comes before the stored id, and is not stored; the variable of ``execute`` has no part."""
    monkeypatch.setenv("CODA_EXTERNAL_ID", "of-the-environment")
    statements, _ = policy(capsys, "--external-id", "another/tenant")
    assert statements == [statement("GrantCodaPackAssumeRole", [CODA, USER], "another/tenant")]
    assert not (folder / FILE).exists()
    store(folder, role={"externalId": EXTERNAL_ID})
    assert policy(capsys)[0][0]["Condition"]["StringEquals"] == {"sts:ExternalId": EXTERNAL_ID}
    assert stored(folder, "role") == {"externalId": EXTERNAL_ID}


def test_external_id_is_printed_whole(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, folder: Path, sts: FakeSts
) -> None:
    """Masked everywhere else, here it is what is asked for: also where the environment has the same."""
    monkeypatch.setenv("CODA_EXTERNAL_ID", EXTERNAL_ID)
    write_pack(folder, f'{ROLE_PACK}\nprint("{EXTERNAL_ID} and given-tenant")\n', "role.py")
    statements, said = policy(capsys, "--external-id", EXTERNAL_ID)
    assert statements == [statement("GrantCodaPackAssumeRole", [CODA, USER])]
    assert said.startswith("****0815 and given-tenant\n")
    assert policy(capsys, "--external-id", "given-tenant")[1].startswith("****0815 and ****nant\n")


def test_local_only(capsys: Capture, sts: FakeSts) -> None:
    """Whoever runs the pack locally only can leave Coda's account out."""
    statements, said = policy(capsys, "--external-id", EXTERNAL_ID, "--local-only")
    assert statements == [statement("GrantLocalAssumeRole", USER)]
    assert "Coda" not in said


def test_pack_id(capsys: Capture, sts: FakeSts) -> None:
    """The platform's prefix goes to Coda's account alone: the local caller sends the bare id."""
    statements, _ = policy(capsys, "--external-id", EXTERNAL_ID, "--pack-id", "17")
    assert statements == [
        statement("GrantCodaPackAssumeRole", CODA, f"17:{EXTERNAL_ID}"),
        statement("GrantLocalAssumeRole", USER),
    ]


def test_principals_by_option(capsys: Capture, monkeypatch: pytest.MonkeyPatch, sts: FakeSts) -> None:
    """Who is named is trusted, and nobody is asked who calls: no credentials are needed."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    options = ["--external-id", EXTERNAL_ID, "--principal", USER, "--principal", OTHER]
    statements, said = policy(capsys, *options)
    assert statements == [statement("GrantCodaPackAssumeRole", [CODA, USER, OTHER])]
    assert said.startswith("Coda's account")
    assert policy(capsys, *options, "--local-only")[0] == [statement("GrantLocalAssumeRole", [USER, OTHER])]
    assert sts.requests == []


def test_session_by_option(capsys: Capture) -> None:
    """A session that is named is trusted by account and role name, apart from all others; that is said."""
    options = ["--external-id", EXTERNAL_ID, "--principal", SESSION, "--principal", USER]
    statements, said = policy(capsys, *options)
    assert statements == [
        statement("GrantCodaPackAssumeRole", [CODA, USER]),
        statement(
            "GrantLocalRole1AssumeRole", "arn:aws:iam::123456789012:root", only=sessions_of("Developers")
        ),
    ]
    assert said.startswith(
        f"--principal {SESSION}: a session, which ends. Its role's ARN does not follow from that,\n"
        "so the policy trusts the account, on the condition that the role is "
        "arn:aws:iam::123456789012:role/Developers\nor one of that name with a path.\n"
    )
    assert USER not in said


def test_caller_is_a_session(capsys: Capture, sts: FakeSts) -> None:
    """A session's role is asked for, since its ARN has a path, and trusted; that is said."""
    sts.caller, sts.role = SESSION, "arn:aws:iam::123456789012:role/people/Developers"
    statements, said = policy(capsys, "--external-id", EXTERNAL_ID)
    assert statements == [statement("GrantCodaPackAssumeRole", [CODA, sts.role])]
    assert said.startswith(f"You are {SESSION}: a session, which ends. Its role {sts.role} is trusted.\n")
    assert sts.asked[-1]["RoleName"] == "Developers"


def test_caller_is_a_session_whose_role_is_not_told(capsys: Capture, sts: FakeSts) -> None:
    """Where that is not allowed, a statement of its own trusts the account on a condition; that is said."""
    sts.caller = SESSION
    statements, said = policy(capsys, "--external-id", EXTERNAL_ID)
    assert statements == [
        statement("GrantCodaPackAssumeRole", CODA),
        statement(
            "GrantLocalRole1AssumeRole", "arn:aws:iam::123456789012:root", only=sessions_of("Developers")
        ),
    ]
    assert said.startswith(f"You are {SESSION}: a session, which ends. Its role's ARN cannot be asked for")
    assert "trusts the account, on the condition" in said


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
@pytest.mark.parametrize("asked", [False, True], ids=["by option", "by STS"])
def test_other_partitions(capsys: Capture, sts: FakeSts, partition: str, asked: bool) -> None:
    """Coda's account is of the commercial partition, and is left out of a policy of another; that is said."""
    principal = f"arn:{partition}:iam::123456789012:user/ada"
    sts.caller = principal
    options = [] if asked else ["--principal", principal]
    statements, said = policy(capsys, "--external-id", EXTERNAL_ID, *options)
    assert statements == [statement("GrantLocalAssumeRole", principal)]
    assert said.endswith(f"Coda's account is left out: it cannot be named in {partition}.\n")


@pytest.mark.parametrize(
    ("caller", "said"),
    [
        pytest.param("arn:aws:iam::123456789012:root", "the caller is the root user", id="root user"),
        pytest.param(
            "arn:aws:sts::123456789012:federated-user/ada", "a federated user is unsuitable", id="federated"
        ),
    ],
)
def test_unsuitable_callers(capsys: Capture, folder: Path, sts: FakeSts, caller: str, said: str) -> None:
    """Who cannot assume a role is told so, and what to do; nothing is printed or stored."""
    sts.caller = caller
    outcome = outcome_of(capsys, "trust-policy", "role.py")
    check_refusal(outcome, CREDENTIALS, said, "Use an IAM user or a role", "--principal ARN")
    assert not (folder / FILE).exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--local-only", "--pack-id", "3"], ("--local-only and --pack-id",), id="contradiction"),
        pytest.param(["--pack-id", "0"], ("'--pack-id'", "0"), id="pack id 0"),
        pytest.param(["--pack-id", "x"], ("'--pack-id'", "'x'"), id="pack id x"),
        pytest.param(["--external-id", "x"], ("--external-id:", "2 to 1224"), id="external id"),
        pytest.param(["--external-id", ""], ("--external-id:", "2 to 1224"), id="empty external id"),
        pytest.param(["--principal", "ada"], ("--principal:", "ARN of a principal", "ada"), id="principal"),
        pytest.param(["--principal", USER, "--profile", "dev"], ("--profile does not go",), id="profile"),
        pytest.param(["--principal", USER, "--region", "us-east-1"], ("--region does not go",), id="region"),
        pytest.param(
            ["--principal", USER, "--principal", USER.replace("aws", "aws-cn")], ("partitions",), id="mixed"
        ),
        pytest.param(
            ["--principal", "arn:aws:sts::123456789012:federated-user/ada"],
            ("--principal: a federated user is unsuitable",),
            id="federated",
        ),
    ],
)
def test_usage(capsys: Capture, folder: Path, options: list[str], said: tuple[str, ...]) -> None:
    """A mistake in the options is exit 2, before anything is asked or stored."""
    check_refusal(outcome_of(capsys, "trust-policy", "role.py", *options), USAGE, *said)
    assert not (folder / FILE).exists()


@pytest.mark.parametrize(
    ("pack", "kind"),
    [("keys.py", "AWS_ACCESS_KEY"), ("endpoint.py", "AWS_ACCESS_KEY"), ("none.py", "NONE")],
)
def test_packs_without_a_role(capsys: Capture, pack: str, kind: str) -> None:
    """A pack that assumes no role needs no trust policy."""
    outcome = outcome_of(capsys, "trust-policy", pack)
    check_refusal(outcome, USAGE, f"{pack} needs no trust policy: it assumes no role", kind)


def test_no_credentials(capsys: Capture, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Without credentials nobody knows who calls: both ways out are told, and no id is made."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    outcome = outcome_of(capsys, "trust-policy", "role.py")
    check_refusal(outcome, CREDENTIALS, "no AWS credentials were found", "--principal ARN")
    assert not (folder / FILE).exists()


def test_refused_by_sts(capsys: Capture, folder: Path, sts: FakeSts) -> None:
    """What STS says is passed on, and no id is made."""
    sts.refusal = ("InvalidClientTokenId", "The token is invalid.")
    outcome = outcome_of(capsys, "trust-policy", "role.py")
    check_refusal(outcome, CREDENTIALS, "GetCallerIdentity was refused: InvalidClientTokenId", "--principal")
    assert not (folder / FILE).exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("{", ("cannot be read", "is no JSON"), id="corrupt"),
        pytest.param('{"version": 2}', ("of version 2",), id="version"),
        pytest.param(
            '{"packs": {"role.py": {"externalId": "two words"}}}',
            ("the external id stored by coda auth is not an external id",),
            id="external id",
        ),
    ],
)
def test_what_is_stored_is_broken(capsys: Capture, folder: Path, text: str, said: tuple[str, ...]) -> None:
    """A broken file is exit 4 and stays as it is; an external id that is given does without it."""
    write_file(folder, text)
    check_refusal(outcome_of(capsys, "trust-policy", "role.py", "--principal", USER), CREDENTIALS, *said)
    assert (folder / FILE).read_text() == text
    statements, _ = policy(capsys, "--principal", USER, "--external-id", EXTERNAL_ID)
    assert statements == [statement("GrantCodaPackAssumeRole", [CODA, USER])]


def test_credentials_of_the_folder_are_not_copied(capsys: Capture, folder: Path) -> None:
    """A made id is stored in the pack's own entry, which takes nothing over that the pack cannot use."""
    write_file(folder, json.dumps({"credentials": {**KEYS, "roleArn": ROLE}}))
    policy(capsys, "--principal", USER)
    entry = stored(folder, "role")
    assert entry is not None
    assert entry.keys() == {"roleArn", "externalId"}
    assert (folder / FILE).read_text().count(SECRET) == 1


def test_standard_output_is_the_policy(folder: Path, sts: FakeSts) -> None:
    """As the AWS CLI reads it from a pipe: whatever the pack prints goes elsewhere."""
    write_pack(folder, f'{ROLE_PACK}\nprint("{{")\n__import__("os").system("echo printed")\n', "role.py")
    done = run_coda("trust-policy", "role.py", "-v", cwd=folder)
    assert done.returncode == 0
    assert json.loads(done.stdout)["Statement"][0]["Principal"] == {"AWS": [CODA, USER]}
    assert "{\nprinted\n" in done.stderr
    assert f"You are {USER}" in done.stderr


def test_on_a_terminal(folder: Path, sts: FakeSts) -> None:
    """On a terminal it is the same text, ready to be copied: no colour, no table."""
    with Terminal("trust-policy", "role.py", cwd=folder, env={"NO_COLOR": ""}) as terminal:
        assert terminal.end() == 0
    assert json.loads(terminal.shown[terminal.shown.index("{") :])["Version"] == "2012-10-17"


def test_help(capsys: Capture) -> None:
    """The help says what is included, and how it is piped into the AWS CLI."""
    outcome = outcome_of(capsys, "trust-policy", "--help")
    assert (outcome.code, outcome.err) == (0, "")
    for word in (
        "--principal ARN",
        "--local-only",
        "--pack-id N",
        "aws iam create-role",
        "file:///dev/stdin",
    ):
        assert word in outcome.out
