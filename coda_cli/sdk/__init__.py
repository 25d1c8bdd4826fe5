"""What a pack is written with: ``from coda_cli import sdk``.

Definitions only: it sends nothing, reads nothing, and imports the standard library alone. What many packs do
without is imported when a pack names it, since every pack waits for the rest.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from coda_cli.errors import MissingScopesError as MissingScopesError
from coda_cli.errors import ResponseSizeTooLargeError as ResponseSizeTooLargeError
from coda_cli.errors import StatusCodeError as StatusCodeError
from coda_cli.errors import UserVisibleError as UserVisibleError
from coda_cli.sdk.authentication import AuthenticationType as AuthenticationType
from coda_cli.sdk.authentication import ReservedAuthenticationNames as ReservedAuthenticationNames
from coda_cli.sdk.autocomplete import SimpleAutocompleteOption as SimpleAutocompleteOption
from coda_cli.sdk.autocomplete import autocomplete_search as autocomplete_search
from coda_cli.sdk.autocomplete import autocomplete_search_objects as autocomplete_search_objects
from coda_cli.sdk.autocomplete import simple_autocomplete as simple_autocomplete
from coda_cli.sdk.building_blocks import ConnectionRequirement as ConnectionRequirement
from coda_cli.sdk.context import ExecutionContext as ExecutionContext
from coda_cli.sdk.context import Fetcher as Fetcher
from coda_cli.sdk.context import InvocationLocation as InvocationLocation
from coda_cli.sdk.context import Logger as Logger
from coda_cli.sdk.context import Sync as Sync
from coda_cli.sdk.context import TemporaryBlobStorage as TemporaryBlobStorage
from coda_cli.sdk.formulas import Formula as Formula
from coda_cli.sdk.pack import Pack as Pack
from coda_cli.sdk.pack import new_pack as new_pack
from coda_cli.sdk.parameters import Email as Email
from coda_cli.sdk.parameters import File as File
from coda_cli.sdk.parameters import Html as Html
from coda_cli.sdk.parameters import Image as Image
from coda_cli.sdk.parameters import Markdown as Markdown
from coda_cli.sdk.parameters import Parameter as Parameter
from coda_cli.sdk.parameters import ParameterType as ParameterType
from coda_cli.sdk.parameters import make_parameter as make_parameter
from coda_cli.sdk.schema_annotations import schema as schema
from coda_cli.sdk.schemas import Schema as Schema
from coda_cli.sdk.urls import join_url as join_url
from coda_cli.sdk.urls import with_query_params as with_query_params
from coda_cli.sdk.value_types import ValueHintType as ValueHintType
from coda_cli.sdk.value_types import ValueType as ValueType

if TYPE_CHECKING:
    from coda_cli.sdk.column_formats import Format as Format
    from coda_cli.sdk.display_types import AttributionNodeType as AttributionNodeType
    from coda_cli.sdk.display_types import CurrencyFormat as CurrencyFormat
    from coda_cli.sdk.display_types import DurationUnit as DurationUnit
    from coda_cli.sdk.display_types import EmailDisplayType as EmailDisplayType
    from coda_cli.sdk.display_types import ImageCornerStyle as ImageCornerStyle
    from coda_cli.sdk.display_types import ImageOutline as ImageOutline
    from coda_cli.sdk.display_types import ImageShapeStyle as ImageShapeStyle
    from coda_cli.sdk.display_types import LinkDisplayType as LinkDisplayType
    from coda_cli.sdk.display_types import OptionsType as OptionsType
    from coda_cli.sdk.display_types import ScaleIconSet as ScaleIconSet
    from coda_cli.sdk.exchanges import FetchRequest as FetchRequest
    from coda_cli.sdk.exchanges import FetchResponse as FetchResponse
    from coda_cli.sdk.post_setup import PostSetupType as PostSetupType
    from coda_cli.sdk.post_setup import SetEndpoint as SetEndpoint
    from coda_cli.sdk.schema_declarations import generate_schema as generate_schema
    from coda_cli.sdk.schema_declarations import (
        get_effective_property_keys_from_schema as get_effective_property_keys_from_schema,
    )
    from coda_cli.sdk.schema_declarations import make_attribution_node as make_attribution_node
    from coda_cli.sdk.schema_declarations import make_object_schema as make_object_schema
    from coda_cli.sdk.schema_declarations import (
        make_reference_schema_from_object_schema as make_reference_schema_from_object_schema,
    )
    from coda_cli.sdk.schema_declarations import make_schema as make_schema
    from coda_cli.sdk.schema_declarations import with_identity as with_identity
    from coda_cli.sdk.schema_parts import PROPERTY_LABEL_VALUE_TEMPLATE as PROPERTY_LABEL_VALUE_TEMPLATE
    from coda_cli.sdk.schema_parts import AttributionNode as AttributionNode
    from coda_cli.sdk.schema_parts import Identity as Identity
    from coda_cli.sdk.schema_parts import IndexDefinition as IndexDefinition
    from coda_cli.sdk.schema_parts import PropertyIdentifierDetails as PropertyIdentifierDetails
    from coda_cli.sdk.sync_tables import SyncTable as SyncTable
    from coda_cli.sdk.syncs import GetPermissionsRequest as GetPermissionsRequest
    from coda_cli.sdk.syncs import SyncCompletionMetadata as SyncCompletionMetadata
    from coda_cli.sdk.syncs import SyncResult as SyncResult
    from coda_cli.sdk.syncs import SyncUpdate as SyncUpdate
else:

    def __getattr__(name: str) -> object:
        """Import what few packs name, when one does."""
        if name not in _MODULES:
            spelled = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
            hint = f"; it is called {spelled} here" if spelled in __all__ else ""
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}{hint}")
        found = globals()[name] = getattr(import_module(_MODULES[name]), name)
        return found


_MODULES = {
    "AttributionNode": "coda_cli.sdk.schema_parts",
    "AttributionNodeType": "coda_cli.sdk.display_types",
    "CurrencyFormat": "coda_cli.sdk.display_types",
    "DurationUnit": "coda_cli.sdk.display_types",
    "EmailDisplayType": "coda_cli.sdk.display_types",
    "FetchRequest": "coda_cli.sdk.exchanges",
    "FetchResponse": "coda_cli.sdk.exchanges",
    "Format": "coda_cli.sdk.column_formats",
    "GetPermissionsRequest": "coda_cli.sdk.syncs",
    "Identity": "coda_cli.sdk.schema_parts",
    "ImageCornerStyle": "coda_cli.sdk.display_types",
    "ImageOutline": "coda_cli.sdk.display_types",
    "ImageShapeStyle": "coda_cli.sdk.display_types",
    "IndexDefinition": "coda_cli.sdk.schema_parts",
    "LinkDisplayType": "coda_cli.sdk.display_types",
    "OptionsType": "coda_cli.sdk.display_types",
    "PROPERTY_LABEL_VALUE_TEMPLATE": "coda_cli.sdk.schema_parts",
    "PostSetupType": "coda_cli.sdk.post_setup",
    "PropertyIdentifierDetails": "coda_cli.sdk.schema_parts",
    "ScaleIconSet": "coda_cli.sdk.display_types",
    "SetEndpoint": "coda_cli.sdk.post_setup",
    "SyncCompletionMetadata": "coda_cli.sdk.syncs",
    "SyncResult": "coda_cli.sdk.syncs",
    "SyncTable": "coda_cli.sdk.sync_tables",
    "SyncUpdate": "coda_cli.sdk.syncs",
    "generate_schema": "coda_cli.sdk.schema_declarations",
    "get_effective_property_keys_from_schema": "coda_cli.sdk.schema_declarations",
    "make_attribution_node": "coda_cli.sdk.schema_declarations",
    "make_object_schema": "coda_cli.sdk.schema_declarations",
    "make_reference_schema_from_object_schema": "coda_cli.sdk.schema_declarations",
    "make_schema": "coda_cli.sdk.schema_declarations",
    "with_identity": "coda_cli.sdk.schema_declarations",
}

__all__ = [
    "PROPERTY_LABEL_VALUE_TEMPLATE",
    "AttributionNode",
    "AttributionNodeType",
    "AuthenticationType",
    "ConnectionRequirement",
    "CurrencyFormat",
    "DurationUnit",
    "Email",
    "EmailDisplayType",
    "ExecutionContext",
    "FetchRequest",
    "FetchResponse",
    "Fetcher",
    "File",
    "Format",
    "Formula",
    "GetPermissionsRequest",
    "Html",
    "Identity",
    "Image",
    "ImageCornerStyle",
    "ImageOutline",
    "ImageShapeStyle",
    "IndexDefinition",
    "InvocationLocation",
    "LinkDisplayType",
    "Logger",
    "Markdown",
    "MissingScopesError",
    "OptionsType",
    "Pack",
    "Parameter",
    "ParameterType",
    "PostSetupType",
    "PropertyIdentifierDetails",
    "ReservedAuthenticationNames",
    "ResponseSizeTooLargeError",
    "ScaleIconSet",
    "Schema",
    "SetEndpoint",
    "SimpleAutocompleteOption",
    "StatusCodeError",
    "Sync",
    "SyncCompletionMetadata",
    "SyncResult",
    "SyncTable",
    "SyncUpdate",
    "TemporaryBlobStorage",
    "UserVisibleError",
    "ValueHintType",
    "ValueType",
    "autocomplete_search",
    "autocomplete_search_objects",
    "generate_schema",
    "get_effective_property_keys_from_schema",
    "join_url",
    "make_attribution_node",
    "make_object_schema",
    "make_parameter",
    "make_reference_schema_from_object_schema",
    "make_schema",
    "new_pack",
    "schema",
    "simple_autocomplete",
    "with_identity",
    "with_query_params",
]
