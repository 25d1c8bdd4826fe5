"""What goes between a sync and a pack: pages of rows, updates of rows, who may see rows.

Data only; what a sync is told of itself is ``context.Sync``. What a table is belongs to ``sync_tables``;
running a sync is the runtime's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class SyncCompletionMetadata:
    """What a complete sync leaves for the next one, which can then ask for what is new since.

    ``incremental_continuation`` is any JSON value that says where the next sync begins. A sync that could
    not get everything says ``has_incomplete_results``, and the next one is a full one.
    """

    incremental_continuation: Any = None
    has_incomplete_results: bool = False


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What one call of a sync function gives back: a page of rows, and where the next page begins.

    Args:
        rows: a list of objects: mappings, or instances of a dataclass.
        continuation: any JSON value, with which the function is called again; None after the last page.
        completion: with the last page, what an incremental sync begins with.
        deleted_row_ids: the ids of rows that an incremental sync found to be gone.
        permissions_context: a value for each row, that ``execute_get_permissions`` gets with it.
    """

    rows: Sequence[Any]
    continuation: Any = None
    completion: SyncCompletionMetadata | None = None
    deleted_row_ids: Sequence[str] = ()
    permissions_context: Sequence[Any] | None = None


@dataclass(frozen=True, slots=True)
class SyncUpdate:
    """One row that a person changed, for ``execute_update``.

    ``updated_fields`` are the names of the properties that differ between the two values.
    """

    previous_value: Mapping[str, Any]
    new_value: Mapping[str, Any]
    updated_fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class GetPermissionsRequest:
    """The rows that ``execute_get_permissions`` is asked about.

    ``permissions_context`` has what the sync said of each of them in ``SyncResult``; None if it said nothing.
    """

    rows: Sequence[Mapping[str, Any]]
    permissions_context: Sequence[Any] | None = None
