"""Print a result: for people on a terminal, else as JSON, or in the form asked for.

The only module that imports rich, and only where a table or colour is wanted. Errors and messages are
``messages``'.
"""

from __future__ import annotations

import re
import select
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from coda_cli.cli.messages import colour_wanted, printable
from coda_cli.errors import CodaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from rich.console import Console, RenderableType
    from rich.table import Table

FORMATS = ("json", "ndjson", "csv", "table", "text")

_UNPRINTABLE_IN_JSON = "[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
"""Compiled when there is something that may be one: that takes longer than all else of a short result."""

_LONGEST_COLOURED = 100_000
_NARROWEST_TEXT = 12
_NATURAL_WIDTH = 1_000_000


def write_result(value: object, output_format: str | None, out: TextIO | None = None) -> None:
    """Write a JSON value to standard output, or to the stream that stands for it.

    Raises:
        CodaError: it is nested too deeply, or cannot be written, as to a full disk. A closed pipe stays
            BrokenPipeError.
    """
    out = out or sys.stdout
    if out is None:
        return
    try:
        with _standard_output(out):
            if output_format is None and out.isatty():
                _write_for_people(value, out)
            else:
                _write(value, output_format or "json", out)
    except RecursionError:
        raise CodaError("the result cannot be written: it is nested too deeply") from None


def nothing_shown(value: object, output_format: str | None, out: TextIO) -> str:
    """Say what a person should be told of a result of which ``write_result`` shows nothing at all."""
    for_people = output_format is None and out.isatty()
    if not for_people and output_format != "table":
        return ""
    if value is None:
        return "(nothing)\n"
    return "(no rows)\n" if value == [] or (value == {} and not for_people) else ""


def write_text(text: str, out: TextIO | None = None) -> None:
    """Write text for people, such as a description, as ``write_result`` writes values.

    Raises:
        CodaError: as for ``write_result``.
    """
    out = out or sys.stdout
    if out is not None:
        with _standard_output(out):
            _put(printable(text), out)


def write_encoded(text: str, out: TextIO) -> None:
    """Write text that has no control characters already, as JSON that was made here.

    A stream of a descriptor is gone round: its locks would keep the main thread, which flushes it at the end,
    waiting for another one that writes to somebody who does not read.

    Raises:
        CodaError: as for ``write_result``.
    """
    raw = getattr(getattr(out, "buffer", None), "raw", None)
    with _standard_output(out):
        if raw is None:
            _put(text, out)
            return
        out.flush()
        rest = memoryview(text.encode(out.encoding, "backslashreplace"))
        while rest:
            written = raw.write(rest)
            if written is None:  # another program made it a descriptor that does not wait
                select.select([], [raw], [])
            rest = rest[written or 0 :]


def write_step(text: str, out: TextIO, *, is_right: bool) -> None:
    """Write a step that was taken, with a tick or a cross before it.

    Raises:
        CodaError: as for ``write_result``.
    """
    sign, colour, word = ("✓", "green", "[ok]") if is_right else ("✗", "red", "[failed]")
    if _encodable(sign, out) != sign:
        sign = word
    if out.isatty() and colour_wanted():
        sign = click.style(sign, fg=colour)
    with _standard_output(out):
        _put(f"{sign} {printable(text)}", out)


@contextmanager
def _standard_output(out: TextIO) -> Iterator[None]:
    """Write all that is written inside, and tell its failures, such as a full disk, from any others."""
    try:
        yield
        out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CodaError(f"standard output cannot be written: {error.strerror}") from error


def _put(text: str, out: TextIO) -> None:
    out.write(_encodable(text, out))


def _encodable(text: str, out: TextIO) -> str:
    """Escape what the stream's encoding does not have."""
    encoding = out.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _write(value: object, output_format: str, out: TextIO) -> None:
    match output_format:
        case "json":
            text = _json(value, out, indent=2) + "\n"
        case "ndjson":
            items = value if isinstance(value, list) else [value]
            text = "".join(f"{_json(item, out)}\n" for item in items)
        case "csv":
            text = printable(_csv(value, out))
        case "text":
            text = "".join(f"{printable(line)}\n" for line in _text_lines(value))
        case _:
            _write_table(value, out)
            return
    _put(text, out)


def json_encoder(
    out: TextIO, indent: int | None = None, separators: tuple[str, str] | None = None
) -> Callable[[object], str]:
    """Return the function that writes JSON in which no control character is raw, not even those allowed."""
    import json

    separators = separators or ((",", ": ") if indent else (",", ":"))
    is_unicode = (out.encoding or "utf-8").lower().replace("-", "").startswith("utf")
    encode = json.JSONEncoder(indent=indent, separators=separators, ensure_ascii=not is_unicode).encode

    def written(value: object) -> str:
        text = encode(value)
        if text.isascii() and "\x7f" not in text:
            return text
        return re.sub(_UNPRINTABLE_IN_JSON, lambda found: f"\\u{ord(found.group()):04x}", text)

    return written


def _json(value: object, out: TextIO, indent: int | None = None) -> str:
    return json_encoder(out, indent)(value)


def _cell(value: object, out: TextIO) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else _json(value, out)


def _rows(value: object, out: TextIO) -> tuple[list[str], list[list[str]]]:
    """Return the columns, in the order in which they are first seen, and the cells of each row."""
    items = value if isinstance(value, list) else [value]
    rows = [item if isinstance(item, dict) else {"value": item} for item in items]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return columns, [[_cell(row.get(column), out) for column in columns] for row in rows]


def _csv(value: object, out: TextIO) -> str:
    import csv
    import io

    columns, rows = _rows(value, out)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    if columns:
        writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue()


def _text_lines(value: object, label: str | None = None) -> Iterator[str]:
    """Yield lines as the AWS CLI's text output has them.

    Scalars of one object stand on one line, separated by tabs and ordered by their keys; what is nested
    follows on lines that begin with its key in upper case.
    """
    head = [] if label is None else [label.upper()]
    if isinstance(value, dict):
        yield from text_object(value, sorted(scalar_keys(value)), head)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        keys = sorted({key for item in value if isinstance(item, dict) for key in scalar_keys(item)})
        for item in value:
            if isinstance(item, dict):
                yield from text_object(item, keys, head)
            else:
                yield from _text_lines(item, label)
    elif isinstance(value, list):
        scalars = [item for item in value if not isinstance(item, list)]
        if scalars and label is None:
            yield "\t".join(str(item) for item in scalars)
        elif scalars:
            yield from ("\t".join([*head, str(item)]) for item in scalars)
        for item in value:
            if isinstance(item, list):
                yield from _text_lines(item, label)
    else:
        yield "\t".join([*head, str(value)])


def text_object(value: dict[str, Any], keys: list[str], head: list[str]) -> Iterator[str]:
    """Yield the lines of one object, of whose scalars those of ``keys`` stand on the first."""
    if keys:
        scalars = ("" if _is_nested(value.get(key)) else str(value.get(key, "")) for key in keys)
        yield "\t".join([*head, *scalars])
    for key, item in sorted(value.items()):
        if _is_nested(item):
            yield from _text_lines(item, key)


def scalar_keys(value: dict[str, Any]) -> set[str]:
    """Return the keys of what is not nested."""
    return {key for key, item in value.items() if not _is_nested(item)}


def _is_nested(item: object) -> bool:
    return isinstance(item, dict | list)


def _write_for_people(value: object, out: TextIO) -> None:
    if isinstance(value, list):
        _write_table(value, out)
    elif isinstance(value, dict):
        _write_coloured(_json(value, out, indent=2), out)
    elif value is not None:
        _write(value if isinstance(value, str) else _json(value, out), "text", out)


def _console(out: TextIO) -> Console:
    from rich.console import Console

    is_terminal = out.isatty()
    return Console(
        file=out,
        width=None if is_terminal else _NATURAL_WIDTH,
        color_system="auto" if colour_wanted() else None,
        highlight=False,
        emoji=False,
    )


def _print_rich(shown: RenderableType, out: TextIO, *, soft_wrap: bool = False) -> None:
    """Render first and write then: rich itself ends the process when a pipe was closed."""
    console = _console(out)
    with console.capture() as rendered:
        console.print(shown, soft_wrap=soft_wrap)
    _put(rendered.get(), out)


def _write_coloured(text: str, out: TextIO) -> None:
    from rich.highlighter import JSONHighlighter
    from rich.text import Text

    shown = Text(text)
    if len(text) <= _LONGEST_COLOURED:
        JSONHighlighter().highlight(shown)
    _print_rich(shown, out, soft_wrap=True)


def _write_table(value: object, out: TextIO) -> None:
    """Write rows as a table, one object as a table of its keys, and anything else as text."""
    if not isinstance(value, dict | list):
        _write(_cell(value, out), "text", out)
        return
    items = value if isinstance(value, list) else [{"key": key, "value": item} for key, item in value.items()]
    columns, rows = _rows(items, out)
    if not columns:
        _put("{}\n" * len(rows), out)
        return
    numeric = [all(_is_number(item, column) for item in items) for column in columns]
    # Escaped before the table is laid out, which has to know how wide each cell is.
    columns = [_encodable(printable(column), out) for column in columns]
    rows = [[_encodable(printable(cell), out) for cell in row] for row in rows]
    if out.isatty() and _needed_width(columns, rows, numeric) > _console(out).width:
        _print_rich(_records(columns, rows), out)
    else:
        _print_rich(_table(columns, rows, numeric), out)


def _needed_width(columns: list[str], rows: list[list[str]], numeric: list[bool]) -> int:
    """Return how wide a table must be for its columns to be read: numbers whole, texts folded a little."""
    from rich.cells import cell_len

    widths = [
        max(min(cell_len(cell), 1000 if is_number else _NARROWEST_TEXT) for cell in (column, *cells))
        for column, is_number, cells in zip(columns, numeric, zip(*rows, strict=True), strict=True)
    ]
    return sum(widths) + 3 * len(widths) + 1


def _table(columns: list[str], rows: list[list[str]], numeric: list[bool]) -> Table:
    from rich.box import ROUNDED
    from rich.table import Table
    from rich.text import Text

    table = Table(box=ROUNDED)
    for column, is_number in zip(columns, numeric, strict=True):
        justify: Any = "right" if is_number else "left"
        table.add_column(Text(column), justify=justify, overflow="fold", no_wrap=is_number)
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _records(columns: list[str], rows: list[list[str]]) -> Table:
    """Show each row as a block of names and values, for rows that are too wide for the terminal."""
    from rich.box import ROUNDED
    from rich.table import Table
    from rich.text import Text

    table = Table(box=ROUNDED, show_header=False)
    table.add_column(style="bold", overflow="fold")
    table.add_column(overflow="fold")
    for row in rows:
        for column, cell in zip(columns, row, strict=True):
            table.add_row(Text(column), Text(cell))
        table.add_section()
    return table


def _is_number(item: object, column: str) -> bool:
    cell = item.get(column) if isinstance(item, dict) else item
    return cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool))
