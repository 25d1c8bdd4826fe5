"""Regions of hosts, compared with what botocore's endpoint rules say for every service and region they know.

The answers are computed from the installed botocore, so a new region or service is looked at with the
release that brings it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from botocore.loaders import Loader
from hypothesis import given, settings
from hypothesis import strategies as st

from coda_cli.auth.aws_regions import MULTI_REGION, S3_FAMILY, Partition, partitions, signing_region

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_RULE_CAN_KNOW = {
    "budgets": "in GovCloud its host is the commercial one",
    "cloudfront": "in GovCloud its host is the commercial one",
    "codecatalyst": "its host is `global` in each partition, whatever the client's region",
    "iam": "China's global hosts belong to cn-north-1, not to the partition's global region",
    "importexport": "it is in us-east-1, whatever region its newer hosts name",
    "signin": "its domains are not AWS's",
    "sustainability": "it signs for us-east-1, whatever region the host names",
}
"""The services that botocore signs for another region than their host says, and why."""

ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Answer:
    """A host, the name that its service is signed by, and every region that botocore may sign for."""

    host: str
    signing_name: str
    regions: frozenset[str]

    @property
    def is_right(self) -> bool:
        """Tell whether the host's region is one of them."""
        return signing_region(self.host, self.signing_name) in self.regions


@cache
def data() -> Any:
    """Load the partitions that the rules are evaluated with."""
    return Loader().load_data("partitions")


def answers(service: str, regions: list[str], **given: Any) -> Iterator[Answer]:
    """Evaluate the rules of a service for regions, with and without FIPS and dualstack."""
    provider = EndpointProvider(Loader().load_service_model(service, "endpoint-rule-set-1"), data())
    for region in regions:
        for flags in ({}, {"UseFIPS": True}, {"UseDualStack": True}, {"UseFIPS": True, "UseDualStack": True}):
            try:
                found = provider.resolve_endpoint(Region=region, **flags, **given)
            except EndpointProviderError:  # not in this partition, or not in this combination
                continue
            schemes = found.properties.get("authSchemes") or [{}]
            named = {
                name
                for one in schemes
                for name in one.get("signingRegionSet", [one.get("signingRegion", region)])
            }
            host = urlsplit(found.url).netloc
            yield Answer(host, schemes[0].get("signingName", service), frozenset(named))


def real_regions() -> list[str]:
    """Return every region of every partition."""
    return sorted(region for one in partitions() for region in one.regions)


def test_every_service_in_every_region() -> None:
    """Of some 75,000 hosts only those of a few named services are in another region than botocore says."""
    total, wrong = 0, set()
    for service in Loader().list_available_services("endpoint-rule-set-1"):
        found = list(answers(service, real_regions()))
        total += len(found)
        wrong |= {service for answer in found if not answer.is_right}
    assert total > 70_000
    assert wrong == NO_RULE_CAN_KNOW.keys()


ONE_REGION_A_PARTITION = [one.default_region for one in partitions()]
BUCKETS = ["plain", "eu-west-1", "us-gov-west-1", "s3", "s3-us-west-2", "dualstack", "s3-fips"]


@pytest.mark.parametrize("bucket", [*BUCKETS, "dotted.bucket", "us-west-2.dotted.s3", "a.s3-eu-west-1.b"])
def test_buckets(bucket: str) -> None:
    """A bucket's name never decides the region, whatever it looks like, be it in the host or in the path."""
    found = list(answers("s3", ["us-west-2", *ONE_REGION_A_PARTITION], Bucket=bucket))
    assert len(found) > 20
    assert [answer for answer in found if not answer.is_right] == []
    hosts_with_bucket = [answer for answer in found if answer.host.startswith(f"{bucket}.")]
    assert bool(hosts_with_bucket) is ("." not in bucket)
    for answer in found:  # a dotted bucket is in no host of botocore's, but people write such hosts
        assert signing_region(f"{bucket}.{answer.host}", "s3") in answer.regions


@pytest.mark.parametrize(
    ("service", "given", "signing_name"),
    [
        pytest.param("s3", {"Bucket": "packs--use1-az4--x-s3"}, "s3express", id="directory bucket"),
        pytest.param(
            "s3",
            {"Bucket": "packs--use1-az4--x-s3", "UseS3ExpressControlEndpoint": True},
            "s3express",
            id="directory bucket, control",
        ),
        pytest.param(
            "s3", {"Bucket": f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/ap"}, "s3", id="access point"
        ),
        pytest.param(
            "s3",
            {"Bucket": f"arn:aws:s3-outposts:us-east-1:{ACCOUNT}:outpost/op-0123/accesspoint/ap"},
            "s3-outposts",
            id="outposts",
        ),
        pytest.param(
            "s3",
            {"Bucket": f"arn:aws:s3-object-lambda:us-east-1:{ACCOUNT}:accesspoint/olap"},
            "s3-object-lambda",
            id="object lambda",
        ),
        pytest.param(
            "s3",
            {"Bucket": f"arn:aws:s3::{ACCOUNT}:accesspoint/mfzwi23.mrap"},
            "s3",
            id="Multi-Region access point",
        ),
        pytest.param("s3", {"Bucket": "packs", "UseGlobalEndpoint": True}, "s3", id="global endpoint"),
        pytest.param("s3", {"Bucket": "packs", "ForcePathStyle": True}, "s3", id="path style"),
        pytest.param(
            "s3control", {"AccountId": ACCOUNT, "RequiresAccountId": True}, "s3", id="account's control"
        ),
        pytest.param("s3control", {"OutpostId": "op-0123"}, "s3-outposts", id="outposts, control"),
        pytest.param("events", {"EndpointId": "a1b2.veo"}, "events", id="EventBridge's global endpoint"),
        pytest.param("sesv2", {"EndpointId": "a1b2.c3"}, "ses", id="SES's Multi-Region endpoint"),
        pytest.param(
            "cloudfront-keyvaluestore",
            {"KvsARN": f"arn:aws:cloudfront::{ACCOUNT}:key-value-store/kvs"},
            "cloudfront-keyvaluestore",
            id="CloudFront's key value store",
        ),
    ],
)
def test_hosts_with_parameters(service: str, given: dict[str, Any], signing_name: str) -> None:
    """Hosts that name a bucket, an account or an endpoint are signed for as botocore does."""
    found = list(answers(service, ONE_REGION_A_PARTITION, **given))
    assert {answer.signing_name for answer in found} == {signing_name}
    assert [answer for answer in found if not answer.is_right] == []


def test_accelerated_buckets() -> None:
    """The hosts of S3 Transfer Acceleration name no region: botocore knows it from the client."""
    found = list(answers("s3", ["eu-west-1"], Bucket="packs", Accelerate=True))
    assert len(found) == 2
    assert {signing_region(answer.host, "s3") for answer in found} == {None}


LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
REGION_LIKE = st.one_of(LABELS, st.sampled_from(real_regions()), st.sampled_from(BUCKETS))
SERVICES = st.sampled_from(["sqs", "execute-api", "iam", "sts", *sorted(S3_FAMILY)])
FORMS = [
    "{service}.{region}.{suffix}",
    "{service}-fips.{region}.{suffix}",
    "{name}.{service}.{region}.{suffix}",
    "{name}.{region}.{service}.{suffix}",
    "vpce-0a1b-2c3d.{service}.{region}.vpce.{suffix}",
    "vpce-0a1b-2c3d-{region}a.{service}.{region}.vpce.{suffix}",
]
FORMS_OF_S3 = [
    "s3-{region}.{suffix}",
    "{bucket}.s3-{region}.{suffix}",
    "{bucket}.s3.{region}.{suffix}",
    "{bucket}.s3.dualstack.{region}.{suffix}",
    "{bucket}.s3-fips.dualstack.{region}.{suffix}",
    "s3-fips-{region}.{suffix}",
    "{bucket}.s3-website-{region}.{suffix}",
    "{bucket}.s3-website.{region}.{suffix}",
    "{name}-123456789012.s3-accesspoint.{region}.{suffix}",
    "{name}-123456789012.s3-accesspoint-fips.dualstack.{region}.{suffix}",
    "123456789012.s3-control.{region}.{suffix}",
    "{bucket}.bucket.vpce-0a1b-2c3d.s3.{region}.vpce.{suffix}",
]
ANY_REGION = st.sampled_from(partitions()).flatmap(
    lambda one: st.tuples(
        st.just(one),
        st.one_of(
            st.sampled_from(sorted(one.regions)),
            st.from_regex(
                one.region_pattern, fullmatch=True, alphabet="abcdefghijklmnopqrstuvwxyz0123456789-"
            ),
        ),
    )
)
"""A partition and a region of it, known or made up in the partition's form."""

checked = settings(max_examples=300, derandomize=True, deadline=None)


@checked
@given(
    where=ANY_REGION,
    form=st.sampled_from(FORMS + FORMS_OF_S3),
    name=LABELS,
    bucket=st.lists(REGION_LIKE, min_size=1, max_size=3).map(".".join),
    data=st.data(),
)
def test_every_form_of_host(
    where: tuple[Partition, str], form: str, name: str, bucket: str, data: st.DataObject
) -> None:
    """The region of a host is found in every partition, known or new, whatever the bucket is called."""
    partition, region = where
    host = form.format(
        service="sqs",
        region=region,
        suffix=data.draw(st.sampled_from(partition.suffixes)),
        name=name,
        bucket=bucket,
    )
    assert signing_region(host, "s3" if form in FORMS_OF_S3 else "sqs") == region


@checked
@given(
    labels=st.lists(st.one_of(REGION_LIKE, st.text(max_size=5)), max_size=5),
    ending=st.sampled_from(
        [suffix for one in partitions() for suffix in one.suffixes] + ["example.com", "", "aws"]
    ),
    service=SERVICES,
)
def test_any_host(labels: list[str], ending: str, service: str) -> None:
    """No host is an error, and none is in a region that does not exist."""
    region = signing_region(".".join([*labels, ending]), service)
    if ending in ("example.com", "", "aws"):
        assert region is None or labels[-1:] == ["on"] or "." in "".join(labels)
    assert region in (None, MULTI_REGION) or any(one.has_region(region) for one in partitions())


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("api.example.com", id="custom domain"),
        pytest.param("eu-west-1.example.com", id="custom domain with a region's name"),
        pytest.param("192.0.2.1", id="address"),
        pytest.param("[2001:db8::1]:8443", id="IPv6"),
        pytest.param("amazonaws.com", id="a suffix alone"),
        pytest.param("", id="nothing"),
    ],
)
def test_hosts_of_others(host: str) -> None:
    """A host that is not AWS's says nothing of a region."""
    assert signing_region(host, "execute-api") is None
