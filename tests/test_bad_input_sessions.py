"""Bad input to the whole program: what gives out credentials and sessions, and the settings that name it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.auth.world import EXTERNAL_ID, MARKED, ROLE, STATIC_PROFILE, set_keys, write_files
from tests.programs import write_pack
from tests.refusals import CREDENTIALS, check_execute, outcome_of

if TYPE_CHECKING:
    Capture = pytest.CaptureFixture[str]

PACK = '''
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.{}, service="s3")


@pack.formula
def get(context: sdk.ExecutionContext, host: str = "s3.us-east-1.amazonaws.com") -> object:
    """List the buckets."""
    return context.fetcher.fetch("GET", f"https://{{host}}/").body
'''
SSO = "sso_start_url = https://nobody.example/start\nsso_region = us-east-1\n"
PROFILES = f"""
[profile loop]
role_arn = {ROLE}
source_profile = round
[profile round]
role_arn = {ROLE}
source_profile = again
[profile again]
role_arn = {ROLE}
source_profile = round
[profile self]
role_arn = {ROLE}
source_profile = self
[profile lost]
role_arn = {ROLE}
source_profile = nobody
[profile sourceless]
role_arn = {ROLE}
[profile both]
role_arn = {ROLE}
source_profile = dev
credential_source = Environment
[profile odd]
role_arn = {ROLE}
credential_source = Moon
[profile empty-source]
role_arn = {ROLE}
source_profile = empty
[profile empty]
region = us-east-1
[profile rubbish]
credential_process = sh -c "echo rubbish {MARKED[0]}"
[profile nothing]
credential_process = true
[profile expired]
credential_process = echo '{{"Version": 1, "Expiration": "2020-01-01T00:00:00Z"}}'
[profile fails]
credential_process = sh -c "echo the vault is closed >&2; exit 3" {MARKED[0]}
[profile hangs]
credential_process = sh -c "exec sleep 600"
[profile quote]
credential_process = sh -c 'echo
[profile blank]
credential_process =
[profile sso]
{SSO}sso_account_id = 123456789012
sso_role_name = packs
[profile half]
{SSO}sso_account_id = 123456789012
[profile token]
role_arn = {ROLE}
web_identity_token_file = /nowhere/token
[profile short]
role_arn = {ROLE}
source_profile = dev
duration_seconds = 1
[profile named]
role_arn = {ROLE}
source_profile = dev
role_session_name = x
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path) -> Path:
    """Run in a folder with an access-key pack and one with a role, where nobody answers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://127.0.0.1:9")
    write_files(scrubbed_environment, PROFILES, STATIC_PROFILE)
    write_pack(tmp_path, PACK.format("AWS_ACCESS_KEY"), "keys.py")
    write_pack(tmp_path, PACK.format("AWS_ASSUME_ROLE"), "role.py")
    return tmp_path


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        pytest.param("loop", ("Infinite loop", "round", "profile 'loop'"), id="loop"),
        pytest.param("self", ("Infinite loop", "profile 'self'"), id="its own source, without keys"),
        pytest.param("lost", ('"nobody"', "does not exist"), id="source that is not there"),
        pytest.param("sourceless", ("source_profile or credential_source",), id="no source"),
        pytest.param("both", ("both source_profile and credential_source",), id="two sources"),
        pytest.param("odd", ('"Moon"', "is not valid"), id="source of no kind"),
        pytest.param("empty-source", ('"empty" must have credentials',), id="source without keys"),
        pytest.param(
            "rubbish",
            ("credential_process of profile 'rubbish'", "sh wrote something that is no JSON"),
            id="rubbish",
        ),
        pytest.param("nothing", ("true wrote nothing",), id="nothing"),
        pytest.param("expired", ("echo wrote a key that expired at 2020-01-01",), id="expired key"),
        pytest.param("fails", ("sh ended with exit status 3", "It said: the vault is closed"), id="fails"),
        pytest.param("hangs", ("sh did not end within 0.2 seconds", "--timeout"), id="hangs"),
        pytest.param("quote", ("No closing quotation", "profile 'quote'"), id="open quotation"),
        pytest.param("blank", ("credential_process of profile 'blank'", "empty"), id="empty program"),
        pytest.param("sso", ("SSO session has expired", "aws sso login --profile sso"), id="no login"),
        pytest.param("half", ("missing required configuration: sso_role_name",), id="half an SSO profile"),
        pytest.param("token", ("/nowhere/token", "profile 'token'"), id="no token file"),
        pytest.param("short", ("DurationSeconds", "900"), id="short session"),
        pytest.param("named", ("RoleSessionName", "2"), id="short name of a session"),
    ],
)
def test_profile(capsys: Capture, profile: str, said: tuple[str, ...]) -> None:
    """A profile that cannot give credentials is told with what is wrong, and nothing secret."""
    err = check_execute(capsys, CREDENTIALS, said, "keys.py", "Get", "--profile", profile, "--timeout", "0.2")
    assert not [secret for secret in MARKED if secret in err]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ("role.py", "Get", "--role-arn", ROLE, "--external-id", "x"),
            ("--external-id is not an external id", "2 to 1224"),
            id="external id of one character",
        ),
        pytest.param(
            ("role.py", "Get", "--role-arn", ROLE.replace("aws", "aws-cn"), "--external-id", EXTERNAL_ID),
            (
                "the role is of partition aws-cn",
                "signed for us-east-1, in aws",
                "arn:aws-cn:iam",
                "host of aws-cn",
            ),
            id="role of another partition",
        ),
        pytest.param(
            (
                *("role.py", "Get", "s3.cn-north-1.amazonaws.com.cn"),
                *("--role-arn", ROLE, "--external-id", EXTERNAL_ID),
            ),
            ("the role is of partition aws,", "signed for cn-north-1, in aws-cn"),
            id="host of another partition",
        ),
    ],
)
def test_role(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: tuple[str, ...]
) -> None:
    """A role that cannot serve is told before STS is asked, which nobody would answer here."""
    set_keys(monkeypatch)
    if "cn" in arguments[2]:
        source = PACK.format("AWS_ASSUME_ROLE").replace('"amazonaws.com"', '"amazonaws.com.cn"')
        write_pack(Path.cwd(), source, "role.py")
    err = check_execute(capsys, CREDENTIALS, said, *arguments)
    assert not [secret for secret in (*MARKED, EXTERNAL_ID) if secret in err]


def test_region_that_does_not_exist(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """A region that botocore does not know is warned of where its STS is asked."""
    set_keys(monkeypatch)
    outcome = outcome_of(
        capsys,
        *("execute", "role.py", "Get", "--role-arn", ROLE, "--external-id", EXTERNAL_ID),
        *("--region", "us-east-9", "--timeout", "1"),
    )
    assert (outcome.code, outcome.out) == (CREDENTIALS, "")
    assert outcome.err.startswith("Warning: signing for us-east-9, as --region says, though s3.us-east-1")
    assert "STS is asked in us-east-9, which is no region that botocore knows" in outcome.err
    assert "cannot be reached" in outcome.err
