"""What is stored for a pack: the file's form, the reference's, and what is kept of it when we write."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from coda_cli.auth.store import FILE_NAME, CredentialsStore, StoredCredentials
from coda_cli.errors import UnreadableStoreError
from coda_cli.sdk.authentication import AuthenticationType
from tests.auth.world import EXTERNAL_ID, KEY_ID, ROLE, SECRET, TOKEN, details

if TYPE_CHECKING:
    from pathlib import Path

EVERYTHING = StoredCredentials(
    access_key_id=KEY_ID,
    secret_access_key=SECRET,
    session_token=TOKEN,
    profile="dev",
    role_arn=ROLE,
    external_id=EXTERNAL_ID,
    endpoint_url="https://example.com/api",
)
ALL_NAMES = {
    "accessKeyId": KEY_ID,
    "secretAccessKey": SECRET,
    "sessionToken": TOKEN,
    "profile": "dev",
    "roleArn": ROLE,
    "externalId": EXTERNAL_ID,
    "endpointUrl": "https://example.com/api",
}
PROFILE = StoredCredentials(profile="dev")
EMPTY_BUT_NO_TEXT: tuple[object, ...] = (0, False, [], {})
REFERENCE = {"accessKeyId": "AKIAREFERENCE0000001", "secretAccessKey": "secret-of-the-reference"}


def write_file(folder: Path, content: object) -> Path:
    """Write the file as a person or another program would: text, bytes, or a JSON value."""
    path = folder / FILE_NAME
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    path.chmod(0o600)
    return path


def written(folder: Path) -> Any:
    """Read what is in the file now."""
    return json.loads((folder / FILE_NAME).read_bytes())


def store_in(folder: Path, pack: str = "s3.py") -> CredentialsStore:
    """Return the store of a pack; the pack itself need not be there."""
    return CredentialsStore(folder / pack)


def test_form(tmp_path: Path) -> None:
    """The file has a version, and each pack's entry in camelCase under the name of its file."""
    store_in(tmp_path).write(EVERYTHING)
    store_in(tmp_path, "role.py").write(StoredCredentials(role_arn=ROLE, external_id=EXTERNAL_ID))
    assert written(tmp_path) == {
        "version": 1,
        "packs": {"s3.py": ALL_NAMES, "role.py": {"roleArn": ROLE, "externalId": EXTERNAL_ID}},
    }
    text = (tmp_path / FILE_NAME).read_text()
    assert text.startswith('{\n  "version": 1,\n  "packs": {')
    assert text.endswith("}\n")


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """Every field comes back, by the pack that it was written for and no other."""
    store_in(tmp_path).write(EVERYTHING)
    assert store_in(tmp_path).read() == EVERYTHING
    assert store_in(tmp_path, "other.py").read().is_empty
    assert not store_in(tmp_path).read().is_empty


def test_no_file(tmp_path: Path) -> None:
    """Where there is no file nothing is stored, nothing can be cleared, and none is made."""
    assert store_in(tmp_path).read() == StoredCredentials()
    assert store_in(tmp_path).clear() is False
    assert list(tmp_path.iterdir()) == []


def test_only_what_applies_is_written(tmp_path: Path) -> None:
    """A new entry replaces what was known, so that no key stays beside a profile."""
    store_in(tmp_path).write(EVERYTHING)
    store_in(tmp_path).write(PROFILE)
    assert written(tmp_path)["packs"] == {"s3.py": {"profile": "dev"}}


def test_the_same_store_reads_what_it_wrote(tmp_path: Path) -> None:
    """A store looks at the file each time it is asked."""
    store = store_in(tmp_path)
    assert store.read().is_empty
    store.write(PROFILE)
    assert store.read() == PROFILE
    assert store.clear() is True
    assert store.read().is_empty


@pytest.mark.parametrize("name", ["my päck 2.py", "ümlaut☃.py", 'quote".py', b"not-utf8-\xff.py"])
def test_names_of_packs(tmp_path: Path, name: str | bytes) -> None:
    """A pack's file may be called anything that the system allows."""
    pack = name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")
    store_in(tmp_path, pack).write(PROFILE)
    assert store_in(tmp_path, pack).read() == PROFILE
    assert list(written(tmp_path)["packs"]) == [pack]


def test_reference_form_is_read(tmp_path: Path) -> None:
    """A file of the reference's own holds for every pack of the folder, and is marked as that."""
    write_file(tmp_path, {"credentials": REFERENCE})
    for pack in ("s3.py", "other.py"):
        found = store_in(tmp_path, pack).read()
        assert found.of_folder
        assert (found.access_key_id, found.secret_access_key) == tuple(REFERENCE.values())


def test_reference_form_is_kept(tmp_path: Path) -> None:
    """Writing and clearing leave the reference's credentials as they were."""
    reference = {**REFERENCE, "unknown": [1, {"deep": None}]}
    write_file(tmp_path, {"credentials": reference})
    store_in(tmp_path).write(PROFILE)
    assert written(tmp_path) == {
        "version": 1,
        "credentials": reference,
        "packs": {"s3.py": {"profile": "dev"}},
    }
    assert store_in(tmp_path).clear() is True
    assert written(tmp_path)["credentials"] == reference


def test_packs_come_first(tmp_path: Path) -> None:
    """A pack's own entry counts and nothing of the reference's is mixed into it; other packs get that."""
    write_file(tmp_path, {"credentials": REFERENCE, "packs": {"s3.py": {"profile": "dev"}}})
    own = store_in(tmp_path).read()
    assert (own, own.of_folder) == (PROFILE, False)
    assert store_in(tmp_path, "other.py").read().access_key_id == REFERENCE["accessKeyId"]


def test_after_clearing_the_reference_form_applies_again(tmp_path: Path) -> None:
    """Clearing takes the pack's own entry only; without one there is nothing to clear."""
    before = write_file(tmp_path, {"credentials": REFERENCE, "packs": {"s3.py": {"profile": "dev"}}})
    assert store_in(tmp_path).clear() is True
    assert store_in(tmp_path).read().of_folder
    content = before.read_bytes()
    assert store_in(tmp_path).clear() is False
    assert before.read_bytes() == content


def test_unknown_fields_are_kept(tmp_path: Path) -> None:
    """What a newer coda, or a person, wrote into the file or an entry outlives our writing."""
    other = {"profile": "x", "later": {"a": 1}}
    write_file(
        tmp_path,
        {
            "note": "mine",
            "packs": {"s3.py": {"later": [1], "roleArn": ROLE}, "other.py": other},
            "more": None,
        },
    )
    store_in(tmp_path).write(PROFILE)
    assert written(tmp_path) == {
        "version": 1,
        "note": "mine",
        "packs": {"s3.py": {"profile": "dev", "later": [1]}, "other.py": other},
        "more": None,
    }
    store_in(tmp_path).clear()
    assert written(tmp_path)["packs"] == {"other.py": other}


@pytest.mark.parametrize("entry", [{}, {"profile": ""}, {"profile": None}, None], ids=str)
def test_empty_text_is_nothing(tmp_path: Path, entry: object) -> None:
    """The reference stores an empty answer as empty text; that is no value."""
    write_file(tmp_path, {"packs": {"s3.py": entry}})
    assert store_in(tmp_path).read().is_empty


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", "is empty", id="empty"),
        pytest.param(" \n", "is empty", id="blank"),
        pytest.param('{"packs": {"s3.py": {"profile"', "is no JSON", id="cut off"),
        pytest.param(f'{{\n"secretAccessKey": "{SECRET}" "x"', "is no JSON (line 2)", id="secret in it"),
        pytest.param(b'{"packs": {"s3.py": {"profile": "\xff"}}}', "is no text in UTF-8", id="not UTF-8"),
        pytest.param("[" * 100_000, "is no JSON", id="far too deep"),
        pytest.param(f'{{"n": {"9" * 5000}}}', "is no JSON", id="far too long a number"),
        pytest.param(f'{{"x": "{"y" * 1024 * 1024}"}}', "is far too large", id="far too large"),
        pytest.param([], "is JSON of another form", id="a list"),
        pytest.param("null", "is JSON of another form", id="null"),
        pytest.param({"packs": []}, "is JSON of another form", id="packs a list"),
        pytest.param({"packs": None}, "is JSON of another form", id="packs null"),
        pytest.param({"version": 2, "packs": {}}, "is of version 2, and this coda knows", id="version"),
        pytest.param({"version": "1"}, "is of version '1', and this coda knows", id="version as text"),
    ],
)
def test_corrupt_file(tmp_path: Path, content: object, message: str) -> None:
    """What cannot be understood is named with what is wrong and no secret of it, and is never overwritten."""
    path = write_file(tmp_path, content)
    before = path.read_bytes()
    store = store_in(tmp_path)
    for use in (store.read, store.clear, lambda: store.write(PROFILE)):
        with pytest.raises(UnreadableStoreError) as caught:
            use()
        assert str(caught.value).startswith(f"the stored credentials cannot be read: {path} {message}")
        assert f"coda auth {shlex.quote(str(tmp_path / 's3.py'))}" in details(caught.value)
        assert SECRET not in details(caught.value)
        assert caught.value.exit_code == 4
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        pytest.param(SECRET, "something else than an object", id="text for an object"),
        pytest.param([], "something else than an object", id="an empty list for an object"),
        pytest.param(
            {"secretAccessKey": [SECRET]}, "else than text as secretAccessKey", id="a list for text"
        ),
        pytest.param({"roleArn": 17}, "else than text as roleArn", id="a number for text"),
        *(
            pytest.param({"profile": value}, "else than text as profile", id=f"{value!r} for text")
            for value in EMPTY_BUT_NO_TEXT
        ),
    ],
)
@pytest.mark.parametrize("form", ["own", "reference"])
def test_corrupt_entry(tmp_path: Path, entry: object, message: str, form: str) -> None:
    """An entry of wrong types is named by its place; one of the pack's own is overwritten by no accident."""
    content = {"packs": {"s3.py": entry}} if form == "own" else {"credentials": entry}
    place = '"packs", "s3.py"' if form == "own" else '"credentials"'
    path = write_file(tmp_path, content)
    store = store_in(tmp_path)
    with pytest.raises(UnreadableStoreError) as caught:
        store.read()
    assert f"{message} at {place}" in str(caught.value)
    assert SECRET not in details(caught.value)
    if form == "own":
        before = path.read_bytes()
        with pytest.raises(UnreadableStoreError, match="else than"):
            store.write(PROFILE)
        assert path.read_bytes() == before
        assert store.clear() is True
        assert store.read().is_empty
    else:
        store.write(PROFILE)
        assert written(tmp_path)["credentials"] == entry


def test_corrupt_entry_of_another_pack(tmp_path: Path) -> None:
    """What is wrong with one pack's entry is no matter to another, and it is kept."""
    write_file(tmp_path, {"packs": {"other.py": 17}})
    store_in(tmp_path).write(PROFILE)
    assert store_in(tmp_path).read() == PROFILE
    assert written(tmp_path)["packs"]["other.py"] == 17


@pytest.mark.parametrize(
    "content", ["", "no JSON", {"version": 2}, {"packs": {"s3.py": 17}}, {"packs": {"s3.py": {"profile": 1}}}]
)
def test_corrupt_file_that_may_be_replaced(tmp_path: Path, content: object) -> None:
    """A person who was asked may have what is corrupt replaced."""
    write_file(tmp_path, content)
    store_in(tmp_path).write(PROFILE, discard_unreadable=True)
    assert written(tmp_path) == {"version": 1, "packs": {"s3.py": {"profile": "dev"}}}


def test_what_is_not_corrupt_is_never_discarded(tmp_path: Path) -> None:
    """Permission to replace a corrupt file takes nothing from one that is none."""
    write_file(tmp_path, {"credentials": REFERENCE, "packs": {"other.py": {"profile": "x"}}})
    store_in(tmp_path).write(PROFILE, discard_unreadable=True)
    assert written(tmp_path)["credentials"] == REFERENCE
    assert list(written(tmp_path)["packs"]) == ["other.py", "s3.py"]


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        pytest.param(
            AuthenticationType.AWS_ACCESS_KEY, replace(EVERYTHING, role_arn=None, external_id=None), id="keys"
        ),
        pytest.param(
            AuthenticationType.AWS_ASSUME_ROLE,
            replace(EVERYTHING, access_key_id=None, secret_access_key=None, session_token=None),
            id="role",
        ),
        pytest.param(
            AuthenticationType.NONE, StoredCredentials(endpoint_url=EVERYTHING.endpoint_url), id="none"
        ),
    ],
)
def test_what_a_type_uses(kind: AuthenticationType, kept: StoredCredentials) -> None:
    """Keys are for access-key packs, a role for those that assume one, a profile for both."""
    assert EVERYTHING.used_by(kind) == kept


def test_representation_shows_no_secret() -> None:
    """What a traceback may show of what is stored holds neither keys nor external id."""
    shown = repr(EVERYTHING)
    assert [value for value in (KEY_ID, SECRET, TOKEN, EXTERNAL_ID) if value in shown] == []
