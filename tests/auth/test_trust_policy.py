"""The trust policy: whom it admits on what condition, and which ARNs can stand in one."""

from __future__ import annotations

from typing import Any

import pytest

from coda_cli.auth.trust_policy import AssumedRole, Principal, is_root_user, read_principal, trust_policy
from coda_cli.errors import CredentialsError
from tests.auth.world import EXTERNAL_ID, details

CODA = "arn:aws:iam::029208794193:root"
USER = "arn:aws:iam::123456789012:user/ada"
OTHER = "arn:aws:iam::123456789012:role/ci"
ACCOUNT = "arn:aws:iam::123456789012:root"
BEHIND = Principal(
    ACCOUNT, ("arn:aws:iam::123456789012:role/admin", "arn:aws:iam::123456789012:role/*/admin")
)


def statement(sid: str, principal: str | list[str], external_id: str, *only: str) -> dict[str, Any]:
    """Write a statement as the documentation has it."""
    condition: dict[str, Any] = {"StringEquals": {"sts:ExternalId": external_id}}
    if only:
        condition["ArnLike"] = {"aws:PrincipalArn": list(only)}
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }


@pytest.mark.parametrize(
    ("principals", "with_coda", "pack_id", "expected"),
    [
        pytest.param(
            [Principal(USER)],
            True,
            None,
            [statement("GrantCodaPackAssumeRole", [CODA, USER], EXTERNAL_ID)],
            id="default: Coda's account and the own ARN in one",
        ),
        pytest.param(
            [Principal(USER)],
            False,
            None,
            [statement("GrantLocalAssumeRole", USER, EXTERNAL_ID)],
            id="local only",
        ),
        pytest.param(
            [Principal(USER)],
            True,
            17,
            [
                statement("GrantCodaPackAssumeRole", CODA, f"17:{EXTERNAL_ID}"),
                statement("GrantLocalAssumeRole", USER, EXTERNAL_ID),
            ],
            id="pack id: Coda's account on its own",
        ),
        pytest.param(
            [Principal(USER), Principal(OTHER)],
            True,
            None,
            [statement("GrantCodaPackAssumeRole", [CODA, USER, OTHER], EXTERNAL_ID)],
            id="several",
        ),
        pytest.param(
            [BEHIND],
            True,
            None,
            [
                statement("GrantCodaPackAssumeRole", CODA, EXTERNAL_ID),
                statement("GrantLocalRole1AssumeRole", ACCOUNT, EXTERNAL_ID, *BEHIND.only),
            ],
            id="a role by its name: the condition does not shut Coda's account out",
        ),
        pytest.param(
            [BEHIND, Principal(USER), BEHIND],
            True,
            17,
            [
                statement("GrantCodaPackAssumeRole", CODA, f"17:{EXTERNAL_ID}"),
                statement("GrantLocalAssumeRole", USER, EXTERNAL_ID),
                statement("GrantLocalRole1AssumeRole", ACCOUNT, EXTERNAL_ID, *BEHIND.only),
                statement("GrantLocalRole2AssumeRole", ACCOUNT, EXTERNAL_ID, *BEHIND.only),
            ],
            id="everything at once",
        ),
    ],
)
def test_statements(
    principals: list[Principal], with_coda: bool, pack_id: int | None, expected: list[dict[str, Any]]
) -> None:
    """Each principal is admitted, with its condition on nobody but itself, and all need the external id."""
    made = trust_policy(principals, EXTERNAL_ID, with_coda=with_coda, pack_id=pack_id)
    assert made == {"Version": "2012-10-17", "Statement": expected}
    sids = [one["Sid"] for one in made["Statement"]]
    assert (len(set(sids)), all(sid.isalnum() for sid in sids)) == (len(sids), True)


@pytest.mark.parametrize(
    "arn",
    [
        pytest.param(USER, id="user"),
        pytest.param(
            "arn:aws:iam::123456789012:user/team/of two/ada".replace(" ", "!"), id="user with a path"
        ),
        pytest.param("arn:aws:iam::123456789012:role/a+b=c,d.e@f-g_h", id="role"),
        pytest.param("arn:aws-cn:iam::123456789012:role/service-role/x", id="China"),
        pytest.param("arn:aws-us-gov:iam::123456789012:user/ada", id="GovCloud"),
        pytest.param("arn:aws-iso-b:iam::123456789012:user/ada", id="a secret region"),
        pytest.param(ACCOUNT, id="account"),
    ],
)
def test_principal(arn: str) -> None:
    """Users, roles and accounts can stand in a trust policy as they are."""
    assert read_principal(arn) == Principal(arn)
    assert Principal(arn).partition == arn.split(":")[1]


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_session(partition: str) -> None:
    """A session is named by its role: by its ARN where that is known, else by account and name."""
    session = read_principal(f"arn:{partition}:sts::123456789012:assumed-role/admin/ada@example.com")
    assert session == AssumedRole(partition, "123456789012", "admin")
    assert isinstance(session, AssumedRole)
    known = f"arn:{partition}:iam::123456789012:role/team/admin"
    assert session.principal(known) == Principal(known)
    account = f"arn:{partition}:iam::123456789012"
    assert session.principal(None) == Principal(
        f"{account}:root", (f"{account}:role/admin", f"{account}:role/*/admin")
    )


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_federated_user(partition: str) -> None:
    """A federated user is said to be unsuitable, and why."""
    with pytest.raises(CredentialsError, match="a federated user is unsuitable: arn") as caught:
        read_principal(f"arn:{partition}:sts::123456789012:federated-user/ada")
    assert "cannot assume roles" in details(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("*", id="everybody"),
        pytest.param("123456789012", id="account id"),
        pytest.param("AIDAEXAMPLE", id="unique id"),
        pytest.param("arn:aws:iam::12345:user/ada", id="short account"),
        pytest.param("arn:aws:iam::１２３４５６７８９０１２:user/ada", id="digits that are not ASCII"),
        pytest.param("arn:aws:iam:us-east-1:123456789012:user/ada", id="region"),
        pytest.param("arn:aws:iam::123456789012:group/admins", id="group"),
        pytest.param("arn:aws:iam::123456789012:instance-profile/x", id="instance profile"),
        pytest.param("arn:aws:sts::123456789012:user/ada", id="a user of STS"),
        pytest.param("arn:aws:iam::123456789012:assumed-role/admin/ada", id="a session of IAM"),
        pytest.param("arn:aws:s3:::bucket", id="bucket"),
        pytest.param("arn:elsewhere:iam::123456789012:user/ada", id="no partition of AWS"),
        pytest.param("arn:aws:iam::123456789012:user", id="user without a name"),
        pytest.param("arn:aws:iam::123456789012:user/", id="user with an empty name"),
        pytest.param("arn:aws:iam::123456789012:role/team/", id="path without a name"),
        pytest.param("arn:aws:iam::123456789012:role/*", id="every role"),
        pytest.param("arn:aws:iam::123456789012:role/admin?", id="a pattern"),
        pytest.param("arn:aws:iam::123456789012:root/x", id="account with a name"),
        pytest.param("arn:aws:sts::123456789012:assumed-role", id="session of no role"),
        pytest.param("arn:aws:sts::123456789012:assumed-role/admin", id="session without a name"),
        pytest.param(f"{USER} ", id="blank"),
        pytest.param(f"{USER}\n", id="line end"),
        pytest.param("arn:aws:iam::123456789012:user/ada lovelace", id="blank in the name"),
    ],
)
def test_no_principal(text: str) -> None:
    """What IAM would refuse in a policy, or understand as more than one principal, is refused here."""
    with pytest.raises(CredentialsError, match="not the ARN of a principal") as caught:
        read_principal(text)
    assert "arn:aws:iam::123456789012:user/name" in details(caught.value)
    assert caught.value.exit_code == 4


@pytest.mark.parametrize(
    ("arn", "is_root"),
    [
        (ACCOUNT, True),
        ("arn:aws-cn:iam::123456789012:root", True),
        (USER, False),
        ("arn:aws:iam::123456789012:user/root", False),
        ("arn:aws:sts::123456789012:assumed-role/x/root", False),
    ],
)
def test_root_user(arn: str, is_root: bool) -> None:
    """The ARN of an account as a caller's is its root user's."""
    assert is_root_user(arn) is is_root
