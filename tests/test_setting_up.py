"""From nothing to a result: the role is made from the printed policy, stored, checked and used, on MiniStack.

MiniStack judges by its own code whether a trust policy admits a caller and an external id, so what is proved
here is that the commands fit together, and that each wrong turn is told by the check as by ``execute``.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.emulator.filling import BUCKETS, EVERYTHING, READING
from tests.auth.world import write_files
from tests.cli.accounts import stored
from tests.programs import run_coda, write_pack
from tests.refusals import CREDENTIALS
from tests.source_model import ROOT
from tests.terminals import Terminal

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

    from coda_cli.emulator.running import Emulator

PACK = "s3_assume_role.py"
ADMINISTRATOR = '''
"""What the administrator of an AWS account does with the printed policy."""

import json
import re

pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="iam")


def iam(context, action, **parameters):
    form = {"Action": action, "Version": "2010-05-08", **parameters}
    return context.fetcher.fetch("POST", "https://iam.amazonaws.com/", form=form).body


@pack.formula
def make_role(context: sdk.ExecutionContext, name: str, trust: str, allowed: str) -> str:
    """Make a role with a trust policy and one statement of permissions; return its ARN."""
    made = iam(context, "CreateRole", RoleName=name, AssumeRolePolicyDocument=trust)
    document = json.dumps({"Version": "2012-10-17", "Statement": [json.loads(allowed)]})
    iam(context, "PutRolePolicy", RoleName=name, PolicyName="allowed", PolicyDocument=document)
    return made["CreateRoleResult"][0]["Role"][0]["Arn"][0]


@pack.formula
def make_user(context: sdk.ExecutionContext, name: str, allowed: str) -> list[str]:
    """Make a user with one statement of permissions; return its ARN and key."""
    made = iam(context, "CreateUser", UserName=name)["CreateUserResult"][0]["User"][0]
    document = json.dumps({"Version": "2012-10-17", "Statement": [json.loads(allowed)]})
    iam(context, "PutUserPolicy", UserName=name, PolicyName="allowed", PolicyDocument=document)
    key = iam(context, "CreateAccessKey", UserName=name)["CreateAccessKeyResult"][0]["AccessKey"][0]
    return [made["Arn"][0], key["AccessKeyId"][0], key["SecretAccessKey"][0]]
'''


class Journey:
    """A folder with the pack, the administrator's, and a way to run ``coda`` there as somebody."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.folder = folder
        self.mine = {name: value for name, value in emulator.environment.items() if name[:5] != "CODA_"}
        for name in ("s3.py", PACK):
            shutil.copy(ROOT / "packs" / name, folder)
        write_pack(folder, ADMINISTRATOR, "administrator.py")

    def coda(
        self, *arguments: str, code: int = 0, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command, which ends with this code."""
        done = run_coda(*arguments, cwd=self.folder, env=self.mine if env is None else env)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def policy(self, *options: str, env: Mapping[str, str] | None = None) -> str:
        """Return the printed policy."""
        return self.coda("trust-policy", PACK, *options, env=env).stdout

    def made_role(self, name: str, policy: str, allowed: Mapping[str, object] = READING) -> str:
        """Make a role with a trust policy, as the administrator; return its ARN."""
        (self.folder / "policy.json").write_text(policy)
        allowing = json.dumps(allowed)
        done = self.coda("execute", "administrator.py", "MakeRole", name, "@policy.json", allowing)
        arn: str = json.loads(done.stdout)
        return arn

    def made_user(self, name: str) -> tuple[str, dict[str, str]]:
        """Make a user who may do everything; return its ARN, and an environment with its key."""
        done = self.coda("execute", "administrator.py", "MakeUser", name, json.dumps(EVERYTHING))
        arn, key_id, secret = json.loads(done.stdout)
        return arn, {**self.mine, "AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret}

    def check_works(self, env: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """See that the check passes every step, and that the pack has a result; return the steps."""
        steps: list[dict[str, Any]] = json.loads(
            self.coda("auth", PACK, "--check", "--output", "json", env=env).stdout
        )
        assert [step["step"] for step in steps] == ["credentials", "caller", "role", "sts", "session"]
        buckets = json.loads(self.coda("execute", PACK, "ListBuckets", env=env).stdout)
        assert [bucket["name"] for bucket in buckets] == list(BUCKETS)
        return steps

    def check_refused(self, *said: str, env: Mapping[str, str] | None = None) -> None:
        """See that the check stops where the role is assumed, and that the pack is refused the same."""
        shown = self.coda("auth", PACK, "--check", code=CREDENTIALS, env=env).stdout
        right, cross, wrong = shown.partition("✗ ")
        assert cross
        assert "✓ sts" in right
        assert wrong.startswith("session: AWS refused to assume the role ")
        executed = self.coda("execute", PACK, "ListBuckets", code=CREDENTIALS, env=env)
        assert executed.stdout == ""
        assert executed.stderr.startswith("Error: AWS refused to assume the role ")
        for words in ("AccessDenied", *said):
            assert words in wrong


@pytest.fixture
def journey(tmp_path: Path, emulator: Emulator) -> Journey:
    """A folder in which nothing is stored, and keys of a user in the environment."""
    return Journey(tmp_path, emulator)


def test_from_nothing_to_a_result(journey: Journey) -> None:
    """The commands that are told one after another lead there, with the id that was made in the first."""
    first = journey.coda("auth", PACK, "--check", code=CREDENTIALS)
    assert "✗ role: this pack assumes a role, and none was given\n" in first.stdout
    policy = journey.policy()
    arn = journey.made_role("journey", policy)
    with Terminal("auth", PACK, cwd=journey.folder, env=journey.mine) as terminal:
        terminal.answer("Change it?", "y")
        terminal.answer("Role ARN (Enter: not made yet)", arn)
        terminal.answer("External id [****")
        terminal.answer("AWS profile to call from")
        assert terminal.end() == 0
    assert f"coda auth {PACK} --check" in terminal.shown
    external_id = json.loads(policy)["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"]
    assert stored(journey.folder, PACK.removesuffix(".py")) == {"roleArn": arn, "externalId": external_id}
    steps = journey.check_works()
    assert steps[1]["found"].endswith(":user/coda-demo")
    assert steps[2]["found"] == arn
    assert steps[2]["details"][0].endswith(f"external id ****{external_id[-4:]} is sent")
    journey.coda("auth", PACK, "--clear")
    assert journey.coda("auth", PACK, "--check", code=CREDENTIALS).stdout == first.stdout


def test_another_external_id(journey: Journey) -> None:
    """Another id than the policy asks for is refused; with the right one it works again."""
    arn = journey.made_role("another-id", journey.policy("--external-id", "the-right-tenant"))
    journey.coda("auth", PACK, "--role-arn", arn, "--external-id", "another-tenant")
    journey.check_refused("the external id ****nant was sent", "the external id differs", "PACK_ID:value")
    journey.coda("auth", PACK, "--external-id", "the-right-tenant")
    journey.check_works()


def test_another_principal(journey: Journey) -> None:
    """Somebody whom the policy does not name is refused, and told the statement that would admit them."""
    arn = journey.made_role("another-principal", journey.policy())
    journey.coda("auth", PACK, "--role-arn", arn)
    grace, of_grace = journey.made_user("grace")
    journey.check_refused("does not name the caller", f'"AWS": "{grace}"', env=of_grace)
    both = journey.policy("--principal", grace, "--local-only")
    journey.coda("auth", PACK, "--role-arn", journey.made_role("of-grace", both))
    journey.check_works(env=of_grace)
    journey.check_refused(f'"AWS": "{grace.replace("grace", "coda-demo")}"')


def test_a_policy_without_the_own_arn(journey: Journey) -> None:
    """Coda's account alone lets nobody run the pack locally; the check says so, and what to add."""
    policy = json.loads(journey.policy())
    coda, own = policy["Statement"][0]["Principal"]["AWS"]
    policy["Statement"][0]["Principal"]["AWS"] = coda
    journey.coda("auth", PACK, "--role-arn", journey.made_role("coda-alone", json.dumps(policy)))
    journey.check_refused(
        "029208794193 alone is not enough", "add the ARN of your own user", f'"AWS": "{own}"'
    )


def test_the_platforms_external_id(journey: Journey) -> None:
    """With the platform's prefix in Coda's statement, the bare id still lets the local caller in."""
    arn = journey.made_role("with-pack-id", journey.policy("--pack-id", "17"))
    journey.coda("auth", PACK, "--role-arn", arn)
    journey.check_works()


def test_a_caller_that_is_a_session(journey: Journey, tmp_path: Path, emulator: Emulator) -> None:
    """A session is admitted by the role behind it, and nobody else of the account is.

    Where that role may not be asked for, the policy's condition is on ``aws:PrincipalArn``. MiniStack takes
    the session's own ARN for that, and not the role's as AWS does: that form is tested by its text alone.
    """
    anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    behind = journey.made_role(
        "behind", json.dumps({"Version": "2012-10-17", "Statement": [anybody]}), EVERYTHING
    )
    write_files(
        tmp_path,
        f"[profile me]\nrole_arn = {behind}\nsource_profile = keys\n",
        f"[keys]\naws_access_key_id = {emulator.keys.access_key_id}\n"
        f"aws_secret_access_key = {emulator.keys.secret_access_key}\n",
    )
    session = {
        **journey.mine,
        "AWS_ACCESS_KEY_ID": "",
        "AWS_SECRET_ACCESS_KEY": "",
        "AWS_PROFILE": "me",
        "AWS_CONFIG_FILE": str(tmp_path / ".aws" / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / ".aws" / "credentials"),
    }
    policy = journey.policy(env=session)
    assert json.loads(policy)["Statement"][0]["Principal"]["AWS"][1] == behind
    journey.coda("auth", PACK, "--role-arn", journey.made_role("for-a-session", policy))
    steps = journey.check_works(env=session)
    assert ":assumed-role/behind/" in steps[1]["found"]
    assert "after an hour at most" in steps[4]["details"][0]
    journey.check_refused("does not name the caller")
