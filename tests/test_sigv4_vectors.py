"""AWS's published SigV4 vectors through the whole fetcher: what arrives is signed as the suite says.

All of them are tested at the signer, in ``tests/auth/test_aws_signing.py``.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from coda_cli.errors import RequestError
from coda_cli.runtime.contexts import RunOptions, open_context
from coda_cli.sdk.authentication import AuthenticationType
from coda_cli.sdk.pack import new_pack
from tests.servers import LoopbackServer

SUITE = json.loads((Path(__file__).parent / "data" / "sigv4_vectors.json").read_text(encoding="utf-8"))

_REPEATED = "a fetch takes its headers as a mapping, in which no name repeats"
_ENCODED_ONCE = "the suite encodes a path once; all services but S3's are signed for one encoded twice"
NOT_OURS_TO_SEND = {
    "get-header-key-duplicate": _REPEATED,
    "get-header-value-order": _REPEATED,
    "get-header-value-multiline": "a line end in a header value is refused",
    "get-utf8": _ENCODED_ONCE,
    "normalize-path/get-space": _ENCODED_ONCE,
    "normalize-path/get-special-character": _ENCODED_ONCE,
    "post-sts-token/post-sts-header-after": "its token is added after signing; ours is always signed",
}
"""The vectors that no fetch sends as the suite signs them, and why."""


def fetched(server: LoopbackServer, case: dict[str, Any]) -> str | None:
    """Fetch what a vector asks for; return the ``Authorization`` header that arrived, if anything did."""
    ours = {"host", "x-amz-date", "x-amz-security-token"}
    headers = {name: value for name, value in case["headers"] if name.lower() not in ours}
    host = dict(case["headers"])["Host"]
    environ = {
        "AWS_ACCESS_KEY_ID": SUITE["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": SUITE["secret_access_key"],
        "AWS_SESSION_TOKEN": case["session_token"] or "",
        "AWS_ENDPOINT_URL": server.url,
    }
    pack = new_pack()
    pack.add_network_domain(host)
    pack.set_user_authentication(type=AuthenticationType.AWS_ACCESS_KEY, service=SUITE["service"])
    options = RunOptions(environ=environ, region=SUITE["region"])
    with open_context(pack, "vectors", options, lambda: datetime.fromisoformat(SUITE["time"])) as context:
        url = f"https://{host}{case['target']}"
        try:
            context.fetcher.fetch(case["method"], url, headers=headers, body=case["body"] or None)
        except RequestError:
            return None
    return server.requests[-1].header("Authorization")


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in SUITE["cases"]])
def test_vector(case: dict[str, Any]) -> None:
    """Each vector arrives with its signature, but for those that cannot be sent as they are signed."""
    with LoopbackServer() as server:
        arrived = fetched(server, case)
    if case["name"] in NOT_OURS_TO_SEND:
        assert arrived != case["authorization"], "this vector can be sent after all: take it off the list"
    else:
        assert arrived == case["authorization"]
