"""Many requests of one run: credentials are got once for all of them, and each further one costs little.

Work is counted, not time: a machine that is busy must not fail a test.
"""

from __future__ import annotations

import re
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.errors import CredentialsError
from coda_cli.runtime.contexts import RunOptions, open_context
from coda_cli.sdk import AuthenticationType, new_pack
from tests.auth.world import EXTERNAL_ID, KEY_ID, ROLE, SECRET, FakeSts
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from coda_cli.sdk import ExecutionContext
    from tests.servers import Received

URLS = [f"https://s3.us-east-1.amazonaws.com/bucket/{number}" for number in range(40)]


def context_of(
    service: LoopbackServer, sts: FakeSts | None = None
) -> AbstractContextManager[ExecutionContext]:
    """Open the context of a pack for S3, by a role where there is an STS, as a run does."""
    kind = AuthenticationType.AWS_ACCESS_KEY if sts is None else AuthenticationType.AWS_ASSUME_ROLE
    pack = new_pack()
    pack.add_network_domain("amazonaws.com")
    pack.set_user_authentication(type=kind, service="s3")
    environ = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_ENDPOINT_URL": service.url}
    options = RunOptions(
        environ if sts is None else environ | {"AWS_ENDPOINT_URL_STS": sts.url},
        role_arn=None if sts is None else ROLE,
        external_id=None if sts is None else EXTERNAL_ID,
        no_cache=True,
    )
    return open_context(pack, "pack", options)


def key_of(received: Received) -> str:
    """The access key id that a request was signed with."""
    found = re.search("Credential=([^/]+)/", received.header("Authorization") or "")
    assert found is not None
    return found[1]


def test_one_session_for_all() -> None:
    """A role is assumed once, however many requests are on their way at once."""
    with FakeSts() as sts, LoopbackServer(Answer(body=b"[]")) as service, context_of(service, sts) as context:
        answers = context.fetcher.fetch_all(URLS, concurrency=8)
    assert [answer.body for answer in answers] == [[]] * len(URLS)
    assert len(sts.requests) == 1
    assert service.connections <= 8


def test_an_expired_session_is_replaced_once() -> None:
    """Requests that find their session expired at the same time get one new session together."""
    together = threading.Barrier(8)

    def answer(request: Received) -> Answer:
        if key_of(request) == "ASIANUMBER0000000001":
            together.wait(20)
            return Answer(400, body=b"<Error><Code>ExpiredToken</Code><Message>It is over.</Message></Error>")
        return Answer(body=request.target)

    with (
        FakeSts(numbered=True) as sts,
        LoopbackServer(answer) as service,
        context_of(service, sts) as context,
    ):
        answers = context.fetcher.fetch_all(URLS[:8], concurrency=8)
    assert [answer.body for answer in answers] == [f"/bucket/{number}" for number in range(8)]
    assert len(sts.requests) == 2


def test_a_refused_role_is_asked_for_once() -> None:
    """STS is not asked again for every request that needs what it refused."""
    with FakeSts() as sts, LoopbackServer() as service, context_of(service, sts) as context:
        sts.refusal = ("AccessDenied", "not authorized to perform: sts:AssumeRole")
        answers = context.fetcher.fetch_all(URLS, return_errors=True)
    assert [type(answer) for answer in answers] == [CredentialsError] * len(URLS)
    assert [call["Action"] for call in sts.asked].count("AssumeRole") == 1
    assert not service.requests


def test_pages_of_a_role() -> None:
    """A listing that is fetched one page ahead needs one session and one connection."""
    with FakeSts() as sts, LoopbackServer(Answer()) as service, context_of(service, sts) as context:
        following = iter(URLS[1:])
        pages = context.fetcher.pages(URLS[0], lambda _: next(following, None))
        assert len(list(pages)) == len(URLS)
    assert (len(sts.requests), service.connections) == (1, 1)


@contextmanager
def counted_calls() -> Iterator[Counter[str]]:
    """Count which functions are called, by their last name, in this thread and those that it starts."""
    calls: Counter[str] = Counter()

    def note(frame: Any, event: str, function: Any) -> None:
        if event == "call":
            calls[frame.f_code.co_qualname] += 1
        elif event == "c_call":
            calls[function.__name__] += 1

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


OF_THE_FIRST = [
    pytest.param("digest", id="a step of deriving the signing key"),
    pytest.param("SigV4Auth.__init__", id="a signer"),
    pytest.param("PoolManager.connection_from_host", id="a pool of connections"),
    pytest.param("Proxies.to_reach", id="choosing a proxy"),
    pytest.param("Thread.start", id="a thread"),
    pytest.param("connect", id="a connection"),
]
"""What the first request of a run does for those that follow, by the function that is called for it."""

OF_NONE = [
    pytest.param("Loader.load_data", id="botocore's data"),
    pytest.param("split_authority", id="taking a host apart"),
    pytest.param("_signing_region", id="the region of a host"),
    pytest.param("stat", id="looking for certificates"),
    pytest.param("extract_cookies_to_jar", id="cookies"),
    pytest.param("get_encoding_from_headers", id="an encoding that nobody asks for"),
    pytest.param("Condition.__init__", id="what threads wait with"),
    pytest.param("_compile_info", id="a regular expression"),
]
"""What may have been done before by another run in this process, or is never done."""


@pytest.fixture(scope="module")
def further_calls() -> tuple[Counter[str], Counter[str]]:
    """What is called for the first request, and what for twenty more to the same host."""
    # The server's threads are started beforehand: only what fetches is counted.
    with (
        LoopbackServer(Answer(body=b"{}")) as service,
        counted_calls() as calls,
        context_of(service) as context,
    ):
        context.fetcher.fetch("GET", URLS[0])
        first = Counter(calls)
        calls.clear()
        for url in URLS[:20]:
            context.fetcher.fetch("GET", url)
        further = Counter(calls)
    return first, further


def test_each_request_is_signed(further_calls: tuple[Counter[str], Counter[str]]) -> None:
    """The measure itself sees what every request needs."""
    first, further = further_calls
    assert (first["SigV4Auth.add_auth"], further["SigV4Auth.add_auth"]) == (1, 20)
    assert first["digest"] == 4


@pytest.mark.parametrize("function", OF_THE_FIRST)
def test_what_is_done_once(further_calls: tuple[Counter[str], Counter[str]], function: str) -> None:
    """What is the same for all requests to a host is done for the first of them."""
    first, further = further_calls
    assert first[function] > 0
    assert further[function] == 0


@pytest.mark.parametrize("function", OF_NONE)
def test_what_is_not_done_again(further_calls: tuple[Counter[str], Counter[str]], function: str) -> None:
    """What a process needs once, or never, is not done for each request."""
    assert further_calls[1][function] == 0


def test_one_of_many_is_in_another_region() -> None:
    """The bucket that says so is signed for its own region, once more; the answers stay in their order."""
    urls = [f"https://s3.us-east-1.amazonaws.com/bucket-{number}/key" for number in range(3)]

    def answer(request: Received) -> Answer:
        is_signed_for_it = "/eu-west-1/" in (request.header("Authorization") or "")
        if request.target == b"/bucket-1/key" and not is_signed_for_it:
            return Answer(301, (("x-amz-bucket-region", "eu-west-1"),))
        return Answer(body=request.target)

    with LoopbackServer(answer) as service, context_of(service) as context:
        answers = context.fetcher.fetch_all(urls, concurrency=3)
    assert [answer.body for answer in answers] == [f"/bucket-{number}/key" for number in range(3)]
    assert len(service.requests) == 4


def echo(request: Received) -> Answer:
    """Repeat how a request was authorised."""
    return Answer(body=(request.header("Authorization") or "").encode())


def test_secrets_that_are_echoed_to_many() -> None:
    """What a service repeats of one request's signature is cut out of that request's answer."""
    with LoopbackServer(echo) as service, context_of(service) as context:
        answers = context.fetcher.fetch_all(URLS, concurrency=8)
    signatures = {(one.header("Authorization") or "").rpartition("=")[2] for one in service.requests}
    assert len(signatures) == len(URLS)
    assert not [one for one in answers if one.body.rpartition("=")[2] in signatures]
    assert all("[secret]" in answer.body for answer in answers)
