"""Where a parameter's text comes from."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import pytest

from coda_cli.cli.values import ValueSource
from coda_cli.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


class Broken(io.RawIOBase):
    """A standard input that fails when it is read."""

    def readable(self) -> bool:
        """Tell that it can be tried."""
        return True

    def readinto(self, _: object) -> int:
        """Fail."""
        raise OSError(5, "Input/output error")


@pytest.mark.parametrize(
    ("word", "text"),
    [
        pytest.param("plain", "plain", id="plain"),
        pytest.param("", "", id="empty"),
        pytest.param("@@x", "@x", id="two at signs"),
        pytest.param("@@", "@", id="only two at signs"),
        pytest.param(r"\-", "-", id="backslash dash"),
        pytest.param(r"\x", r"\x", id="another backslash"),
        pytest.param("a@b", "a@b", id="at sign inside"),
        pytest.param("--", "--", id="two dashes"),
        pytest.param("@file", " kept\r\nas it is, é\n", id="file"),
        pytest.param("-", " from\noutside\n", id="standard input"),
    ],
)
def test_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str, text: str) -> None:
    """A word is a text, or says where the text is; what is read is kept as it is."""
    (tmp_path / "file").write_bytes(" kept\r\nas it is, é\n".encode())
    monkeypatch.chdir(tmp_path)
    assert ValueSource(io.BytesIO(b" from\noutside\n")).text(word) == text
    assert ValueSource(io.BytesIO(b" from\noutside\n")).pair(f"name={word}") == ("name", text)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        pytest.param("@nosuch", "the value @nosuch cannot be read: No such file", id="missing"),
        pytest.param("@.", "the value @. cannot be read: Is a directory", id="folder"),
        pytest.param("@", "the value @ cannot be read", id="no name"),
        pytest.param("@latin", "the file 'latin' is not text in UTF-8, from byte 1 on", id="not UTF-8"),
        pytest.param("@a\0b", "cannot be read", id="NUL"),
    ],
)
def test_files_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str, said: str
) -> None:
    """Each is a usage error that names the file."""
    (tmp_path / "latin").write_bytes(b"a\xe9")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        ValueSource().text(word)
    assert said in caught.value.message


def test_literal_at_sign_is_suggested() -> None:
    """Who wanted the text itself is told how to write it."""
    with pytest.raises(UsageError) as caught:
        ValueSource().text("@home")
    assert caught.value.details == ("For the text itself write @@home.",)


def test_standard_input_is_read_once() -> None:
    """The second ``-`` of a command would get nothing, so it is refused."""
    source = ValueSource(io.BytesIO(b"text"))
    assert source.text("-") == "text"
    with pytest.raises(UsageError, match="can be read once"):
        source.pair("name=-")


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        pytest.param(io.BytesIO(b"\xff"), "standard input is not text in UTF-8", id="not UTF-8"),
        pytest.param(io.BufferedReader(Broken()), "standard input cannot be read: Input/output", id="broken"),
    ],
)
def test_standard_input_that_cannot_be_read(stdin: io.BufferedIOBase, said: str) -> None:
    """What is wrong with standard input is told."""
    with pytest.raises(UsageError, match=said):
        ValueSource(stdin).text("-")  # type: ignore[arg-type]  # close enough to BinaryIO to be read


@pytest.mark.parametrize("word", ["name", "=value", "", "@file"])
def test_pairs_need_a_name_and_an_equals_sign(word: str) -> None:
    """``--param`` is of the form NAME=VALUE."""
    with pytest.raises(UsageError, match="not of the form NAME=VALUE"):
        ValueSource().pair(word)


def test_bytes_that_the_locale_lacks_are_utf8() -> None:
    """Where Python's locale has no UTF-8, the words of a command line are read as it all the same."""
    assert ValueSource().text("Übersicht ☃".encode().decode("ascii", "surrogateescape")) == "Übersicht ☃"
    with pytest.raises(UsageError, match="not text in UTF-8, from byte 1 on"):
        ValueSource().text(os.fsdecode(b"a\xff"))
