"""Options and variables: which wins, what counts as unset, what is refused."""

from __future__ import annotations

import pytest

from coda_cli.auth.aws_endpoints import ProfileConfig
from coda_cli.auth.aws_failures import RoleAttempt
from coda_cli.auth.aws_keys import Keys
from coda_cli.auth.aws_options import STORED, AwsOptions, Given, session_name
from coda_cli.auth.aws_roles import Role
from coda_cli.auth.store import StoredCredentials
from coda_cli.errors import CredentialsError


@pytest.mark.parametrize(
    ("option", "environ", "expected"),
    [
        pytest.param(None, {}, None, id="none"),
        pytest.param(
            "a", {"AWS_PROFILE": "b", "AWS_DEFAULT_PROFILE": "c"}, Given("a", "--profile"), id="option"
        ),
        pytest.param(
            None, {"AWS_PROFILE": "b", "AWS_DEFAULT_PROFILE": "c"}, Given("b", "AWS_PROFILE"), id="both"
        ),
        pytest.param(
            None,
            {"AWS_PROFILE": "", "AWS_DEFAULT_PROFILE": "c"},
            Given("c", "AWS_DEFAULT_PROFILE"),
            id="empty",
        ),
    ],
)
def test_named_profile(option: str | None, environ: dict[str, str], expected: Given | None) -> None:
    """The option comes before the variables, and AWS_PROFILE before AWS_DEFAULT_PROFILE."""
    assert AwsOptions(environ, profile=option).named_profile == expected


STORED_PROFILE = StoredCredentials(profile="stored")
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


@pytest.mark.parametrize(
    ("option", "environ", "expected"),
    [
        pytest.param(None, {}, Given("stored", STORED), id="stored"),
        pytest.param("a", {}, Given("a", "--profile"), id="option"),
        pytest.param(None, {"AWS_PROFILE": "b"}, Given("b", "AWS_PROFILE"), id="AWS_PROFILE"),
        pytest.param(
            None, {"AWS_DEFAULT_PROFILE": "c"}, Given("c", "AWS_DEFAULT_PROFILE"), id="AWS_DEFAULT_PROFILE"
        ),
        pytest.param(None, {"AWS_PROFILE": ""}, Given("stored", STORED), id="empty variable"),
        pytest.param(None, KEYS, None, id="keys: none is in use"),
        pytest.param(
            None, {**KEYS, "AWS_PROFILE": "b"}, Given("b", "AWS_PROFILE"), id="keys: the variable names one"
        ),
    ],
)
def test_named_profile_with_one_stored(
    option: str | None, environ: dict[str, str], expected: Given | None
) -> None:
    """What is stored names the profile where neither option, variables nor keys come before it."""
    assert AwsOptions(environ, profile=option, stored=lambda: STORED_PROFILE).named_profile == expected


@pytest.mark.parametrize(("option", "environ"), [("a", {}), (None, {"AWS_PROFILE": "b"}), (None, KEYS)])
def test_what_is_stored_is_asked_last(option: str | None, environ: dict[str, str]) -> None:
    """A file that nobody needs is not read for the name of a profile."""

    def unreadable() -> StoredCredentials:
        raise CredentialsError("the stored credentials cannot be read")

    assert AwsOptions(environ, profile=option, stored=unreadable).named_profile != Given(
        "stored", "coda auth"
    )
    with pytest.raises(CredentialsError, match="cannot be read"):
        _ = AwsOptions({}, stored=unreadable).named_profile


def test_region_of_the_environment() -> None:
    """AWS_REGION comes before AWS_DEFAULT_REGION; an empty one counts as unset."""
    both = AwsOptions({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-west-2"})
    assert both.environment_region == Given("eu-west-1", "AWS_REGION")
    empty = AwsOptions({"AWS_REGION": "", "AWS_DEFAULT_REGION": "us-west-2"})
    assert empty.environment_region == Given("us-west-2", "AWS_DEFAULT_REGION")
    assert AwsOptions({}).environment_region is None


@pytest.mark.parametrize("region", ["", "us east", "us-east-1/s3", "EU-WEST-1", "-us", "a" * 64, "us\neast"])
def test_what_cannot_be_a_region_is_refused(region: str) -> None:
    """A region becomes part of the credential scope, so it may hold no other characters."""
    with pytest.raises(CredentialsError, match="--region is not a region"):
        _ = AwsOptions({}, region=region).explicit_region


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        pytest.param("s3", "coda-s3", id="plain"),
        pytest.param("my pack (2)", "coda-my-pack--2-", id="blanks and parentheses"),
        pytest.param("päckchen", "coda-p-ckchen", id="not ASCII"),
        pytest.param("a+b=c,d.e@f_g", "coda-a+b=c,d.e@f_g", id="all that is legal"),
        pytest.param("x" * 100, f"coda-{'x' * 59}", id="64 characters at most"),
        pytest.param("", "coda-", id="empty"),
    ],
)
def test_session_name(stem: str, expected: str) -> None:
    """A session name is made legal from the pack's file name."""
    assert session_name(stem) == expected


def test_representation_shows_no_secret() -> None:
    """What a traceback or a log may show of a value has no secret and no external id in it."""
    values = (
        AwsOptions({"AWS_SECRET_ACCESS_KEY": "hidden"}, external_id="hidden"),
        Given("hidden", "--external-id"),
        Keys("AKIAEXAMPLE", "hidden", "hidden"),
        Role("arn:aws:iam::123456789012:role/r", "hidden", "--role-arn"),
        RoleAttempt("arn:aws:iam::123456789012:role/r", "hidden"),
        ProfileConfig("dev", {"aws_secret_access_key": "hidden"}),
        AwsOptions({}, stored=lambda: StoredCredentials("hidden", "hidden", "hidden")),
    )
    assert [value for value in values if "hidden" in repr(value)] == []
