"""What a running formula is given: the execution context, its fetcher, storage and logger.

Definitions only: the runner supplies what stands behind the protocols.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any, Literal, Protocol, overload

from coda_cli.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    from coda_cli.sdk.exchanges import FetchRequest, FetchResponse
    from coda_cli.sdk.schemas import Schema
    from coda_cli.sdk.syncs import SyncCompletionMetadata


class Fetcher(Protocol):
    """Sends requests, authenticated as the pack declares."""

    @overload
    def fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: str | bytes | None = None,
        form: Mapping[str, str] | None = None,
        is_binary_response: bool = False,
        disable_authentication: bool = False,
        ignore_redirects: bool = False,
        cache_ttl_secs: float | None = None,
        force_cache: bool = False,
    ) -> FetchResponse: ...

    @overload
    def fetch(self, method: FetchRequest, /) -> FetchResponse: ...

    def fetch(self, method: str | FetchRequest, url: str | None = None, **options: Any) -> FetchResponse:
        """Send one request and return its answer.

        It is given as a method, a URL and the rest of ``FetchRequest`` by keyword, or as a
        ``FetchRequest`` alone.

        Raises:
            StatusCodeError: the answer's status is outside 2xx.
            RequestError: the request was refused here, or it failed.
            CredentialsError: there are no usable credentials.
        """
        ...

    @overload
    def fetch_all(
        self,
        requests: Iterable[FetchRequest | str],
        *,
        concurrency: int = 16,
        return_errors: Literal[False] = False,
    ) -> list[FetchResponse]: ...

    @overload
    def fetch_all(
        self, requests: Iterable[FetchRequest | str], *, concurrency: int = 16, return_errors: bool
    ) -> list[FetchResponse | Exception]: ...

    def fetch_all(
        self,
        requests: Iterable[FetchRequest | str],
        *,
        concurrency: int = 16,
        return_errors: bool = False,
    ) -> list[FetchResponse] | list[FetchResponse | Exception]:
        """Send many requests, some of them at once, and return their answers in the same order.

        Args:
            requests: each a ``FetchRequest``, or the URL of a GET. Those of a generator are taken when there
                is room for them.
            concurrency: how many are on their way at once, 256 at most, fewer where few files may be open.
            return_errors: put the error of a request that fails in the place of its answer, and go on.
                Otherwise the first error is raised: nothing more is sent, and nothing waited for.

        Raises:
            ValueError: the concurrency is no whole number above zero.
            TypeError: there is something among the requests that is none.
            Exception: as for ``fetch``.
        """
        ...

    def pages(
        self,
        request: FetchRequest | str,
        next: Callable[[FetchResponse], FetchRequest | str | None],
    ) -> Generator[FetchResponse, None, None]:
        """Fetch page after page of a listing, each while the one before is being used.

        Args:
            request: for the first page, or its URL.
            next: is called with each page, and makes the request for the next one: a ``FetchRequest``, a URL
                that the same request goes to, or None at the end.

        Raises:
            TypeError: what should be a request is none.
            RequestError: a request is the same as an earlier one; and as for ``fetch``. What is wrong with a
                page is raised when it is asked for.
        """
        ...


class TemporaryUrl(str):
    """The URL of what a run stored: where a result is to be a URL, it may be this one.

    It is text in every way. The class tells it from other ``file:`` URLs, which are no results.
    """

    __slots__ = ()


class TemporaryBlobStorage(Protocol):
    """Keeps bytes that a result refers to but cannot hold: large ones, or such as need the account."""

    def store_url(
        self,
        url: str,
        *,
        content_type: str | None = None,
        download_filename: str | None = None,
        expiry_ms: float | None = None,
        headers: Mapping[str, str] | None = None,
        disable_authentication: bool = False,
        cache_ttl_secs: float | None = None,
    ) -> str:
        """Fetch a URL as ``Fetcher.fetch`` does, keep what it answers, and return where.

        Args:
            url: as for a fetch.
            content_type: what it is, instead of what the answer says.
            download_filename: the name of the file that is kept.
            expiry_ms: accepted and without effect when run locally.
            headers: as for a fetch, and the two that follow.
            disable_authentication: send the request without credentials.
            cache_ttl_secs: accepted and without effect when run locally.

        Raises:
            RequestError: as for a fetch; or the file's name is none, or it cannot be written.
            CredentialsError: there are no usable credentials.
        """
        ...

    def store_blob(
        self,
        blob_data: bytes,
        content_type: str,
        *,
        download_filename: str | None = None,
        expiry_ms: float | None = None,
    ) -> str:
        """Keep bytes, and return the URL of the file they are in.

        Raises:
            RequestError: it is given no bytes, or the file's name is none, or it cannot be written.
        """
        ...


class NoBlobStorage:
    """Stands where a context was made without a storage; a ``TemporaryBlobStorage`` that refuses."""

    def store_url(self, url: str, **_: Any) -> str:
        """Refuse."""
        raise self._error(f"the URL {url!r}")

    def store_blob(self, blob_data: bytes, content_type: str, **_: Any) -> str:  # noqa: ARG002 - protocol
        """Refuse."""
        raise self._error(f"a blob of type {content_type}")

    def _error(self, what: str) -> RequestError:
        return RequestError(
            f"{what} cannot be stored: this context has no temporary blob storage",
            "Give it one: sdk.ExecutionContext(fetcher=…, temporary_blob_storage=…).",
        )


class Logger(Protocol):
    """A logger with the reference's methods; ``%s`` in a message takes the arguments in turn."""

    def trace(self, message: object, /, *args: object) -> None:
        """Say what only matters for finding a mistake, in every step."""
        ...

    def debug(self, message: object, /, *args: object) -> None:
        """Say what only matters for finding a mistake."""
        ...

    def info(self, message: object, /, *args: object) -> None:
        """Say what was done."""
        ...

    def warn(self, message: object, /, *args: object) -> None:
        """Say what may be wrong."""
        ...

    def warning(self, message: object, /, *args: object) -> None:
        """Say what may be wrong, by the name that Python has for it."""
        ...

    def error(self, message: object, /, *args: object) -> None:
        """Say what is wrong, and go on."""
        ...


def _logger() -> Logger:
    from coda_cli.sdk.logger import PackLogger

    return PackLogger()


@dataclass(frozen=True, slots=True)
class InvocationLocation:
    """Where a formula was invoked from. There is no document when it is run from the command line."""

    protocol_and_host: str = "https://coda.io"
    doc_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sync:
    """What is said of the sync that is going on, as ``context.sync``.

    Args:
        continuation: what the call before this one gave back; None in the first call.
        dynamic_url: which table of a dynamic sync table is meant.
        schema: the schema of one row, of a dynamic sync table.
        previous_completion: what the sync before this one left; None asks for all rows.
    """

    continuation: Any = None
    dynamic_url: str | None = None
    schema: Schema | None = None
    previous_completion: SyncCompletionMetadata | None = None


@dataclass(frozen=True, slots=True)
class ExecutionContext:
    """What every formula receives as its first argument.

    ``timezone`` is the one that dates without an offset are read in. ``endpoint`` is the URL that the
    person configured for a pack that requires one. ``invocation_token`` is another one for each run.
    ``logger`` says things to whoever runs the formula. ``sync`` says where a sync is; it is empty in
    other formulas.
    """

    fetcher: Fetcher
    endpoint: str | None = None
    timezone: tzinfo = UTC
    invocation_token: str = ""
    invocation_location: InvocationLocation = field(default_factory=InvocationLocation)
    temporary_blob_storage: TemporaryBlobStorage = field(default_factory=NoBlobStorage)
    logger: Logger = field(default_factory=_logger)
    sync: Sync = Sync()
