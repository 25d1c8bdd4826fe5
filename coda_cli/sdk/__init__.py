"""What a pack is written with: ``from coda_cli import sdk``.

Definitions only: it sends nothing, reads nothing, and imports the standard library alone.
"""

from coda_cli.errors import MissingScopesError as MissingScopesError
from coda_cli.errors import ResponseSizeTooLargeError as ResponseSizeTooLargeError
from coda_cli.errors import StatusCodeError as StatusCodeError
from coda_cli.errors import UserVisibleError as UserVisibleError
from coda_cli.sdk.authentication import AuthenticationType as AuthenticationType
from coda_cli.sdk.context import ExecutionContext as ExecutionContext
from coda_cli.sdk.context import Fetcher as Fetcher
from coda_cli.sdk.context import FetchResponse as FetchResponse
from coda_cli.sdk.context import InvocationLocation as InvocationLocation
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
from coda_cli.sdk.schemas import ValueType as ValueType
from coda_cli.sdk.urls import join_url as join_url
from coda_cli.sdk.urls import with_query_params as with_query_params

__all__ = [
    "AuthenticationType",
    "Email",
    "ExecutionContext",
    "FetchResponse",
    "Fetcher",
    "File",
    "Formula",
    "Html",
    "Image",
    "InvocationLocation",
    "Markdown",
    "MissingScopesError",
    "Pack",
    "Parameter",
    "ParameterType",
    "ResponseSizeTooLargeError",
    "StatusCodeError",
    "UserVisibleError",
    "ValueType",
    "join_url",
    "make_parameter",
    "new_pack",
    "with_query_params",
]
