"""Print the rows of a table while they arrive, in the forms in which ``output`` prints a result.

Owns what each form must know before its first row: a table the rows of a page, CSV and text their columns.
No row is kept longer than that.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from coda_cli.cli.messages import printable
from coda_cli.cli.output import json_encoder, scalar_keys, text_object, write_encoded, write_result
from coda_cli.cli.spool import Ending, Layout, Spool
from coda_cli.errors import CodaError
from coda_cli.sdk.value_types import ValueType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from coda_cli.cli.session import Session
    from coda_cli.runtime.rows import Row
    from coda_cli.sdk.schemas import Schema


PAGE = 100
"""How many rows a table shows below one head."""

FIRST_ROWS = 1000
"""How many rows are looked at for the columns of CSV and text, where no schema says them."""

_SCALARS = frozenset({str, int, float, bool, type(None)})


class RowWriter(Protocol):
    """Writes rows in one form."""

    def add(self, row: Row) -> None:
        """Write a row, now or later; it may be changed by others afterwards."""
        ...

    def end(self, ending: Ending) -> None:
        """Write what is left. Where the rows ended early and none came, nothing at all is written."""
        ...


@dataclass(frozen=True, slots=True)
class RowForm:
    """How rows are to be printed: a name of ``output.FORMATS``, None for what suits whoever reads it.

    ``schema`` is that of one row.
    """

    output_format: str | None
    schema: Schema | None = None


@contextmanager
def row_output(session: Session, form: RowForm, out: TextIO) -> Iterator[Callable[[Row], None]]:
    """Give the function that writes a row. At the end, however it comes, what is written is a whole.

    Raises:
        CodaError: a row cannot be written, as to a full disk. A closed pipe stays BrokenPipeError.
    """
    writer = _writer(session, form, out)
    try:
        yield writer.add
    except BaseException as error:
        with suppress(Exception):  # the first failure is the one to tell
            writer.end(Ending.INTERRUPTED if isinstance(error, KeyboardInterrupt) else Ending.FAILED)
        if isinstance(error, RecursionError):
            raise CodaError("a row cannot be written: it is nested too deeply") from None
        raise
    writer.end(Ending.WHOLE)


def _writer(session: Session, form: RowForm, out: TextIO) -> RowWriter:
    for_people = form.output_format is None and out.isatty()
    is_shared = out.isatty() and session.messages.isatty()

    def write(text: str) -> None:
        ends_line = text.endswith("\n")
        with session.messages.without_progress(ends_line=ends_line) if is_shared else nullcontext():
            write_encoded(text, out)

    match form.output_format or ("table" if for_people else "json"):
        case "ndjson":
            return _Encoded(session, json_encoder(out), Spool(write, Layout()), end="\n")
        case "json":
            layout = Layout(opening="[\n", separator=",\n", closing="\n]\n", empty="[]\n")
            return _Encoded(session, _indented(out), Spool(write, layout))
        case "csv":
            return _Columns(session, _CsvLines(out), form.schema, write)
        case "text":
            return _Columns(session, _TextLines(), form.schema, write)
        case _:
            return _Pages(session, form.output_format, out)


def _indented(out: TextIO) -> Callable[[object], str]:
    """Return the function that writes an object as one of a list that is indented by 2.

    Objects that hold no others are written by an encoder that does not indent, which is far quicker.
    """
    flat, nested = json_encoder(out, separators=(",\n    ", ": ")), json_encoder(out, indent=2)

    def encode(row: object) -> str:
        if isinstance(row, dict) and row and _SCALARS.issuperset(map(type, row.values())):
            return f"  {{\n    {flat(row)[1:-1]}\n  }}"
        return "  " + nested(row).replace("\n", "\n  ")

    return encode


class _Encoded:
    """Rows as JSON."""

    def __init__(
        self, session: Session, encode: Callable[[object], str], spool: Spool, end: str = ""
    ) -> None:
        self._end = end
        self._redactor = session.redactor
        self._encode = encode
        self._spool = spool

    def add(self, row: Row) -> None:
        text = self._encode(row)
        if self._redactor.may_change(text):
            text = self._encode(self._redactor.value(row))
        self._spool.put(text + self._end)

    def end(self, ending: Ending) -> None:
        self._spool.end(ending)


class _Lines(Protocol):
    """A form that has columns."""

    def columns(self, rows: list[Row]) -> list[str]:
        """Return the columns of rows."""
        ...

    def columns_of_schema(self, properties: dict[str, Schema]) -> list[str]:
        """Return the columns of rows with these properties."""
        ...

    def head(self, columns: list[str]) -> str:
        """Return what stands above the rows."""
        ...

    def lines(self, row: Row, columns: list[str]) -> str:
        """Return a row."""
        ...


class _CsvLines:
    """CSV: every key is a column."""

    def __init__(self, out: TextIO) -> None:
        import csv

        self._encode = json_encoder(out)
        self._writer = csv.writer(_Returned(), lineterminator="\n")

    def columns(self, rows: list[Row]) -> list[str]:
        return list(dict.fromkeys(key for row in rows for key in row))

    def columns_of_schema(self, properties: dict[str, Schema]) -> list[str]:
        return list(properties)

    def head(self, columns: list[str]) -> str:
        return self._line(list(columns)) if columns else ""

    def lines(self, row: Row, columns: list[str]) -> str:
        return self._line([self._cell(row.get(column)) for column in columns])

    def _cell(self, value: object) -> str:
        if value is None:
            return ""
        return value if isinstance(value, str) else self._encode(value)

    def _line(self, cells: list[str]) -> str:
        return printable(str(self._writer.writerow(cells)))


class _Returned:
    """A file whose ``write`` gives back the text: ``writerow`` does, too, then."""

    def write(self, text: str) -> str:
        return text


class _TextLines:
    """The AWS CLI's text: the scalars of a row, in the order of their keys, and what is nested below."""

    def columns(self, rows: list[Row]) -> list[str]:
        return sorted({key for row in rows for key in scalar_keys(row)})

    def columns_of_schema(self, properties: dict[str, Schema]) -> list[str]:
        nested = (ValueType.OBJECT, ValueType.ARRAY)
        return sorted(name for name, declared in properties.items() if declared.type not in nested)

    def head(self, columns: list[str]) -> str:  # noqa: ARG002 - text has no head
        return ""

    def lines(self, row: Row, columns: list[str]) -> str:
        return "".join(f"{printable(line)}\n" for line in text_object(row, columns, []))


class _Columns:
    """Rows below columns: those of the schema, else those of the first rows, which are kept until then."""

    def __init__(
        self, session: Session, form: _Lines, schema: Schema | None, write: Callable[[str], None]
    ) -> None:
        self._session = session
        self._form = form
        self._write = write
        self._kept: list[Row] = []
        self._unknown: dict[str, None] = {}
        self._columns: list[str] = []
        self._known: set[str] = set()
        self._spool: Spool | None = None
        if schema is not None and schema.properties and not schema.include_unknown_properties:
            self._begin(form.columns_of_schema(dict(schema.properties)), set(schema.properties))

    def add(self, row: Row) -> None:
        row = dict(self._session.redactor.value(row))  # type: ignore[call-overload]  # an object stays one
        if self._spool is None:
            self._kept.append(row)
            if len(self._kept) == FIRST_ROWS:
                self._begin_with_kept()
            return
        if not self._known.issuperset(row):
            self._unknown.update(dict.fromkeys(key for key in row if key not in self._known))
        self._spool.put(self._form.lines(row, self._columns))

    def end(self, ending: Ending) -> None:
        if self._spool is None and self._kept:
            self._begin_with_kept()
        if self._spool is not None:
            self._spool.end(ending)
        if self._unknown:
            self._session.messages.write(
                f"Left out, since they first came after {FIRST_ROWS} rows: {', '.join(self._unknown)}.\n"
            )

    def _begin_with_kept(self) -> None:
        columns = self._form.columns(self._kept)
        spool = self._begin(columns, {key for row in self._kept for key in row})
        for row in self._kept:
            spool.put(self._form.lines(row, columns))
        self._kept = []

    def _begin(self, columns: list[str], known: set[str]) -> Spool:
        self._columns, self._known = columns, known
        head = self._form.head(columns)
        self._spool = Spool(self._write, Layout(opening=head, empty=head))
        return self._spool


class _Pages:
    """Rows as tables, one for each page of them."""

    def __init__(self, session: Session, output_format: str | None, out: TextIO) -> None:
        self._session = session
        self._output_format = output_format
        self._out = out
        self._page: list[object] = []
        self._has_written = False

    def add(self, row: Row) -> None:
        self._page.append(self._session.redactor.value(row))
        if len(self._page) == PAGE:
            self._write_page()

    def end(self, ending: Ending) -> None:
        if self._page:
            self._write_page()
        if ending is Ending.WHOLE and not self._has_written:
            self._session.messages.write("(no rows)\n")

    def _write_page(self) -> None:
        page, self._page = self._page, []
        with self._session.messages.without_progress():
            write_result(page, self._output_format, self._out)
        self._has_written = True
