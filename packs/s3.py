"""Amazon S3 with an access key: buckets, objects and their text.

    coda execute packs/s3.py ListBuckets
    coda execute packs/s3.py ListObjects coda-demo-logs app/
    coda execute packs/s3.py GetText coda-demo-reports 2026/january.csv
    coda execute packs/s3.py PutText coda-demo-assets notes/today.txt "Remember the milk."

Keys come from the environment or a profile: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --profile.
They need s3:ListAllMyBuckets, s3:ListBucket, s3:GetObject and, for PutText, s3:PutObject.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote, unquote_plus

from coda_cli import sdk

Region = Annotated[str, "The AWS region of the bucket."]

pack = sdk.new_pack()
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="s3")


@pack.formula
def list_buckets(
    context: sdk.ExecutionContext,
    prefix: Annotated[str, "Only buckets whose name starts with this."] = "",
    region: Annotated[str, "The AWS region to ask; all of a partition give the same answer."] = "us-east-1",
) -> list[dict[str, str]]:
    """List the buckets that this account owns."""
    answer = context.fetcher.fetch("GET", f"https://s3.{region}.amazonaws.com/").body
    return [
        {"name": bucket["Name"][0], "created": bucket["CreationDate"][0]}
        for bucket in children(children(answer, "Buckets")[0], "Bucket")
        if bucket["Name"][0].startswith(prefix)
    ]


@pack.formula
def list_objects(
    context: sdk.ExecutionContext,
    bucket: Annotated[str, "The bucket's name."],
    prefix: Annotated[str, "Only objects whose key starts with this."] = "",
    region: Region = "us-east-1",
) -> list[dict[str, str | int]]:
    """List all objects of a bucket, or those under a prefix."""
    return [
        {
            "key": unquote_plus(found["Key"][0]),
            "size": int(found["Size"][0]),
            "modified": found["LastModified"][0],
        }
        for found in listing(context, bucket, prefix, region)
    ]


@pack.formula
def get_text(
    context: sdk.ExecutionContext,
    bucket: Annotated[str, "The bucket's name."],
    key: Annotated[str, "The object's key."],
    region: Region = "us-east-1",
) -> str:
    """Read an object that is text in UTF-8."""
    # As bytes: an object that holds JSON or XML would come back decoded.
    url = object_url(bucket, key, region)
    try:
        response = context.fetcher.fetch("GET", url, is_binary_response=True)
        return str(response.body, "utf-8")
    except sdk.StatusCodeError as error:
        if error.error_code == "NoSuchKey":
            raise sdk.UserVisibleError(f"Bucket {bucket} has no object {key!r}.") from error
        raise
    except UnicodeDecodeError as error:
        raise sdk.UserVisibleError(f"Object {key!r} is not text in UTF-8.") from error


@pack.formula(is_action=True)
def put_text(
    context: sdk.ExecutionContext,
    bucket: Annotated[str, "The bucket's name."],
    key: Annotated[str, "The object's key; an object that has it is replaced."],
    text: Annotated[str, "What to write, as UTF-8; @FILE takes it from a file."],
    region: Region = "us-east-1",
) -> str:
    """Write text to an object and return its S3 URI."""
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    context.fetcher.fetch("PUT", object_url(bucket, key, region), headers=headers, body=text)
    return f"s3://{bucket}/{key}"


def listing(context: sdk.ExecutionContext, bucket: str, prefix: str, region: str) -> Iterator[Any]:
    """Yield the elements that describe a bucket's objects, page after page; their keys are URL-encoded."""
    query = {"list-type": 2, "encoding-type": "url", "prefix": prefix}
    first = sdk.with_query_params(bucket_url(bucket, region), query)

    def following(page: sdk.FetchResponse) -> str | None:
        if page.body["IsTruncated"] != ["true"]:
            return None
        (token,) = page.body["NextContinuationToken"]
        return sdk.with_query_params(first, {"continuation-token": token})

    for page in context.fetcher.pages(first, next=following):
        yield from children(page.body, "Contents")


def object_url(bucket: str, key: str, region: str) -> str:
    """The URL of an object."""
    if not key:
        raise sdk.UserVisibleError("The object's key is empty.")
    return bucket_url(bucket, region) + quote(key, safe="/~")


def bucket_url(bucket: str, region: str) -> str:
    """The URL of a bucket; its objects' keys follow."""
    if not bucket or not region:
        raise sdk.UserVisibleError(f"The {'region' if bucket else 'bucket'} is empty.")
    if re.fullmatch("[a-z0-9-]+", bucket):
        return f"https://{bucket}.s3.{region}.amazonaws.com/"
    # A dot in the name would not match the certificate of *.s3.REGION.amazonaws.com.
    return f"https://s3.{region}.amazonaws.com/{quote(bucket, safe='')}/"


def children(element: Any, name: str) -> list[Any]:
    """The elements of that name; an XML element without any is an empty text."""
    return element.get(name, []) if isinstance(element, dict) else []
