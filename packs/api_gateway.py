"""An API of your own behind Amazon API Gateway, with IAM authorization.

    CODA_ENDPOINT_URL=https://execute-api.us-east-1.amazonaws.com/_aws/execute-api/demo/prod \\
      coda execute packs/api_gateway.py Get /orders customer=ada paid=true
    CODA_ENDPOINT_URL=https://execute-api.us-east-1.amazonaws.com/_aws/execute-api/demo/prod \\
      coda execute packs/api_gateway.py Send POST /orders '{"customer": "mary", "total": 12.5}'

This is the emulator's API. The address of yours is https://ID.execute-api.REGION.amazonaws.com/STAGE, and
coda auth packs/api_gateway.py stores it; the region is read from it. You need execute-api:Invoke.

For a domain of your own declare that one instead of amazonaws.com, and give --region. For the URL of a Lambda
function declare on.aws, with service="lambda".
"""

import json
from dataclasses import replace
from typing import Annotated, Any

from coda_cli import sdk

Path = Annotated[str, "What follows the API's address, such as /orders."]

pack = sdk.new_pack()
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(
    type=sdk.AuthenticationType.AWS_ACCESS_KEY,
    service="execute-api",
    requires_endpoint_url=True,
    endpoint_domain="amazonaws.com",
)


@pack.formula
def get(
    context: sdk.ExecutionContext,
    path: Path,
    *query: Annotated[str, "NAME=VALUE of the query, as many as you like."],
) -> Any:
    """Get what the API answers to a path."""
    values: dict[str, list[str]] = {}
    for pair in query:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise sdk.UserVisibleError(f"{pair!r} is no part of a query: write NAME=VALUE.")
        values.setdefault(name, []).append(value)
    return context.fetcher.fetch("GET", sdk.with_query_params(path, values)).body


@pack.formula(is_action=True)
def send(
    context: sdk.ExecutionContext,
    method: Annotated[str, sdk.Parameter("How to send it.", autocomplete=["POST", "PUT", "PATCH", "DELETE"])],
    path: Path,
    body: Annotated[str, "JSON, or nothing; @FILE takes it from a file."] = "",
) -> Any:
    """Send JSON to the API and return its answer."""
    request = sdk.FetchRequest(method, path)
    if body:
        try:
            json.loads(body)
        except ValueError as error:
            raise sdk.UserVisibleError(f"The body is not JSON ({error}): {body}") from error
        request = replace(request, headers={"Content-Type": "application/json"}, body=body)
    return context.fetcher.fetch(request).body
