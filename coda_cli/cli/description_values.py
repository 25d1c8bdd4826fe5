"""Packs and formulas as JSON values, for ``coda describe --output json``: a form that scripts may rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coda_cli.runtime.schema_values import record_value, schema_value
from coda_cli.sdk.sync_tables import SyncTable

if TYPE_CHECKING:
    from coda_cli.runtime.loader import LoadedPack
    from coda_cli.sdk.formulas import Formula


def pack_value(loaded: LoadedPack) -> dict[str, object]:
    """Return all that a pack declares."""
    pack = loaded.pack
    return {
        "name": loaded.path.stem,
        "version": pack.version,
        "authentication": record_value(pack.authentication),
        "domains": list(pack.network_domains),
        "formulas": [_formula_value(formula) for formula in pack.formulas],
        "tables": [_table_value(table) for table in pack.sync_tables],
    }


def block_value(block: Formula) -> dict[str, object]:
    """Return what stands in the pack's value for one of its formulas or tables."""
    return _table_value(block) if isinstance(block, SyncTable) else _formula_value(block)


def _formula_value(formula: Formula) -> dict[str, object]:
    return {
        "name": formula.name,
        "description": formula.description,
        "is_action": formula.is_action,
        "parameters": _parameter_values(formula),
        "result": schema_value(formula.result),
    }


def _table_value(table: SyncTable) -> dict[str, object]:
    return {
        "name": table.name,
        "identity": table.identity_name,
        "parameters": _parameter_values(table),
        "schema": None if table.schema is None else schema_value(table.schema),
        "dynamic": table.dynamic is not None,
    }


def _parameter_values(formula: Formula) -> list[dict[str, object]]:
    """Return the parameters; the last ones, if they can be repeated, say so and are optional."""
    values: list[dict[str, object]] = [
        {
            "name": parameter.name,
            "type": parameter.type.value,
            "optional": parameter.optional,
            "description": parameter.description,
        }
        for parameter in (*formula.parameters, *formula.vararg_parameters)
    ]
    for value in values[len(formula.parameters) :]:
        value.update(optional=True, repeated=True)
    return values
