"""What an AWS error says about who is calling, and what to do next.

Owns the codes of all services that are about the signature, the token, the key, the clock, the region or the
permissions, and a line or two of advice for each kind. It calls nobody, and knows neither requests nor
botocore.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from coda_cli.auth.aws_clock import SMALLEST, in_words
from coda_cli.auth.aws_signing_names import signing_name_for

if TYPE_CHECKING:
    from datetime import timedelta

    from coda_cli.wire import ServiceError


class Mistake(Enum):
    """What an error is about; but for ``DENIED``, the credentials as they were sent were refused."""

    SIGNATURE = "the service computed another signature"
    KEY = "the access key is unknown, or not with this token"
    MISSING = "no signature was seen"
    EXPIRED = "the session is over"
    CLOCK = "signed too early or too late"
    REGION = "signed for another region"
    DENIED = "the caller was recognised, and may not do this"


_CODES = {
    Mistake.SIGNATURE: (
        "SignatureDoesNotMatch InvalidSignatureException IncompleteSignature IncompleteSignatureException"
    ),
    Mistake.KEY: (
        "InvalidClientTokenId UnrecognizedClientException InvalidAccessKeyId AuthFailure "
        "InvalidToken InvalidSecurity"
    ),
    Mistake.MISSING: "MissingAuthenticationToken MissingAuthenticationTokenException",
    Mistake.EXPIRED: "ExpiredToken ExpiredTokenException TokenRefreshRequired",
    Mistake.CLOCK: "RequestTimeTooSkewed RequestExpired RequestInTheFuture",
    Mistake.REGION: "AuthorizationHeaderMalformed",
    Mistake.DENIED: (
        "AccessDenied AccessDeniedException UnauthorizedOperation AuthorizationError "
        "AuthorizationErrorException AllAccessDisabled"
    ),
}
_BY_CODE = {code: mistake for mistake, codes in _CODES.items() for code in codes.split()}

_BY_MESSAGE = (
    (re.compile("signature (?:has )?expired|signature not yet current", re.IGNORECASE), Mistake.CLOCK),
    (re.compile("security token included in the request is expired", re.IGNORECASE), Mistake.EXPIRED),
    (re.compile("scoped to (?:a valid|correct|the correct) region", re.IGNORECASE), Mistake.REGION),
)
"""What AWS's sentences say more exactly than the code beside them, or where there is none."""

_EXPECTED_REGION = re.compile(r"(?:expecting|correct region:?) '([a-z0-9-]+)'", re.IGNORECASE)
_EXPECTED_SERVICE = re.compile(
    r"(?:scoped to (?:the )?correct service:|endpoint belongs to) ['\"]([\w-]+)['\"]", re.IGNORECASE
)

MAY_BE_THE_CLOCK = frozenset({"AuthFailure"})
"""Codes that some services give for a wrong clock too, without a word about it."""

MAY_BE_EXPIRED = frozenset({"RequestExpired"})
"""What EC2 says of a session that is over, as well as of a wrong clock."""


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of the principal that called, without anything secret.

    ``renewal`` says how new credentials are got from where these came from. ``is_temporary`` tells the kind
    of key by its first letters, if that is known.
    """

    key: str
    has_token: bool
    origin: str
    renewal: str
    is_temporary: bool | None = None


def is_temporary(key: str) -> bool | None:
    """Tell whether an access key id is of a session, by the first letters that AWS gives them."""
    return {"AKIA": False, "ASIA": True}.get(key[:4])


@dataclass(frozen=True, slots=True)
class Signed:
    """What a refused request was signed for, and how far this machine's clock is ahead, if that is known."""

    service: str
    region: str
    explicit_region: bool = False
    ahead: timedelta | None = None


def mistake_in(error: ServiceError) -> Mistake | None:
    """Return what an error is about, or None where it is not about who is calling."""
    known = _BY_CODE.get(error.code)
    if known is not None or not error.code:
        for sentence, mistake in _BY_MESSAGE:
            if sentence.search(error.message):
                return mistake
    is_of_region = error.region or not error.message or "region" in error.message
    return Mistake.SIGNATURE if known is Mistake.REGION and not is_of_region else known


def advice(error: ServiceError, caller: Caller, signed: Signed | None = None) -> tuple[str, ...]:
    """Return the likely next step, line by line; nothing for what is not about who is calling.

    ``signed`` is left out for what botocore signed for us, whose service and region are right.
    """
    match mistake_in(error):
        case Mistake.SIGNATURE:
            return (*_signature_advice(error, signed), *_if_clock(signed))
        case Mistake.KEY:
            return (*_key_advice(caller), *_if_clock(signed))
        case Mistake.MISSING:
            return (
                "The service saw no signature: a proxy may have taken it away.",
                "API Gateway says this, too, of a path or a method that it does not have.",
            )
        case Mistake.EXPIRED:
            return (f"The session is over. {caller.renewal}",)
        case Mistake.CLOCK:
            return (_clock_advice(signed), *_if_expired(error, caller))
        case Mistake.REGION:
            return _region_advice(error, signed)
        case Mistake.DENIED:
            return _denial_advice(error, signed)
    return ()


def _signature_advice(error: ServiceError, signed: Signed | None) -> tuple[str, ...]:
    usual = (
        "Likely the secret access key is another key's, or a proxy changed the request on its way,",
        "or the service reads an escape in the URL in another way than it was signed.",
    )
    return usual if signed is None else (*_service_advice(error, signed.service), *usual)


def _service_advice(error: ServiceError, word: str) -> tuple[str, ...]:
    said = _EXPECTED_SERVICE.search(error.message)
    name = said[1] if said else signing_name_for(word)
    if name is None:
        return (f"AWS has no service that is signed by the name {word!r}, as far as coda knows.",)
    if name == word:
        return ()
    return (f"AWS does not sign by {word!r} here: the pack's authentication must say service={name!r}.",)


def _key_advice(caller: Caller) -> tuple[str, ...]:
    unknown = (
        "The key was deleted or deactivated, or belongs to another partition,",
        "or the region is one that has to be enabled for the account first.",
    )
    if caller.has_token and caller.is_temporary is False:
        return (
            "A long-term key (AKIA…) was sent with a session token, which can only be another key's:",
            "unset AWS_SESSION_TOKEN, or take the token out of the profile. Otherwise:",
            *unknown,
        )
    if caller.has_token:
        return (*unknown, f"Or the session token belongs to another key. {caller.renewal}")
    if caller.is_temporary:
        return (
            "It is a temporary key (ASIA…), which needs its session token, and none was sent:",
            "set AWS_SESSION_TOKEN, or aws_session_token in the profile. Otherwise:",
            *unknown,
        )
    return (*unknown, "A temporary key (ASIA…) also needs its session token, and none was sent.")


def _clock_advice(signed: Signed | None) -> str:
    ahead = signed.ahead if signed else None
    if ahead is None:
        return "This machine's clock is probably wrong: compare `date -u` with the time AWS gives."
    if abs(ahead) < SMALLEST:
        return "This machine's clock agrees with AWS's: the request was probably too long on its way."
    return f"This machine's clock is {in_words(ahead)}: set it."


def _if_clock(signed: Signed | None) -> tuple[str, ...]:
    is_wrong = signed is not None and signed.ahead is not None and abs(signed.ahead) >= SMALLEST
    return (_clock_advice(signed),) if is_wrong else ()


def _if_expired(error: ServiceError, caller: Caller) -> tuple[str, ...]:
    if error.code not in MAY_BE_EXPIRED or not caller.has_token:
        return ()
    return (f"Or the session is over, of which EC2 says the same. {caller.renewal}",)


def _region_advice(error: ServiceError, signed: Signed | None) -> tuple[str, ...]:
    said = _EXPECTED_REGION.search(error.message)
    region = error.region or (said[1] if said else "")
    if signed is not None and signed.explicit_region:
        expected = region or "another"
        return (
            f"--region says {signed.region}, and the service expects {expected}: leave --region out",
            "to sign for the region of the host, or give the one that the service expects.",
        )
    if region:
        return (f"The service expects {region}: give --region {region}.",)
    return ("The service expects another region: give it by --region.",)


def _denial_advice(error: ServiceError, signed: Signed | None) -> tuple[str, ...]:
    checks = (
        "Check that the policies of this principal allow this action on this resource, and that no policy of",
        "the resource, no permissions boundary and no service control policy denies it.",
    )
    names_the_action = "not authorized to perform" in error.message
    if signed is None or signed.service != "s3" or names_the_action:
        return checks
    return (*checks, "S3 says the same of a key that is not there, to who may not list the bucket.")
