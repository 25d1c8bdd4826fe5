"""Who asks for a role's session, as far as can be told without asking anybody.

Owns what a kept session is bound to: keys, or a profile with all that it refers to, so that whoever changes
his profile gets no session of what it was before. It reads nothing that was not read already.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from coda_cli.auth.aws_keys import Keys
    from coda_cli.auth.aws_options import AwsOptions

_KEYS_OF_ENVIRONMENT = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks for a session, as far as can be told without asking anybody.

    ``name`` tells principals apart. ``proof`` is what must be the same for a kept session to be used, such
    as the secret access key: a wrong one gets no session that the right one was given. It is not written.
    """

    name: tuple[str, ...]
    proof: str = field(repr=False)


def principal_of_keys(keys: Keys) -> Principal:
    """Return the principal that static keys stand for; secret and token prove it."""
    return Principal(("keys", keys.access_key), json.dumps([keys.secret_key, keys.token]))


def principal_of_profile(
    profile: str, config: Mapping[str, Any], files: tuple[Path, Path], options: AwsOptions
) -> Principal | None:
    """Return the principal that a profile stands for, or None where another machine's answer decides.

    Args:
        profile: its name.
        config: what botocore read of all profiles, its ``full_config``.
        files: where that is written: profiles of one name may stand in several.
        options: the environment comes from here, which a profile may name as its source.
    """
    said: list[object] = []
    for name, settings in profiles_behind(profile, config):
        session = settings.get("sso_session")
        said.append([name, settings, config.get("sso_sessions", {}).get(str(session))])
        source = settings.get("credential_source")
        if source == "Environment":
            said.append([options.variable(variable) for variable in _KEYS_OF_ENVIRONMENT])
        elif source is not None:  # of a container or an instance, and this home folder may be on several
            return None
    return Principal(("profile", profile, *map(str, files)), json.dumps(said, sort_keys=True))


def profiles_behind(profile: str, config: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield a profile and those that it names as its source, each once, with their settings."""
    name: object = profile
    seen: set[str] = set()
    while isinstance(name, str) and name not in seen:
        seen.add(name)
        settings: Mapping[str, Any] = config["profiles"].get(name, {})
        yield name, settings
        name = settings.get("source_profile")
