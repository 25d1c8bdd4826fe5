"""Every error that coda raises, and the exit code each one ends the program with.

::

    CodaError                         1
    ├── UsageError                    2  the command line does not make sense
    ├── PackError                     3  the pack cannot be loaded or is invalid
    │   └── DeclarationError          3  one declaration in the pack makes no sense
    ├── CredentialsError              4  no credentials, malformed, unreadable or refused
    │   ├── NoCredentialsError        4  there are none, and nothing asked for particular ones
    │   └── UnreadableStoreError      4  the file that credentials are stored in is corrupt
    ├── RequestError                  5  a request failed and the pack did not handle it
    │   ├── InvalidURLError           5  the URL cannot be sent safely
    │   ├── HostNotAllowedError       5  the host is not under a declared network domain
    │   ├── ConnectionFailedError     5  no connection, or it broke
    │   ├── RequestTimeoutError       5  the whole request took too long
    │   ├── DecodingError             5  the answer's body is not what it says it is
    │   ├── ResponseSizeTooLargeError 5  the answer is over the limit
    │   └── StatusCodeError           5  a status outside 2xx; 4 where it refuses the credentials
    ├── EmulatorError                 5  the AWS on this machine cannot be made or started
    ├── FormulaError                  1  the formula raised an exception of its own
    ├── ResultError                   1  the formula's result is not of the declared type
    └── UserVisibleError              1  what a pack says to the person who runs it
        └── MissingScopesError        1  the credentials lack a permission that the pack needs

The first line of an error says what happened; ``details`` are further lines: where, why, and what to
do next. Pack code may catch all of them. This module imports nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class CodaError(Exception):
    """An error that coda raises on purpose, with a message for a person.

    Args:
        message: what happened, in one line. It begins in lower case, unless with a name, a path or a
            method, and has no full stop at its end.
        details: further lines: where it happened, why, what to do next.
    """

    exit_code = 1

    def __init__(self, message: str, *details: str) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def __str__(self) -> str:
        return self.message


class UsageError(CodaError):
    """The command line does not make sense: an unknown formula, a parameter of the wrong type."""

    exit_code = 2


class PackError(CodaError):
    """The pack cannot be loaded or is invalid."""

    exit_code = 3


class DeclarationError(PackError):
    """A declaration in a pack makes no sense; raised where it is made.

    Attributes:
        others: what else contradicts the same declaration, for those who want to hear all of it at once.
    """

    others: tuple[DeclarationError, ...] = ()

    def placed(self, place: str, instead_of: str = "") -> DeclarationError:
        """Return the same error, and the others, with the place in front of the message."""
        placed = DeclarationError(f"{place}{self.message.removeprefix(instead_of)}", *self.details)
        placed.others = tuple(other.placed(place, instead_of) for other in self.others)
        return placed


class CredentialsError(CodaError):
    """No credentials, malformed, unreadable or refused, or no region or role to use them with."""

    exit_code = 4


class NoCredentialsError(CredentialsError):
    """There are none, and nothing asked for particular ones: what needs no account can go without."""


class UnreadableStoreError(CredentialsError):
    """The file that credentials are stored in is corrupt: a person may want to have it replaced."""


class RequestError(CodaError):
    """A request failed."""

    exit_code = 5


class InvalidURLError(RequestError):
    """The URL is malformed, or different programs would read it differently."""


class HostNotAllowedError(RequestError):
    """The pack did not declare the host (or port, or scheme) that it wants to call."""


class ConnectionFailedError(RequestError):
    """No connection could be made, or it broke before the answer was complete.

    Attributes:
        is_transient: another try may succeed.
        is_unsent: nothing of the request was sent, for certain.
    """

    def __init__(
        self, message: str, *details: str, is_transient: bool = False, is_unsent: bool = False
    ) -> None:
        super().__init__(message, *details)
        self.is_transient = is_transient
        self.is_unsent = is_unsent


class RequestTimeoutError(RequestError):
    """The request as a whole took longer than it may."""


class DecodingError(RequestError):
    """The body of an answer is not what its content type says, or is refused."""


class ResponseSizeTooLargeError(RequestError):
    """The body of an answer is larger than a pack may receive."""


class StatusCodeError(RequestError):
    """An answer with a status outside 2xx.

    Attributes:
        status_code: the HTTP status.
        body: the decoded body, as ``FetchResponse.body`` would hold it.
        headers: the answer's headers, case-insensitive.
        error_code: the service's own code (``AccessDenied``), or None where it gave none.
    """

    def __init__(
        self,
        message: str,
        *details: str,
        status_code: int,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        error_code: str | None = None,
        credentials_refused: bool = False,
    ) -> None:
        super().__init__(message, *details)
        self.status_code = status_code
        self.body = body
        self.headers: Mapping[str, str] = {} if headers is None else headers
        self.error_code = error_code
        if credentials_refused:
            self.exit_code = CredentialsError.exit_code


class EmulatorError(CodaError):
    """The AWS on this machine cannot be installed, started or filled."""

    exit_code = 5


class FormulaError(CodaError):
    """The formula raised an exception of its own, or let one through; the details are its traceback."""


class ResultError(CodaError):
    """What a formula returned is not of the type that it declares."""


class UserVisibleError(CodaError):
    """An error whose message a pack wants the person to see as it is, without a traceback."""


class MissingScopesError(UserVisibleError):
    """The credentials in use lack a permission that the pack needs."""

    def __init__(self, message: str = "The credentials lack a permission that this pack needs.") -> None:
        super().__init__(message)
