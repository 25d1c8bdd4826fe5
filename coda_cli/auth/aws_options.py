"""What the person who runs a pack said about AWS: options, the environment's variables, what they stored.

Owns the precedence among names for the same thing and says where each value came from. It reads no
file, calls nobody and does not decide which credentials are used; what is stored for the pack is handed in as
something to ask only when nothing that comes first decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from coda_cli.auth.store import StoredCredentials
from coda_cli.errors import CredentialsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_REGION = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NOT_IN_SESSION_NAME = re.compile(r"[^\w+=,.@-]", re.ASCII)
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_LONGEST_SESSION_NAME = 64

KEY_ID, SECRET = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"

STORED = "stored by coda auth"
"""The origin of what is stored for a pack, in messages."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value, and where it was given: an option, a variable, or a profile."""

    value: str = field(repr=False)
    origin: str

    @property
    def giver(self) -> str:
        """Who gave it, as it stands after "named by": what was stored, ``coda auth`` did."""
        return self.origin.removeprefix("stored by ")


@dataclass(frozen=True, slots=True)
class AwsOptions:
    """The command line's options for AWS, the environment, and what is stored for the pack.

    An empty variable counts as unset. ``stored`` reads the pack's file when it is first asked, and has only
    what a pack of this type uses.

    ``timeout`` is that of one request, in seconds; what gives out credentials is asked no longer either.
    ``session_name`` is what the session of a pack's role is called, unless ``chosen_session_name`` was
    given; ``duration`` is how long that session shall last, in seconds, None leaving it to AWS.
    """

    environ: Mapping[str, str] = field(repr=False)
    profile: str | None = None
    region: str | None = None
    role_arn: str | None = None
    external_id: str | None = field(default=None, repr=False)
    session_name: str = "coda"
    chosen_session_name: str | None = None
    duration: int | None = None
    keeps_sessions: bool = True
    timeout: float = 60.0
    stored: Callable[[], StoredCredentials] = field(default=StoredCredentials, repr=False)

    def variable(self, name: str) -> str | None:
        """Return a variable's value, or None where it is unset or empty."""
        return self.environ.get(name) or None

    def first_variable(self, *names: str) -> Given | None:
        """Return the first of several variables that is set."""
        for name in names:
            value = self.variable(name)
            if value is not None:
                return Given(value, name)
        return None

    @property
    def named_profile(self) -> Given | None:
        """The profile that was named: by option, variable, or stored where no keys are in the environment.

        botocore alone reads the two variables the other way round.
        """
        if self.profile is not None:
            return Given(self.profile, "--profile")
        named = self.first_variable("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
        if named is not None or self.first_variable(KEY_ID, SECRET) is not None:
            return named
        stored = self.stored().profile
        return None if stored is None else Given(stored, STORED)

    @property
    def explicit_region(self) -> Given | None:
        """The region of ``--region``."""
        return None if self.region is None else checked_region(Given(self.region, "--region"))

    @property
    def environment_region(self) -> Given | None:
        """The region of the environment; botocore alone ignores ``AWS_REGION``."""
        found = self.first_variable("AWS_REGION", "AWS_DEFAULT_REGION")
        return None if found is None else checked_region(found)


def checked_region(region: Given) -> Given:
    """Return the region if it can be one: it becomes part of a credential scope and of host names.

    Raises:
        CredentialsError: it has blanks, slashes or capitals.
    """
    if _REGION.fullmatch(region.value):
        return region
    raise CredentialsError(
        f"{region.origin} is not a region: {region.value!r}",
        "A region is written like us-east-1.",
    )


def checked_session_name(name: str) -> str:
    """Return the name of ``--session-name`` if AWS takes it.

    Raises:
        UsageError: it does not.
    """
    if _SESSION_NAME.fullmatch(name):
        return name
    raise UsageError(
        f"--session-name cannot be the name of a session: {name!r}",
        "It has 2 to 64 letters, digits and characters of _+=,.@- in ASCII, and no blanks.",
    )


def existing_file(path: Given) -> str:
    """Return the path if there is something at it.

    Raises:
        CredentialsError: there is nothing.
    """
    if not Path(path.value).exists():
        raise CredentialsError(f"{path.origin} names a file that does not exist: {path.value}")
    return path.value


def session_name(stem: str) -> str:
    r"""Make the role session name that shows in CloudTrail from the name of a pack's file.

    AWS takes 2 to 64 ASCII characters of ``[\w+=,.@-]``; any other becomes a dash.
    """
    return _NOT_IN_SESSION_NAME.sub("-", f"coda-{stem}")[:_LONGEST_SESSION_NAME]
