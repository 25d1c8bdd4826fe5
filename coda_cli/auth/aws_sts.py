"""Where STS is asked: the region, and the address if an override is configured.

Owns the rule that the region is one of the role's partition, never a label cut out of a request's host. It
makes no client, and asks the configuration files only where nothing before them decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from coda_cli.auth.aws_endpoints import checked_endpoint, configured_endpoint
from coda_cli.auth.aws_regions import partition, partition_of_arn

if TYPE_CHECKING:
    from collections.abc import Callable

    from coda_cli.auth.aws_endpoints import ProfileConfig
    from coda_cli.auth.aws_options import AwsOptions, Given

_MORE = ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_STS_REGIONAL_ENDPOINTS")


class StsProfiles(Protocol):
    """What is asked of the configuration files."""

    def profile_region(self) -> Given | None:
        """Return the region of the profile in use."""
        ...

    def endpoint_config(self) -> ProfileConfig | None:
        """Return the configuration of the profile in use, or None where no file speaks of endpoints."""
        ...


def sts_region(role_arn: str | None, options: AwsOptions, profile_region: Callable[[], Given | None]) -> str:
    """Return the region whose STS is asked for a role: one of the role's partition.

    The first of option, variables and profile that is; else the partition's default.
    """
    home = (partition_of_arn(role_arn) if role_arn else None) or partition("aws")
    assert home is not None
    given = (
        options.explicit_region,
        options.first_variable("AWS_REGION"),
        options.first_variable("AWS_DEFAULT_REGION"),
    )
    for region in given:
        if region is not None and home.has_region(region.value):
            return region.value
    of_profile = profile_region()
    return of_profile.value if of_profile and home.has_region(of_profile.value) else home.default_region


def sts_endpoint(role_arn: str, options: AwsOptions, profiles: StsProfiles) -> tuple[str, ...]:
    """Return all that tells one STS from another: partition, region, override, and AWS's own variables.

    Raises:
        CredentialsError: the override must not be used, or a region cannot be one.
    """
    home = partition_of_arn(role_arn)
    region = sts_region(role_arn, options, profiles.profile_region)
    override = configured_endpoint(("STS",), options, profiles.endpoint_config)
    address = "" if override is None else checked_endpoint(override).origin
    more = (options.variable(name) or "" for name in _MORE)
    return (home.id if home else "", region, address, *more)
