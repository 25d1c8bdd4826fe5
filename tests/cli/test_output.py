"""A result in each of its forms."""

from __future__ import annotations

import csv
import io
import json
import os
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from coda_cli.cli.output import FORMATS, write_encoded, write_result, write_text
from coda_cli.errors import CodaError
from tests.programs import run_coda, write_pack

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]

ROWS = [{"b": 1, "a": "x"}, {"a": None, "c": [1, {"d": "é"}]}, "scalar"]
NESTED = {"name": "x", "tags": ["a", "b"], "owner": {"id": 1, "at": None}, "rows": [{"k": 1}, {"j": True}]}


def written(capsys: Capsys, value: object, output_format: str | None) -> str:
    """Return what is written of a value, piped."""
    write_result(value, output_format)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("a\n", '"a\\n"\n', id="text is quoted"),
        pytest.param(1.5, "1.5\n", id="number"),
        pytest.param(None, "null\n", id="nothing"),
        pytest.param([], "[]\n", id="empty list"),
        pytest.param({}, "{}\n", id="empty object"),
        pytest.param(["é", True], '[\n  "é",\n  true\n]\n', id="list, indented by 2"),
        pytest.param({"b": {"a": []}}, '{\n  "b": {\n    "a": []\n  }\n}\n', id="keys in their order"),
    ],
)
def test_json(capsys: Capsys, value: object, expected: str) -> None:
    """JSON is indented by 2, and the form of a piped result unless another is asked for."""
    assert written(capsys, value, "json") == expected
    assert written(capsys, value, None) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("a\nb", '"a\\nb"\n', id="text"),
        pytest.param([{"a": 1, "b": [2]}, 3], '{"a":1,"b":[2]}\n3\n', id="one line an element"),
        pytest.param({"a": [1]}, '{"a":[1]}\n', id="object"),
        pytest.param([], "", id="empty list"),
        pytest.param(None, "null\n", id="nothing"),
        pytest.param(["a\u2028b\x85"], '"a\\u2028b\\u0085"\n', id="what other readers take for a line end"),
    ],
)
def test_ndjson(capsys: Capsys, value: object, expected: str) -> None:
    """Ndjson is one line an element, or one line."""
    assert written(capsys, value, "ndjson") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(ROWS, 'b,a,c,value\n1,x,,\n,,"[1,{""d"":""é""}]",\n,,,scalar\n', id="union of keys"),
        pytest.param({"b": True, "a": "x,y"}, 'b,a\ntrue,"x,y"\n', id="object"),
        pytest.param(["a", 1, None], 'value\na\n1\n""\n', id="scalars"),
        pytest.param("a\nb", 'value\n"a\nb"\n', id="text of two lines"),
        pytest.param([], "", id="empty list"),
        pytest.param([[1, 2]], 'value\n"[1,2]"\n', id="lists"),
        pytest.param(None, 'value\n""\n', id="nothing"),
    ],
)
def test_csv(capsys: Capsys, value: object, expected: str) -> None:
    """The header is the union of keys in first-seen order; nested values are compact JSON."""
    assert written(capsys, value, "csv") == expected


def test_csv_is_read_back(capsys: Capsys) -> None:
    """A reader of CSV gets the cells that were written."""
    cells = ['say "hi"', "a,b", "two\nlines", "", "é"]
    text = written(capsys, [dict.fromkeys("xy", cell) for cell in cells], "csv")
    assert list(csv.reader(io.StringIO(text)))[1:] == [[cell, cell] for cell in cells]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("a b", "a b\n", id="text"),
        pytest.param(True, "True\n", id="boolean, as the AWS CLI's"),
        pytest.param(None, "None\n", id="nothing, as the AWS CLI's"),
        pytest.param(["a", 1], "a\t1\n", id="scalars"),
        pytest.param([], "", id="empty list"),
        pytest.param({}, "", id="empty object"),
        pytest.param({"b": 1, "a": 2}, "2\t1\n", id="object, by its keys"),
        pytest.param([{"b": 1, "a": 2}, {"b": 3}], "2\t1\n\t3\n", id="rows"),
        pytest.param(
            NESTED, "x\nOWNER\tNone\t1\nROWS\t\t1\nROWS\tTrue\t\nTAGS\ta\nTAGS\tb\n", id="nested, by its keys"
        ),
        pytest.param([["a", "b"], ["c"], "d"], "d\na\tb\nc\n", id="lists"),
        pytest.param([{"a": 1}, {"a": {"b": 2}}], "1\n\nA\t2\n", id="once scalar, once not"),
        pytest.param([{"a": 1}, "x"], "1\nx\n", id="object and scalar"),
    ],
)
def test_text(capsys: Capsys, value: object, expected: str) -> None:
    """Text is the AWS CLI's: tabs, keys in order, what is nested on lines with its name."""
    assert written(capsys, value, "text") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(
            [{"name": "a", "size": 1}, {"name": "b[x]", "size": 22}],
            [
                "╭──────┬──────╮",
                "│ name │ size │",
                "├──────┼──────┤",
                "│ a    │    1 │",
                "│ b[x] │   22 │",
                "╰──────┴──────╯",
            ],
            id="rows, numbers to the right",
        ),
        pytest.param(
            {"a": 1, "b": [True]},
            [
                "╭─────┬────────╮",
                "│ key │ value  │",
                "├─────┼────────┤",
                "│ a   │ 1      │",
                "│ b   │ [true] │",
                "╰─────┴────────╯",
            ],
            id="object",
        ),
        pytest.param(["x"], ["╭───────╮", "│ value │", "├───────┤", "│ x     │", "╰───────╯"], id="scalars"),
        pytest.param("x", ["x"], id="scalar"),
        pytest.param([], [], id="empty list"),
        pytest.param(None, [""], id="nothing"),
    ],
)
def test_table(capsys: Capsys, value: object, expected: list[str]) -> None:
    """Rows, one object by its keys, scalars under ``value``; not a colour where it is piped."""
    assert written(capsys, value, "table").splitlines() == expected


def test_a_piped_table_is_as_wide_as_it_needs(capsys: Capsys) -> None:
    """No cell of a piped table is broken, so that it can be searched."""
    cell = "wide " * 200
    assert cell.strip() in written(capsys, [{"a": cell, "b": cell}], "table")


HOSTILE = "\x1b]0;x\x07\x9b1m\u202e\u2066\x00\r\x7f\ud800\u2028"


@pytest.mark.parametrize("output_format", FORMATS)
@pytest.mark.parametrize(
    "value",
    [
        pytest.param(HOSTILE, id="scalar"),
        pytest.param([HOSTILE], id="list"),
        pytest.param({HOSTILE: HOSTILE}, id="object"),
        pytest.param([{HOSTILE: [HOSTILE]}], id="nested"),
    ],
)
def test_control_characters_are_never_raw(capsys: Capsys, output_format: str, value: object) -> None:
    """What a server sends cannot drive a terminal in any of the forms."""
    text = written(capsys, value, output_format)
    assert not set(text) & (set(HOSTILE) - {"x", "0", "1", ";", "]", "m"})
    assert "\\u202e" in text


@pytest.mark.parametrize("output_format", ["json", "ndjson"])
def test_json_is_read_back_whatever_is_in_it(capsys: Capsys, output_format: str) -> None:
    """Escapes are those of JSON, so that no value is changed by them."""
    assert json.loads(written(capsys, {HOSTILE: HOSTILE}, output_format)) == {HOSTILE: HOSTILE}


@pytest.mark.parametrize("output_format", FORMATS)
def test_an_encoding_that_lacks_characters(tmp_path: Path, output_format: str) -> None:
    """A standard output in ASCII gets escapes instead of an error."""
    write_pack(tmp_path, "@pack.formula\ndef f(context) -> list: return [{'é': '😀'}]\n")
    process = run_coda(
        "execute", "pack.py", "F", "--output", output_format, cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"}
    )
    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.isascii()
    assert "\\" in process.stdout


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_result_that_is_nested_too_deeply(output_format: str) -> None:
    """What Python cannot write is an error, not the end of the interpreter."""
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(CodaError, match="nested too deeply"):
        write_result(value, output_format)


def test_text_for_people_is_made_printable(capsys: Capsys) -> None:
    """Descriptions are a pack's, so they cannot drive a terminal either."""
    write_text("a\x1bb\n")
    assert capsys.readouterr().out == "a\\x1bb\n"


def test_rows_without_a_value_are_shown(capsys: Capsys) -> None:
    """A table of empty objects has no columns, and is not nothing either."""
    write_result([{}, {}], "table")
    assert capsys.readouterr().out == "{}\n{}\n"


def test_a_table_is_laid_out_as_it_is_written() -> None:
    """Where the encoding lacks a character, its escape is what the column is as wide as."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    write_result([{"name": "Übersicht ☃"}, {"name": "plain"}], "table", stream)
    stream.seek(0)
    lines = stream.read().splitlines()
    assert any("\\xdcbersicht \\u2603" in line for line in lines)
    assert len({len(line) for line in lines[3:5]}) == 1


def test_a_descriptor_that_does_not_wait() -> None:
    """Text goes out whole, though the pipe takes only as much as it holds."""
    text = "é" * 500_000
    theirs, ours = os.pipe()
    os.set_blocking(ours, False)
    read: list[bytes] = []

    def read_all() -> None:
        with os.fdopen(theirs, "rb") as stream:
            read.append(stream.read())

    reader = Thread(target=read_all)
    reader.start()
    with os.fdopen(ours, "w", encoding="utf-8") as out:
        write_encoded(text, out)
    reader.join()
    assert read[0].decode() == text
