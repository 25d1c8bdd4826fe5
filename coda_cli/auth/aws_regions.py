"""Partitions and regions: which one a host, a role or a name belongs to.

Owns no data of its own: botocore's ``partitions.json`` is read once, when first needed. It decides
nothing about which region is used in the end, since options and profiles have a say in that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

S3_FAMILY = frozenset({"s3", "s3-outposts", "s3-object-lambda", "s3express"})
"""Signing names whose requests are signed by S3's rules."""

MULTI_REGION = "*"
"""What stands for the region of hosts that are in several: they take SigV4A signatures."""

_MULTI_REGION_HOSTS = (
    ("accesspoint", "s3-global"),
    ("endpoint", "events"),
    ("endpoints", "email"),
    ("endpoints", "email", "global"),
    ("endpoints", "email", "us-gov"),
    ("cloudfront-kvs", "global"),
)
"""The labels before the DNS suffix; before them stands what one endpoint is called."""

_BEFORE_REGION = re.compile(r"s3-(?:website-|fips-)?(.+)")
_S3_SERVICE_LABEL = re.compile(r"s3|s3-.*|s3express.*")
_ROLE_PARTITION = re.compile(r"arn:([^:]+):")


@dataclass(frozen=True, slots=True)
class Partition:
    """A group of regions with accounts, credentials and a domain of its own."""

    id: str
    suffixes: tuple[str, ...]
    regions: frozenset[str]
    region_pattern: re.Pattern[str]
    default_region: str

    def has_region(self, name: str) -> bool:
        """Tell whether the name is a region of this partition, be it newer than botocore's data."""
        return name in self.regions or self.region_pattern.fullmatch(name) is not None


@cache
def partitions() -> tuple[Partition, ...]:
    """Read botocore's partitions, the commercial one first."""
    from botocore.loaders import Loader

    data: dict[str, Any] = Loader().load_data("partitions")
    return tuple(_partition(entry) for entry in data["partitions"])


def _partition(entry: dict[str, Any]) -> Partition:
    outputs = entry["outputs"]
    name, dual_stack = entry["id"], outputs["dualStackDnsSuffix"]
    # Function URLs, VPC Lattice and the like live beside the APIs: `on.aws` where they have `api.aws`.
    services = f"on.{dual_stack.removeprefix('api.')}"
    return Partition(
        id=name,
        suffixes=(outputs["dnsSuffix"], dual_stack, services),
        # `aws-global` and its like are names for "no region" in botocore's rules, not regions.
        regions=frozenset(entry["regions"]) - {f"{name}-global"},
        region_pattern=re.compile(entry["regionRegex"]),
        default_region=outputs["implicitGlobalRegion"],
    )


def partition(name: str) -> Partition | None:
    """Return the partition of this id (``aws``, ``aws-cn``), or None."""
    return next((one for one in partitions() if one.id == name), None)


def partition_of_arn(arn: str) -> Partition | None:
    """Return the partition that an ARN names, or None where botocore does not know it."""
    found = _ROLE_PARTITION.match(arn)
    return partition(found[1]) if found else None


def is_aws_host(host: str) -> bool:
    """Tell whether a host is under a domain of AWS."""
    return _split(_normal(host)) is not None


def signing_region(host: str, service: str) -> str | None:
    """Return the region that requests to a host are signed for.

    None where the host does not say: the options, the environment or the profile decide then.
    ``"*"`` for hosts in several regions, which take SigV4A.
    """
    return _signing_region(_normal(host), service)


def _normal(host: str) -> str:
    name, _, port = host.rpartition(":")
    return (name if name and port.isdigit() else host).rstrip(".").lower()


@lru_cache(maxsize=256)
def _signing_region(host: str, service: str) -> str | None:
    split = _split(host)
    if split is None:
        return None
    labels, homes = split
    if any(tuple(labels[-len(ending) :]) == ending for ending in _MULTI_REGION_HOSTS):
        return MULTI_REGION
    if service in S3_FAMILY:
        labels = _from_service_label(labels)
    if "s3-accelerate" in labels:
        return None
    for label in reversed(labels):
        region = _region_in(label, homes)
        if region is not None:
            return region
    if "us-gov" in labels:
        return "us-gov-west-1"
    return homes[0].default_region


def _split(host: str) -> tuple[list[str], list[Partition]] | None:
    """Cut a host into the labels before its DNS suffix and the partitions that have this suffix."""
    suffixes = {suffix for one in partitions() for suffix in one.suffixes if host.endswith(f".{suffix}")}
    if not suffixes:
        return None
    suffix = max(suffixes, key=len)
    labels = host[: -len(suffix) - 1].split(".")
    return labels, [one for one in partitions() if suffix in one.suffixes]


def _from_service_label(labels: list[str]) -> list[str]:
    """Leave out what is before S3's own label: bucket names may look like regions."""
    for index in reversed(range(len(labels))):
        if _S3_SERVICE_LABEL.fullmatch(labels[index]):
            return labels[index:]
    return labels


def _region_in(label: str, homes: list[Partition]) -> str | None:
    prefixed = _BEFORE_REGION.fullmatch(label)
    for name in (label, prefixed[1]) if prefixed else (label,):
        if any(name in one.regions for one in partitions()):
            return name
        if any(one.region_pattern.fullmatch(name) for one in homes):
            return name
    return None
