"""Whom the role of a pack has to trust: who calls now, or those whom a person names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coda_cli.auth.store import CredentialsStore, StoredCredentials
from coda_cli.auth.trust_policy import Principal
from coda_cli.errors import CredentialsError
from coda_cli.runtime.accounts import given_principals, own_principal
from tests.auth.world import ROLE, USER, FakeSts
from tests.runtime.declared import ASSUME_ROLE, KEYS, chosen, loaded, write_entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SESSION = "arn:aws:sts::123456789012:assumed-role/ci/run-1"
CHINA = "arn:aws-cn:iam::123456789012:role/packs"


@pytest.fixture
def sts() -> Iterator[FakeSts]:
    """Run an STS that is IAM, too."""
    with FakeSts() as server:
        yield server


@pytest.mark.parametrize(
    ("caller", "role", "principal"),
    [
        pytest.param(USER, None, Principal(USER), id="user"),
        pytest.param(
            SESSION,
            "arn:aws:iam::123456789012:role/team/ci",
            Principal("arn:aws:iam::123456789012:role/team/ci"),
            id="session, iam:GetRole allowed",
        ),
        pytest.param(
            SESSION,
            None,
            Principal(
                "arn:aws:iam::123456789012:root",
                ("arn:aws:iam::123456789012:role/ci", "arn:aws:iam::123456789012:role/*/ci"),
            ),
            id="session, not allowed",
        ),
    ],
)
def test_own_principal(
    tmp_path: Path, sts: FakeSts, caller: str, role: str | None, principal: Principal
) -> None:
    """Whom to trust is told, and who called."""
    sts.caller, sts.role = caller, role
    assert own_principal(loaded(tmp_path, ASSUME_ROLE), chosen(sts, KEYS)) == (principal, caller)


@pytest.mark.parametrize("region", [{"AWS_REGION": "cn-north-1"}, {"region": "cn-north-1"}, {"role": CHINA}])
def test_own_principal_in_another_partition(tmp_path: Path, sts: FakeSts, region: dict[str, str]) -> None:
    """The region says which partition's STS knows the keys, or the stored role does."""
    pack = loaded(tmp_path, ASSUME_ROLE)
    if "role" in region:
        CredentialsStore(pack.path).write(StoredCredentials(role_arn=region["role"]))
    environ = {name: value for name, value in region.items() if name == "AWS_REGION"}
    sts.caller = USER.replace("arn:aws:", "arn:aws-cn:")
    own, _ = own_principal(pack, chosen(sts, {**KEYS, **environ}, region=region.get("region")))
    assert own.partition == "aws-cn"
    assert "/cn-north" in (sts.requests[0].header("Authorization") or "")


@pytest.mark.parametrize(
    ("caller", "message"),
    [
        ("arn:aws:iam::123456789012:root", "root user"),
        ("arn:aws:sts::123456789012:federated-user/ada", "federated user"),
    ],
)
def test_own_principal_that_is_none(tmp_path: Path, sts: FakeSts, caller: str, message: str) -> None:
    """A root user or federated user is said to be unsuitable."""
    sts.caller = caller
    with pytest.raises(CredentialsError, match=message):
        own_principal(loaded(tmp_path, ASSUME_ROLE), chosen(sts, KEYS))


def test_own_principal_needs_no_stored_role(tmp_path: Path, sts: FakeSts) -> None:
    """A file that cannot be read is no matter where the credentials are somewhere else."""
    write_entry(tmp_path, "no JSON")
    pack = loaded(tmp_path, ASSUME_ROLE)
    assert own_principal(pack, chosen(sts, KEYS)) == (Principal(USER), USER)
    with pytest.raises(CredentialsError, match="the stored credentials cannot be read"):
        own_principal(pack, chosen(sts))


def test_given_principals() -> None:
    """Those whom a person names are taken as they are, and a session by the name of its role."""
    assert given_principals([USER, ROLE, SESSION]) == [
        Principal(USER),
        Principal(ROLE),
        Principal(
            "arn:aws:iam::123456789012:root",
            ("arn:aws:iam::123456789012:role/ci", "arn:aws:iam::123456789012:role/*/ci"),
        ),
    ]
    with pytest.raises(CredentialsError, match="not the ARN of a principal: '123456789012'"):
        given_principals([USER, "123456789012"])
