"""The composition root: puts a pack, its authentication and the transport together.

The only place where fetching and auth meet. It decides nothing itself, and until a formula fetches for
the first time it opens nothing and imports neither requests nor botocore.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from coda_cli.errors import CredentialsError, UsageError
from coda_cli.redaction import Redactor
from coda_cli.runtime.blobs import TemporaryFiles
from coda_cli.runtime.connections import Connection
from coda_cli.sdk.authentication import AuthenticationType
from coda_cli.sdk.context import ExecutionContext

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping
    from pathlib import Path

    from coda_cli.auth.aws_options import AwsOptions
    from coda_cli.auth.store import StoredCredentials
    from coda_cli.fetching.fetcher import HttpFetcher
    from coda_cli.fetching.transport import Transport
    from coda_cli.runtime.dry_run import DryRun
    from coda_cli.sdk.authentication import Authentication
    from coda_cli.sdk.exchanges import FetchResponse
    from coda_cli.sdk.pack import Pack
    from coda_cli.wire import Clock

DEFAULT_TIMEOUT = 60.0
"""Seconds for one request as a whole."""

DEFAULT_RETRIES = 3
"""How often a request that failed is sent again, where that may help."""


DEFAULT_MAX_ROWS = 1000
"""How many rows of a sync table are got where nobody said how many are wanted."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the person chose for one run.

    ``environ`` is the process's own, except in the emulator; ``duration`` is that of an assumed role's
    session, in seconds; ``dry_run`` keeps the first request, where nothing is to be sent; ``on_request`` is
    called for each request that the pack asks for.
    """

    environ: Mapping[str, str] = field(repr=False)
    profile: str | None = None
    region: str | None = None
    role_arn: str | None = None
    external_id: str | None = field(default=None, repr=False)
    session_name: str | None = None
    duration: int | None = None
    no_cache: bool = False
    timeout: float = DEFAULT_TIMEOUT
    retries: int = DEFAULT_RETRIES
    allow_multiple_network_domains: bool = False
    may_fetch: bool = True
    dry_run: DryRun | None = None
    redactor: Redactor = field(default_factory=Redactor)
    on_request: Callable[[], None] | None = None


def _now() -> datetime:
    return datetime.now(UTC)


def check_options(authentication: Authentication, options: RunOptions, used_by: str = "this pack") -> None:
    """Refuse options that mean nothing to this authentication, before a formula runs.

    Raises:
        UsageError: an option is for another type of authentication, is malformed, or contradicts another one.
    """
    if options.dry_run is not None and not options.may_fetch:
        raise UsageError("--dry-run and --no-fetch contradict each other", "--dry-run sends nothing either.")
    assumes_role = authentication.type is AuthenticationType.AWS_ASSUME_ROLE
    for option, value, goes_with in (
        ("--profile", options.profile, authentication.is_aws),
        ("--region", options.region, authentication.is_aws),
        ("--role-arn", options.role_arn, assumes_role),
        ("--external-id", options.external_id, assumes_role),
        ("--session-name", options.session_name, assumes_role),
        ("--duration", options.duration, assumes_role),
    ):
        if value is not None and not goes_with:
            raise UsageError(
                f"{option} does not go with {used_by}",
                f"Its authentication is {authentication.type.name}.",
            )
    if options.session_name is not None:
        from coda_cli.auth.aws_options import checked_session_name

        checked_session_name(options.session_name)


class StoredForPack:
    """What is stored for a pack, as far as it uses it; the file is read when it is first called for.

    Args:
        authentication: the pack's own.
        path: the pack's file, beside which credentials are stored; None stores none.
    """

    def __init__(self, authentication: Authentication, path: Path | None) -> None:
        self._authentication = authentication
        self._path = path

    def __call__(self) -> StoredCredentials:
        """Return it; empty where nothing is stored.

        Raises:
            CredentialsError: the file cannot be read, or others may read it.
        """
        return self._stored

    @cached_property
    def _stored(self) -> StoredCredentials:
        from coda_cli.auth.store import CredentialsStore, StoredCredentials

        declared = self._authentication
        if self._path is None or not (declared.is_aws or declared.requires_endpoint_url):
            return StoredCredentials()
        return CredentialsStore(self._path).read().used_by(declared.type)

    def endpoint(self, environ: Mapping[str, str]) -> str | None:
        """Return the endpoint that is configured for a pack which requires one: by variable, else stored.

        Raises:
            CredentialsError: as above.
        """
        if not self._authentication.requires_endpoint_url:
            return None
        return environ.get("CODA_ENDPOINT_URL") or self().endpoint_url


@contextmanager
def open_context(
    pack: Pack,
    stem: str,
    options: RunOptions,
    clock: Clock = _now,
    *,
    path: Path | None = None,
    connection: Connection | None = None,
) -> Iterator[ExecutionContext]:
    """Give a formula its context, and close its connections when it is done.

    Args:
        pack: whose formula will run.
        stem: the pack's file name without its ending; it names the session of an assumed role.
        options: what the person chose.
        clock: the time now, in UTC; signatures are made with it.
        path: the pack's file, if credentials may be stored beside it.
        connection: the authentication of the run, the pack's own unless given.
    """
    connection = connection or Connection(pack.authentication)
    stored = StoredForPack(connection.authentication, path)
    endpoint = None
    with suppress(CredentialsError):  # a fetch will say what is wrong; others need not care
        endpoint = stored.endpoint(options.environ)
    with _DeferredFetcher(lambda: _make_fetcher(pack, connection, stem, options, clock, stored)) as fetcher:
        yield ExecutionContext(
            fetcher=fetcher,
            endpoint=endpoint,
            invocation_token=os.urandom(16).hex(),
            temporary_blob_storage=TemporaryFiles(fetcher),
        )


def aws_options(stem: str, options: RunOptions, stored: StoredForPack) -> AwsOptions:
    """Return what concerns AWS of what the person chose."""
    from coda_cli.auth.aws_options import AwsOptions, session_name

    return AwsOptions(
        environ=options.environ,
        profile=options.profile,
        region=options.region,
        role_arn=options.role_arn,
        external_id=options.external_id,
        session_name=session_name(stem),
        chosen_session_name=options.session_name,
        duration=options.duration,
        keeps_sessions=not options.no_cache,
        timeout=options.timeout,
        stored=stored,
    )


def _make_fetcher(
    pack: Pack,
    connection: Connection,
    stem: str,
    options: RunOptions,
    clock: Clock,
    stored: StoredForPack,
) -> HttpFetcher:
    """Put the layers together: what authenticates, what is allowed, what sends."""
    from coda_cli.auth.authenticators import Authenticators
    from coda_cli.fetching.fetcher import HttpFetcher
    from coda_cli.fetching.policy import Endpoint, NetworkPolicy

    authentication = connection.authentication
    aws = aws_options(stem, options, stored)
    dry_run = options.dry_run
    authenticators = Authenticators(aws, options.redactor, clock, dry_run.tell if dry_run else None)

    def open_transport() -> Transport:
        ca_bundle = authenticators.ca_bundle() if authentication.is_aws else None
        return dry_run.opened(ca_bundle) if dry_run else _open_transport(options.environ, ca_bundle)

    return HttpFetcher(
        policy=NetworkPolicy(
            domains=pack.network_domains,
            authenticated_domain=_authenticated_domain(pack, authentication),
            allow_multiple=options.allow_multiple_network_domains,
        ),
        authenticator=authenticators.authenticator(authentication, is_optional=connection.is_optional),
        router=authenticators.router(authentication),
        open_transport=open_transport,
        redactor=options.redactor,
        endpoint=Endpoint(stored.endpoint(options.environ), authentication.endpoint_domain)
        if authentication.requires_endpoint_url
        else None,
        timeout=options.timeout,
        retries=options.retries,
        is_allowed=options.may_fetch,
        most_concurrent=1 if dry_run else None,  # what it shows is the first
        on_request=options.on_request,
    )


def _open_transport(environ: Mapping[str, str], ca_bundle: str | None) -> Transport:
    from coda_cli.fetching.transport import HttpTransport

    return HttpTransport(environ, ca_bundle=ca_bundle)


def _authenticated_domain(pack: Pack, authentication: Authentication) -> str | None:
    """Return the only domain that receives credentials, if requests are authenticated at all."""
    if authentication.type is AuthenticationType.NONE:
        return None
    return authentication.network_domain or next(iter(pack.network_domains), None)


class _DeferredFetcher:
    """Stand for the fetcher until the first fetch, then make it once."""

    def __init__(self, make: Callable[[], HttpFetcher]) -> None:
        self._make = make
        self._made: HttpFetcher | None = None
        self._lock = Lock()  # a pack may fetch from several threads

    def __enter__(self) -> _DeferredFetcher:
        return self

    def __exit__(self, *_: object) -> None:
        if self._made is not None:
            self._made.close()

    @property
    def fetch(self) -> Callable[..., FetchResponse]:
        return self._fetcher().fetch

    @property
    def fetch_all(self) -> Callable[..., list[Any]]:
        return self._fetcher().fetch_all

    @property
    def pages(self) -> Callable[..., Generator[FetchResponse, None, None]]:
        return self._fetcher().pages

    def _fetcher(self) -> HttpFetcher:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made
