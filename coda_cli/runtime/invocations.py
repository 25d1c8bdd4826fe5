"""What the words of a command line run: a formula, table or metadata function, and its authentication.

Owns the special names. The formulas behind them are made by ``metadata``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from coda_cli.errors import UsageError
from coda_cli.runtime.connections import Connection, chosen_authentication, connection_of
from coda_cli.runtime.metadata import (
    autocomplete_formula,
    connection_name_formula,
    set_endpoint_formula,
    validation_formula,
)
from coda_cli.runtime.spec import choose_formula, nearest
from coda_cli.sdk.formulas import pascal_case

if TYPE_CHECKING:
    from coda_cli.runtime.loader import LoadedPack
    from coda_cli.sdk.authentication import Authentication
    from coda_cli.sdk.building_blocks import BuildingBlock
    from coda_cli.sdk.formulas import Formula
    from coda_cli.sdk.sync_tables import SyncTable

AUTHENTICATION = "Auth"
"""What stands before the colon for the functions of an authentication."""

GET_CONNECTION_NAME = f"{AUTHENTICATION}:getConnectionName"

_WITHOUT_URL = ("listDynamicUrls", "searchDynamicUrls", "autocomplete", "validateParameters")
"""What stands behind the colon of a dynamic table for functions that can do without its URL."""

_FUNCTIONS = {
    "update": "execute_update",
    "permissions": "execute_get_permissions",
    "getName": "get_name",
    "getDisplayUrl": "get_display_url",
    "listDynamicUrls": "list_dynamic_urls",
    "searchDynamicUrls": "search_dynamic_urls",
}
"""What stands behind the colon of a table only if it declares a function, and how that is called."""

_INCREMENTAL = "incremental"

SpecialNames = dict[str, Callable[[str], "Formula"]]
"""What can stand behind the colon of one owner, and what makes a formula of it, given its whole name."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """What is run, and the authentication it is run with.

    A formula that is a ``SyncTable`` is synced; ``table`` is the one that a metadata function belongs to.
    """

    formula: Formula
    connection: Connection
    table: SyncTable | None = None
    is_incremental: bool = False

    @property
    def is_sync(self) -> bool:
        """Tell whether a sync table is synced, rather than one of its functions called."""
        return self.table is not None and (self.formula is self.table or self.is_incremental)

    @property
    def needs_dynamic_url(self) -> bool:
        """Tell whether it needs a dynamic URL, if it is of a dynamic table."""
        _, _, special = self.formula.name.partition(":")
        return special.partition(":")[0] not in _WITHOUT_URL


def choose_invocation(loaded: LoadedPack, word: str, authentication: str | None = None) -> Invocation:
    """Return what a word of the command line names: a formula, or a special name with a colon in it.

    Args:
        loaded: the pack.
        word: ``ListBuckets``, ``ListBuckets:autocomplete:prefix``, ``Auth:getConnectionName`` and so on; a
            ``>`` is a colon, too, as in the reference's ``Table>incremental``.
        authentication: the name of the one to run with, if the person chose one.

    Raises:
        UsageError: there is none, or not with this authentication; the message has the nearest names.
    """
    owner, colon, special = word.replace(">", ":").partition(":")
    if colon and _is_authentication(loaded, owner, special):
        chosen = chosen_authentication(loaded.pack, authentication)
        formula = _special(loaded, AUTHENTICATION, special, names_of_authentication(chosen))
        if formula.name != GET_CONNECTION_NAME:  # an endpoint is still to be chosen
            chosen = replace(chosen, requires_endpoint_url=False)
        return Invocation(formula, Connection(chosen))
    block = choose_formula(loaded, owner if colon else word)
    table = next((table for table in loaded.pack.sync_tables if table is block), None)
    names = names_of_block(block) if table is None else names_of_table(table)
    formula = _special(loaded, block.name, special, names) if colon else block
    return Invocation(
        formula,
        connection_of(loaded.pack, block, authentication),
        table,
        is_incremental=formula.name == f"{block.name}:{_INCREMENTAL}",
    )


def names_of_block(block: BuildingBlock) -> SpecialNames:
    """Return the metadata functions that a formula has, those of its parameters first."""
    found: SpecialNames = {
        f"autocomplete:{one.name}": partial(autocomplete_formula, block=block, parameter=one)
        for one in (*block.parameters, *block.vararg_parameters)
        if one.autocomplete is not None
    }
    if block.validate_parameters is not None:
        found["validateParameters"] = partial(
            validation_formula, block=block, validate_parameters=block.validate_parameters
        )
    return found


def names_of_table(table: SyncTable) -> SpecialNames:
    """Return the metadata functions of a sync table, too."""
    from coda_cli.runtime import table_metadata

    names: SpecialNames = {**names_of_block(table), _INCREMENTAL: partial(_incremental, table)}
    return names | table_metadata.names_of_table(table)


def _incremental(table: SyncTable, name: str) -> SyncTable:
    return replace(table, name=name, description=f"The rows of {table.name} that changed after a full sync.")


def names_of_authentication(authentication: Authentication) -> SpecialNames:
    """Return the metadata functions of an authentication."""
    found: SpecialNames = {
        f"postSetup:setEndpoint:{step.name}": partial(set_endpoint_formula, step=step)
        for step in authentication.post_setup
    }
    if authentication.get_connection_name is not None:
        found["getConnectionName"] = partial(
            connection_name_formula, get_connection_name=authentication.get_connection_name
        )
    return found


def _is_authentication(loaded: LoadedPack, owner: str, special: str) -> bool:
    """Tell whether ``Auth`` is meant, and no formula of that name."""
    if owner.lower() != AUTHENTICATION.lower():
        return False
    formulas = {block.name.lower() for block in (*loaded.pack.formulas, *loaded.pack.sync_tables)}
    is_only_its = _spelled(special).partition(":")[0] in ("GetConnectionName", "PostSetup")
    return is_only_its or owner.lower() not in formulas


def _special(loaded: LoadedPack, owner: str, special: str, names: SpecialNames) -> Formula:
    """Make the formula of a special name, which may be spelled as Python spells names."""
    spelled = {_spelled(name): name for name in names}
    name = special if special in names else spelled.get(_spelled(special))
    if name is not None:
        return names[name](f"{owner}:{name}")
    function = _function_of_table(special) if "getSchema" in names else None
    close = nearest(special, list(names))
    whole = [f"{owner}:{one}" for one in close or names]
    if function is not None:
        hint = f"{owner} declares no {function}."
    elif close:
        hint = f"Did you mean {' or '.join(whole)}?"
    else:
        hint = f"It has {', '.join(whole)}." if whole else f"{owner} has no metadata functions."
    raise UsageError(f"{loaded.file_name} has no {f'{owner}:{special}'!r}", hint)


def _function_of_table(special: str) -> str | None:
    """Return how the function of a table is called that makes this special name, in either spelling."""
    return next((one for name, one in _FUNCTIONS.items() if _spelled(name) == _spelled(special)), None)


def _spelled(special: str) -> str:
    return ":".join(map(pascal_case, special.split(":")))
