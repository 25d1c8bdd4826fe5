"""Packs as a test declares them without a file, what lies stored beside them, and what a person chose."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from coda_cli.auth.store import FILE_NAME
from coda_cli.runtime.contexts import RunOptions
from coda_cli.runtime.loader import LoadedPack
from coda_cli.sdk.authentication import AuthenticationType
from coda_cli.sdk.pack import new_pack
from tests.auth.world import KEY_ID, SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import LoopbackServer

NONE, ACCESS_KEY, ASSUME_ROLE = (
    AuthenticationType.NONE,
    AuthenticationType.AWS_ACCESS_KEY,
    AuthenticationType.AWS_ASSUME_ROLE,
)
KEYS = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}


def loaded(folder: Path, kind: AuthenticationType, **given: Any) -> LoadedPack:
    """Declare a pack, as if it had been loaded from a file in this folder."""
    pack = new_pack()
    pack.add_network_domain("127.0.0.1" if kind is NONE else "amazonaws.com")
    service = None if kind is NONE else "s3"
    pack.set_user_authentication(type=kind, service=service, **given)
    return LoadedPack(pack, folder / "pack.py")


def chosen(
    sts: LoopbackServer | None = None, environ: dict[str, str] | None = None, **more: Any
) -> RunOptions:
    """Choose what a person may choose; AWS is where the server is."""
    endpoint = {} if sts is None else {"AWS_ENDPOINT_URL": sts.url}
    return RunOptions(environ={"AWS_EC2_METADATA_DISABLED": "true", **endpoint, **(environ or {})}, **more)


def write_entry(folder: Path, content: object) -> None:
    """Write the file of credentials; text is the file's own."""
    path = folder / FILE_NAME
    path.write_text(content if isinstance(content, str) else json.dumps({"packs": {"pack.py": content}}))
    path.chmod(0o600)
