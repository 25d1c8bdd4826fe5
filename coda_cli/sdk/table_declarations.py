"""The sync tables of one pack, and the names that formulas and tables share.

Owns what tables may not say together. What one may say by itself is ``sync_tables``'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from coda_cli.errors import DeclarationError
from coda_cli.sdk.declarations import Declaring, accept, declares
from coda_cli.sdk.formulas import Execute

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from coda_cli.sdk.building_blocks import ConnectionRequirement
    from coda_cli.sdk.formulas import Formula
    from coda_cli.sdk.parameters import Parameter
    from coda_cli.sdk.schemas import Schema
    from coda_cli.sdk.sync_tables import SyncTable

Function = TypeVar("Function", bound=Execute)


class TableDeclarations:
    """The part of a pack that declares sync tables."""

    def __init__(self) -> None:
        self._tables: list[SyncTable] = []
        self._kinds_by_name: dict[str, str] = {}

    @property
    def sync_tables(self) -> tuple[SyncTable, ...]:
        """The sync tables in the order of their declaration."""
        return tuple(self._tables)

    @overload
    def sync_table(self, function: Function, /) -> Function: ...
    @overload
    def sync_table(
        self,
        /,
        *,
        name: str | None = None,
        description: str | None = None,
        identity_name: str | None = None,
        schema: Schema | type | None = None,
        execute_update: Callable[..., Any] | None = None,
        max_update_batch_size: int = 1,
        execute_get_permissions: Callable[..., Any] | None = None,
        max_permission_batch_size: int = 10,
        validate_parameters: Callable[..., Any] | None = None,
        connection_requirement: ConnectionRequirement | None = None,
        allowed_authentication_names: Sequence[str] = (),
    ) -> Callable[[Function], Function]: ...
    def sync_table(
        self,
        function: Execute | None = None,
        /,
        *,
        name: str | None = None,
        description: str | None = None,
        identity_name: str | None = None,
        schema: Schema | type | None = None,
        execute_update: Callable[..., Any] | None = None,
        max_update_batch_size: int = 1,
        execute_get_permissions: Callable[..., Any] | None = None,
        max_permission_batch_size: int = 10,
        validate_parameters: Callable[..., Any] | None = None,
        connection_requirement: ConnectionRequirement | None = None,
        allowed_authentication_names: Sequence[str] = (),
    ) -> Any:
        """Register a function, which yields rows or gives a ``SyncResult``, as a table; return it unchanged.

        Name and parameters are read from it as from a formula's.

        Args:
            function: what gets the rows.
            name: the table's.
            description: the docstring's first paragraph unless given.
            identity_name: what one row is called; the schema's identity or the table's name unless given.
            schema: that of one row, or a type such as a dataclass; None allows any objects.
            execute_update: ``fn(context, updates, *params)`` gives for each update a row or an exception.
            max_update_batch_size: how many updates it gets at once.
            execute_get_permissions: ``fn(context, request, *params)`` says who may see rows.
            max_permission_batch_size: how many rows it gets at once.
            validate_parameters: ``fn(context, parameters)``.
            connection_requirement: whether its requests need an account.
            allowed_authentication_names: with which of the pack's authentications it can run.

        Raises:
            DeclarationError: the function cannot be a sync table, or a name is taken.
        """
        given = {name: value for name, value in locals().items() if name not in ("self", "function")}

        def register(function: Execute) -> Execute:
            from coda_cli.sdk.sync_tables import table_of

            with Declaring():
                self._add_table(table_of(function, given))
            return function

        return register if function is None else register(function)

    @declares()
    def add_sync_table(
        self,
        *,
        name: str,
        description: str = "",
        identity_name: str | None = None,
        schema: Schema | type | None = None,
        parameters: Sequence[Parameter] = (),
        vararg_parameters: Sequence[Parameter] = (),
        execute: Execute,
        execute_update: Callable[..., Any] | None = None,
        max_update_batch_size: int = 1,
        execute_get_permissions: Callable[..., Any] | None = None,
        max_permission_batch_size: int = 10,
        validate_parameters: Callable[..., Any] | None = None,
        connection_requirement: ConnectionRequirement | None = None,
        allowed_authentication_names: Sequence[str] = (),
    ) -> None:
        """Register a sync table spelled out; the reference's nested ``formula`` is flattened into it.

        The arguments are as for ``sync_table``, the parameters as for ``Pack.add_formula``.

        Raises:
            DeclarationError: a part makes no sense, or a name is taken.
        """
        given = {name: value for name, value in locals().items() if name != "self"}
        self._add_spelled_out(given)

    @declares()
    def add_dynamic_sync_table(
        self,
        *,
        name: str,
        description: str = "",
        identity_name: str | None = None,
        get_name: Callable[..., Any],
        get_schema: Callable[..., Any],
        get_display_url: Callable[..., Any],
        list_dynamic_urls: Callable[..., Any] | None = None,
        search_dynamic_urls: Callable[..., Any] | None = None,
        parameters: Sequence[Parameter] = (),
        vararg_parameters: Sequence[Parameter] = (),
        execute: Execute,
        execute_update: Callable[..., Any] | None = None,
        max_update_batch_size: int = 1,
        execute_get_permissions: Callable[..., Any] | None = None,
        max_permission_batch_size: int = 10,
        validate_parameters: Callable[..., Any] | None = None,
        connection_requirement: ConnectionRequirement | None = None,
        allowed_authentication_names: Sequence[str] = (),
    ) -> None:
        """Register a sync table of which there are many: each has a URL, ``context.sync.dynamic_url``.

        Args:
            name: that of all of them together.
            description: what they are.
            identity_name: what a row of any of them is called.
            get_name: ``fn(context)`` gives the name of one.
            get_schema: ``fn(context)`` gives the schema of its rows.
            get_display_url: ``fn(context)`` gives the URL that people can look at.
            list_dynamic_urls: ``fn(context)`` gives those that there are, as ``{"display", "value"}``.
            search_dynamic_urls: ``fn(context, search)`` gives those that a search finds.
            parameters: as for ``add_sync_table``, like all that follow.
            vararg_parameters: these too.
            execute: what gets the rows.
            execute_update: what changes rows.
            max_update_batch_size: how many at once.
            execute_get_permissions: who may see rows.
            max_permission_batch_size: how many at once.
            validate_parameters: whether the parameters go together.
            connection_requirement: whether requests need an account.
            allowed_authentication_names: with which of the pack's authentications it can run.

        Raises:
            DeclarationError: a part makes no sense, or a name is taken.
        """
        given = {name: value for name, value in locals().items() if name != "self"}
        self._add_spelled_out(given)

    def _add_spelled_out(self, given: dict[str, Any]) -> None:
        from coda_cli.sdk.sync_tables import table_spelled_out

        self._add_table(table_spelled_out(given))

    def _add_table(self, table: SyncTable) -> None:
        same = [one.name for one in self._tables if one.identity_name == table.identity_name]
        self._take_name("sync table", table)
        if same:
            raise DeclarationError(
                f"sync table {table.name}, identity_name {table.identity_name!r} is that of {same[0]} too",
                "Give each table an identity_name of its own.",
            )
        self._tables.append(table)
        accept(self, table)

    def _take_name(self, kind: str, block: Formula) -> None:
        """Take the name of a formula or table, which only one of them can have."""
        taken = self._kinds_by_name.get(block.name.lower())
        if taken == kind:
            raise DeclarationError(f"{kind} {block.name} is declared twice")
        if taken is not None:
            raise DeclarationError(f"{kind} {block.name}: a {taken} has this name")
        self._kinds_by_name[block.name.lower()] = kind
