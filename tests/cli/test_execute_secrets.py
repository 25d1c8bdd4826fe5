"""Marker secrets pushed through every way out of a run, and searched for in everything that comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.programs import run_coda, write_pack

if TYPE_CHECKING:
    from pathlib import Path

KEY = "MarkerSecretKey/0123456789+abcdefghijklmn"
TOKEN = "MarkerToken" + "FwoGZXIvYXdzEJr//////////wEaDExample" * 12 + "=="
LEGACY_TOKEN = "MarkerLegacyTokenFwoGZXIvYXdzEBYaDK"
KEY_ID = "AKIAMARKERKEYID1WXYZ"
EXTERNAL_ID = "marker-external-id-7d52c1"

ENVIRONMENT = {
    "AWS_SECRET_ACCESS_KEY": KEY,
    "AWS_SESSION_TOKEN": TOKEN,
    "AWS_SECURITY_TOKEN": LEGACY_TOKEN,
    "AWS_ACCESS_KEY_ID": KEY_ID,
    "CODA_EXTERNAL_ID": EXTERNAL_ID,
}
NAMES = tuple(ENVIRONMENT)
HIDDEN = tuple({*ENVIRONMENT.values(), *(quote(value, safe="") for value in ENVIRONMENT.values())})
PARTS = (*(value[:14] for value in ENVIRONMENT.values()), TOKEN[-14:])
"""Half a secret is as good as found."""

SOURCE = """
    import logging, os, sys, threading, warnings
    from urllib.parse import quote

    pack.add_network_domain("example.com")
    SECRETS = [os.environ[name] for name in %r]
    ALL = " ".join(SECRETS)

    print("load", ALL)
    warnings.warn(ALL)

    class Loud:
        def __repr__(self):
            return f"Loud({ALL})"

    @pack.formula(description="Leaks. " + ALL)
    def leak(context, how: str, default: str = ALL) -> object:
        print("run", ALL)
        print(*SECRETS, file=sys.stderr, sep="\\n")
        logging.basicConfig()
        logging.getLogger("pack").error(ALL)
        logging.getLogger("coda_cli.pack").warning(ALL)
        thread = threading.Thread(target=lambda: 1 / len([s for s in SECRETS if s == ALL]), name=ALL)
        thread.start()
        thread.join()
        return WAYS[how]()

    def throw(error, cause=None):
        raise error from cause

    def noted():
        error = ValueError("x")
        error.add_note(ALL)
        raise error

    WAYS = {
        "text": lambda: ALL,
        "quoted": lambda: quote(ALL, safe=""),
        "list": lambda: SECRETS,
        "object": lambda: dict(zip("abcde", SECRETS)),
        "nested": lambda: [{"a": {"b": [ALL, {"c": ALL}]}}],
        "keys": lambda: [{secret: 1} for secret in SECRETS] + [{"a": {ALL: None}}],
        "environment": lambda: dict(os.environ),
        "exception": lambda: throw(ValueError(ALL)),
        "group": lambda: throw(ExceptionGroup(ALL, [ValueError(ALL)])),
        "cause": lambda: throw(ValueError("x"), KeyError(ALL)),
        "note": noted,
        "exit": lambda: throw(SystemExit(ALL)),
        "base": lambda: throw(BaseException(ALL)),
        "visible": lambda: throw(sdk.UserVisibleError(ALL)),
        "status": lambda: throw(sdk.StatusCodeError(ALL, ALL, status_code=404, body=ALL)),
        "wrong": lambda: Loud(),
        "wrong key": lambda: {Loud(): 1},
        "wrong path": lambda: {ALL: {"x": b""}},
        "bytes": lambda: ALL.encode(),
    }

    @pack.formula
    def wrong(context) -> str:
        return dict(zip(("AccessKeyId", "SecretAccessKey", "Token"), (SECRETS[3], *SECRETS[:2])))

    @pack.formula
    def number(context, n: int, ns: list[int] = [], flag: bool = False) -> int:
        return n
"""

WAYS = (
    *("text", "quoted", "list", "object", "nested", "keys", "environment", "exception", "group", "cause"),
    *("note", "exit", "base", "visible", "status", "wrong", "wrong key", "wrong path", "bytes"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a pack that tries to give everything away."""
    write_pack(tmp_path, SOURCE % (NAMES,))
    return tmp_path


def leaks(folder: Path, *arguments: str) -> list[str]:
    """Run coda and return the secrets, or parts of them, that came out."""
    process = run_coda(*arguments, cwd=folder, env=ENVIRONMENT)
    everything = process.stdout + process.stderr
    assert "[secret]" in everything or "****" in everything
    assert "a bug in coda" not in everything
    # Lines may be broken anywhere: what is put together again must not be there either.
    joined = "".join(everything.split())
    return [part for part in (*HIDDEN, *PARTS) if part in everything or part in joined]


@pytest.mark.parametrize("way", WAYS)
def test_no_way_out_of_a_formula(folder: Path, way: str) -> None:
    """Printed, logged, warned, returned or raised: no secret comes out, with --debug neither."""
    assert leaks(folder, "execute", "pack.py", "Leak", way) == []
    assert leaks(folder, "execute", "pack.py", "Leak", way, "--debug") == []


@pytest.mark.parametrize("output_format", ["json", "ndjson", "csv", "table", "text"])
def test_no_form_of_a_result(folder: Path, output_format: str) -> None:
    """No form of a result shows a secret, as a value or as a key."""
    for way in ("text", "keys", "nested"):
        assert leaks(folder, "execute", "pack.py", "Leak", way, "--output", output_format) == []


def test_what_stands_in_their_place(folder: Path) -> None:
    """A secret is gone altogether; key ids and external ids keep their last four characters."""
    process = run_coda("execute", "pack.py", "Leak", "list", "--output", "text", cwd=folder, env=ENVIRONMENT)
    assert process.stdout == "[secret]\t[secret]\t[secret]\t****WXYZ\t****52c1\n"


@pytest.mark.parametrize("query", ["reverse(@)", "[reverse(@)]", "join('-', [reverse(@)])"])
def test_no_query_turns_a_secret_round(folder: Path, query: str) -> None:
    """A query gets the result without secrets, so that it cannot disguise them."""
    process = run_coda("execute", "pack.py", "Leak", "text", "--query", query, cwd=folder, env=ENVIRONMENT)
    assert process.returncode == 0
    assert not [value for value in HIDDEN if value[::-1] in process.stdout]


def test_external_id_of_the_command_line(tmp_path: Path) -> None:
    """``--external-id`` is masked from the start, in a formula that sends nothing too."""
    role = "pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ASSUME_ROLE, service='s3')\n"
    write_pack(
        tmp_path,
        "import sys\npack.add_network_domain('amazonaws.com')\n"
        f"{role}@pack.formula(description='All.')\ndef f(context) -> str: return str(sys.argv)\n",
    )
    process = run_coda("execute", "pack.py", "F", "--external-id", EXTERNAL_ID, cwd=tmp_path)
    assert process.returncode == 0
    assert EXTERNAL_ID not in process.stdout + process.stderr
    assert "****52c1" in process.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["Leak", "--help"], id="help"),
        pytest.param(["Wrong"], id="result of another type"),
        pytest.param(["Number", KEY], id="no number"),
        pytest.param(["Number", f"text before it {TOKEN}"], id="no number, cut short"),
        pytest.param(["Number", "1", f"1,{KEY}"], id="item of a list"),
        pytest.param(["Number", "1", f'["{TOKEN}"]'], id="item of a JSON array"),
        pytest.param(["Number", "1", f"[{TOKEN}"], id="no JSON array"),
        pytest.param(["Number", "1", "1", KEY], id="no boolean"),
        pytest.param(["Number", "--param", KEY], id="no pair"),
        pytest.param(["Number", "--param", f"{EXTERNAL_ID}=1"], id="name of a parameter"),
        pytest.param(["Number", f"@{KEY}"], id="file"),
        pytest.param([TOKEN], id="formula"),
        pytest.param(["Number", "1", f"--{KEY}"], id="option"),
        pytest.param(["Number", "1", f"--{KEY}=1"], id="option with a value"),
        pytest.param(["Number", "1", "--output", KEY], id="form"),
        pytest.param(["Number", "1", "--timeout", KEY], id="timeout"),
        pytest.param(["Number", "1", "--query", f"[{TOKEN}"], id="malformed query"),
        pytest.param(["Number", "1", "--query", f"abs('{TOKEN}')"], id="query that does not fit"),
    ],
)
def test_no_message_that_quotes(folder: Path, arguments: list[str]) -> None:
    """A message that quotes what was given quotes no secret, nor half of one."""
    assert leaks(folder, "execute", "pack.py", *arguments) == []


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["describe", "pack.py"], id="describe"),
        pytest.param(["describe", "pack.py", "Leak"], id="describe a formula"),
        pytest.param(["describe", "pack.py", TOKEN], id="describe an unknown formula"),
        pytest.param(["execute", KEY, "F"], id="pack"),
        pytest.param([TOKEN], id="command"),
    ],
)
def test_no_other_command(folder: Path, arguments: list[str]) -> None:
    """What a pack says of itself is redacted before its lines are broken."""
    assert leaks(folder, *arguments) == []


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("raise ValueError(ALL)", id="exception"),
        pytest.param("raise SystemExit(ALL)", id="sys.exit"),
        pytest.param(f"{KEY!r} = 1", id="line with a syntax error"),
        pytest.param("__import__(ALL)", id="import"),
        pytest.param("pack.add_network_domain(ALL)", id="domain"),
        pytest.param("pack.formula(name=ALL)(len)", id="name"),
        pytest.param("pack.set_version(ALL)", id="version"),
        pytest.param("open(ALL)", id="file"),
    ],
)
def test_no_way_out_of_loading(tmp_path: Path, source: str) -> None:
    """A pack that fails while it is loaded shows its lines, and no secret in them."""
    write_pack(tmp_path, f"import os\nALL = ' '.join(os.environ[name] for name in {NAMES!r})\n{source}\n")
    assert leaks(tmp_path, "execute", "pack.py", "F") == []
