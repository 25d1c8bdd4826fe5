"""The program of a credential_process: ended in time, and each way it may fail named."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from coda_cli.auth.aws_process import Program
from coda_cli.errors import CredentialsError
from coda_cli.redaction import Redactor
from tests.auth.world import details

if TYPE_CHECKING:
    from pathlib import Path

GOOD = '{"Version": 1, "AccessKeyId": "AKIAEXAMPLE", "SecretAccessKey": "secret-of-a-test"}'


def written(*arguments: str, seconds: float = 60, redactor: Redactor | None = None) -> bytes:
    """Run a program as botocore does, and return what it wrote to standard output."""
    start = partial(Program, profile="dev", seconds=seconds, redactor=redactor or Redactor())
    program = start(list(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, _ = program.communicate()
    return output


def shell(script: str, *, seconds: float = 60, redactor: Redactor | None = None) -> bytes:
    """Run a script of the shell in the same way."""
    return written("sh", "-c", script, seconds=seconds, redactor=redactor)


@pytest.mark.parametrize(
    "expiration",
    [
        "",
        ', "Expiration": "2199-01-01T00:00:00Z"',
        ', "Expiration": null',
        ', "Expiration": "1 Jan 2199 UTC"',
    ],
)
def test_credentials_pass(expiration: str) -> None:
    """What can be credentials goes to botocore as it is, in whatever way it writes the end."""
    text = GOOD.replace("}", f"{expiration}}}")
    assert shell(f"echo 'a word' >&2; echo '{text}'") == f"{text}\n".encode()


@pytest.mark.parametrize(
    ("script", "what", "said"),
    [
        pytest.param("echo closed >&2; echo x >&2; exit 3", "exit status 3", "It said: closed", id="fails"),
        pytest.param(
            "printf '\\n  closed \\n' >&2; exit 3", "exit status 3", "It said: closed", id="blank line"
        ),
        pytest.param("exit 1", "sh ended with exit status 1", "It said nothing.", id="fails silently"),
        pytest.param("echo secret; exit 1", "exit status 1", "It said nothing.", id="fails on stdout"),
        pytest.param("kill -9 $$", "sh was ended by signal 9", "It said nothing.", id="killed"),
        pytest.param("printf '\\377' >&2; exit 2", "exit status 2", "It said: \ufffd", id="no UTF-8"),
        pytest.param("true", "sh wrote nothing", "", id="nothing"),
        pytest.param("echo ' '", "sh wrote nothing", "", id="blank"),
        pytest.param("echo rubbish", "sh wrote something that is no JSON", "", id="rubbish"),
        pytest.param("printf '\\377\\376'", "sh wrote something that is no JSON", "", id="bytes"),
        pytest.param("echo '[]'", "sh wrote JSON that is no object", "", id="a list"),
        pytest.param(
            """echo '{"Version": 1, "Expiration": "2020-01-01T00:00:00Z"}'""",
            "sh wrote a key that expired at 2020-01-01 00:00:00 UTC",
            "",
            id="expired",
        ),
        pytest.param(
            """echo '{"Version": 1, "Expiration": "2199-01-01T00:00:00"}'""",
            "sh wrote an Expiration without an offset from UTC",
            "",
            id="end without offset",
        ),
    ],
)
def test_failures(script: str, what: str, said: str) -> None:
    """The program and its exit status are named, with the first line it wrote to standard error alone."""
    with pytest.raises(CredentialsError) as caught:
        shell(script)
    assert str(caught.value).startswith("the credential_process of profile 'dev' gave no credentials: sh ")
    assert what in str(caught.value)
    assert caught.value.details == ((said,) if said else ())
    assert "secret" not in details(caught.value)
    assert caught.value.exit_code == 4


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        pytest.param((), "it is empty", id="empty"),
        pytest.param(
            ("no-such-program", "secret"), "no-such-program cannot be started: No such", id="missing"
        ),
        pytest.param(("/",), "/ cannot be started: Permission denied", id="a folder"),
    ],
)
def test_program_that_cannot_be_started(arguments: tuple[str, ...], what: str) -> None:
    """A program that is not there is named, without its arguments."""
    with pytest.raises(CredentialsError) as caught:
        written(*arguments)
    assert what in str(caught.value)
    assert "secret" not in details(caught.value)


def test_program_that_hangs(tmp_path: Path) -> None:
    """A program that does not end is ended, and nothing of it is left."""
    pid = tmp_path / "pid"
    with pytest.raises(CredentialsError, match=r"sh did not end within 0\.2 seconds") as caught:
        shell(f"echo $$ > {pid}; exec sleep 600", seconds=0.2)
    assert "--timeout" in details(caught.value)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_program_whose_child_hangs() -> None:
    """A program is not waited for because something that it started holds its output open."""
    with pytest.raises(CredentialsError, match="did not end within"):
        shell("sleep 3 & echo started", seconds=0.2)


def test_long_line_is_cut_between_words() -> None:
    """What a program says is told in one line of bounded length, and no half of a word."""
    with pytest.raises(CredentialsError) as caught:
        written(sys.executable, "-c", "import sys; sys.exit('word ' * 1000)")
    (said,) = caught.value.details
    assert len(said) < 320
    assert said.endswith(" word …")


def test_what_looks_like_a_key_is_known() -> None:
    """A key in what a program says is known as one before it is told."""
    key = "Of/Nobody+0000000000000000000000000000001"
    redactor = Redactor()
    with pytest.raises(CredentialsError) as caught:
        shell(f"echo no access for {key} >&2; exit 3", redactor=redactor)
    assert redactor.text(details(caught.value)).endswith("It said: no access for [secret]")
