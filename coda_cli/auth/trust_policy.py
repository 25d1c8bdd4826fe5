"""The IAM trust policy of a pack's role: whom it admits, and on what condition.

Owns the policy's form, as Coda's Packs documentation on AWS and the IAM User Guide (*AWS JSON policy
elements: Principal*) have it, and which ARNs can stand in it. It asks nobody: ARNs and external id are given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coda_cli.errors import CredentialsError

if TYPE_CHECKING:
    from collections.abc import Sequence

CODA_ACCOUNT = "029208794193"
CODA_PARTITION = "aws"
"""Coda's account is in the commercial partition, and no other can name it."""

_PARTITION, _ACCOUNT, _NAME = "aws[a-z-]*", "[0-9]{12}", r"[\w+=,.@-]{1,64}"
_PRINCIPAL = re.compile(
    rf"arn:{_PARTITION}:iam::{_ACCOUNT}:(?:root|(?:user|role)/(?:[\x21-\x7e]{{1,510}}/)?{_NAME})", re.ASCII
)
_SESSION = re.compile(rf"arn:({_PARTITION}):sts::({_ACCOUNT}):assumed-role/({_NAME})/\S+", re.ASCII)
_FEDERATED = re.compile(rf"arn:{_PARTITION}:sts::{_ACCOUNT}:federated-user/\S+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody whom a trust policy can admit.

    ``only`` are patterns of role ARNs: where a role's own ARN is not known, its account stands for it, and
    these keep everybody else of the account out.
    """

    arn: str
    only: tuple[str, ...] = ()

    @property
    def partition(self) -> str:
        """The partition of the ARN."""
        return self.arn.split(":")[1]


@dataclass(frozen=True, slots=True)
class AssumedRole:
    """The role behind a session: its path, and so its ARN, is not part of the session's."""

    partition: str
    account: str
    name: str

    def principal(self, arn: str | None) -> Principal:
        """Return the role as a principal, by its ARN or, where that is None, by what is known."""
        if arn is not None:
            return Principal(arn)
        account = f"arn:{self.partition}:iam::{self.account}"
        return Principal(f"{account}:root", (f"{account}:role/{self.name}", f"{account}:role/*/{self.name}"))


def read_principal(arn: str) -> Principal | AssumedRole:
    """Tell whom a caller's ARN can be admitted as.

    Raises:
        CredentialsError: nobody whom a role can trust: a federated user, or no ARN of a principal at all.
    """
    if _PRINCIPAL.fullmatch(arn):
        return Principal(arn)
    if session := _SESSION.fullmatch(arn):
        return AssumedRole(session[1], session[2], session[3])
    if _FEDERATED.fullmatch(arn):
        raise CredentialsError(
            f"a federated user is unsuitable: {arn}",
            "Its session ends, and it cannot assume roles. Use an IAM user or a role.",
        )
    raise CredentialsError(
        f"not the ARN of a principal: {arn!r}",
        "It is written like arn:aws:iam::123456789012:user/name, or …:role/name.",
    )


def is_root_user(arn: str) -> bool:
    """Tell whether a caller is an account's root user, who cannot assume roles."""
    return arn.endswith(":root")


def trust_policy(
    principals: Sequence[Principal], external_id: str, *, with_coda: bool, pack_id: int | None = None
) -> dict[str, Any]:
    """Return the policy that lets these principals, and Coda's account, assume a role.

    Args:
        principals: who runs the pack locally.
        external_id: what each has to send.
        with_coda: whether Coda's platform is to run the pack, too.
        pack_id: Coda's platform sends ``PACK_ID:value``; its account then has a statement of its own.
    """
    named = [one.arn for one in principals if not one.only]
    statements = []
    if with_coda:
        own = pack_id is not None
        coda = f"arn:{CODA_PARTITION}:iam::{CODA_ACCOUNT}:root"
        coda_id = f"{pack_id}:{external_id}" if own else external_id
        statements.append(_statement("GrantCodaPackAssumeRole", [coda, *([] if own else named)], coda_id))
        named = named if own else []
    if named:
        statements.append(_statement("GrantLocalAssumeRole", named, external_id))
    for number, one in enumerate((one for one in principals if one.only), 1):
        # On its own: the condition would shut out everybody else of the statement.
        condition = {"ArnLike": {"aws:PrincipalArn": list(one.only)}}
        statements.append(_statement(f"GrantLocalRole{number}AssumeRole", [one.arn], external_id, condition))
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(
    sid: str, principals: list[str], external_id: str, condition: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": principals if len(principals) > 1 else principals[0]},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}, **(condition or {})},
    }
