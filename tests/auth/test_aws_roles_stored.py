"""The role that coda auth stored: the levels before and after it, and whose external id goes with it."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from coda_cli.auth.store import StoredCredentials
from coda_cli.errors import CodaError, CredentialsError, UsageError
from coda_cli.redaction import Redactor, mask
from tests.auth.world import (
    ASSUME_ROLE,
    STATIC_PROFILE,
    USER,
    FakeSts,
    Options,
    authenticator,
    credentials,
    details,
    request,
    write_files,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPTION, VARIABLE, STORED, PROFILE = (
    f"arn:aws:iam::123456789012:role/{name}" for name in ("option", "var", "stored", "profile")
)
OPTION_ID, VARIABLE_ID, STORED_ID, PROFILE_ID = (
    f"id-of-{name}" for name in ("option", "variable", "stored", "profile")
)
ALONE = StoredCredentials(role_arn=STORED)
BOTH = StoredCredentials(role_arn=STORED, external_id=STORED_ID)
BY_OPTIONS: Options = {"role_arn": OPTION, "external_id": OPTION_ID}
BY_VARIABLES = {"CODA_ROLE_ARN": VARIABLE, "CODA_EXTERNAL_ID": VARIABLE_ID}
WITH_ROLE = {"AWS_PROFILE": "role"}
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "secret-of-environment"}

FILES = f"""
[profile role]
role_arn = {PROFILE}
source_profile = dev
external_id = {PROFILE_ID}
"""
DEFAULT_ROLE = FILES.replace("[profile role]", "[default]")


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path) -> Iterator[FakeSts]:
    """Run an STS; the default profile has a role, so that no level below the stored one is empty."""
    write_files(scrubbed_environment, FILES + DEFAULT_ROLE, STATIC_PROFILE)
    with FakeSts() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        yield server


def unreadable() -> StoredCredentials:
    """Be a file that nobody can read."""
    raise CredentialsError("the stored credentials cannot be read")


def assumed(
    monkeypatch: pytest.MonkeyPatch,
    sts: FakeSts,
    options: Options,
    environ: dict[str, str],
    stored: StoredCredentials | None,
) -> list[tuple[str, str | None]]:
    """Get credentials for an assume-role pack, and return the roles and external ids that STS saw."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    chosen: Options = {**options, "stored": unreadable if stored is None else lambda: stored}
    credentials(assume_role=True, **chosen).keys()
    return [(call["RoleArn"], call.get("ExternalId")) for call in sts.asked]


@pytest.mark.parametrize(
    ("options", "environ", "stored", "expected"),
    [
        pytest.param(BY_OPTIONS, KEYS, BOTH, [(OPTION, OPTION_ID)], id="--role-arn before it"),
        pytest.param(
            {"profile": "role"}, {}, BOTH, [(PROFILE, PROFILE_ID)], id="the role of --profile before it"
        ),
        pytest.param({"profile": "dev"}, {}, BOTH, [(STORED, STORED_ID)], id="--profile without a role"),
        pytest.param(
            {}, {**KEYS, **BY_VARIABLES}, BOTH, [(VARIABLE, VARIABLE_ID)], id="CODA_ROLE_ARN before it"
        ),
        pytest.param({}, KEYS, BOTH, [(STORED, STORED_ID)], id="it"),
        pytest.param(
            {},
            WITH_ROLE,
            BOTH,
            [(PROFILE, PROFILE_ID), (STORED, STORED_ID)],
            id="chain: it comes before AWS_PROFILE's",
        ),
        pytest.param(
            {},
            {},
            BOTH,
            [(PROFILE, PROFILE_ID), (STORED, STORED_ID)],
            id="chain: before the default profile's",
        ),
        pytest.param(
            {},
            {},
            replace(BOTH, profile="role"),
            [(PROFILE, PROFILE_ID), (STORED, STORED_ID)],
            id="chain: before the stored profile's",
        ),
        pytest.param(
            {}, {}, replace(BOTH, profile="dev"), [(STORED, STORED_ID)], id="with the stored profile"
        ),
        pytest.param(
            {}, {}, StoredCredentials(profile="role"), [(PROFILE, PROFILE_ID)], id="the stored profile's own"
        ),
        pytest.param(
            {}, {}, StoredCredentials(), [(PROFILE, PROFILE_ID)], id="the default profile's, after it"
        ),
        pytest.param(
            {},
            {},
            StoredCredentials(external_id=STORED_ID),
            [(PROFILE, PROFILE_ID)],
            id="an external id alone is none for another's role",
        ),
        pytest.param(
            {"external_id": OPTION_ID},
            KEYS,
            BOTH,
            [(STORED, OPTION_ID)],
            id="--external-id instead of its own",
        ),
        pytest.param(
            {"external_id": OPTION_ID},
            KEYS,
            ALONE,
            [(STORED, OPTION_ID)],
            id="--external-id where it has none",
        ),
        pytest.param(
            {},
            {**KEYS, "CODA_EXTERNAL_ID": VARIABLE_ID},
            BOTH,
            [(STORED, STORED_ID)],
            id="CODA_EXTERNAL_ID alone is ignored",
        ),
        pytest.param(BY_OPTIONS, KEYS, None, [(OPTION, OPTION_ID)], id="unreadable, no matter: options"),
        pytest.param(
            {"profile": "role"}, {}, None, [(PROFILE, PROFILE_ID)], id="unreadable, no matter: --profile"
        ),
        pytest.param(
            {},
            {**KEYS, **BY_VARIABLES},
            None,
            [(VARIABLE, VARIABLE_ID)],
            id="unreadable, no matter: variables",
        ),
    ],
)
def test_levels(
    monkeypatch: pytest.MonkeyPatch,
    sts: FakeSts,
    options: Options,
    environ: dict[str, str],
    stored: StoredCredentials | None,
    expected: list[tuple[str, str | None]],
) -> None:
    """The stored role is the fourth level, with its own external id or the one exception."""
    assert assumed(monkeypatch, sts, options, environ, stored) == expected


@pytest.mark.parametrize(
    ("options", "environ", "stored", "kind", "message"),
    [
        pytest.param({}, KEYS, ALONE, CredentialsError, "stored by coda auth has no external id", id="no id"),
        pytest.param(
            {},
            {**KEYS, "CODA_EXTERNAL_ID": VARIABLE_ID},
            ALONE,
            CredentialsError,
            "stored by coda auth has no external id",
            id="never the variable's",
        ),
        pytest.param(
            {},
            WITH_ROLE,
            ALONE,
            CredentialsError,
            "stored by coda auth has no external id",
            id="never next level",
        ),
        pytest.param(
            {"role_arn": OPTION},
            KEYS,
            BOTH,
            CredentialsError,
            "--role-arn has no external id",
            id="not for options",
        ),
        pytest.param(
            {},
            {**KEYS, "CODA_ROLE_ARN": VARIABLE},
            BOTH,
            CredentialsError,
            "CODA_ROLE_ARN has no external id",
            id="not for variables",
        ),
        pytest.param(
            {"external_id": OPTION_ID},
            {},
            StoredCredentials(profile="role"),
            UsageError,
            "does not go with the role of profile 'role'",
            id="--external-id for the stored profile's role",
        ),
        pytest.param(
            {},
            KEYS,
            replace(BOTH, role_arn=USER),
            CredentialsError,
            "the role ARN stored by coda auth is not the ARN of a role",
            id="a user's ARN",
        ),
        pytest.param(
            {},
            KEYS,
            replace(BOTH, external_id="not secret but wrong"),
            CredentialsError,
            "the external id stored by coda auth is not an external id",
            id="malformed id",
        ),
        pytest.param({}, KEYS, StoredCredentials(), CredentialsError, "none was given", id="nothing"),
        pytest.param(
            {},
            KEYS,
            StoredCredentials(external_id=STORED_ID),
            CredentialsError,
            "none was given",
            id="id only",
        ),
        pytest.param({}, KEYS, None, CredentialsError, "cannot be read", id="unreadable"),
        pytest.param(
            {},
            WITH_ROLE,
            None,
            CredentialsError,
            "cannot be read",
            id="unreadable, and before AWS_PROFILE's role",
        ),
    ],
)
def test_errors_before_the_role_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
    sts: FakeSts,
    options: Options,
    environ: dict[str, str],
    stored: StoredCredentials | None,
    kind: type[CodaError],
    message: str,
) -> None:
    """What is stored and not usable is an error; no id of another level helps, and none is shown."""
    with pytest.raises(kind, match=message) as caught:
        assumed(monkeypatch, sts, options, environ, stored)
    assert caught.value.exit_code == (2 if kind is UsageError else 4)
    assert sts.requests == []
    said = details(caught.value)
    assert not [one for one in (STORED_ID, VARIABLE_ID, OPTION_ID, "not secret but wrong") if one in said]


def test_what_to_do_is_told(monkeypatch: pytest.MonkeyPatch, sts: FakeSts) -> None:
    """Where no level has a role, coda auth is among the ways to give one."""
    with pytest.raises(CredentialsError, match="none was given") as caught:
        assumed(monkeypatch, sts, {}, KEYS, StoredCredentials())
    assert "store them by coda auth" in details(caught.value)


def test_stored_external_id_is_known(monkeypatch: pytest.MonkeyPatch, sts: FakeSts) -> None:
    """It is known to the redactor before anything is said of it, even where the role is refused here."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    redactor = Redactor()
    auth = authenticator(ASSUME_ROLE, redactor=redactor, stored=lambda: replace(BOTH, role_arn="x"))
    with pytest.raises(CredentialsError, match="is not the ARN of a role"):
        auth.authenticate(request())
    assert redactor.text(STORED_ID) == mask(STORED_ID)


def test_level_is_told(
    monkeypatch: pytest.MonkeyPatch, sts: FakeSts, caplog: pytest.LogCaptureFixture
) -> None:
    """With -v, the role is said to be the stored one, and a variable that does not go with it is ignored."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    assumed(monkeypatch, sts, {}, {**KEYS, "CODA_EXTERNAL_ID": VARIABLE_ID}, BOTH)
    assert "CODA_EXTERNAL_ID is ignored, since CODA_ROLE_ARN is not set" in caplog.messages
    (line,) = (message for message in caplog.messages if message.startswith("role: "))
    assert (
        line
        == f"role: {STORED}, from the role ARN stored by coda auth and the external id stored by coda auth"
    )
    assert STORED_ID not in caplog.text
