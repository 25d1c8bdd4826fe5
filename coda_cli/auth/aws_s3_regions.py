"""In which region a bucket is, as S3 tells those who ask another one.

Owns reading the region from such an answer, the host of that region, and remembering both for the rest of a
run. A host is only ever changed in its region: it stays under the same partition's suffix, for the same
bucket. Whether it may be called is the fetcher's business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coda_cli.auth.aws_regions import partitions, signing_region
from coda_cli.sdk.exchanges import Headers

if TYPE_CHECKING:
    from coda_cli.auth.aws_regions import Partition
    from coda_cli.wire import Url, WireResponse

_MOVED = frozenset({301, 307})
"""The bucket is behind another host."""

_WRONG_SCOPE = 400
"""The signature is for another region; where the host names none, it is the right one."""

_EXPECTING = re.compile(r"expecting (?:'|&apos;|&#39;)([a-z0-9-]+)")
_SERVICE_LABEL = re.compile(r"(s3(?:-fips)?)(?:-(.+))?")
_ENDPOINT_OF_OLD = "external-1"  # of us-east-1


@dataclass(frozen=True, slots=True)
class Place:
    """Where requests for a bucket go, and the region they are signed for."""

    host: str
    region: str


class BucketRegions:
    """The places of the buckets that were found elsewhere than they were looked for."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}

    def place_of(self, url: Url) -> Place | None:
        """Return where requests for the bucket of a URL go, or None to send them where the URL says."""
        return self._places.get(_bucket(url)) if self._places else None

    def learn(self, url: Url, signed_for: str, response: WireResponse) -> Place | None:
        """Remember where a bucket is, if an answer tells something new that can be acted upon."""
        place = _place(url.host, named_region(response), response.status)
        if place is None or place == Place(url.host, signed_for):
            return None
        self._places[_bucket(url)] = place
        return place


def named_region(response: WireResponse) -> str:
    """Return the region that S3 says a request should have been for, or empty text.

    An answer to HEAD has no body, and the header alone. The message is what is left where somebody's S3
    gives nothing else.
    """
    if response.error is None or response.status not in {*_MOVED, _WRONG_SCOPE}:
        return ""
    message = _EXPECTING.search(response.error.message)
    header = Headers(response.headers).get("x-amz-bucket-region")
    return header or response.error.region or (message[1] if message else "")


def _place(host: str, region: str, status: int) -> Place | None:
    partition = _partition(host)
    if partition is None or not partition.has_region(region):
        return None
    if status == _WRONG_SCOPE and _names_no_region(host, partition):
        return Place(host, region)
    moved = host_in_region(host, region)
    return None if moved is None else Place(moved, region)


def host_in_region(host: str, region: str) -> str | None:
    """Return the host of S3 that is to a region what this one is to its own; None where there is none.

    That is so of endpoints that exist once (acceleration, websites, directory buckets, VPC endpoints), and
    of regions outside the host's partition.
    """
    partition = _partition(host)
    if partition is None or not partition.has_region(region):
        return None
    bucket, service, rest, suffix = _parts(host, partition)
    plain = _SERVICE_LABEL.fullmatch(service)
    if plain is None:
        return None
    base, detail = plain[1], plain[2]
    if not rest and (detail in (None, _ENDPOINT_OF_OLD) or partition.has_region(detail)):
        return ".".join((*bucket, base, region, suffix))
    if rest and detail not in ("accelerate", "website", "global") and _is_regional(rest, partition):
        return ".".join((*bucket, service, *rest[:-1], region, suffix))
    return None


def _is_regional(rest: list[str], partition: Partition) -> bool:
    return rest[:-1] in ([], ["dualstack"]) and partition.has_region(rest[-1])


def _names_no_region(host: str, partition: Partition) -> bool:
    _, service, rest, _ = _parts(host, partition)
    return (service, rest) in (("s3", []), ("s3-accelerate", []), ("s3-accelerate", ["dualstack"]))


def _partition(host: str) -> Partition | None:
    """Return the partition of a host: where two share a suffix, the one that has the host's region."""
    region = signing_region(host, "s3")
    homes = [one for one in partitions() if _suffix(host, one)]
    return next((one for one in homes if region is None or one.has_region(region)), None)


def _suffix(host: str, partition: Partition) -> str:
    return max((suffix for suffix in partition.suffixes if host.endswith(f".{suffix}")), key=len, default="")


def _parts(host: str, partition: Partition) -> tuple[list[str], str, list[str], str]:
    """Cut a host into the labels of the bucket, S3's own label, those after it, and the suffix."""
    suffix = _suffix(host, partition)
    labels = host[: -len(suffix) - 1].split(".")
    for index in reversed(range(len(labels))):
        if _SERVICE_LABEL.fullmatch(labels[index]):
            return labels[:index], labels[index], labels[index + 1 :], suffix
    return labels, "", [], suffix


def _bucket(url: Url) -> str:
    """Return what tells one bucket from another: the host, or the path's first segment too."""
    first_label = url.host.partition(".")[0]
    return f"{url.origin}/{url.path.split('/')[1]}" if _SERVICE_LABEL.fullmatch(first_label) else url.origin
