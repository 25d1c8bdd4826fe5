"""Which region a host is in, which partition a role."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from coda_cli.auth.aws_regions import is_aws_host, partition, partition_of_arn, signing_region

ENDPOINTS = Path(__file__).parent.parent / "data" / "endpoints.csv"


def known_answers() -> list[tuple[str, str, str | None]]:
    """Read the table of hosts; ``unknown`` stands for None."""
    with ENDPOINTS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        (row["host"], row["service"], None if row["region"] == "unknown" else row["region"]) for row in rows
    ]


def test_table_is_read() -> None:
    """The table of known answers is there as a whole."""
    assert len(known_answers()) > 90


@pytest.mark.parametrize(
    ("host", "service", "region"),
    [pytest.param(*row, id=f"{row[1]} {row[0]}") for row in known_answers()],
)
def test_known_hosts(host: str, service: str, region: str | None) -> None:
    """Each host of the table is in the region that the table says."""
    assert signing_region(host, service) == region


@pytest.mark.parametrize(
    ("host", "service", "region"),
    [
        pytest.param("S3.EU-West-1.AmazonAWS.com", "s3", "eu-west-1", id="capitals"),
        pytest.param("s3.eu-west-1.amazonaws.com.", "s3", "eu-west-1", id="trailing dot"),
        pytest.param("s3.eu-west-1.amazonaws.com:443", "s3", "eu-west-1", id="port"),
        pytest.param("eu-west-1.s3.amazonaws.com", "s3", "us-east-1", id="bucket named like a region"),
        pytest.param(
            "s3-accelerate.s3.eu-west-1.amazonaws.com", "s3", "eu-west-1", id="bucket s3-accelerate"
        ),
        pytest.param("b.s3-website-eu-west-1.amazonaws.com", "s3", "eu-west-1", id="website with a dash"),
        pytest.param("b.s3-website.eu-west-1.amazonaws.com", "s3", "eu-west-1", id="website with a dot"),
        pytest.param("eu-west-1.x.us-west-2.amazonaws.com", "sqs", "us-west-2", id="two: the right one"),
        pytest.param("sqs.eu-future-9.amazonaws.com", "sqs", "eu-future-9", id="region newer than the data"),
        pytest.param("sqs.us-gov-future-9.amazonaws.com", "sqs", "us-gov-future-9", id="new GovCloud region"),
        pytest.param("aws-global.amazonaws.com", "sts", "us-east-1", id="pseudo region"),
        pytest.param(
            "a1b2.lambda-url.cn-north-1.on.amazonwebservices.com.cn",
            "lambda",
            "cn-north-1",
            id="China's on.aws",
        ),
        pytest.param(
            "packs.auth.cognito-idp.eusc-de-east-1.on.amazonwebservices.eu",
            "cognito-idp",
            "eusc-de-east-1",
            id="the European sovereign on.aws",
        ),
        pytest.param("evilamazonaws.com", "s3", None, id="suffix without its dot"),
        pytest.param("s3.us-east-1.amazonaws.com.example.org", "s3", None, id="suffix in the middle"),
        pytest.param("localhost", "execute-api", None, id="localhost"),
        pytest.param("[::1]", "execute-api", None, id="IPv6"),
        pytest.param("abc.cloudfront-kvs.global.api.aws", "cloudfront-keyvaluestore", "*", id="Multi-Region"),
    ],
)
def test_odd_hosts(host: str, service: str, region: str | None) -> None:
    """Spelling does not matter, names that look like regions do not mislead."""
    assert signing_region(host, service) == region


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("s3.amazonaws.com", True, id="commercial"),
        pytest.param("sqs.cn-north-1.amazonaws.com.cn", True, id="China"),
        pytest.param("abc.lambda-url.us-east-1.on.aws", True, id="function URL"),
        pytest.param("api.example.com", False, id="somebody's"),
        pytest.param("amazonaws.com.example.org", False, id="in the middle"),
        pytest.param("127.0.0.1", False, id="loopback"),
    ],
)
def test_aws_hosts_are_told(host: str, expected: bool) -> None:
    """Only hosts under a domain of AWS are AWS's."""
    assert is_aws_host(host) is expected


def test_partition_of_a_role() -> None:
    """A role's ARN leads to its partition, whose regions and default are known."""
    china = partition_of_arn("arn:aws-cn:iam::123456789012:role/packs")
    assert china is not None
    assert china is partition("aws-cn")
    assert china.default_region == "cn-northwest-1"
    assert china.has_region("cn-north-1")
    assert not china.has_region("us-east-1")
    assert partition_of_arn("arn:aws-mars:iam::123456789012:role/packs") is None
    assert partition_of_arn("packs") is None
