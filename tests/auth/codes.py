"""AWS's codes for what is about who is calling, of all its protocols, and the mistake that each one means."""

from __future__ import annotations

from coda_cli.auth.aws_advice import Mistake

CODES = {
    "SignatureDoesNotMatch": Mistake.SIGNATURE,
    "InvalidSignatureException": Mistake.SIGNATURE,
    "IncompleteSignature": Mistake.SIGNATURE,
    "IncompleteSignatureException": Mistake.SIGNATURE,
    "InvalidClientTokenId": Mistake.KEY,
    "UnrecognizedClientException": Mistake.KEY,
    "InvalidAccessKeyId": Mistake.KEY,
    "AuthFailure": Mistake.KEY,
    "InvalidToken": Mistake.KEY,
    "MissingAuthenticationToken": Mistake.MISSING,
    "MissingAuthenticationTokenException": Mistake.MISSING,
    "ExpiredToken": Mistake.EXPIRED,
    "ExpiredTokenException": Mistake.EXPIRED,
    "TokenRefreshRequired": Mistake.EXPIRED,
    "RequestTimeTooSkewed": Mistake.CLOCK,
    "RequestExpired": Mistake.CLOCK,
    "RequestInTheFuture": Mistake.CLOCK,
    "AuthorizationHeaderMalformed": Mistake.REGION,
    "AccessDenied": Mistake.DENIED,
    "AccessDeniedException": Mistake.DENIED,
    "UnauthorizedOperation": Mistake.DENIED,
    "AuthorizationError": Mistake.DENIED,
}
