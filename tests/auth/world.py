"""What the tests of AWS authentication live in: a fixed clock, made-up keys, files of profiles, an STS.

The STS is a loopback server that answers as AWS's does and keeps what it was asked; it checks nothing.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypedDict, Unpack
from urllib.parse import parse_qs

from coda_cli.auth.authenticators import Authenticators
from coda_cli.auth.aws_credentials import AwsCredentials
from coda_cli.auth.aws_options import AwsOptions
from coda_cli.auth.aws_profiles import Profiles
from coda_cli.auth.aws_session_cache import SessionCache
from coda_cli.auth.aws_sources import find_source
from coda_cli.redaction import Redactor
from coda_cli.sdk.authentication import Authentication, AuthenticationType
from coda_cli.wire import Url, WireRequest
from tests.servers import Answer, LoopbackServer, Received

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from coda_cli.auth.aws_found_source import Source
    from coda_cli.auth.aws_session import CodaSession
    from coda_cli.auth.store import StoredCredentials
    from coda_cli.wire import Authenticator, Clock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

KEY_ID = "AKIAEXAMPLESOURCE001"
SECRET = "source-secret/Key+of40characters00000001"
TOKEN = "source-session-token-0123456789"
PROFILE_KEY_ID = "AKIAEXAMPLEPROFILE02"
PROFILE_SECRET = "profile-secret/Key+of40characters0000002"
ROLE_KEY_ID = "ASIAEXAMPLEROLE00003"
ROLE_SECRET = "role-secret/Key+of40characters0000000003"
ROLE_TOKEN = "role-session-token-0123456789"
MARKED = (SECRET, TOKEN, PROFILE_SECRET, ROLE_SECRET, ROLE_TOKEN)
"""What may appear in no message."""

USER = "arn:aws:iam::123456789012:user/ada"
ROLE = "arn:aws:iam::123456789012:role/packs"
EXTERNAL_ID = "tenant-id-0815"

ACCESS_KEY = AuthenticationType.AWS_ACCESS_KEY
ASSUME_ROLE = AuthenticationType.AWS_ASSUME_ROLE


def set_keys(monkeypatch: pytest.MonkeyPatch, *, token: str | None = None) -> None:
    """Put the source's keys into the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    if token is not None:
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)


def write_files(home: Path, config: str = "", credentials: str = "") -> None:
    """Write AWS's two configuration files into a home folder."""
    folder = home / ".aws"
    folder.mkdir(exist_ok=True)
    (folder / "config").write_text(config)
    (folder / "credentials").write_text(credentials)


STATIC_PROFILE = f"""
[dev]
aws_access_key_id = {PROFILE_KEY_ID}
aws_secret_access_key = {PROFILE_SECRET}
"""


def request(
    url: str = "https://s3.us-east-1.amazonaws.com/",
    *headers: tuple[str, str],
    method: str = "GET",
    body: bytes = b"",
) -> WireRequest:
    """Make a request from a URL that is in normal form already."""
    scheme, _, rest = url.partition("://")
    authority, _, target = rest.partition("/")
    host, _, port = authority.partition(":")
    path, _, query = f"/{target}".partition("?")
    return WireRequest(method, Url(scheme, host, int(port) if port else None, path, query), headers, body)


class Options(TypedDict, total=False):
    """What a person may give by options."""

    profile: str | None
    region: str | None
    role_arn: str | None
    external_id: str | None
    session_name: str
    stored: Callable[[], StoredCredentials]
    chosen_session_name: str | None
    duration: int | None
    keeps_sessions: bool
    timeout: float


def authenticator(
    kind: AuthenticationType = ACCESS_KEY,
    service: str = "s3",
    redactor: Redactor | None = None,
    **options: Unpack[Options],
) -> Authenticator:
    """Make a pack's authenticator as the runner does, from this process's environment; it is noon."""
    made = Authenticators(AwsOptions(os.environ, **options), redactor or Redactor(), lambda: NOON)
    return made.authenticator(Authentication(kind, service=service))


def credentials(
    *,
    assume_role: bool = False,
    redactor: Redactor | None = None,
    clock: Clock | None = None,
    **options: Unpack[Options],
) -> AwsCredentials:
    """Make a pack's credentials from this process's environment."""
    given, redactor = AwsOptions(os.environ, **options), redactor or Redactor()
    return AwsCredentials(given, Profiles(given, redactor), redactor, assume_role=assume_role, clock=clock)


def found_source(
    redactor: Redactor | None = None, **options: Unpack[Options]
) -> tuple[Source, CodaSession, Redactor]:
    """Find the source credentials in this process's environment; return them and what asks with them."""
    given, redactor = AwsOptions(os.environ, **options), redactor or Redactor()
    profiles = Profiles(given, redactor)
    return find_source(given, profiles, redactor, lambda: SessionCache(None)), profiles.session, redactor


def header(signed: WireRequest, name: str) -> str | None:
    """Return the one value of a header, or None."""
    found = [value for key, value in signed.headers if key.lower() == name.lower()]
    assert len(found) < 2, f"{name} is there {len(found)} times"
    return found[0] if found else None


class FakeSts(LoopbackServer):
    """Gives out a role's keys to whoever asks, for as long as it is told, or refuses everybody.

    It also answers who calls, and as IAM which role is behind a session.

    Attributes:
        caller: the ARN that ``GetCallerIdentity`` answers.
        caller_arn: the same, even while everybody is refused.
        role: the ARN that ``GetRole`` answers; None refuses to tell.
        refusal: the code and message that everybody is refused with.
        refused: the actions that ``refusal`` is for; None is for all.
        key_ids: the access key ids that it gives out in turn, the last one again and again.
        numbered: gives each caller another key instead: ``ASIANUMBER0000000001`` and so on.
    """

    def __init__(
        self, *, seconds: float = 3600, tls: ssl.SSLContext | None = None, numbered: bool = False
    ) -> None:
        super().__init__(self.respond, tls=tls)
        self.seconds = seconds
        self.numbered = numbered
        self.caller = USER
        self.role: str | None = None
        self.refusal: tuple[str, str] | None = None
        self.refused: set[str] | None = None
        self.caller_arn: str | None = None
        self.key_ids = [ROLE_KEY_ID]

    def __enter__(self) -> FakeSts:
        super().__enter__()
        return self

    @property
    def asked(self) -> list[dict[str, str]]:
        """The parameters of each call."""
        return [
            {name: values[0] for name, values in parse_qs(received.body.decode()).items()}
            for received in self.requests
        ]

    def respond(self, received: Received) -> Answer:
        """Answer one call."""
        action = parse_qs(received.body.decode())["Action"][0]
        if action == "GetCallerIdentity" and self.caller_arn is not None:
            return _result(action, f"<Arn>{self.caller_arn}</Arn>")
        if self.refusal is not None and (self.refused is None or action in self.refused):
            return _refused(*self.refusal)
        if action == "GetCallerIdentity":
            return _result(action, f"<Arn>{self.caller}</Arn><UserId>AIDA1</UserId><Account>1</Account>")
        if action == "GetRole":
            if self.role is None:
                return _refused("AccessDenied", "not authorized to perform: iam:GetRole")
            return _result(action, f"<Role><Arn>{self.role}</Arn></Role>")
        key_id = self.key_ids.pop(0) if len(self.key_ids) > 1 else self.key_ids[0]
        end = datetime.now(UTC) + timedelta(seconds=self.seconds)
        if self.numbered:
            key_id = f"ASIANUMBER{len(self.requests):010}"
        keys = (
            f"<AccessKeyId>{key_id}</AccessKeyId><SecretAccessKey>{ROLE_SECRET}</SecretAccessKey>"
            f"<SessionToken>{ROLE_TOKEN}</SessionToken><Expiration>{end:%Y-%m-%dT%H:%M:%SZ}</Expiration>"
        )
        return _result(action, f"<Credentials>{keys}</Credentials>")


def _result(action: str, content: str) -> Answer:
    result = f"<{action}Result>{content}</{action}Result>"
    text = f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">{result}</{action}Response>'
    return Answer(200, (("Content-Type", "text/xml"),), text.encode())


def _refused(code: str, message: str) -> Answer:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    text = f"<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>"
    return Answer(403, (("Content-Type", "text/xml"),), text.encode())


def details(error: BaseException) -> str:
    """Everything that an error of ours says."""
    return "\n".join((str(error), *getattr(error, "details", ())))
