"""AWS's configuration files: found, read only when they matter, and what is wrong with them said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coda_cli.auth.aws_options import AwsOptions, Given
from coda_cli.auth.aws_profiles import Profiles
from coda_cli.errors import CredentialsError
from coda_cli.redaction import Redactor
from tests.auth.world import details, write_files


def profiles(profile: str | None = None) -> Profiles:
    """Make the profiles of this process's environment."""
    return Profiles(AwsOptions(os.environ, profile), Redactor())


def test_files_can_be_elsewhere(monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path) -> None:
    """The variables name the files, ~ and other variables in them are followed, as in botocore."""
    home = scrubbed_environment
    assert profiles().files == (home / ".aws/config", home / ".aws/credentials")
    monkeypatch.setenv("AWS_CONFIG_FILE", "~/elsewhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "$HOME/keys")
    assert profiles().files == (home / "elsewhere", home / "keys")
    monkeypatch.setenv("AWS_CONFIG_FILE", "~nobody-of-this-name/config")
    assert profiles().files[0] == Path("~nobody-of-this-name/config")


def test_region(monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path) -> None:
    """The environment's region comes before that of the profile in use."""
    assert profiles().region() is None
    write_files(scrubbed_environment, "[default]\nregion=eu-west-1\n[profile dev]\nregion=us-west-2\n")
    assert profiles().region() == Given("eu-west-1", "region of profile 'default'")
    assert profiles(profile="dev").region() == Given("us-west-2", "region of profile 'dev'")
    monkeypatch.setenv("AWS_PROFILE", "dev")
    assert profiles().region() == Given("us-west-2", "region of profile 'dev'")
    monkeypatch.setenv("AWS_REGION", "sa-east-1")
    assert profiles().region() == Given("sa-east-1", "AWS_REGION")


def test_botocores_order_of_profile_variables_is_not_ours(
    monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path
) -> None:
    """The session is for AWS_PROFILE though AWS_DEFAULT_PROFILE is set; an empty one names nothing."""
    write_files(scrubbed_environment, "[profile a]\nregion=eu-west-1\n[profile b]\nregion=us-west-2\n")
    monkeypatch.setenv("AWS_PROFILE", "a")
    monkeypatch.setenv("AWS_DEFAULT_PROFILE", "b")
    assert profiles().session.profile == "a"
    monkeypatch.setenv("AWS_PROFILE", "")
    assert profiles().session.profile == "b"
    monkeypatch.setenv("AWS_DEFAULT_PROFILE", "")
    assert profiles().session.profile is None


@pytest.mark.parametrize("variable", [None, "AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_unknown_profile(
    monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path, variable: str | None
) -> None:
    """A profile that is not there is told by name and origin, with those that are."""
    write_files(scrubbed_environment, "[profile dev]\nregion=eu-west-1\n", "[ops]\naws_access_key_id=x\n")
    if variable is None:
        asked = profiles(profile="ghost")
    else:
        monkeypatch.setenv(variable, "ghost")
        asked = profiles()
    with pytest.raises(CredentialsError, match=f"no profile 'ghost' .*{variable or '--profile'}") as caught:
        _ = asked.session
    assert caught.value.exit_code == 4
    assert "dev, ops" in details(caught.value)


def test_damaged_file(scrubbed_environment: Path) -> None:
    """A file that is no configuration is named."""
    write_files(scrubbed_environment, "[profile dev\nregion eu-west-1\n")
    with pytest.raises(CredentialsError, match="cannot be read") as caught:
        _ = profiles().session
    assert str(scrubbed_environment / ".aws/config") in details(caught.value)


def test_services_section(scrubbed_environment: Path) -> None:
    """A profile's services section is read; one that is missing is an error."""
    write_files(
        scrubbed_environment,
        "[profile dev]\nservices = local\n[services local]\ns3 =\n  endpoint_url = http://127.0.0.1:1\n"
        "[profile lost]\nservices = nowhere\n",
    )
    config = profiles(profile="dev").endpoint_config()
    assert config is not None
    assert config.services == {"s3": {"endpoint_url": "http://127.0.0.1:1"}}
    with pytest.raises(CredentialsError, match="nowhere"):
        profiles(profile="lost").endpoint_config()


@pytest.mark.parametrize("setting", ["region", "endpoint_url", "services", "ca_bundle"])
def test_indented_sections_are_no_values(scrubbed_environment: Path, setting: str) -> None:
    """A setting that is written as a section of its own, as botocore reads it, counts as not there."""
    write_files(scrubbed_environment, f"[default]\n{setting} =\n  s3 = x\n  endpoint_url = y\n")
    asked = profiles()
    assert asked.session.profile_config.values == {}
    assert (asked.region(), asked.ca_bundle()) == (None, None)


def test_endpoints_of_the_credentials_file_count(scrubbed_environment: Path) -> None:
    """Botocore reads settings from either file, and so do we."""
    write_files(scrubbed_environment, credentials="[default]\nENDPOINT_URL = http://127.0.0.1:1\n")
    config = profiles().endpoint_config()
    assert config is not None
    assert config.values["endpoint_url"] == "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        pytest.param((), None, id="none"),
        pytest.param(
            ("AWS_CA_BUNDLE", "profile", "REQUESTS_CA_BUNDLE"), "AWS_CA_BUNDLE", id="AWS's variable"
        ),
        pytest.param(("profile", "REQUESTS_CA_BUNDLE"), "profile", id="profile"),
        pytest.param(("REQUESTS_CA_BUNDLE",), "REQUESTS_CA_BUNDLE", id="requests' variable"),
    ],
)
def test_ca_bundle(
    monkeypatch: pytest.MonkeyPatch,
    scrubbed_environment: Path,
    tmp_path: Path,
    places: tuple[str, ...],
    expected: str | None,
) -> None:
    """The bundle comes from AWS's variable, the profile, or requests' variable, in botocore's order."""
    for place in places:
        (tmp_path / place).touch()
        if place == "profile":
            write_files(scrubbed_environment, f"[default]\nca_bundle = {tmp_path / place}\n")
        else:
            monkeypatch.setenv(place, str(tmp_path / place))
    assert profiles().ca_bundle() == (None if expected is None else str(tmp_path / expected))


def test_missing_ca_bundle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A bundle that does not exist is told by the variable's name, before a connection fails."""
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "gone.pem"))
    with pytest.raises(CredentialsError, match="AWS_CA_BUNDLE names a file that does not exist"):
        profiles().ca_bundle()


QUESTIONS = """
import os, sys
from datetime import UTC, datetime
from coda_cli.auth.authenticators import Authenticators
from coda_cli.auth.aws_options import AwsOptions
from coda_cli.redaction import Redactor
from coda_cli.sdk.authentication import Authentication, AuthenticationType
from coda_cli.wire import Url, WireRequest

made = Authenticators(AwsOptions(os.environ), Redactor(), lambda: datetime.now(UTC))
authentication = Authentication(AuthenticationType.AWS_ACCESS_KEY, service="s3")
url = Url("https", "s3.us-east-1.amazonaws.com", None, "/", "")
before = {name for name in sys.modules if name.startswith("botocore")}
made.router(authentication).connect_to(url)
made.ca_bundle()
made.authenticator(authentication).authenticate(WireRequest("GET", url))
print(len(before), "botocore.auth" in sys.modules, "botocore.session" in sys.modules)
"""


@pytest.mark.parametrize(
    ("config", "session"),
    [
        pytest.param(None, False, id="no file"),
        pytest.param("[default]\noutput = json\n", False, id="file that does not matter"),
        pytest.param("[default]\nendpoint_url = http://127.0.0.1:1\n", True, id="file that matters"),
    ],
)
def test_session_is_loaded_only_if_it_matters(
    monkeypatch: pytest.MonkeyPatch,
    scrubbed_environment: Path,
    config: str | None,
    session: bool,
) -> None:
    """With keys in the environment, a request is signed without botocore.session, and botocore comes late."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-a-test")
    if config is not None:
        write_files(scrubbed_environment, config)
    process = subprocess.run([sys.executable, "-c", QUESTIONS], capture_output=True, text=True, check=True)
    assert process.stdout.split() == ["0", "True", str(session)]


CONFIG = """
[default]
[profile dev]
[profile "two words"]
[profile two words]
[profile]
[plain]
[sso-session work]
[services local]
"""


def test_names_are_botocores(monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path) -> None:
    """The names that are read without a session are those that a session has."""
    assert profiles().names() == []
    write_files(scrubbed_environment, CONFIG, "[keys]\n[dev]\n[profile odd]\n")
    names = profiles().names()
    assert names == sorted(profiles().session.available_profiles)
    assert names == ["default", "dev", "keys", "profile odd", "two words"]
    monkeypatch.setenv("AWS_PROFILE", "nosuch")
    assert profiles().names() == names


def test_names_in_a_file_that_is_none(scrubbed_environment: Path) -> None:
    """A file that cannot be read is named."""
    write_files(scrubbed_environment, "region = eu-west-1\n")
    with pytest.raises(CredentialsError, match="cannot be read") as caught:
        profiles().names()
    assert "config" in details(caught.value)
