"""Who AWS says that is calling, and which role is behind a session.

Owns the two questions, ``sts:GetCallerIdentity`` and ``iam:GetRole``. It chooses no credentials and decides
nothing. Importing this module loads botocore: do it lazily.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from coda_cli.auth.aws_failures import Attempt, translated
from coda_cli.auth.aws_regions import partitions
from coda_cli.auth.trust_policy import AssumedRole, Principal, is_root_user, read_principal
from coda_cli.errors import CredentialsError

if TYPE_CHECKING:
    from coda_cli.auth.aws_found_source import Source
    from coda_cli.auth.aws_session import CodaSession
    from coda_cli.redaction import Redactor

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """The principal that a call was made as, and the STS that said so."""

    arn: str
    endpoint: str
    region: str


def ask_identity(source: Source, session: CodaSession, redactor: Redactor, role_arn: str | None) -> Identity:
    """Ask STS who the source credentials are.

    Args:
        source: the credentials that are asked about.
        session: whose endpoint, region and certificates are used.
        redactor: learns the secrets that are used.
        role_arn: the role that will be assumed, where it is known already: STS is asked in its partition.

    Raises:
        CredentialsError: there are no usable credentials, or STS refuses them or cannot be reached.
    """
    region = session.sts_region(role_arn or _arn_of_partition(source, session))
    with translated(lambda: Attempt(source.caller()), redactor):
        client: Any = _client(session, "sts", region, source)
        arn = client.get_caller_identity().get("Arn")
    if not arn:
        raise CredentialsError(
            "the STS that was asked who calls sent an answer that is none of AWS's",
            f"It is {client.meta.endpoint_url}, in region {region}.",
        )
    return Identity(arn, client.meta.endpoint_url, region)


def _arn_of_partition(source: Source, session: CodaSession) -> str | None:
    """Return the partition of credentials that no pack's role tells, as the beginning of an ARN.

    It is that of the role which the profile has assumed with them, else that of the chosen region.
    """
    if source.role is not None:
        return source.role.arn
    region = session.chosen_region()
    home = next((one.id for one in partitions() if region and one.has_region(region.value)), None)
    return f"arn:{home}:" if home else None


def admitted_as(identity: Identity, source: Source, session: CodaSession) -> Principal:
    """Return the principal that a trust policy names to admit this caller.

    A session is none, since it ends: the role behind it is, by ``iam:GetRole`` where the caller may ask
    that, else its account with a condition on the role's name.

    Raises:
        CredentialsError: the caller is a root user or a federated user, neither of which can assume roles.
    """
    if is_root_user(identity.arn):
        raise CredentialsError(
            f"the caller is the root user of an account: {identity.arn}",
            "A root user is unsuitable: it cannot assume roles. Use an IAM user or a role.",
        )
    found = read_principal(identity.arn)
    return found.principal(_role_arn(found, source, session)) if isinstance(found, AssumedRole) else found


def _role_arn(role: AssumedRole, source: Source, session: CodaSession) -> str | None:
    try:
        client: Any = _client(session, "iam", session.sts_region(f"arn:{role.partition}:"), source)
        arn = client.get_role(RoleName=role.name)["Role"]["Arn"]
    except (BotoCoreError, ClientError, ResponseParserError, CredentialsError, KeyError) as error:
        logger.info("iam:GetRole does not tell the ARN of role %s: %s", role.name, error)
        return None
    return str(arn)


def _client(session: CodaSession, service: str, region: str, source: Source) -> object:
    keys = source.credentials.get_frozen_credentials()
    return session.create_client(
        service,
        region,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
    )
