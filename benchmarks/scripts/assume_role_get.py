"""The same through a role: botocore's STS client first."""

from typing import Any

import click
import requests
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.session import get_session


@click.command()
@click.argument("url")
@click.argument("role")
@click.argument("external_id")
def main(url: str, role: str, external_id: str) -> None:
    """Print what URL answers to a role."""
    sts: Any = get_session().create_client("sts")
    answer = sts.assume_role(RoleArn=role, RoleSessionName="script", ExternalId=external_id)
    given = answer["Credentials"]
    keys = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    request = AWSRequest("GET", url)
    S3SigV4Auth(keys, "s3", "us-east-1").add_auth(request)
    response = requests.get(url, headers=dict(request.headers), timeout=60)
    response.raise_for_status()
    click.echo(response.text)


if __name__ == "__main__":
    main()
