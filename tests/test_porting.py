"""``docs/porting.md`` maps every public name of the TypeScript SDK, to Python names that are there.

The tables under "Every name" are read as follows. Code in the first column names what the TypeScript SDK has,
a key or member of the code in the column's head. Code in the last column is Python: a keyword (``name=``) or
an attribute of the code in that column's head, or a name that can be read by itself. A cell that begins with
``none:`` says why there is no Python form; for an enum or a class it stands for the members, too.
"""

from __future__ import annotations

import builtins
import http
import inspect
import keyword
import re
import subprocess
import sys
import typing
import urllib.parse
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import pytest

from coda_cli import sdk
from tests.source_model import ROOT

PAGE = (ROOT / "docs" / "porting.md").read_text(encoding="utf-8")
NAMES = (ROOT / "tests" / "data" / "packs_sdk_names.txt").read_text(encoding="utf-8")
CODE = re.compile(r"`` (.+?) ``|`([^`]+)`")
PYTHON_NAME = re.compile(r"(?P<path>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\((?:(?P<keyword>\w+)=…?)?\))?")
ROOTS: dict[str, object] = {
    "sdk": sdk,
    "pack": sdk.Pack,
    "context": sdk.ExecutionContext,
    "context.fetcher": sdk.Fetcher,
    "context.invocation_location": sdk.InvocationLocation,
    "context.temporary_blob_storage": sdk.TemporaryBlobStorage,
    "context.logger": sdk.Logger,
    "context.sync": sdk.Sync,
    "response": sdk.FetchResponse,
    "error": sdk.StatusCodeError("", status_code=404),
    "http": http,
    "urllib.parse": urllib.parse,
}
"""What the Python names of the page begin with."""


@dataclass(frozen=True)
class Row:
    """One row of a table: the TypeScript names, and what the last column says of them."""

    names: tuple[str, ...]
    said: str
    owner: str | None
    members: bool = False

    @property
    def forms(self) -> list[str]:
        """The code of the last column."""
        return codes(self.said)

    @property
    def is_none(self) -> bool:
        """Whether it says that there is no Python form."""
        return self.said.startswith("none:")


def codes(text: str) -> list[str]:
    """The code in a piece of Markdown."""
    return [double or single for double, single in CODE.findall(text)]


def rows(text: str) -> list[Row]:
    """Read the tables of a piece of Markdown."""
    found = []
    for is_table, lines in groupby(text.splitlines(), lambda line: line.startswith("|")):
        if is_table:
            head, _, *body = ([cell.strip() for cell in line[1:-1].split(" | ")] for line in lines)
            found += [row(head, cells) for cells in body]
    return found


def row(head: list[str], cells: list[str]) -> Row:
    """Read one row; in a table of three columns the first names the enum whose members follow."""
    if len(cells) == 3:
        (enum,) = codes(cells[0])
        return Row(tuple(f"{enum}.{name}" for name in codes(cells[1])), cells[2], f"sdk.{enum}", members=True)
    prefix = "".join(f"{name}." for name in codes(head[0]))
    owner = next(iter(codes(head[1])), None)
    return Row(tuple(prefix + name for name in codes(cells[0])), cells[1], owner)


def public_names() -> dict[str, str | None]:
    """The public names of the TypeScript SDK; those of the members of enums with their values."""
    lines = [line for line in NAMES.splitlines() if line and not line.startswith("#")]
    parts = [line.partition(" = ") for line in lines]
    return {name: value if equals else None for name, equals, value in parts}


@cache
def help_of(*command: str) -> str:
    """What ``coda … --help`` prints."""
    arguments = [sys.executable, "-m", "coda_cli", *command, "--help"]
    return subprocess.run(arguments, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def named(path: str) -> object:
    """What a dotted name stands for; an ``AttributeError`` says that there is none."""
    begun = max((one for one in ROOTS if f"{path}.".startswith(f"{one}.")), key=len, default=None)
    if begun is None:
        raise AttributeError(f"{path} begins with none of {', '.join(ROOTS)}")
    value = ROOTS[begun]
    for part in filter(None, path.removeprefix(begun).split(".")):
        value = value.__annotations__[part] if typing.is_typeddict(value) else getattr(value, part)
    return value


def problem_of(form: str, owner: str | None) -> str | None:
    """Say why a Python form is none; None where it is one."""
    if form.startswith("coda "):
        _, command, *options = form.split()
        there = re.findall(r"--[\w-]+", help_of(command))
        return next((f"{one} is no option" for one in options if one not in there), None)
    found = PYTHON_NAME.fullmatch(form if owner is None else re.sub(r"^(\w+=)$", rf"{owner}(\1)", form))
    if found is None:
        return "it is no name"
    path, wanted = found["path"], found["keyword"]
    if keyword.iskeyword(path) or (owner is None and hasattr(builtins, path)):
        return None
    try:
        value = named(path if owner is None or "." in path else f"{owner}.{path}")
    except (AttributeError, KeyError) as error:
        return str(error)
    if wanted is None:
        return None
    taken = inspect.signature(typing.cast("typing.Callable[..., object]", value)).parameters
    return None if wanted in taken else f"{path} takes no {wanted}="


TABLES = rows(PAGE.partition("\n## Every name\n")[2])


def test_every_public_name_is_mapped_once() -> None:
    """The page names what the TypeScript SDK has, all of it, nothing else and nothing twice."""
    mapped = [name for row in TABLES for name in row.names]
    none = tuple(f"{name}." for row in TABLES if row.is_none for name in row.names)
    there = public_names()
    assert {name for name in there if name not in mapped and not name.startswith(none)} == set()
    assert {name for name in mapped if name not in there} == set()
    assert {name for name in mapped if mapped.count(name) > 1} == set()


def test_every_python_form_is_there() -> None:
    """What the page gives as Python exists: a name, a keyword, a command or an option."""
    problems = [
        (form, problem)
        for row in TABLES
        if not row.members
        for form in row.forms
        if (problem := problem_of(form, row.owner))
    ]
    assert problems == []


def test_every_row_says_something() -> None:
    """A row gives a Python form, or why there is none."""
    silent = [row for row in TABLES if not (re.match(r"none: \w+ \w+", row.said) or row.forms)]
    assert silent == []


def test_members_of_enums_keep_their_values() -> None:
    """The members of an enum are mapped one by one, in upper case and with the value they have."""
    there = public_names()
    mapped = [
        (name, named(f"{row.owner}.{form}"), form)
        for row in TABLES
        if row.members
        for name, form in zip(row.names, row.forms, strict=True)
    ]
    assert mapped
    assert [
        (name, value) for name, value, _ in mapped if str(getattr(value, "value", None)) != there[name]
    ] == []
    assert [
        name for name, _, form in mapped if form.replace("_", "") != name.rpartition(".")[2].upper()
    ] == []


def test_every_name_of_the_sdk_is_on_the_page() -> None:
    """Whoever looks for what a name of ours is in TypeScript finds it."""
    forms = " ".join(form for row in TABLES for form in (*row.forms, row.owner or ""))
    assert {name for name in sdk.__all__ if not re.search(rf"\bsdk\.{name}\b", forms)} == set()


@pytest.mark.parametrize(
    ("form", "owner"),
    [
        pytest.param("sdk.make_parametre", None, id="function"),
        pytest.param("make_parameter", None, id="not of the sdk"),
        pytest.param("sdk.make_parameter(kind=)", None, id="keyword"),
        pytest.param("kind=", "sdk.make_parameter", id="keyword of the head"),
        pytest.param("pack.add_formulas", None, id="method"),
        pytest.param("context.fetcher.get", None, id="method of an attribute"),
        pytest.param("error.statusCode", None, id="attribute"),
        pytest.param("coda execute --maxRows", None, id="option"),
    ],
)
def test_form_that_is_not_there_is_found_out(form: str, owner: str | None) -> None:
    """A Python name that nobody can write does not pass."""
    assert problem_of(form, owner) is not None
