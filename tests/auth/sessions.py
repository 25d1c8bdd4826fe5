"""What the tests of sessions share: a role, runs that sign with it, and the keys of a numbered STS."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.auth.world import EXTERNAL_ID, ROLE, ROLE_SECRET, ROLE_TOKEN, credentials
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from typing import Unpack

    from tests.auth.world import Options

INLINE: Options = {"role_arn": ROLE, "external_id": EXTERNAL_ID, "session_name": "coda-pack"}
FIRST, SECOND = "ASIANUMBER0000000001", "ASIANUMBER0000000002"
ROLE_PROFILE = f"""
[profile packs]
role_arn = {ROLE}
source_profile = dev
external_id = {EXTERNAL_ID}
"""


def run(**options: Unpack[Options]) -> str:
    """Sign with a pack's role as one run of the program does; return the access key id."""
    given: Options = {**INLINE, **options}
    return credentials(assume_role=True, **given).keys().access_key


def run_profile(profile: str = "packs", *, assume_role: bool = False) -> str:
    """Sign with the role of a profile."""
    return credentials(assume_role=assume_role, profile=profile).keys().access_key


def container_keys(*access_keys: str) -> LoopbackServer:
    """Serve a container's credentials, one after the other."""
    end = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    common = {"SecretAccessKey": ROLE_SECRET, "Token": ROLE_TOKEN, "Expiration": end}
    answers = [{"AccessKeyId": key, **common} for key in access_keys]
    return LoopbackServer(*(Answer(body=json.dumps(answer).encode()) for answer in answers))
