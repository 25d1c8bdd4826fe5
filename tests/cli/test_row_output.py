"""Rows in each of their forms, one after another."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from coda_cli import sdk
from coda_cli.cli.messages import Messages
from coda_cli.cli.output import write_result
from coda_cli.cli.row_output import FIRST_ROWS, PAGE, RowForm, row_output
from coda_cli.cli.session import Session
from coda_cli.errors import CodaError
from coda_cli.redaction import Redactor

Rows = list[dict[str, Any]]

SECRET = "MarkerSecret/0123456789+abc"
ROWS: Rows = [
    {"b": 1, "a": "x,\ty", "ok": True},
    {"a": None, "c": [1, {"d": "é"}], "b": 2.5},
    {"a": "\x1b[31m\u202e", "c": {"k": []}, "e": {}},
    {},
]
TYPE = sdk.ValueType
SCHEMA = sdk.make_object_schema(
    properties={
        "b": sdk.make_schema(type=TYPE.NUMBER),
        "a": sdk.make_schema(type=TYPE.STRING),
        "c": sdk.make_schema(type=TYPE.ARRAY, items=sdk.make_schema(type=TYPE.NUMBER)),
    }
)


class Out(io.StringIO):
    """A stream of an encoding, which need not be UTF-8."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]  # read only is enough
        """The encoding."""
        return self._encoding


class Run:
    """Streams and a redactor for one output of rows."""

    def __init__(self, encoding: str = "utf-8") -> None:
        redactor = Redactor({"AWS_SECRET_ACCESS_KEY": SECRET})
        self.out, self.errors = Out(encoding), io.StringIO()
        self.session = Session(redactor, Messages(redactor, self.errors))

    def write(
        self, rows: Rows, form: str, schema: sdk.Schema | None = None, after: BaseException | None = None
    ) -> str:
        """Write rows, fail afterwards if that is wanted, and return what was written."""
        with row_output(self.session, RowForm(form, schema), self.out) as add:
            for row in rows:
                add(dict(row))
            if after is not None:
                raise after
        return self.out.getvalue()


@pytest.mark.parametrize("form", ["json", "ndjson", "csv", "table", "text"])
@pytest.mark.parametrize("rows", [ROWS, ROWS[:1], ROWS[1:2], ROWS * 5], ids=["all", "flat", "nested", "more"])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_rows_look_as_a_list_of_them_does(form: str, rows: Rows, encoding: str) -> None:
    """One after another or all at once: what is written is the same."""
    whole = Out(encoding)
    write_result(rows, form, whole)
    assert Run(encoding).write(rows, form) == whole.getvalue()


@pytest.mark.parametrize(
    ("form", "schema", "expected"),
    [
        pytest.param("json", None, "[]\n", id="json"),
        pytest.param("ndjson", None, "", id="ndjson"),
        pytest.param("csv", None, "", id="csv"),
        pytest.param("csv", SCHEMA, "b,a,c\n", id="csv with a schema"),
        pytest.param("text", None, "", id="text"),
        pytest.param("text", SCHEMA, "", id="text with a schema"),
        pytest.param("table", None, "", id="table"),
    ],
)
def test_no_rows(form: str, schema: sdk.Schema | None, expected: str) -> None:
    """An empty list, the head of a table without rows, or nothing, of which a person is told."""
    run = Run()
    assert run.write([], form, schema) == expected
    assert run.errors.getvalue() == ("(no rows)\n" if form == "table" else "")


@pytest.mark.parametrize("form", ["json", "ndjson", "csv", "table", "text"])
@pytest.mark.parametrize("schema", [None, SCHEMA], ids=["any rows", "schema"])
def test_secrets_are_in_no_form(form: str, schema: sdk.Schema | None) -> None:
    """Wherever a secret is in a row, also written with escapes, it is replaced."""
    rows: Rows = [
        {"a": f"x {SECRET} y", "b": 1},
        {"a": "x", "c": [json.dumps(SECRET), {SECRET: 1}]},
        {"a": SECRET.replace("/", "%2F").replace("+", "%2B"), SECRET: SECRET},
    ]
    text = Run().write(rows, form, schema)
    assert "Marker" not in text
    assert "[secret]" in text


def test_a_row_may_change_afterwards() -> None:
    """A generator may yield the same object again and again."""
    for form in ("json", "ndjson", "csv", "table", "text"):
        run = Run()
        row: dict[str, object] = {}
        with row_output(run.session, RowForm(form), run.out) as add:
            for number in range(3):
                row["a"] = f"row {number}"
                add(row)
        assert [f"row {number}" in run.out.getvalue() for number in range(3)] == [True] * 3


@pytest.mark.parametrize("error", [KeyboardInterrupt(), CodaError("failed"), LookupError()])
@pytest.mark.parametrize(
    ("form", "expected"),
    [
        pytest.param("json", '[\n  {\n    "a": 1\n  },\n  {\n    "a": 2\n  }\n]\n', id="json"),
        pytest.param("ndjson", '{"a":1}\n{"a":2}\n', id="ndjson"),
        pytest.param("csv", "a\n1\n2\n", id="csv"),
        pytest.param("text", "1\n2\n", id="text"),
    ],
)
def test_rows_that_end_early(form: str, expected: str, error: BaseException) -> None:
    """What was given before a failure or Ctrl-C is written, and a JSON array closed."""
    run = Run()
    with pytest.raises(type(error)):
        run.write([{"a": 1}, {"a": 2}], form, after=error)
    assert run.out.getvalue() == expected


@pytest.mark.parametrize("form", ["json", "ndjson", "csv", "table", "text"])
def test_a_failure_before_the_first_row(form: str) -> None:
    """Nothing is written then, as for a formula that fails."""
    run = Run()
    with pytest.raises(LookupError):
        run.write([], form, after=LookupError())
    assert (run.out.getvalue(), run.errors.getvalue()) == ("", "")


def test_the_columns_of_a_schema() -> None:
    """They are its properties, in their order, and need no row to be known."""
    assert Run().write([{"a": "x"}, {"c": [1], "b": 2}], "csv", SCHEMA) == "b,a,c\n,x,\n2,,[1]\n"
    assert Run().write([{"a": "x"}, {"c": [1], "b": 2}], "text", SCHEMA) == "x\t\n\t2\nC\t1\n"


@pytest.mark.parametrize("form", ["csv", "text"])
def test_columns_that_come_late(form: str) -> None:
    """What no schema names and the first rows have not is left out, and a person is told so."""
    run = Run()
    rows: Rows = [{"a": number} for number in range(FIRST_ROWS)]
    text = run.write([*rows, {"a": "last", "late": "x"}, {"later": 1, "a": 3}], form)
    assert text.splitlines()[-2:] == ["last", "3"]
    assert "x" not in text
    assert run.errors.getvalue() == "Left out, since they first came after 1000 rows: late, later.\n"


def test_unknown_properties_are_columns() -> None:
    """A schema that includes what it does not name says not all columns."""
    schema = sdk.make_object_schema(properties={}, include_unknown_properties=True)
    assert Run().write([{"z": 1}], "csv", schema) == "z\n1\n"


def test_pages_of_a_table() -> None:
    """So many rows below one head, and then another table."""
    text = Run().write([{"number": number} for number in range(PAGE + 1)], "table")
    assert text.count("number") == 2
    assert text.rindex("number") > text.index(f" {PAGE - 1} ")
    assert f" {PAGE} " in text[text.rindex("number") :]


def test_a_page_is_written_when_it_is_full() -> None:
    """It does not wait for the next row."""
    run = Run()
    with row_output(run.session, RowForm("table"), run.out) as add:
        for number in range(PAGE):
            assert run.out.getvalue() == ""
            add({"number": number})
        assert f" {PAGE - 1} " in run.out.getvalue()


def test_a_row_that_is_nested_too_deeply() -> None:
    """What the encoder cannot write is an error that says so; the rows before it are kept."""
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"a": deep}
    run = Run()
    with pytest.raises(CodaError, match="nested too deeply"):
        run.write([{"a": 1}, deep], "ndjson")
    assert run.out.getvalue() == '{"a":1}\n'
