"""What a signed request says of its own signature.

Owns reading the ``Authorization`` header of Signature Version 4 back: what is explained or corrected is what
was sent, which newer keys, another region or another time may have replaced by now.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from coda_cli.auth.aws_regions import MULTI_REGION

if TYPE_CHECKING:
    from coda_cli.wire import WireRequest

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/(?:([^/]+)/)?([^/]+)/aws4_request")
_X_AMZ_DATE = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Scope:
    """By which key a request was signed, with a session token or not, for what, and when.

    ``region`` is ``"*"`` where it was signed for several. The access key id is whole: it is for looking up,
    and masked where it is shown.
    """

    key: str
    has_token: bool
    region: str
    service: str
    at: datetime


def scope_of(request: WireRequest) -> Scope | None:
    """Read a request's signature, or return None where it was sent without."""
    headers = {name.lower(): value for name, value in request.headers}
    found = _CREDENTIAL.search(headers.get("authorization", ""))
    if found is None:
        return None
    key, region, service = found.groups()
    at = datetime.strptime(headers["x-amz-date"], _X_AMZ_DATE).replace(tzinfo=UTC)
    return Scope(key, "x-amz-security-token" in headers, region or MULTI_REGION, service, at)
