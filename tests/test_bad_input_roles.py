"""Bad input to the whole program: a role, or its external id, that is missing, half given or malformed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.auth.world import (
    EXTERNAL_ID,
    KEY_ID,
    PROFILE_SECRET,
    ROLE,
    SECRET,
    STATIC_PROFILE,
    set_keys,
    write_files,
)
from tests.programs import write_pack
from tests.refusals import CREDENTIALS, USAGE, check_execute

if TYPE_CHECKING:
    from pathlib import Path

PACK = '''
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ASSUME_ROLE, service="s3")


@pack.formula
def get(context: sdk.ExecutionContext) -> object:
    """List the buckets."""
    return context.fetcher.fetch("GET", "https://s3.us-east-1.amazonaws.com/").body
'''
USER = "arn:aws:iam::123456789012:user/ada"
OPTION_ARN, OPTION_ID = "--role-arn", "--external-id"
PROFILES = f"""
[profile reader]
role_arn = {ROLE}
source_profile = dev
external_id = {EXTERNAL_ID}

[profile user]
role_arn = {USER}
source_profile = dev
external_id = {EXTERNAL_ID}

[profile blank]
role_arn = {ROLE}
source_profile = dev
external_id = not an id
"""


@pytest.mark.parametrize(
    ("variables", "options", "code", "said"),
    [
        pytest.param(
            {}, [], CREDENTIALS, ("none was given", "--role-arn", "CODA_ROLE_ARN", "--profile"), id="no role"
        ),
        pytest.param(
            {"CODA_EXTERNAL_ID": EXTERNAL_ID},
            [],
            CREDENTIALS,
            ("none was given",),
            id="id alone, by variable",
        ),
        pytest.param(
            {}, [OPTION_ID, EXTERNAL_ID], CREDENTIALS, ("none was given",), id="id alone, by option"
        ),
        pytest.param(
            {},
            [OPTION_ARN, ROLE],
            CREDENTIALS,
            ("role of --role-arn has no external id", "--external-id"),
            id="no id, by option",
        ),
        pytest.param(
            {"CODA_EXTERNAL_ID": EXTERNAL_ID},
            [OPTION_ARN, ROLE],
            CREDENTIALS,
            ("role of --role-arn has no external id",),
            id="never another level's id",
        ),
        pytest.param(
            {"CODA_ROLE_ARN": ROLE},
            [],
            CREDENTIALS,
            ("role of CODA_ROLE_ARN has no external id", "CODA_EXTERNAL_ID"),
            id="no id, by variable",
        ),
        pytest.param(
            {},
            [OPTION_ARN, USER, OPTION_ID, EXTERNAL_ID],
            CREDENTIALS,
            ("--role-arn is not the ARN of a role", USER, "role/name"),
            id="a user's ARN, by option",
        ),
        pytest.param(
            {"CODA_ROLE_ARN": "reader", "CODA_EXTERNAL_ID": EXTERNAL_ID},
            [],
            CREDENTIALS,
            ("CODA_ROLE_ARN is not the ARN of a role", "'reader'"),
            id="a bare name, by variable",
        ),
        pytest.param(
            {},
            ["--profile", "user"],
            CREDENTIALS,
            ("role_arn of profile 'user' is not the ARN of a role", USER),
            id="a user's ARN, by profile",
        ),
        pytest.param(
            {},
            [OPTION_ARN, ROLE, OPTION_ID, "not an id"],
            CREDENTIALS,
            ("--external-id is not an external id", "no blanks"),
            id="blanks in the id, by option",
        ),
        pytest.param(
            {"CODA_ROLE_ARN": ROLE, "CODA_EXTERNAL_ID": "not an id"},
            [],
            CREDENTIALS,
            ("CODA_EXTERNAL_ID is not an external id",),
            id="blanks in the id, by variable",
        ),
        pytest.param(
            {},
            ["--profile", "blank"],
            CREDENTIALS,
            ("external_id of profile 'blank' is not an external id",),
            id="blanks in the id, by profile",
        ),
        pytest.param(
            {},
            ["--profile", "reader", OPTION_ID, EXTERNAL_ID],
            USAGE,
            ("--external-id does not go with the role of profile 'reader'", "--role-arn"),
            id="id alone with a profile's role",
        ),
        pytest.param(
            {},
            [OPTION_ARN, "arn:aws-mars:iam::123456789012:role/r", OPTION_ID, EXTERNAL_ID],
            CREDENTIALS,
            ("partition that does not exist",),
            id="a partition that is none",
        ),
    ],
)
def test_role(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    scrubbed_environment: Path,
    tmp_path: Path,
    variables: dict[str, str],
    options: list[str],
    code: int,
    said: tuple[str, ...],
) -> None:
    """A role that is missing, half given or malformed is named by its level; STS is not asked."""
    write_files(scrubbed_environment, PROFILES, STATIC_PROFILE)
    if "--profile" not in options:
        set_keys(monkeypatch)
    for name, value in (variables | {"AWS_ENDPOINT_URL": "https://nobody.invalid"}).items():
        monkeypatch.setenv(name, value)
    err = check_execute(capsys, code, said, write_pack(tmp_path, PACK), "Get", *options)
    assert not [value for value in (EXTERNAL_ID, SECRET, PROFILE_SECRET, KEY_ID) if value in err]
