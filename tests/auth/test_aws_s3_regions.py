"""Buckets in other regions: what S3 says, the host of that region, and remembering it."""

from __future__ import annotations

import pytest

from coda_cli.auth.aws_s3_regions import BucketRegions, Place, host_in_region, named_region
from coda_cli.wire import ServiceError, WireResponse
from tests.auth.world import request


def moved(
    status: int = 301, header: str | None = "eu-west-1", error: ServiceError | None = None
) -> WireResponse:
    """Make an answer of S3 to who asked in the wrong region."""
    headers = () if header is None else (("x-amz-bucket-region", header),)
    return WireResponse(status, headers, b"", error or ServiceError())


@pytest.mark.parametrize(
    ("host", "region", "expected"),
    [
        pytest.param(
            "s3.us-east-1.amazonaws.com", "eu-west-1", "s3.eu-west-1.amazonaws.com", id="path-style"
        ),
        pytest.param(
            "logs.s3.us-east-1.amazonaws.com",
            "eu-west-1",
            "logs.s3.eu-west-1.amazonaws.com",
            id="virtual-hosted",
        ),
        pytest.param(
            "my.us-west-2.logs.s3.us-west-2.amazonaws.com",
            "eu-west-1",
            "my.us-west-2.logs.s3.eu-west-1.amazonaws.com",
            id="bucket with dots, and a region in it",
        ),
        pytest.param(
            "s3.s3.us-west-2.amazonaws.com", "eu-west-1", "s3.s3.eu-west-1.amazonaws.com", id="bucket s3"
        ),
        pytest.param("s3.amazonaws.com", "eu-west-1", "s3.eu-west-1.amazonaws.com", id="global"),
        pytest.param(
            "logs.s3.amazonaws.com", "eu-west-1", "logs.s3.eu-west-1.amazonaws.com", id="global, virtual"
        ),
        pytest.param("s3-us-west-2.amazonaws.com", "eu-west-1", "s3.eu-west-1.amazonaws.com", id="dash"),
        pytest.param(
            "logs.s3-us-west-2.amazonaws.com",
            "eu-west-1",
            "logs.s3.eu-west-1.amazonaws.com",
            id="dash, virtual",
        ),
        pytest.param(
            "s3-external-1.amazonaws.com", "eu-west-1", "s3.eu-west-1.amazonaws.com", id="external-1"
        ),
        pytest.param(
            "logs.s3.dualstack.us-west-2.amazonaws.com",
            "eu-west-1",
            "logs.s3.dualstack.eu-west-1.amazonaws.com",
            id="dualstack",
        ),
        pytest.param(
            "logs.s3-fips.us-west-2.amazonaws.com",
            "us-east-2",
            "logs.s3-fips.us-east-2.amazonaws.com",
            id="fips stays",
        ),
        pytest.param(
            "s3-fips.dualstack.us-west-2.amazonaws.com",
            "us-east-2",
            "s3-fips.dualstack.us-east-2.amazonaws.com",
            id="fips and dualstack",
        ),
        pytest.param(
            "s3-fips-us-gov-west-1.amazonaws.com",
            "us-gov-east-1",
            "s3-fips.us-gov-east-1.amazonaws.com",
            id="fips, dash",
        ),
        pytest.param(
            "ap-123456789012.s3-accesspoint.us-west-2.amazonaws.com",
            "eu-west-1",
            "ap-123456789012.s3-accesspoint.eu-west-1.amazonaws.com",
            id="access point",
        ),
        pytest.param(
            "123456789012.s3-control.us-west-2.amazonaws.com",
            "eu-west-1",
            "123456789012.s3-control.eu-west-1.amazonaws.com",
            id="control",
        ),
        pytest.param(
            "logs.s3.cn-north-1.amazonaws.com.cn",
            "cn-northwest-1",
            "logs.s3.cn-northwest-1.amazonaws.com.cn",
            id="China",
        ),
        pytest.param(
            "s3.us-gov-west-1.amazonaws.com", "us-gov-east-1", "s3.us-gov-east-1.amazonaws.com", id="GovCloud"
        ),
        pytest.param(
            "s3.us-east-1.amazonaws.com", "eu-north-9", "s3.eu-north-9.amazonaws.com", id="a newer region"
        ),
        pytest.param("s3.us-east-1.amazonaws.com", "us-gov-west-1", None, id="same suffix, other partition"),
        pytest.param("s3.us-gov-west-1.amazonaws.com", "us-east-1", None, id="out of GovCloud"),
        pytest.param("s3.amazonaws.com", "us-gov-west-1", None, id="from the global host to GovCloud"),
        pytest.param("s3.us-east-1.amazonaws.com", "cn-north-1", None, id="other suffix"),
        pytest.param("s3.us-east-1.amazonaws.com", "evil.example/", None, id="no region"),
        pytest.param("s3.us-east-1.amazonaws.com", "", None, id="nothing"),
        pytest.param("s3.us-east-1.amazonaws.com", "aws-global", None, id="a name for no region"),
        pytest.param("logs.s3-accelerate.amazonaws.com", "eu-west-1", None, id="accelerate"),
        pytest.param(
            "logs.s3-accelerate.dualstack.amazonaws.com", "eu-west-1", None, id="accelerate, dualstack"
        ),
        pytest.param("logs.s3-website-us-west-2.amazonaws.com", "eu-west-1", None, id="website, dash"),
        pytest.param("logs.s3-website.us-west-2.amazonaws.com", "eu-west-1", None, id="website"),
        pytest.param(
            "logs.bucket.vpce-1a2b-3c.s3.us-east-1.vpce.amazonaws.com", "eu-west-1", None, id="VPC endpoint"
        ),
        pytest.param(
            "logs--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com",
            "eu-west-1",
            None,
            id="directory bucket",
        ),
        pytest.param("x.mrap.accesspoint.s3-global.amazonaws.com", "eu-west-1", None, id="Multi-Region"),
        pytest.param("sqs.us-east-1.amazonaws.com", "eu-west-1", None, id="another service"),
        pytest.param("s3.us-east-1.example.com", "eu-west-1", None, id="not AWS"),
        pytest.param("127.0.0.1", "eu-west-1", None, id="address"),
    ],
)
def test_host_in_region(host: str, region: str, expected: str | None) -> None:
    """A host changes in its region only, and where there is such a host: never to another partition."""
    assert host_in_region(host, region) == expected


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        pytest.param(moved(), "eu-west-1", id="header, as of HEAD"),
        pytest.param(moved(307), "eu-west-1", id="307"),
        pytest.param(moved(400), "eu-west-1", id="400"),
        pytest.param(
            moved(400, None, ServiceError("AuthorizationHeaderMalformed", region="eu-west-1")),
            "eu-west-1",
            id="element",
        ),
        pytest.param(
            moved(400, None, ServiceError("AuthorizationHeaderMalformed", "is wrong; expecting 'eu-west-1'")),
            "eu-west-1",
            id="message",
        ),
        pytest.param(
            moved(400, None, ServiceError("AuthorizationHeaderMalformed", "expecting &apos;eu-west-1&apos;")),
            "eu-west-1",
            id="message, escaped",
        ),
        pytest.param(moved(301, None), "", id="it does not say"),
        pytest.param(moved(403), "", id="refused there"),
        pytest.param(moved(404), "", id="not there"),
        pytest.param(moved(302), "", id="another redirect"),
        pytest.param(WireResponse(200, (("x-amz-bucket-region", "eu-west-1"),)), "", id="no error"),
    ],
)
def test_named_region(response: WireResponse, expected: str) -> None:
    """The region is read from the header, the body or its message, of the statuses that mean it."""
    assert named_region(response) == expected


@pytest.mark.parametrize(
    ("url", "signed_for", "response", "expected"),
    [
        pytest.param(
            "https://logs.s3.us-east-1.amazonaws.com/x",
            "us-east-1",
            moved(),
            Place("logs.s3.eu-west-1.amazonaws.com", "eu-west-1"),
            id="301",
        ),
        pytest.param(
            "https://logs.s3.amazonaws.com/x",
            "us-east-1",
            moved(400),
            Place("logs.s3.amazonaws.com", "eu-west-1"),
            id="400: the global host stays",
        ),
        pytest.param(
            "https://s3.amazonaws.com/logs/x",
            "us-east-1",
            moved(301),
            Place("s3.eu-west-1.amazonaws.com", "eu-west-1"),
            id="301: the global host itself says to leave it",
        ),
        pytest.param(
            "https://logs.s3-accelerate.amazonaws.com/x",
            "us-east-1",
            moved(400),
            Place("logs.s3-accelerate.amazonaws.com", "eu-west-1"),
            id="400: accelerate stays",
        ),
        pytest.param(
            "https://logs.s3-accelerate.amazonaws.com/x", "us-east-1", moved(301), None, id="accelerate"
        ),
        pytest.param(
            "https://s3.eu-west-1.amazonaws.com/logs/x", "eu-west-1", moved(), None, id="nothing new"
        ),
        pytest.param(
            "https://s3.us-east-1.amazonaws.com/x", "us-east-1", moved(301, "cn-north-1"), None, id="China"
        ),
        pytest.param(
            "https://s3.us-east-1.amazonaws.com/x", "us-east-1", moved(301, "x"), None, id="no region"
        ),
        pytest.param("https://minio.example/logs/x", "us-east-1", moved(400), None, id="not AWS's S3"),
    ],
)
def test_learn(url: str, signed_for: str, response: WireResponse, expected: Place | None) -> None:
    """What is learned can be acted upon, and is remembered for that bucket."""
    buckets = BucketRegions()
    asked = request(url).url
    assert buckets.learn(asked, signed_for, response) == expected
    assert buckets.place_of(asked) == expected


def test_each_bucket_has_its_place() -> None:
    """A bucket is told from another by the host or, path-style, by the path's first segment too."""
    buckets = BucketRegions()
    buckets.learn(request("https://s3.us-east-1.amazonaws.com/logs/a/b").url, "us-east-1", moved())
    buckets.learn(
        request("https://logs.s3.us-east-1.amazonaws.com/a").url, "us-east-1", moved(301, "eu-west-2")
    )
    places = {
        url: buckets.place_of(request(f"https://{url}").url)
        for url in (
            "s3.us-east-1.amazonaws.com/logs",
            "s3.us-east-1.amazonaws.com/logs/c?versions=",
            "s3.us-east-1.amazonaws.com/logs2/a/b",
            "s3.us-east-1.amazonaws.com/",
            "s3.us-west-2.amazonaws.com/logs/a/b",
            "s3.us-east-1.amazonaws.com:8443/logs/a/b",
            "logs.s3.us-east-1.amazonaws.com/c",
            "logs2.s3.us-east-1.amazonaws.com/a",
        )
    }
    found, second = (
        Place("s3.eu-west-1.amazonaws.com", "eu-west-1"),
        Place("logs.s3.eu-west-2.amazonaws.com", "eu-west-2"),
    )
    assert list(places.values()) == [found, found, None, None, None, None, second, None]
