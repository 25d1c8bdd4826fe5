"""Who asks for a session: keys, profiles with what they refer to, and where nothing tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coda_cli.auth.aws_keys import Keys
from coda_cli.auth.aws_options import AwsOptions
from coda_cli.auth.aws_principals import principal_of_keys, principal_of_profile, profiles_behind
from tests.auth.world import KEY_ID, SECRET, TOKEN

FILES = (Path("/home/ada/.aws/config"), Path("/home/ada/.aws/credentials"))
CONFIG: dict[str, Any] = {
    "profiles": {
        "last": {"role_arn": "arn:last", "source_profile": "middle"},
        "middle": {"role_arn": "arn:middle", "source_profile": "first"},
        "first": {"sso_session": "corp", "sso_role_name": "packs"},
        "a": {"source_profile": "b"},
        "b": {"source_profile": "a"},
        "odd": {"source_profile": {"x": "y"}, "sso_session": {"x": "y"}},
        "environment": {"role_arn": "arn:x", "credential_source": "Environment"},
        "container": {"role_arn": "arn:x", "credential_source": "EcsContainer"},
        "behind": {"role_arn": "arn:x", "source_profile": "container"},
    },
    "sso_sessions": {"corp": {"sso_region": "us-east-1"}},
}


def principal(name: str, config: dict[str, Any] = CONFIG, **environ: str) -> Any:
    """Ask for the principal of a profile."""
    return principal_of_profile(name, config, FILES, AwsOptions(environ))


def changed(profile: str, **settings: str) -> dict[str, Any]:
    """Change a profile's settings."""
    profiles = CONFIG["profiles"]
    return {**CONFIG, "profiles": {**profiles, profile: {**profiles.get(profile, {}), **settings}}}


def test_keys() -> None:
    """Keys are named by their id and proven by secret and token, which no representation shows."""
    keys = principal_of_keys(Keys(KEY_ID, SECRET, TOKEN))
    assert keys.name == ("keys", KEY_ID)
    assert SECRET not in repr(keys)
    for other in (Keys(KEY_ID, "x", TOKEN), Keys(KEY_ID, SECRET), Keys(KEY_ID, f"{SECRET}{TOKEN}", "")):
        assert principal_of_keys(other).name == keys.name
        assert principal_of_keys(other).proof != keys.proof


@pytest.mark.parametrize(
    ("config", "same"),
    [
        pytest.param(CONFIG, True, id="the same"),
        pytest.param(changed("a", region="eu-west-1"), True, id="another profile"),
        pytest.param(changed("last", role_arn="arn:x"), False, id="its own settings"),
        pytest.param(changed("first", sso_role_name="x"), False, id="those of its source's source"),
        pytest.param({**CONFIG, "sso_sessions": {}}, False, id="the SSO session it refers to"),
    ],
)
def test_profile(config: dict[str, Any], same: bool) -> None:
    """A profile is named by itself and the files, and proven by all that it refers to."""
    assert principal("last", config).name == ("profile", "last", *map(str, FILES))
    assert (principal("last", config).proof == principal("last").proof) is same


def test_profile_with_keys_of_the_environment() -> None:
    """Where a profile's source is the environment, its keys are part of the proof."""
    one, other = (principal("environment", AWS_SECRET_ACCESS_KEY=secret) for secret in ("one", "other"))
    assert one.proof != other.proof
    assert principal("last", AWS_SECRET_ACCESS_KEY="one") == principal("last")


@pytest.mark.parametrize("profile", ["container", "behind"])
def test_nothing_tells(profile: str) -> None:
    """A container's or an instance's role is nobody that this machine's files name."""
    assert principal(profile) is None


@pytest.mark.parametrize(
    ("profile", "names"),
    [
        pytest.param("last", ["last", "middle", "first"], id="chain"),
        pytest.param("a", ["a", "b"], id="loop"),
        pytest.param("odd", ["odd"], id="indented section"),
        pytest.param("lost", ["lost"], id="not there"),
    ],
)
def test_profiles_behind(profile: str, names: list[str]) -> None:
    """Sources are followed to their end, each once."""
    assert [name for name, _ in profiles_behind(profile, CONFIG)] == names
    assert principal(profile) is not None
