"""The tree of errors, its exit codes, and what an error carries."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from coda_cli import errors
from coda_cli.errors import CodaError, MissingScopesError, StatusCodeError

TREE_LINE = re.compile(r"^    (?P<indent>[│├└─ ]*)(?P<name>\w+) +(?P<code>\d)", re.MULTILINE)


def all_errors() -> dict[str, type[CodaError]]:
    """The classes of the module, by name."""
    return {
        name: value
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, CodaError)
    }


def test_docstring_draws_the_whole_tree() -> None:
    """The tree in the module's docstring has every class, under its parent, with its exit code."""
    drawn: dict[str, tuple[str | None, int]] = {}
    parents: list[tuple[int, str]] = []
    for line in TREE_LINE.finditer(errors.__doc__ or ""):
        depth = len(line["indent"])
        parents = [(at, name) for at, name in parents if at < depth]
        drawn[line["name"]] = (parents[-1][1] if parents else None, int(line["code"]))
        parents.append((depth, line["name"]))
    assert drawn == {
        name: (None if cls is CodaError else cls.__bases__[0].__name__, cls.exit_code)
        for name, cls in all_errors().items()
    }


def test_message_is_the_first_line_and_details_follow() -> None:
    """The text of an error is what happened; where, why and what to do are kept apart."""
    error = CodaError("It broke", "in a pack", "mend it")
    assert (str(error), error.message, error.details) == ("It broke", "It broke", ("in a pack", "mend it"))


def test_status_code_error_carries_the_answer() -> None:
    """A pack that catches it can look at status, body, headers and the service's code."""
    error = StatusCodeError("404", status_code=404, body={"a": 1}, headers={"x": "y"}, error_code="NoSuchKey")
    assert (error.status_code, error.body, error.headers) == (404, {"a": 1}, {"x": "y"})
    assert error.error_code == "NoSuchKey"


@pytest.mark.parametrize(
    ("refused", "exit_code"),
    [
        pytest.param(False, 5, id="the request failed"),
        pytest.param(True, 4, id="the credentials were refused"),
    ],
)
def test_refused_credentials_change_the_exit_code(refused: bool, exit_code: int) -> None:
    """A status that refuses the credentials ends the program as missing ones do; the class stays as it is."""
    error = StatusCodeError("403", status_code=403, credentials_refused=refused)
    assert error.exit_code == exit_code
    assert StatusCodeError.exit_code == 5


def test_missing_scopes_says_something_by_itself() -> None:
    """A pack may raise it without a message."""
    assert "permission" in MissingScopesError().message


def test_errors_load_nothing() -> None:
    """The module on which everything rests imports no other, not even for types at run time."""
    code = (
        "import __future__, sys, coda_cli; before = set(sys.modules); "
        "import coda_cli.errors; print(set(sys.modules) - before)"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "{'coda_cli.errors'}"
