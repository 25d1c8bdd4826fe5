"""The parts of an object schema that are records themselves.

Data only, as ``schemas`` is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coda_cli.sdk.display_types import AttributionNodeType

PROPERTY_LABEL_VALUE_TEMPLATE = "{VALUE}"
"""What stands for the property's value in the label of a ``PropertyIdentifierDetails``."""


@dataclass(frozen=True, slots=True)
class AttributionNode:
    """One part of what a table says about where its data comes from."""

    type: AttributionNodeType
    text: str | None = None
    anchor_url: str | None = None
    anchor_text: str | None = None
    image_url: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes the objects of one schema the same kind of thing, such as the rows of one table."""

    name: str
    dynamic_url: str | None = None
    pack_id: int | None = None


@dataclass(frozen=True, slots=True)
class PropertyIdentifierDetails:
    """A property that a card shows, with a label and what stands there if it is empty."""

    property: str
    label: str | None = None
    placeholder: str | None = None


PropertyIdentifier = str | PropertyIdentifierDetails


@dataclass(frozen=True, slots=True)
class IndexDefinition:
    """The properties that the objects of a schema are searched by."""

    properties: tuple[PropertyIdentifier, ...]
    context_properties: tuple[PropertyIdentifier, ...] = ()
    filterable_properties: tuple[PropertyIdentifier, ...] = ()
