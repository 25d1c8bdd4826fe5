"""Where STS is asked, and what tells one STS from another."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from coda_cli.auth.aws_endpoints import ProfileConfig
from coda_cli.auth.aws_options import AwsOptions, Given
from coda_cli.auth.aws_sts import sts_endpoint, sts_region
from coda_cli.errors import CredentialsError
from tests.auth.world import ROLE

CHINA = "arn:aws-cn:iam::123456789012:role/packs"


@dataclass
class Files:
    """What the configuration files say."""

    region: Given | None = None
    config: ProfileConfig | None = None
    asked: int = 0

    def profile_region(self) -> Given | None:
        """Say the region, and count."""
        self.asked += 1
        return self.region

    def endpoint_config(self) -> ProfileConfig | None:
        """Say the configuration."""
        return self.config


@pytest.mark.parametrize(
    ("environ", "of_profile", "expected", "asked"),
    [
        pytest.param({"AWS_REGION": "eu-west-1"}, "eu-west-2", "eu-west-1", 0, id="variable"),
        pytest.param({"AWS_REGION": "cn-north-1"}, "eu-west-2", "eu-west-2", 1, id="of another partition"),
        pytest.param({}, "cn-north-1", "us-east-1", 1, id="profile of another partition"),
        pytest.param({}, None, "us-east-1", 1, id="none"),
    ],
)
def test_files_are_asked_last(
    environ: dict[str, str], of_profile: str | None, expected: str, asked: int
) -> None:
    """The profile's region is looked for only where no region before it decides."""
    files = Files(None if of_profile is None else Given(of_profile, "profile"))
    assert sts_region(ROLE, AwsOptions(environ), files.profile_region) == expected
    assert files.asked == asked


@pytest.mark.parametrize(
    ("arn", "environ", "files", "expected"),
    [
        pytest.param(ROLE, {}, Files(), ("aws", "us-east-1", "", "", "", ""), id="plain"),
        pytest.param(CHINA, {}, Files(), ("aws-cn", "cn-northwest-1", "", "", "", ""), id="partition"),
        pytest.param("rubbish", {}, Files(), ("", "us-east-1", "", "", "", ""), id="no ARN"),
        pytest.param(
            ROLE,
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_STS": "https://sts.example/"},
            Files(),
            ("aws", "us-east-1", "https://sts.example", "", "", ""),
            id="override",
        ),
        pytest.param(
            ROLE,
            {},
            Files(config=ProfileConfig("dev", {"endpoint_url": "http://127.0.0.1:1"})),
            ("aws", "us-east-1", "http://127.0.0.1:1", "", "", ""),
            id="profile's override",
        ),
        pytest.param(
            ROLE,
            {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_STS_REGIONAL_ENDPOINTS": "legacy"},
            Files(),
            ("aws", "us-east-1", "", "true", "", "legacy"),
            id="kinds of endpoints",
        ),
    ],
)
def test_endpoint(arn: str, environ: dict[str, str], files: Files, expected: tuple[str, ...]) -> None:
    """Partition, region, override and AWS's variables tell one STS from another."""
    assert sts_endpoint(arn, AwsOptions(environ), files) == expected


def test_unsafe_override() -> None:
    """An address that must not be used is refused."""
    with pytest.raises(CredentialsError, match="plain http"):
        sts_endpoint(ROLE, AwsOptions({"AWS_ENDPOINT_URL": "http://evil.example"}), Files())
