"""What an AWS error code says about the credentials, and what to do next.

Owns the codes that mean "refused because of the signature, the token or the key", of any service, and a
line or two of advice for each kind. ``AccessDenied`` is not among them: the caller was recognised. It
knows neither requests nor botocore.
"""

from __future__ import annotations

from dataclasses import dataclass

_SIGNATURE = frozenset(
    {
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "IncompleteSignature",
        "IncompleteSignatureException",
    }
)
_KEY = frozenset(
    {
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidAccessKeyId",
        "AuthFailure",
        "InvalidToken",
    }
)
_MISSING = frozenset({"MissingAuthenticationToken", "MissingAuthenticationTokenException"})
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"})
_CLOCK = frozenset({"RequestTimeTooSkewed", "RequestExpired"})
_REGION = frozenset({"AuthorizationHeaderMalformed"})

REFUSALS = _SIGNATURE | _KEY | _MISSING | _EXPIRED | _CLOCK | _REGION
"""The codes that mean that the credentials were refused."""

_CLOCK_MESSAGES = ("signature expired", "signature not yet current")


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of the principal that called, without anything secret.

    ``renewal`` says how new credentials are got from where these came from.
    """

    key: str
    has_token: bool
    origin: str
    renewal: str


OF_A_SERVICE_WORD = (
    "A service word that AWS does not sign by does it, too: bedrock-runtime is signed as bedrock.",
    "--debug shows the canonical request that was signed.",
)
"""What is added where a signature was refused that we made for a pack's service word."""


def is_about_signature(code: str) -> bool:
    """Tell whether a code means that the service computed another signature."""
    return code in _SIGNATURE


def advice(code: str, message: str, caller: Caller) -> tuple[str, ...]:
    """Return the likely next step for a code of ``REFUSALS``; nothing for any other."""
    if code in _CLOCK or any(part in message.lower() for part in _CLOCK_MESSAGES):
        return ("This machine's clock is probably wrong: compare `date -u` with the time AWS gives.",)
    if code in _SIGNATURE:
        return ("Usually the secret access key is another key's, or a proxy changed the request.",)
    if code in _KEY:
        return _key_advice(caller)
    if code in _MISSING:
        return ("The service saw no signature; API Gateway also says this of a path that it does not have.",)
    if code in _EXPIRED:
        return (f"The session is over. {caller.renewal}",)
    if code in _REGION:
        return ("The service expects another region, usually the one in its message: name it by --region.",)
    return ()


def _key_advice(caller: Caller) -> tuple[str, ...]:
    unknown = "The key was deleted or deactivated, or belongs to another partition."
    if not caller.has_token:
        return (unknown, "A temporary key (ASIA…) also needs its session token, and none was sent.")
    return (unknown, f"Or the session token belongs to another key. {caller.renewal}")
