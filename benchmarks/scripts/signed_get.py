"""One signed GET as one would write it by hand: click, requests, and botocore's signer."""

import os

import click
import requests
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


@click.command()
@click.argument("url")
def main(url: str) -> None:
    """Print what URL answers."""
    keys = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    request = AWSRequest("GET", url)
    S3SigV4Auth(keys, "s3", "us-east-1").add_auth(request)
    response = requests.get(url, headers=dict(request.headers), timeout=60)
    response.raise_for_status()
    click.echo(response.text)


if __name__ == "__main__":
    main()
