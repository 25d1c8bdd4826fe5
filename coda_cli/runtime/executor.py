"""Run one formula with values that have been read, and check what it gives back.

Owns what becomes of an exception that comes out of a pack. It opens nothing and prints nothing.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from coda_cli.errors import CodaError, FormulaError, RequestError
from coda_cli.runtime.results import json_result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coda_cli.sdk.context import ExecutionContext
    from coda_cli.sdk.formulas import Formula


def execute_formula(formula: Formula, context: ExecutionContext, values: Sequence[object]) -> object:
    """Return the formula's result as a JSON value.

    Raises:
        FormulaError: it raised an exception of its own.
        ResultError: the result is not of the declared type.
        CodaError: what the pack raised or let through as it came. A RequestError, such as StatusCodeError,
            is told the line of the pack that it passed.
    """
    with failures_of(formula.name):
        result = formula.execute(context, *values)
    with reading_failures_of(formula.name):
        return json_result(result, formula.result, formula.name, context.timezone)


@contextmanager
def failures_of(name: str) -> Iterator[None]:
    """Run a pack's code inside; what it raises is told as a failure of the formula or table of this name.

    Raises:
        FormulaError: it raised an exception of its own.
        CodaError: as for ``execute_formula``.
    """
    try:
        yield
    except RequestError as error:
        from coda_cli.runtime.tracebacks import pack_location

        location = pack_location(error)
        error.details = (*((f"at {location}",) if location else ()), *error.details)
        raise
    except (CodaError, KeyboardInterrupt):
        raise
    except BaseException as error:
        from coda_cli.runtime.tracebacks import pack_location, pack_traceback, raised_by_coda

        is_closed = isinstance(error, GeneratorExit) and pack_location(error) is None
        if is_closed or raised_by_coda(error):
            raise
        # SystemExit and the like too: whatever the pack raises is its failure.
        raise FormulaError(f"{name} failed: {summary(error)}", *pack_traceback(error)) from error


@contextmanager
def reading_failures_of(name: str) -> Iterator[None]:
    """Read inside what a pack gave, which may run its own code, such as the ``__iter__`` of its class.

    Raises:
        FormulaError: that code raised an exception of its own.
    """
    try:
        yield
    except Exception as error:
        from coda_cli.runtime.tracebacks import pack_location

        if isinstance(error, CodaError) or pack_location(error) is None:
            raise
        with failures_of(name):
            raise


def summary(error: BaseException) -> str:
    """Return the class of an exception and the first line of what it says."""
    try:
        first_line = str(error).partition("\n")[0]
    except Exception:  # noqa: BLE001 - the __str__ of a pack's own exception may fail
        first_line = ""
    return f"{type(error).__name__}: {first_line}" if first_line else type(error).__name__
