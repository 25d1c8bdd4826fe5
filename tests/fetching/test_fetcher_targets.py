"""What arrives as the request target is, byte for byte, what was authenticated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coda_cli.wire import PathStyle
from tests.fetching.parts import Signer, fetcher_of

if TYPE_CHECKING:
    from tests.servers import LoopbackServer

PIECES = st.one_of(
    st.sampled_from(
        [
            "/",
            "//",
            ".",
            "..",
            "%2F",
            "%2f",
            "%2E%2e",
            "%",
            "%%",
            "%zz",
            "%2",
            "%25",
            "%00",
            "%FF",
            "~",
            "%7e",
            " ",
        ]
    ),
    st.sampled_from([*"+:@,;=!$&'()*[]{}|\\^`\"<>-_", "ü", "€", "😀", "\u0301", "\u2028", "\xa0", "a", "Z"]),
    st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\x7f?#"),
)
PATHS = st.lists(PIECES, max_size=8).map("".join)
QUERIES = st.lists(
    st.one_of(PIECES, st.sampled_from(["&", "&&", "=", "?", "a=1", "a=2", "a", "b=%2b+c"])), max_size=8
).map("".join)


@pytest.mark.parametrize("style", PathStyle)
@settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(path=PATHS, query=QUERIES)
def test_target_that_arrives_is_the_one_that_was_signed(
    server: LoopbackServer, style: PathStyle, path: str, query: str
) -> None:
    """Whatever a pack writes as path and query, no library changes it after it was signed."""
    signer = Signer(path_style=style)
    with fetcher_of(authenticator=signer) as fetcher:
        fetcher.fetch("GET", f"{server.url}/{path}?{query}")
    assert server.requests[-1].target == signer.signed[-1].url.target.encode()
    assert server.requests[-1].request_line.endswith(b" HTTP/1.1")
