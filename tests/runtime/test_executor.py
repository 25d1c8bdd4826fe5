"""Running one formula: its result, or what it raised."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli import sdk
from coda_cli.errors import CodaError, FormulaError, RequestError, ResultError
from coda_cli.runtime.executor import execute_formula
from coda_cli.runtime.results import json_result
from coda_cli.sdk.formulas import formula_of
from tests.fetchers import OneByOne

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


CONTEXT = sdk.ExecutionContext(fetcher=OneByOne())


def run(function: Callable[..., Any], values: Sequence[object] = ()) -> object:
    """Run a function as a formula."""
    return execute_formula(formula_of(function, name="F"), CONTEXT, values)


def test_context_first_then_the_values() -> None:
    """``execute(context, *values)`` is the one calling convention."""

    def formula(context: sdk.ExecutionContext, *values: str) -> list[str]:
        assert context is CONTEXT
        return [repr(value) for value in values]

    assert run(formula, [date(2026, 1, 31), None]) == ["datetime.date(2026, 1, 31)", "None"]


def test_results_are_json_values() -> None:
    """The result is checked, and made JSON."""

    def formula(context: sdk.ExecutionContext) -> dict[str, date]:
        return {"day": date(2026, 1, 31)}

    def wrong(context: sdk.ExecutionContext) -> str:
        return 1  # type: ignore[return-value]  # what must be found when it runs

    assert run(formula) == {"day": "2026-01-31"}
    with pytest.raises(ResultError, match="F: the result is not of the declared type"):
        run(wrong)


class WithoutTextError(Exception):
    """An exception whose text cannot be made."""

    def __str__(self) -> str:
        raise ValueError("no text")


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        pytest.param(ValueError("too\nlong"), "F failed: ValueError: too", id="first line"),
        pytest.param(KeyError("name"), "F failed: KeyError: 'name'", id="key"),
        pytest.param(RuntimeError(), "F failed: RuntimeError", id="no text"),
        pytest.param(SystemExit(3), "F failed: SystemExit: 3", id="sys.exit"),
        pytest.param(GeneratorExit(), "F failed: GeneratorExit", id="no Exception at all"),
        pytest.param(EOFError(), "F failed: EOFError", id="end of input"),
        pytest.param(
            BrokenPipeError(32, "Broken pipe"), "F failed: BrokenPipeError", id="pipe of the pack's"
        ),
        pytest.param(WithoutTextError(), "F failed: WithoutTextError", id="no text to be had"),
        pytest.param(
            ExceptionGroup("two", [ValueError(), KeyError()]), "F failed: ExceptionGroup", id="group"
        ),
    ],
)
def test_exceptions_of_the_pack(raised: BaseException, message: str) -> None:
    """Whatever a pack raises is a failure of the formula, with its traceback and exit code 1."""

    def formula(context: sdk.ExecutionContext) -> None:
        raise raised

    with pytest.raises(FormulaError) as caught:
        run(formula)
    assert caught.value.message.startswith(message)
    assert caught.value.exit_code == 1
    lines = caught.value.details
    assert sum("in formula" in line for line in lines) == 1
    assert not any(f"runtime{os.sep}executor.py" in line for line in lines)


@pytest.mark.parametrize(
    ("raised", "exit_code"),
    [
        pytest.param(sdk.UserVisibleError("Say this."), 1, id="UserVisibleError"),
        pytest.param(sdk.MissingScopesError(), 1, id="MissingScopesError"),
        pytest.param(sdk.StatusCodeError("HTTP 404", status_code=404), 5, id="StatusCodeError"),
        pytest.param(
            sdk.StatusCodeError("HTTP 403", status_code=403, credentials_refused=True), 4, id="refused"
        ),
        pytest.param(sdk.ResponseSizeTooLargeError("large"), 5, id="ResponseSizeTooLargeError"),
        pytest.param(RequestError("no"), 5, id="RequestError"),
    ],
)
def test_our_errors_pass_as_they_are(raised: CodaError, exit_code: int) -> None:
    """They keep message and exit code; a failed request is told the line of the pack that it passed."""

    def formula(context: sdk.ExecutionContext) -> None:
        raise raised

    with pytest.raises(CodaError) as caught:
        run(formula)
    assert caught.value is raised
    assert caught.value.exit_code == exit_code
    at = [detail for detail in caught.value.details if detail.startswith(f"at {__file__}, line ")]
    assert len(at) == isinstance(raised, RequestError)


def test_interruptions_pass() -> None:
    """Ctrl-C is not a failure of the formula."""

    def formula(context: sdk.ExecutionContext) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(formula)


def test_failed_requests_name_the_line_of_the_pack() -> None:
    """A request that failed is found by its line, which comes before what to do next."""

    def formula(context: sdk.ExecutionContext) -> None:
        raise RequestError("no", "Try again.")

    line = formula.__code__.co_firstlineno + 1
    with pytest.raises(RequestError) as caught:
        run(formula)
    assert caught.value.details == (f"at {__file__}, line {line}", "Try again.")


def test_a_bug_below_the_pack_is_not_the_packs_failure() -> None:
    """What breaks inside the runner stays as it is, so that it is reported as a bug in coda."""

    def broken(context: sdk.ExecutionContext) -> None:
        json_result(float("1"), None, "F", context.timezone)  # type: ignore[arg-type] # a mistake as the runner may make

    with pytest.raises(AttributeError):
        run(broken)


def test_what_the_sdk_raises_is_the_packs_failure() -> None:
    """A function of the sdk that a pack called wrongly shows the pack's own line."""

    def formula(context: sdk.ExecutionContext) -> str:
        return sdk.join_url("https://example.com", "")

    with pytest.raises(FormulaError) as failed:
        run(formula)
    assert 'return sdk.join_url("https://example.com", "")' in "\n".join(failed.value.details)


class _Unreadable(dict[str, int]):
    """A mapping that fails when it is read."""

    def items(self) -> Any:
        """Fail."""
        raise KeyError("no items today")


def test_a_result_whose_own_code_fails() -> None:
    """Reading a result may run code of the pack's: what that raises is the formula's failure, not a bug."""

    def formula(context: sdk.ExecutionContext) -> object:
        return _Unreadable()

    with pytest.raises(FormulaError, match="F failed: KeyError: 'no items today'") as raised:
        run(formula)
    assert any("in items" in line for line in raised.value.details)
    assert not any("runtime" in line and "coda_cli" in line for line in raised.value.details)


def test_a_dataclass_without_a_value() -> None:
    """A field that was never set is left out, as a key that is not there."""

    @dataclass
    class Half:
        there: int
        missing: int = field(init=False)

    def formula(context: sdk.ExecutionContext) -> object:
        return [Half(1)]

    assert run(formula) == [{"there": 1}]
