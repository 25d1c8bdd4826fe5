"""What a schema is: the type of a result, a row or one of its properties, and how it is shown.

Data only. Schemas are made by ``schema_declarations``, or read from Python types by ``schema_annotations``;
checking a value against its schema is the runtime's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from coda_cli.sdk.value_types import ValueHintType, ValueType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from coda_cli.sdk.display_types import (
        CurrencyFormat,
        DurationUnit,
        EmailDisplayType,
        ImageCornerStyle,
        ImageOutline,
        ImageShapeStyle,
        LinkDisplayType,
        OptionsType,
        ScaleIconSet,
    )
    from coda_cli.sdk.schema_parts import AttributionNode, Identity, IndexDefinition, PropertyIdentifier

    Options = tuple[object, ...] | Callable[..., Any] | OptionsType

_MOMENTS = (ValueHintType.DATE, ValueHintType.TIME, ValueHintType.DATE_TIME, ValueHintType.DURATION)

Class = type[Any]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Schema:
    """The type of a value, and how it is shown. Make one with ``make_schema`` or ``make_object_schema``.

    ``type`` None is any JSON value, an array without ``items`` one of any values, an object whose
    ``properties`` are None one of any keys. ``nullable`` and ``python_type`` (``int``, ``date``,
    ``datetime``: results must be of that class) are what a Python annotation says beyond the reference.
    """

    type: ValueType | None = None
    coda_type: ValueHintType | None = None
    description: str = ""
    nullable: bool = False
    python_type: Class | None = None

    # as the property of an object
    from_key: str | None = None
    display_name: str | None = None
    required: bool = False
    mutable: bool = False
    fixed_id: str | None = None

    # as the hint is shown
    precision: int | None = None
    use_thousands_separator: bool | None = None
    format: str | CurrencyFormat | None = None
    date_format: str | None = None
    time_format: str | None = None
    max_unit: DurationUnit | None = None
    currency_code: str | None = None
    minimum: float | str | None = None
    maximum: float | str | None = None
    step: float | str | None = None
    show_value: bool | None = None
    icon: ScaleIconSet | None = None
    display: EmailDisplayType | LinkDisplayType | None = None
    force: bool | None = None
    image_outline: ImageOutline | None = None
    image_corner_style: ImageCornerStyle | None = None
    image_shape_style: ImageShapeStyle | None = None
    width: float | str | None = None
    height: float | str | None = None
    options: Options | None = field(default=None, hash=False)
    allow_new_values: bool | None = None
    require_for_updates: bool | None = None

    # of an array
    items: Schema | None = None

    # of an object
    properties: Mapping[str, Schema] | None = field(default=None, hash=False)
    include_unknown_properties: bool = False
    id_property: str | None = None
    display_property: str | None = None
    featured_properties: tuple[str, ...] = ()
    identity: Identity | None = None
    attribution: tuple[AttributionNode, ...] = ()
    title_property: PropertyIdentifier | None = None
    link_property: PropertyIdentifier | None = None
    subtitle_properties: tuple[PropertyIdentifier, ...] = ()
    snippet_property: PropertyIdentifier | None = None
    image_property: PropertyIdentifier | None = None
    created_at_property: PropertyIdentifier | None = None
    created_by_property: PropertyIdentifier | None = None
    modified_at_property: PropertyIdentifier | None = None
    modified_by_property: PropertyIdentifier | None = None
    user_email_property: PropertyIdentifier | None = None
    index: IndexDefinition | None = None

    def __str__(self) -> str:
        """What a person reads: ``string``, ``array of object``, ``url or nothing``."""
        if self.type is None:
            return "any"
        text = self._kind()
        if self.items is not None and self.items.type is not None:
            text = f"{text} of {self.items}"
        return f"{text} or nothing" if self.nullable else text

    def __repr__(self) -> str:
        """The fields that say something."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        said = {one.name: values[one.name] for one in fields(self) if values[one.name] != one.default}
        return f"Schema({', '.join(f'{name}={value!r}' for name, value in said.items())})"

    def _kind(self) -> str:
        if self.coda_type is None:
            return "whole number" if self.python_type is int else str(self.type)
        if self.type is ValueType.NUMBER and self.coda_type in _MOMENTS:
            return f"{self.coda_type} as a number"
        return str(self.coda_type)
