"""Bad input to the whole program: credentials and roles that AWS itself refuses, by the emulator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.auth.world import KEY_ID, SECRET
from tests.refusals import CREDENTIALS, check_execute
from tests.source_model import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from coda_cli.emulator.running import Emulator

S3_PACK, S3_ROLE_PACK, DYNAMODB_PACK = (
    ROOT / "packs" / name for name in ("s3.py", "s3_assume_role.py", "dynamodb.py")
)


@pytest.mark.parametrize(
    ("pack", "formula", "changed", "said"),
    [
        pytest.param(
            S3_PACK,
            "ListBuckets",
            {"AWS_SECRET_ACCESS_KEY": SECRET},
            ("403 SignatureDoesNotMatch", "signed for s3 in us-east-1", "secret access key"),
            id="secret, S3",
        ),
        pytest.param(
            DYNAMODB_PACK,
            "ListTables",
            {"AWS_SECRET_ACCESS_KEY": SECRET},
            ("InvalidSignatureException", "signed for dynamodb in us-east-1", "secret access key"),
            id="secret, DynamoDB",
        ),
        pytest.param(
            S3_ROLE_PACK,
            "ListBuckets",
            {"AWS_SECRET_ACCESS_KEY": SECRET},
            ("refused to assume the role", "SignatureDoesNotMatch", "secret access key"),
            id="secret, STS",
        ),
        pytest.param(
            S3_PACK,
            "ListBuckets",
            {"AWS_ACCESS_KEY_ID": KEY_ID},
            ("403 InvalidAccessKeyId", "by key ****E001", "deleted"),
            id="key id",
        ),
        pytest.param(
            S3_PACK,
            "ListBuckets",
            {"AWS_SESSION_TOKEN": "a-token-of-nobody"},
            ("InvalidToken", "token"),
            id="token",
        ),
        pytest.param(
            S3_ROLE_PACK,
            "ListBuckets",
            {"CODA_EXTERNAL_ID": "tenant-id-4711"},
            (
                "refused to assume the role",
                "AccessDenied",
                "external id ****4711 was sent",
                "external id differs",
            ),
            id="external id",
        ),
        pytest.param(
            S3_ROLE_PACK,
            "ListBuckets",
            {"CODA_ROLE_ARN": "arn:aws:iam::000000000000:role/nobody"},
            (
                "refused to assume the role arn:aws:iam::000000000000:role/nobody",
                "AccessDenied",
                "no such role",
            ),
            id="role",
        ),
    ],
)
def test_refused_by_aws(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    emulator: Emulator,
    pack: Path,
    formula: str,
    changed: dict[str, str],
    said: tuple[str, ...],
) -> None:
    """What AWS refuses is told with who called and the likely reason; exit 4, and nothing is printed."""
    for name, value in {**emulator.environment, **changed}.items():
        monkeypatch.setenv(name, value)
    err = check_execute(capsys, CREDENTIALS, said, pack, formula)
    hidden = (emulator.keys.secret_access_key, emulator.keys.access_key_id, emulator.role.external_id)
    assert not [
        value for value in (*hidden, *changed.values()) if value in err and not value.startswith("arn:")
    ]
