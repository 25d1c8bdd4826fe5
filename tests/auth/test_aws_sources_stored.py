"""Source credentials that coda auth stored: what comes before and after them, and what is said then."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from coda_cli.auth.store import StoredCredentials
from coda_cli.errors import CredentialsError
from coda_cli.redaction import mask
from tests.auth.world import KEY_ID, SECRET, TOKEN, Options, credentials, details, found_source, write_files
from tests.servers import LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILES = "".join(
    f"[{name}]\naws_access_key_id = AKIA{name.upper()}\naws_secret_access_key = secret-of-{name}\n"
    for name in ("option", "variable", "stored", "default")
)
STORED_KEYS = StoredCredentials(KEY_ID, SECRET, TOKEN)
STORED_PROFILE = StoredCredentials(profile="stored")
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "secret-of-environment"}
COMES_AFTER = "what coda auth stored for this pack comes after it"


class Store:
    """What is stored for a pack, or an error of reading it; it counts how often it was asked."""

    def __init__(self, stored: StoredCredentials | None) -> None:
        self._stored = stored
        self.asked = 0

    def __call__(self) -> StoredCredentials:
        """Read it."""
        self.asked += 1
        if self._stored is None:
            raise CredentialsError("the stored credentials cannot be read: it is no JSON")
        return self._stored


def set_all(monkeypatch: pytest.MonkeyPatch, environ: Mapping[str, str]) -> None:
    """Set variables."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)


ORDER = [
    pytest.param({"profile": "option"}, KEYS, "AKIAOPTION", None, id="1 --profile"),
    pytest.param(
        {},
        KEYS,
        "AKIAENVIRONMENT",
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        id="2 keys of the environment",
    ),
    pytest.param(
        {},
        {**KEYS, "AWS_PROFILE": "variable"},
        "AKIAENVIRONMENT",
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        id="2 before 3",
    ),
    pytest.param({}, {"AWS_PROFILE": "variable"}, "AKIAVARIABLE", "AWS_PROFILE", id="3 AWS_PROFILE"),
    pytest.param(
        {},
        {"AWS_DEFAULT_PROFILE": "variable"},
        "AKIAVARIABLE",
        "AWS_DEFAULT_PROFILE",
        id="3 AWS_DEFAULT_PROFILE",
    ),
    pytest.param({}, {}, None, None, id="4 stored, before the default profile"),
    pytest.param(
        {}, {"AWS_PROFILE": "", "AWS_ACCESS_KEY_ID": ""}, None, None, id="4 empty variables are unset"
    ),
]


@pytest.mark.parametrize(
    ("stored", "key_of_stored"),
    [
        pytest.param(STORED_KEYS, KEY_ID, id="keys"),
        pytest.param(STORED_PROFILE, "AKIASTORED", id="profile"),
    ],
)
@pytest.mark.parametrize(("options", "environ", "expected", "told"), ORDER)
def test_order(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    scrubbed_environment: Path,
    options: Options,
    environ: dict[str, str],
    expected: str | None,
    told: str | None,
    stored: StoredCredentials,
    key_of_stored: str,
) -> None:
    """What is stored is the fourth source; that variables come before it is told, that an option does not."""
    caplog.set_level(logging.WARNING, logger="coda_cli")
    write_files(scrubbed_environment, credentials=FILES)
    set_all(monkeypatch, environ)
    chosen: Options = {**options, "stored": Store(stored)}
    found = credentials(**chosen)
    assert [found.keys().access_key for _ in range(3)] == [expected or key_of_stored] * 3
    assert caplog.messages == ([f"using {told}; {COMES_AFTER}"] if told else [])


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(StoredCredentials(), id="nothing"),
        pytest.param(StoredCredentials(role_arn="arn", external_id="id"), id="a role only"),
        pytest.param(StoredCredentials(endpoint_url="https://example.com"), id="an endpoint only"),
    ],
)
@pytest.mark.parametrize(("environ", "expected"), [(KEYS, "AKIAENVIRONMENT"), ({}, "AKIADEFAULT")])
def test_nobody_stored_credentials(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    scrubbed_environment: Path,
    environ: dict[str, str],
    expected: str,
    stored: StoredCredentials,
) -> None:
    """Where none are stored, the chain goes on to the default profile, and there is nothing to tell."""
    caplog.set_level(logging.WARNING, logger="coda_cli")
    write_files(scrubbed_environment, credentials=FILES)
    set_all(monkeypatch, environ)
    assert credentials(stored=Store(stored)).keys().access_key == expected
    assert caplog.messages == []


@pytest.mark.parametrize("stored", [STORED_KEYS, STORED_PROFILE], ids=["keys", "profile"])
def test_before_the_rest_of_the_chain(
    monkeypatch: pytest.MonkeyPatch, scrubbed_environment: Path, stored: StoredCredentials
) -> None:
    """Container and web identity variables belong to the rest of botocore's chain, which is not asked."""
    write_files(scrubbed_environment, credentials=FILES)
    with LoopbackServer() as server:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(scrubbed_environment / "token"))
        monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web")
        assert credentials(stored=Store(stored)).keys().access_key in {KEY_ID, "AKIASTORED"}
        assert server.requests == []


def test_stored_keys() -> None:
    """Keys are used whole, with their token, and no file of AWS's is needed; each secret is known at once."""
    source, _, redactor = found_source(stored=Store(STORED_KEYS))
    keys = source.credentials.get_frozen_credentials()
    assert (keys.access_key, keys.secret_key, keys.token) == (KEY_ID, SECRET, TOKEN)
    assert redactor.text(f"{KEY_ID} {SECRET} {TOKEN}") == f"{mask(KEY_ID)} [secret] [secret]"


@pytest.mark.parametrize(
    ("stored", "origin"),
    [
        pytest.param(STORED_KEYS, "the access key stored by coda auth", id="keys"),
        pytest.param(STORED_PROFILE, "profile 'stored' (stored by coda auth), static keys", id="profile"),
    ],
)
def test_choice_is_told(
    caplog: pytest.LogCaptureFixture, scrubbed_environment: Path, stored: StoredCredentials, origin: str
) -> None:
    """With -v the source and the reason are told, and nothing secret."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    write_files(scrubbed_environment, credentials=FILES)
    key = credentials(stored=Store(stored)).keys().access_key
    token = "without" if stored.profile else "with"
    assert caplog.messages == [
        f"credentials: from {origin}; neither keys nor a profile are in the environment",
        f"key {mask(key)} {token} a session token, of {origin}",
    ]


@pytest.mark.parametrize("half", [StoredCredentials(KEY_ID), StoredCredentials(secret_access_key=SECRET)])
def test_half_of_the_keys(scrubbed_environment: Path, half: StoredCredentials) -> None:
    """A key id without its secret, or the other way round, is an error, though a profile could help."""
    write_files(scrubbed_environment, credentials=FILES)
    with pytest.raises(CredentialsError, match="half of an access key is stored") as caught:
        credentials(stored=Store(half)).keys()
    assert caught.value.exit_code == 4
    assert "coda auth" in details(caught.value)
    assert SECRET not in details(caught.value)


@pytest.mark.parametrize(
    ("stored", "part"),
    [
        pytest.param(StoredCredentials(f"{KEY_ID}\n", SECRET), "access key id", id="key id"),
        pytest.param(StoredCredentials(KEY_ID, f"{SECRET} x"), "secret access key", id="secret"),
        pytest.param(StoredCredentials(KEY_ID, SECRET, f"{TOKEN}\r\nx: y"), "session token", id="token"),
    ],
)
def test_malformed_keys(stored: StoredCredentials, part: str) -> None:
    """What would break a header apart is refused with exit code 4, by where it came from, unquoted."""
    with pytest.raises(CredentialsError, match=f"the {part} is empty, or has blanks") as caught:
        credentials(stored=Store(stored)).keys()
    assert "stored by coda auth" in details(caught.value)
    assert caught.value.exit_code == 4
    assert not [value for value in (KEY_ID, SECRET, TOKEN) if value in details(caught.value)]


def test_profile_that_is_gone(scrubbed_environment: Path) -> None:
    """A profile that was there when it was stored is missed by its name, with those that exist."""
    write_files(scrubbed_environment, credentials=FILES)
    with pytest.raises(
        CredentialsError, match=r"there is no profile 'gone' \(named by coda auth\)"
    ) as caught:
        credentials(stored=Store(StoredCredentials(profile="gone"))).keys()
    assert "default, option, stored, variable" in details(caught.value)


def test_profile_without_credentials(scrubbed_environment: Path) -> None:
    """A stored profile that has none is an error, never the default profile's keys."""
    write_files(scrubbed_environment, "[profile bare]\nregion = eu-west-1\n", FILES)
    with pytest.raises(CredentialsError, match=r"profile 'bare' \(named by coda auth\) has no credentials"):
        credentials(stored=Store(StoredCredentials(profile="bare"))).keys()


def test_region_of_the_stored_profile(scrubbed_environment: Path) -> None:
    """A stored profile is the profile in use for its other settings, too."""
    write_files(scrubbed_environment, "[profile stored]\nregion = eu-west-3\n", FILES)
    _, session, _ = found_source(stored=Store(STORED_PROFILE))
    assert session.sts_region("arn:aws:iam::123456789012:role/packs") == "eu-west-3"


@pytest.mark.parametrize(
    ("options", "environ", "expected", "asked"),
    [
        pytest.param({"profile": "option"}, {}, "AKIAOPTION", False, id="--profile"),
        pytest.param({}, KEYS, "AKIAENVIRONMENT", True, id="keys"),
        pytest.param({}, {"AWS_PROFILE": "variable"}, "AKIAVARIABLE", True, id="AWS_PROFILE"),
    ],
)
def test_store_that_cannot_be_read_and_need_not(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    scrubbed_environment: Path,
    options: Options,
    environ: dict[str, str],
    expected: str,
    asked: bool,
) -> None:
    """A corrupt file is no matter where something comes before it: only -v tells of it."""
    caplog.set_level(logging.INFO, logger="coda_cli")
    write_files(scrubbed_environment, credentials=FILES)
    set_all(monkeypatch, environ)
    store = Store(None)
    chosen: Options = {**options, "stored": store}
    assert credentials(**chosen).keys().access_key == expected
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []
    assert ("the stored credentials cannot be read: it is no JSON" in caplog.messages) is asked
    assert (store.asked > 0) is asked


def test_store_that_cannot_be_read_and_must(scrubbed_environment: Path) -> None:
    """Where nothing comes before it, the default profile is not taken in its place."""
    write_files(scrubbed_environment, credentials=FILES)
    with pytest.raises(CredentialsError, match="the stored credentials cannot be read"):
        credentials(stored=Store(None)).keys()


def test_nothing_found_names_what_is_stored() -> None:
    """Among the places that were looked at is what coda auth stores, and how to store something."""
    with pytest.raises(CredentialsError, match="no AWS credentials were found") as caught:
        credentials(stored=Store(StoredCredentials())).keys()
    assert "- what coda auth stores for this pack: neither a key nor a profile" in details(caught.value)
    assert "coda auth PACK stores" in details(caught.value)
