"""Amazon S3 as a table: the objects of a bucket, page after page, however many there are.

    coda execute packs/s3_inventory.py Objects coda-demo-logs
    coda execute packs/s3_inventory.py Objects coda-demo-logs app/ --output csv
    coda execute packs/s3_inventory.py Objects coda-demo-logs --max-rows all --output ndjson

--param region=eu-central-1 asks another region. It needs s3:ListBucket. Rows are printed as they arrive,
and each page is fetched while the one before is printed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote_plus

# A file beside a pack can be imported; this generator follows the pages of ListObjectsV2.
from s3 import Region, listing

from coda_cli import sdk

pack = sdk.new_pack()
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="s3")


@sdk.schema(id="uri", display="key", featured=["size", "modified", "storage_class"])
@dataclass
class S3Object:
    uri: Annotated[str, "s3://BUCKET/KEY, which no other object of any bucket has."]
    key: str
    size: Annotated[int, "In bytes."]
    modified: Annotated[str, sdk.ValueHintType.DATE_TIME]
    storage_class: str | None


@pack.sync_table(identity_name="Object", schema=S3Object)
def objects(
    context: sdk.ExecutionContext,
    bucket: Annotated[str, "The bucket's name."],
    prefix: Annotated[str, "Only objects whose key starts with this."] = "",
    region: Region = "us-east-1",
) -> Iterator[S3Object]:
    """The objects of a bucket, or those under a prefix."""
    for found in listing(context, bucket, prefix, region):
        key = unquote_plus(found["Key"][0])
        yield S3Object(
            uri=f"s3://{bucket}/{key}",
            key=key,
            size=int(found["Size"][0]),
            modified=found["LastModified"][0],
            storage_class=found.get("StorageClass", [None])[0],
        )
