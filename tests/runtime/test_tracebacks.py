"""Which lines of a traceback a pack's author gets to see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import coda_cli
from coda_cli import sdk
from coda_cli.runtime.tracebacks import pack_location, pack_traceback, raised_by_coda

if TYPE_CHECKING:
    from collections.abc import Callable

OURS = str(Path(coda_cli.__file__).parent)


def raised_by(source: str, filename: str = "/packs/pack.py") -> Exception:
    """Return what the code of a pack at ``filename`` raises."""
    with pytest.raises(Exception) as caught:
        exec(compile(source, filename, "exec"), {"sdk": sdk, "json": json})
    return caught.value


def frames(error: Exception) -> list[str]:
    """Return the files of the frames that are shown."""
    return [line.split('"')[1] for line in pack_traceback(error) if 'File "' in line]


def test_none_of_our_frames() -> None:
    """Frames of coda are left out, also below the pack's."""
    error = raised_by("def f():\n    sdk.join_url('')\nf()\n")
    assert [file for file in frames(error) if file.startswith(OURS)] == []
    assert frames(error)[-2:] == ["/packs/pack.py", "/packs/pack.py"]
    assert pack_traceback(error)[-1] == "ValueError: join_url was given an empty part: ('',)"


@pytest.mark.parametrize(
    "filename",
    [pytest.param(f"{OURS}_packs/pack.py", id="beside"), pytest.param(f"{OURS}.py", id="longer")],
)
def test_a_folder_named_like_ours_is_not_ours(filename: str) -> None:
    """A pack in ``coda_cli_packs`` beside ``coda_cli`` is the pack's."""
    error = raised_by("1 / 0", filename)
    assert frames(error)[-1] == filename
    assert pack_location(error) == f"{filename}, line 1"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            "try:\n    sdk.join_url('')\nexcept ValueError as e:\n    raise KeyError from e", id="cause"
        ),
        pytest.param("try:\n    sdk.join_url('')\nexcept ValueError:\n    1 / 0", id="context"),
        pytest.param(
            "try:\n    sdk.join_url('')\nexcept ValueError as e:\n    raise ExceptionGroup('g', [e])",
            id="group",
        ),
    ],
)
def test_causes_contexts_and_groups_are_cut_too(source: str) -> None:
    """Every part of the report is without our frames, and all parts are there."""
    lines = pack_traceback(raised_by(source))
    assert any("join_url was given an empty part" in line for line in lines)
    assert not any(OURS in line for line in lines)


def test_long_chains_of_causes() -> None:
    """A chain longer than Python's stack is deep does not end the program."""
    error = raised_by(
        "e = None\nfor n in range(3000):\n    x = ValueError(n)\n    x.__cause__ = e\n    e = x\nraise e"
    )
    assert pack_traceback(error)[-1] == "ValueError: 2999"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        pytest.param("\n1 / 0", 2, id="own line"),
        pytest.param("\ndef f():\n    sdk.join_url('')\nf()", 3, id="line that called us"),
        pytest.param("\n\njson.loads('x')", 3, id="line that called a library"),
    ],
)
def test_the_innermost_line_of_the_pack(source: str, line: int) -> None:
    """Of ours, of libraries and of the pack, the pack's innermost line is the place."""
    assert pack_location(raised_by(source)) == f"/packs/pack.py, line {line}"


def test_no_frame_is_no_place() -> None:
    """An exception that was never raised was raised nowhere."""
    assert pack_location(ValueError()) is None
    make: Callable[[], Exception] = ValueError
    assert pack_traceback(make()) == ("ValueError",)


def test_an_error_of_ours_ends_where_the_pack_called() -> None:
    """What lies below a call of ours, with the libraries' own errors, helps no author of a pack."""
    source = "try:\n    fetch()\nexcept Exception:\n    raise ValueError('mine')"
    ours = (
        "def fetch():\n    try:\n        json.loads('x')\n    except ValueError as error:\n"
        "        raise sdk.StatusCodeError('theirs', status_code=500) from error"
    )
    names = {"sdk": sdk, "json": json}
    exec(compile(ours, f"{OURS}/fetching/fetcher.py", "exec"), names)
    with pytest.raises(ValueError, match="mine") as caught:
        exec(compile(source, "/packs/pack.py", "exec"), names)
    lines = pack_traceback(caught.value)
    assert {line.split('"')[1] for line in lines if 'File "' in line} == {__file__, "/packs/pack.py"}
    assert any("theirs" in line for line in lines)
    assert not any("Expecting value" in line for line in lines)


@pytest.mark.parametrize(
    ("below", "coda"),
    [
        pytest.param(
            "def call(given):\n    return given()\n", False, id="the pack's own function, called by us"
        ),
        pytest.param("def call(given):\n    return json.loads('x')\n", True, id="a library that we called"),
        pytest.param("def call(given):\n    return 1 / 0\n", True, id="ours"),
        pytest.param("def call(given):\n    return sdk.join_url('')\n", False, id="the sdk, asked by us"),
    ],
)
def test_whose_an_exception_is(below: str, coda: bool) -> None:
    """The innermost code that is no library's decides whether a failure is the pack's or a bug in coda."""
    names = {"sdk": sdk, "json": json}
    exec(compile(below, f"{OURS}/fetching/fetcher.py", "exec"), names)
    with pytest.raises(ValueError if "1 / 0" not in below else ZeroDivisionError) as caught:
        exec(compile("call(lambda: json.loads('x'))", "/packs/pack.py", "exec"), names)
    assert raised_by_coda(caught.value) is coda
