"""Signed GETs one after another, over one session of requests; prints how many a second."""

import os
import sys
from time import perf_counter

import requests
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

url, count = sys.argv[1], int(sys.argv[2])
keys = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
signer = S3SigV4Auth(keys, "s3", "us-east-1")
session = requests.Session()


def get() -> object:
    """Send one request and decode its answer."""
    request = AWSRequest("GET", url)
    signer.add_auth(request)
    response = session.get(url, headers=dict(request.headers))
    response.raise_for_status()
    decoded: object = response.json()
    return decoded


get()
start = perf_counter()
for _ in range(count):
    get()
print(count / (perf_counter() - start))
