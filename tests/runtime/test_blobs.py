"""What a run stores, where, and what is no blob."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from coda_cli.errors import RequestError
from coda_cli.runtime.blobs import TemporaryFiles
from coda_cli.sdk.context import TemporaryUrl
from coda_cli.sdk.exchanges import FetchResponse, Headers
from tests.fetchers import OneByOne


class OneFile(OneByOne):
    """A fetcher that has one file to give, and keeps what it was asked."""

    def __init__(self, content: bytes = b"", content_type: str | None = None) -> None:
        self.content = content
        self.headers = Headers(() if content_type is None else (("Content-Type", content_type),))
        self.asked: list[tuple[Any, ...]] = []

    def fetch(self, method: Any, url: Any = None, **more: Any) -> FetchResponse:
        """Give the file."""
        self.asked.append((method, url, more))
        return FetchResponse(200, self.headers, self.content)


def storage(folder: Path, fetcher: OneFile | None = None) -> TemporaryFiles:
    """Make a storage whose folder is in this one."""
    return TemporaryFiles(fetcher or OneFile(), folder)


def file_of(url: str) -> Path:
    """The file that a URL names."""
    assert url.startswith("file:///")
    return Path(unquote(urlsplit(url).path))


def test_bytes_become_a_file_for_their_owner(tmp_path: Path) -> None:
    """A blob lies in a folder of the run's own, which nobody else may enter, with the ending of its type."""
    url = storage(tmp_path).store_blob(b"<svg/>", "image/svg+xml; charset=utf-8")
    path = file_of(url)
    assert isinstance(url, TemporaryUrl)
    assert path.read_bytes() == b"<svg/>"
    assert (path.name, path.parent.parent.parent) == ("blob.svg", tmp_path.resolve())
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)} == {0o700}


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    """A run that stores nothing leaves no folder, and one that stores twice leaves one."""
    blobs = storage(tmp_path)
    assert list(tmp_path.iterdir()) == []
    blobs.store_blob(b"1", "text/plain")
    blobs.store_blob(b"2", "text/plain")
    assert len(list(tmp_path.iterdir())) == 1


def test_two_blobs_of_one_name(tmp_path: Path) -> None:
    """Each has the name that was asked for, and neither replaces the other; from several threads too."""
    blobs = storage(tmp_path)

    def store(number: int) -> str:
        return blobs.store_blob(str(number).encode(), "text/csv", download_filename="a b.csv", expiry_ms=1)

    with ThreadPoolExecutor(8) as pool:
        paths = [file_of(url) for url in pool.map(store, range(16))]
    assert {path.name for path in paths} == {"a b.csv"}
    assert [path.read_text() for path in paths] == [str(number) for number in range(16)]


@pytest.mark.parametrize(
    ("said", "given", "name"),
    [
        pytest.param("image/png", None, "blob.png", id="the answer says it"),
        pytest.param("image/png", "text/plain", "blob.txt", id="the pack says it"),
        pytest.param(None, None, "blob.bin", id="nobody says it"),
        pytest.param("no type at all", None, "blob", id="unknown"),
    ],
)
def test_what_is_fetched_is_kept(tmp_path: Path, said: str | None, given: str | None, name: str) -> None:
    """A URL is fetched by the run's own fetcher, as bytes, with the pack's headers."""
    fetcher = OneFile(b"\x89PNG", said)
    url = storage(tmp_path, fetcher).store_url(
        "https://example.com/x", content_type=given, headers={"A": "b"}, disable_authentication=True
    )
    assert (file_of(url).name, file_of(url).read_bytes()) == (name, b"\x89PNG")
    ((method, asked, more),) = fetcher.asked
    assert (method, asked, more["headers"]) == ("GET", "https://example.com/x", {"A": "b"})
    assert (more["is_binary_response"], more["disable_authentication"]) == (True, True)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc/x", "..\\x", "a\0b", " . ", 5])
def test_names_that_lead_elsewhere(tmp_path: Path, name: Any) -> None:
    """A file's name stays in its folder; nothing is fetched for one that does not."""
    fetcher = OneFile()
    with pytest.raises(RequestError, match="cannot be the name of a file"):
        storage(tmp_path, fetcher).store_blob(b"", "text/plain", download_filename=name)
    with pytest.raises(RequestError, match="cannot be the name of a file"):
        storage(tmp_path, fetcher).store_url("https://example.com/", download_filename=name)
    assert (fetcher.asked, list(tmp_path.iterdir())) == ([], [])


@pytest.mark.parametrize(
    ("content", "content_type", "expiry", "said"),
    [
        pytest.param("text", "text/plain", None, "a blob is bytes, not str", id="text"),
        pytest.param(None, "text/plain", None, "a blob is bytes, not NoneType", id="nothing"),
        pytest.param(b"", None, None, "the content type of a blob is text, not NoneType", id="no type"),
        pytest.param(b"", "text/plain", 0, "expiry_ms is a number", id="expired"),
        pytest.param(b"", "text/plain", "1", "expiry_ms is a number", id="expiry is text"),
    ],
)
def test_what_is_no_blob(tmp_path: Path, content: Any, content_type: Any, expiry: Any, said: str) -> None:
    """What cannot be stored is told, and leaves nothing behind."""
    with pytest.raises(RequestError, match=said):
        storage(tmp_path).store_blob(content, content_type, expiry_ms=expiry)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("folder", "name"), [pytest.param("gone", None, id="no folder"), pytest.param("", "x" * 300, id="name")]
)
def test_what_cannot_be_written(tmp_path: Path, folder: str, name: str | None) -> None:
    """What the system refuses is told as that."""
    with pytest.raises(RequestError, match="a blob cannot be stored: "):
        storage(tmp_path / folder).store_blob(b"", "text/plain", download_filename=name)
