"""Who AWS thinks you are: the first thing to run when something is refused.

    coda execute packs/identity.py GetCallerIdentity
    coda execute --profile emulator-role packs/identity.py GetCallerIdentity

A profile is one of the AWS CLI's; emulator-role is one that `coda emulator` has. No permission is needed.
STS speaks the Query protocol: a form goes in, XML comes back.
"""

from typing import Annotated

from coda_cli import sdk

pack = sdk.new_pack()
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="sts")


@pack.formula
def get_caller_identity(
    context: sdk.ExecutionContext,
    region: Annotated[str, "The AWS region whose STS is asked."] = "us-east-1",
) -> dict[str, str]:
    """Show the account, the id and the ARN of the principal that signs the request."""
    answer = context.fetcher.fetch(
        "POST",
        f"https://sts.{region}.amazonaws.com/",
        form={"Action": "GetCallerIdentity", "Version": "2011-06-15"},
    ).body
    (identity,) = answer["GetCallerIdentityResult"]
    return {
        "account": identity["Account"][0],
        "user_id": identity["UserId"][0],
        "arn": identity["Arn"][0],
    }
