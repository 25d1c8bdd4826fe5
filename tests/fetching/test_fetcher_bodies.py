"""Large bodies: how much is held in memory, counted in bytes."""

from __future__ import annotations

import gc
import gzip
import json
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from coda_cli.errors import ResponseSizeTooLargeError
from coda_cli.fetching.transport_answers import LARGEST_BODY
from tests.fetching.parts import fetcher_of
from tests.servers import Answer

if TYPE_CHECKING:
    from tests.servers import LoopbackServer

MORE = 10_000_000
"""What may be held beside a body and its value."""

BYTES = bytes(range(256)) * (LARGEST_BODY // 256)
JSON = json.dumps(["x" * 1_000_000] * 26).encode()
ZIPPED = (("Content-Encoding", "gzip"),)


@pytest.mark.parametrize(
    ("answer", "binary", "size"),
    [
        pytest.param(Answer(body=BYTES), True, 0, id="bytes, which are the value"),
        pytest.param(Answer(200, ZIPPED, gzip.compress(BYTES, 1)), True, 0, id="compressed bytes"),
        pytest.param(Answer(body=JSON), False, len(JSON), id="JSON"),
        pytest.param(Answer(200, ZIPPED, gzip.compress(JSON, 1)), False, len(JSON), id="compressed JSON"),
        pytest.param(Answer(body=b"x" * LARGEST_BODY), False, LARGEST_BODY, id="text"),
    ],
)
def test_a_body_is_held_once(server: LoopbackServer, answer: Answer, binary: bool, size: int) -> None:
    """Nothing is held a second time: at most the body, its value, and a little more."""
    with fetcher_of() as fetcher:
        fetcher.fetch("GET", server.url)
        server.answer(answer)
        gc.collect()
        tracemalloc.start()
        try:
            response = fetcher.fetch("GET", server.url, is_binary_response=binary)
            value, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert len(response.body) > 1
    assert LARGEST_BODY * 0.9 < value < LARGEST_BODY + MORE, "what was counted is the value"
    assert peak < size + value + MORE


def test_a_body_that_is_too_large_is_not_held_whole(server: LoopbackServer) -> None:
    """What is over the limit is found while it is read, not when it is all there."""
    server.answer(Answer(body=(BYTES for _ in range(4))))
    with fetcher_of() as fetcher:
        gc.collect()
        tracemalloc.start()
        try:
            with pytest.raises(ResponseSizeTooLargeError):
                fetcher.fetch("GET", server.url)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < LARGEST_BODY + MORE
