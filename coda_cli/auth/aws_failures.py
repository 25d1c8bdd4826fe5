"""botocore's errors about credentials, in our words.

Owns the one translation of them to ``CredentialsError``, and what to say when AWS refuses a role. AWS's own
message is given in one line; nothing secret is. It calls nobody but for the name of a caller who may not
assume a role, by what the attempt hands in.
"""

from __future__ import annotations

import re
from collections.abc import Callable  # noqa: TC003 - the type of a dataclass's field
from contextlib import contextmanager
from dataclasses import dataclass, field
from json import JSONDecodeError
from traceback import walk_tb
from typing import TYPE_CHECKING

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    LoginError,
    ParamValidationError,
    ProxyConnectionError,
    RefreshWithMFAUnsupportedError,
    SSLError,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as BotoConnectionError
from botocore.exceptions import HTTPClientError as BotoHTTPClientError
from botocore.parsers import ResponseParserError

from coda_cli.auth.aws_advice import Mistake, advice, mistake_in
from coda_cli.auth.aws_session_advice import session_advice
from coda_cli.auth.trust_policy import CODA_ACCOUNT
from coda_cli.errors import CredentialsError
from coda_cli.redaction import mask
from coda_cli.wire import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coda_cli.auth.aws_advice import Caller
    from coda_cli.redaction import Redactor

_UNREADABLE = (ResponseParserError, KeyError)
FAILURES = (
    *(BotoCoreError, ClientError, OSError, ValueError, RuntimeError, EOFError, AttributeError, TypeError),
    *_UNREADABLE,
)
"""What botocore lets out while it gets credentials: its own errors, and those of the programs, files and
JSON that a profile refers to, which it passes on as they are. From our own code they are mistakes of ours."""

INDENTED = "A setting has the wrong form: it may be an indented section, where one value is expected."

_LONGEST_LINE = 300
_LIKE_A_KEY = re.compile(r"[A-Za-z0-9/+=]{40,}")  # a secret access key has 40 characters, a token more
_HAS_DIGIT = re.compile(r"[0-9]")  # a path may be as long


@dataclass(frozen=True, slots=True)
class RoleAttempt:
    """One try to assume a role: which, and with what external id, if any."""

    arn: str
    external_id: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to get credentials, as far as it is known when it fails.

    ``login_profile`` is the profile that a person logs in to with SSO; ``role`` is set where a role was
    to be assumed. ``caller_arn`` asks AWS who called, and gives None where it does not say.
    """

    caller: Caller
    login_profile: str | None = None
    role: RoleAttempt | None = None
    caller_arn: Callable[[], str | None] = lambda: None


@contextmanager
def translated(attempt: Callable[[], Attempt], redactor: Redactor) -> Iterator[None]:
    """Turn what botocore raises inside into errors of ours.

    ``attempt`` is asked only then, since botocore finds out as it goes which key it calls with. The
    redactor learns what looks like a key in them: they quote what a ``credential_process`` says, which may
    be the very secret that it was to give.
    """
    try:
        yield
    except FAILURES as error:
        if _is_ours(error):
            raise
        learn_keys_in(str(error), redactor)
        raise credentials_error(error, attempt()) from error


def learn_keys_in(text: str, redactor: Redactor) -> None:
    """Make known what looks like a key in a text that is about to be told."""
    for word in filter(_HAS_DIGIT.search, _LIKE_A_KEY.findall(text)):
        redactor.add_secret(word)


def _is_ours(error: Exception) -> bool:
    *_, (innermost, _line) = walk_tb(error.__traceback__)
    return str(innermost.f_globals.get("__name__")).startswith("coda_cli.")


def credentials_error(error: Exception, attempt: Attempt) -> CredentialsError:
    """Say in our words why there are no credentials."""
    origin = f"credentials come from: {attempt.caller.origin}"
    if isinstance(error, ClientError):
        return _refused(error, attempt)
    if isinstance(error, SSOError | TokenRetrievalError):
        return CredentialsError(
            "the SSO session has expired, or there is none",
            f"Log in again: {_login('aws sso login', attempt)}",
            origin,
        )
    if isinstance(error, LoginError):
        return CredentialsError(
            "the login session has expired, or there is none",
            f"Log in again: {_login('aws login', attempt)}",
            origin,
        )
    if isinstance(error, CredentialRetrievalError):
        return _not_retrieved(error, origin)
    if isinstance(error, BotoConnectionError | BotoHTTPClientError):
        return _not_reached(error, origin)
    if isinstance(error, _UNREADABLE):
        return CredentialsError(
            "the service that gives out credentials sent an answer that is none of AWS's",
            "A proxy's page, or an endpoint override (AWS_ENDPOINT_URL…) that leads elsewhere, is likely.",
            origin,
        )
    if isinstance(error, ParamValidationError):
        return CredentialsError("the role's settings are malformed", _one_line(str(error)), origin)
    if isinstance(error, JSONDecodeError):
        return CredentialsError(
            "what should give out credentials answered something that is no JSON",
            origin,
            "Run the profile's credential_process by hand: it prints JSON with Version 1 and the keys.",
        )
    if isinstance(error, RefreshWithMFAUnsupportedError):
        return another_code_needed(origin)
    likely = (INDENTED,) if isinstance(error, TypeError | AttributeError) else ()
    return CredentialsError("credentials cannot be read", _one_line(str(error)), origin, *likely)


def another_code_needed(*origin: str) -> CredentialsError:
    """Say that a session is over which only another MFA code brings back."""
    return CredentialsError(
        "the role's session has ended, and a new one needs another MFA code",
        "Run the command again: it asks for one, once a run.",
        *origin,
    )


def _not_retrieved(error: CredentialRetrievalError, origin: str) -> CredentialsError:
    """Say what a program of ``credential_process`` said first, or another provider in its own sentence."""
    if error.kwargs.get("provider") != "custom-process":
        return CredentialsError("credentials could not be retrieved", _one_line(str(error)), origin)
    lines = [line for line in str(error.kwargs.get("error_msg", "")).splitlines() if line.strip()]
    return CredentialsError(
        "the program of credential_process gave no credentials",
        _one_line(lines[0]) if lines else "It failed, and said nothing.",
        origin,
    )


def _not_reached(error: Exception, origin: str) -> CredentialsError:
    if isinstance(error, SSLError):
        return CredentialsError(
            "the certificate of the service that gives out credentials cannot be verified",
            _one_line(str(error)),
            origin,
            *_CERTIFICATES,
        )
    return CredentialsError(
        "the service that gives out credentials cannot be reached", _connection(error), origin
    )


def _connection(error: Exception) -> str:
    """Say what botocore says of a connection, unless it may quote a proxy's address with its password."""
    if isinstance(error, ProxyConnectionError) or type(error) is BotoHTTPClientError:
        return "No connection could be made: look at HTTPS_PROXY, ALL_PROXY and NO_PROXY, if they are set."
    return _one_line(str(error))


def _login(command: str, attempt: Attempt) -> str:
    profile = attempt.login_profile
    return command if profile is None else f"{command} --profile {profile}"


def _refused(error: ClientError, attempt: Attempt) -> CredentialsError:
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "")
    caller, role = attempt.caller, attempt.role
    if code == "UnauthorizedException" and error.operation_name == "GetRoleCredentials":
        return CredentialsError(
            "the SSO session has expired", f"Log in again: {_login('aws sso login', attempt)}"
        )
    said = ServiceError(code, message)
    is_role = role is not None and error.operation_name in _CAUSES
    denied = is_role and mistake_in(said) is Mistake.DENIED
    arn = attempt.caller_arn() if denied and error.operation_name == "AssumeRole" else None
    lines = [f"AWS says: {_one_line(message) or code}"]
    if is_role:
        assert role is not None
        refused = f"AWS refused to assume the role {role.arn}: {code}"
        lines.append(f"{_called(caller, arn)}; {_external_id(role)}")
    else:
        refused = f"{error.operation_name} was refused: {code}"
        lines.append(_called(caller, None))
    causes = _CAUSES[error.operation_name] if denied else advice(said, caller)
    lines += (session_advice(message) if is_role else ()) or causes
    request_id = error.response.get("ResponseMetadata", {}).get("RequestId")
    return CredentialsError(refused, *lines, *([f"Request id: {request_id}"] if request_id else []))


def _called(caller: Caller, arn: str | None) -> str:
    who = f" by {arn}" if arn else ""
    if not caller.key:
        return f"called{who} with {caller.origin}"
    return f"called{who} {'with' if arn else 'by'} key {caller.key} from {caller.origin}"


def _external_id(role: RoleAttempt) -> str:
    if role.external_id is None:
        return "no external id was sent"
    return f"the external id {mask(role.external_id)} was sent"


_ROLE_CAUSES = (
    "Likely causes, the most frequent first:",
    "- the caller's own policy does not allow sts:AssumeRole on this role",
    f"- the role's trust policy does not name the caller; Coda's account {CODA_ACCOUNT} alone is not enough",
    "  for running locally: add the ARN of your own user",
    "- the external id differs from the trust policy's (the Coda platform may send PACK_ID:value)",
    "- the trust policy asks for MFA, or a service control policy or permissions boundary forbids it",
    "- these are not the credentials that you think, or there is no such role",
)


_CERTIFICATES = (
    "Where a proxy or a company's own authority signs certificates, name a file of them in AWS_CA_BUNDLE,",
    "in the profile's ca_bundle or in REQUESTS_CA_BUNDLE: each serves STS and data alike.",
)

_CAUSES = {
    "AssumeRole": _ROLE_CAUSES,
    "AssumeRoleWithWebIdentity": (
        "Likely the role's trust policy does not name the identity provider, or its conditions differ.",
    ),
}


def _one_line(text: str) -> str:
    """Make one line, cut between words: half of a secret would not be recognised when it is printed."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE].rpartition(' ')[0]} …"
