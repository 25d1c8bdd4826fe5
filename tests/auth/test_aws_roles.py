"""Which role is taken on: the levels, ARN and external id from the same one, and their shapes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from coda_cli.auth.aws_options import Given
from coda_cli.auth.aws_roles import checked_external_id, checked_role_arn
from coda_cli.errors import CodaError, CredentialsError, UsageError
from coda_cli.redaction import Redactor, mask
from tests.auth.world import (
    ASSUME_ROLE,
    ROLE,
    STATIC_PROFILE,
    FakeSts,
    Options,
    authenticator,
    credentials,
    details,
    request,
    set_keys,
    write_files,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPTION, VARIABLE, PROFILE = (
    f"arn:aws:iam::123456789012:role/{name}" for name in ("option", "var", "profile")
)
OPTION_ID, VARIABLE_ID, PROFILE_ID = "id-of-option", "id-of-variable", "id-of-profile"

BY_VARIABLES = {"CODA_ROLE_ARN": VARIABLE, "CODA_EXTERNAL_ID": VARIABLE_ID}
WITH_ROLE = {"AWS_PROFILE": "role"}
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "secret-of-environment"}

FILES = f"""
[profile role]
role_arn = {PROFILE}
source_profile = dev
external_id = {PROFILE_ID}
[profile open]
role_arn = {PROFILE}-open
source_profile = dev
"""


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path) -> Iterator[FakeSts]:
    """Run an STS, with profiles to go with it."""
    write_files(scrubbed_environment, FILES, STATIC_PROFILE)
    with FakeSts() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        yield server


def assumed(
    monkeypatch: pytest.MonkeyPatch, sts: FakeSts, options: Options, environ: dict[str, str]
) -> list[tuple[str, str | None]]:
    """Get credentials for an assume-role pack, and return the roles and external ids that STS saw."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    credentials(assume_role=True, **options).keys()
    return [(call["RoleArn"], call.get("ExternalId")) for call in sts.asked]


@pytest.mark.parametrize(
    ("options", "environ", "expected"),
    [
        pytest.param(
            {"role_arn": OPTION, "external_id": OPTION_ID},
            {**KEYS, **BY_VARIABLES},
            [(OPTION, OPTION_ID)],
            id="options first",
        ),
        pytest.param(
            {"profile": "role"}, BY_VARIABLES, [(PROFILE, PROFILE_ID)], id="--profile's before variables"
        ),
        pytest.param(
            {"profile": "open"}, {}, [(f"{PROFILE}-open", None)], id="a profile may have no external id"
        ),
        pytest.param(
            {"profile": "dev"}, BY_VARIABLES, [(VARIABLE, VARIABLE_ID)], id="--profile without a role"
        ),
        pytest.param({}, {**KEYS, **BY_VARIABLES}, [(VARIABLE, VARIABLE_ID)], id="variables"),
        pytest.param({}, WITH_ROLE, [(PROFILE, PROFILE_ID)], id="AWS_PROFILE's"),
        pytest.param(
            {},
            {**WITH_ROLE, "CODA_EXTERNAL_ID": "alone"},
            [(PROFILE, PROFILE_ID)],
            id="CODA_EXTERNAL_ID alone",
        ),
        pytest.param(
            {"external_id": OPTION_ID},
            {**KEYS, **BY_VARIABLES},
            [(VARIABLE, OPTION_ID)],
            id="--external-id with the variable's role",
        ),
        pytest.param(
            {"external_id": OPTION_ID},
            {**KEYS, "CODA_ROLE_ARN": VARIABLE},
            [(VARIABLE, OPTION_ID)],
            id="--external-id alone with it",
        ),
        pytest.param(
            {"role_arn": OPTION, "external_id": OPTION_ID, "profile": "role"},
            {},
            [(PROFILE, PROFILE_ID), (OPTION, OPTION_ID)],
            id="chain: options with a profile that is a role",
        ),
        pytest.param(
            {},
            {**WITH_ROLE, **BY_VARIABLES},
            [(PROFILE, PROFILE_ID), (VARIABLE, VARIABLE_ID)],
            id="chain: variables before AWS_PROFILE's",
        ),
    ],
)
def test_levels(
    monkeypatch: pytest.MonkeyPatch,
    sts: FakeSts,
    options: Options,
    environ: dict[str, str],
    expected: list[tuple[str, str | None]],
) -> None:
    """The first level that gives a role decides, with its own external id, and each role is assumed once."""
    assert assumed(monkeypatch, sts, options, environ) == expected


def test_role_of_the_default_profile(
    monkeypatch: pytest.MonkeyPatch, sts: FakeSts, scrubbed_environment: Path
) -> None:
    """Where nothing is named, the default profile's role is the pack's."""
    write_files(scrubbed_environment, FILES.replace("[profile role]", "[default]"), STATIC_PROFILE)
    assert assumed(monkeypatch, sts, {}, {}) == [(PROFILE, PROFILE_ID)]


@pytest.mark.parametrize(
    ("options", "environ", "kind", "message"),
    [
        pytest.param(
            {"role_arn": OPTION}, {**KEYS, **BY_VARIABLES}, CredentialsError, "--role-arn has no", id="option"
        ),
        pytest.param(
            {"role_arn": OPTION},
            WITH_ROLE,
            CredentialsError,
            "--role-arn has no",
            id="option, never the profile's",
        ),
        pytest.param(
            {}, {**KEYS, "CODA_ROLE_ARN": VARIABLE}, CredentialsError, "CODA_ROLE_ARN has no", id="variable"
        ),
        pytest.param(
            {},
            {**KEYS, "CODA_ROLE_ARN": VARIABLE, "CODA_EXTERNAL_ID": ""},
            CredentialsError,
            "CODA_ROLE_ARN has no",
            id="variable, empty id",
        ),
        pytest.param(
            {},
            {**WITH_ROLE, "CODA_ROLE_ARN": VARIABLE},
            CredentialsError,
            "CODA_ROLE_ARN has no",
            id="never next",
        ),
        pytest.param({}, KEYS, CredentialsError, "none was given", id="no role"),
        pytest.param(
            {}, {**KEYS, **WITH_ROLE}, CredentialsError, "none was given", id="profile is not the source"
        ),
        pytest.param({"profile": "dev"}, {}, CredentialsError, "none was given", id="profile without a role"),
        pytest.param(
            {"external_id": OPTION_ID},
            KEYS,
            CredentialsError,
            "none was given",
            id="external id without a role",
        ),
        pytest.param(
            {"external_id": OPTION_ID, "profile": "role"},
            BY_VARIABLES,
            UsageError,
            "does not go with the role of profile 'role'",
            id="external id for --profile's role",
        ),
        pytest.param(
            {"external_id": OPTION_ID},
            WITH_ROLE,
            UsageError,
            "does not go with the role of profile 'role'",
            id="external id for AWS_PROFILE's role",
        ),
    ],
)
def test_errors_before_sts_is_called(
    monkeypatch: pytest.MonkeyPatch,
    sts: FakeSts,
    options: Options,
    environ: dict[str, str],
    kind: type[CodaError],
    message: str,
) -> None:
    """A role without its own external id, or no role, is an error, and nothing is sent."""
    with pytest.raises(kind, match=message) as caught:
        assumed(monkeypatch, sts, options, environ)
    assert caught.value.exit_code == (2 if kind is UsageError else 4)
    assert sts.requests == []


def test_external_id_is_known_before_any_message(monkeypatch: pytest.MonkeyPatch, sts: FakeSts) -> None:
    """Even where the role is refused here, the redactor knows the external ids that were given."""
    monkeypatch.setenv("CODA_EXTERNAL_ID", VARIABLE_ID)
    set_keys(monkeypatch)
    redactor = Redactor()
    auth = authenticator(ASSUME_ROLE, redactor=redactor, role_arn="x", external_id=OPTION_ID)
    with pytest.raises(CredentialsError, match="--role-arn is not the ARN"):
        auth.authenticate(request())
    assert redactor.text(f"{OPTION_ID} {VARIABLE_ID}") == f"{mask(OPTION_ID)} {mask(VARIABLE_ID)}"


def test_ignored_id_is_told(
    monkeypatch: pytest.MonkeyPatch, sts: FakeSts, caplog: pytest.LogCaptureFixture
) -> None:
    """With -v, an external id that goes with no role is said to be ignored, masked at most."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    assumed(monkeypatch, sts, {}, {**WITH_ROLE, "CODA_EXTERNAL_ID": "alone-in-the-world"})
    assert "CODA_EXTERNAL_ID is ignored, since CODA_ROLE_ARN is not set" in caplog.messages
    assert "alone-in-the-world" not in caplog.text


def test_unused_profile_is_told(monkeypatch: pytest.MonkeyPatch, sts: FakeSts) -> None:
    """Where keys hide the profile whose role was perhaps meant, the error says so."""
    with pytest.raises(CredentialsError) as caught:
        assumed(monkeypatch, sts, {}, {**KEYS, **WITH_ROLE})
    assert "Profile 'role' was not asked" in details(caught.value)


@pytest.mark.parametrize(("environ", "chain"), [(WITH_ROLE, True), (KEYS, False)])
def test_chain_is_told(
    monkeypatch: pytest.MonkeyPatch,
    sts: FakeSts,
    caplog: pytest.LogCaptureFixture,
    environ: dict[str, str],
    chain: bool,
) -> None:
    """With -v, a role that is assumed by a role is called a chain."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    assumed(monkeypatch, sts, {}, {**environ, **BY_VARIABLES})
    assert any(message.startswith("role chaining") for message in caplog.messages) is chain


@pytest.mark.parametrize(
    "arn",
    [
        pytest.param(ROLE, id="plain"),
        pytest.param("arn:aws:iam::123456789012:role/team/sub/packs", id="path"),
        pytest.param("arn:aws-cn:iam::123456789012:role/packs", id="China"),
        pytest.param("arn:aws-us-gov:iam::123456789012:role/a+b=c,d.e@f-g_h", id="all characters"),
    ],
)
def test_role_arn(arn: str) -> None:
    """A role's ARN is taken in any partition."""
    checked_role_arn(Given(arn, "--role-arn"))


@pytest.mark.parametrize(
    "arn",
    [
        pytest.param("", id="empty"),
        pytest.param("packs", id="name only"),
        pytest.param("arn:aws:iam::123456789012:user/packs", id="a user's"),
        pytest.param("arn:aws:sts::123456789012:assumed-role/packs/me", id="a session's"),
        pytest.param("arn:aws:iam::12345:role/packs", id="short account"),
        pytest.param("arn:aws:iam::１２３４５６７８９０１２:role/packs", id="digits that are not ASCII"),
        pytest.param("arn:aws:iam:us-east-1:123456789012:role/packs", id="region"),
        pytest.param("arn:aws:iam::123456789012:role/", id="no name"),
        pytest.param(f"arn:aws:iam::123456789012:role/{'x' * 65}", id="long name"),
        pytest.param(f"{ROLE} ", id="blank"),
        pytest.param(f"{ROLE}\n", id="line end"),
        pytest.param("arn:aws-mars:iam::123456789012:role/packs", id="no such partition"),
    ],
)
@pytest.mark.parametrize("level", ["--role-arn", "CODA_ROLE_ARN"])
def test_malformed_role_arn(monkeypatch: pytest.MonkeyPatch, sts: FakeSts, arn: str, level: str) -> None:
    """What cannot be a role's ARN is refused from each level, by its name, before anything is sent."""
    set_keys(monkeypatch)
    options: Options = {}
    if level == "--role-arn":
        options = {"role_arn": arn, "external_id": OPTION_ID}
    environ = {} if options else {"CODA_ROLE_ARN": arn, "CODA_EXTERNAL_ID": VARIABLE_ID}
    with pytest.raises(CredentialsError) as caught:
        assumed(monkeypatch, sts, options, environ)
    # An empty variable counts as unset, an empty option does not.
    assert ("none was given" if environ and not arn else level) in str(caught.value)
    assert sts.requests == []


@pytest.mark.parametrize("option", ["role", None])
@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        pytest.param(PROFILE, "arn:aws:iam::123456789012:user/dev", "role_arn of profile 'role'", id="role"),
        pytest.param(PROFILE_ID, "with blank", "external_id of profile 'role'", id="external id"),
    ],
)
def test_malformed_settings_of_a_profile(
    monkeypatch: pytest.MonkeyPatch,
    sts: FakeSts,
    scrubbed_environment: Path,
    option: str | None,
    written: str,
    instead: str,
    message: str,
) -> None:
    """A profile's settings are checked like any level's when its role is the pack's."""
    write_files(scrubbed_environment, FILES.replace(written, instead), STATIC_PROFILE)
    with pytest.raises(CredentialsError, match=message):
        assumed(monkeypatch, sts, {"profile": option}, {} if option else WITH_ROLE)
    assert sts.requests == []


@pytest.mark.parametrize("external_id", ["ab", "1_a+b=c,d.e@f:g/h-i", "x" * 1224, "PACK:0815"])
def test_external_id(external_id: str) -> None:
    """All that STS takes is taken."""
    checked_external_id(Given(external_id, "--external-id"))


@pytest.mark.parametrize("external_id", ["", "a", "x" * 1225, "with blank", "ümlaut", "line\n", "semi;colon"])
@pytest.mark.parametrize("level", ["--external-id", "CODA_EXTERNAL_ID"])
def test_malformed_external_id(
    monkeypatch: pytest.MonkeyPatch, sts: FakeSts, external_id: str, level: str
) -> None:
    """What STS would not take is refused by the level's name, and not shown."""
    options: Options = {"role_arn": OPTION, "external_id": external_id} if level == "--external-id" else {}
    environ = {} if options else {"CODA_ROLE_ARN": VARIABLE, "CODA_EXTERNAL_ID": external_id}
    with pytest.raises(CredentialsError) as caught:
        assumed(monkeypatch, sts, options, {**KEYS, **environ})
    expected = f"{level} is not an external id"
    assert str(caught.value) == (
        expected if external_id or options else "the role of CODA_ROLE_ARN has no external id"
    )
    assert len(external_id) < 3 or external_id not in details(caught.value)
    assert sts.requests == []
