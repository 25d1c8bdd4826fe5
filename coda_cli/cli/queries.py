"""What ``--query`` finds in a result: JMESPath, checked before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coda_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable


def compile_query(query: str | None) -> Callable[[object], object]:
    """Return the function that applies a JMESPath query; without one, it changes nothing.

    Raises:
        UsageError: the query is malformed, found before anything runs.
    """
    if query is None:
        return lambda value: value
    import jmespath

    try:
        compiled = jmespath.compile(query)
    except Exception as error:  # noqa: BLE001 - not all of its errors are JMESPathErrors
        raise UsageError(f"--query is not a JMESPath expression: {_first_line(error)}", query) from None
    _check_functions(compiled.parsed, query)

    def apply(value: object) -> object:
        from datetime import UTC

        from coda_cli.runtime.results import json_result
        from coda_cli.sdk.schemas import Schema

        try:
            return json_result(compiled.search(value), Schema(), "--query", UTC)
        except Exception as error:  # noqa: BLE001 - its functions raise what Python's raise
            raise UsageError(f"--query does not fit the result: {_first_line(error)}", query) from None

    return apply


def _check_functions(node: Any, query: str) -> None:
    """Refuse functions that JMESPath does not have: it would only find that out with the result."""
    from jmespath.functions import Functions

    if node["type"] == "function_expression":
        name, given = node["value"], len(node["children"])
        if name not in Functions.FUNCTION_TABLE:
            raise UsageError(f"--query calls {name}(), which JMESPath does not have", query)
        wanted = Functions.FUNCTION_TABLE[name]["signature"]
        is_variadic = bool(wanted) and wanted[-1].get("variadic", False)
        if given < len(wanted) or (given > len(wanted) and not is_variadic):
            raise UsageError(f"--query gives {name}() {given} values, and it takes {len(wanted)}", query)
    for child in node["children"]:
        if isinstance(child, dict):  # the bounds of a slice are numbers
            _check_functions(child, query)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
