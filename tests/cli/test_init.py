"""``coda init``: what is asked, what is given, what is written and what is said."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import TYPE_CHECKING

import pytest

from coda_cli.cli.main import run
from coda_cli.runtime.loader import load_pack
from tests.programs import CODA, environment, run_coda
from tests.refusals import check_refusal, outcome_of

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of a known name."""
    folder = tmp_path / "My Folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def everything(folder: Path) -> list[str]:
    """The files and folders below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_without_anything(here: Path, capsys: Capsys) -> None:
    """A pack of the folder's name without authentication, and the commands to go on with."""
    assert run(["init"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert everything(here) == [".gitignore", "README.md", "my_folder.py", "test_my_folder.py"]
    assert err == (
        "Wrote my_folder.py, test_my_folder.py, README.md, .gitignore. Next:\n\n"
        "  coda describe my_folder.py\n"
        "  coda execute my_folder.py Hello Ada\n"
        "  python -m pytest\n"
    )


def test_what_is_said_can_be_typed(here: Path) -> None:
    """The commands that are shown at the end work as they stand there."""
    said = run_coda("init", "a folder/it's", "--name", "first", cwd=here).stderr
    commands = [line.strip() for line in said.splitlines() if line.startswith("  ")]
    assert commands[0].startswith("cd ")
    coda = " ".join(f"'{word}'" for word in CODA)
    script = "\n".join(commands).replace("coda ", f"{coda} ").replace("python ", f"'{CODA[0]}' ")
    done = subprocess.run(
        ["sh", "-ec", script], cwd=here, capture_output=True, text=True, env=environment(), check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


@pytest.mark.parametrize(
    ("auth", "declared"),
    [
        pytest.param("aws-access-key", "AWS_ACCESS_KEY", id="key"),
        pytest.param("aws-assume-role", "AWS_ASSUME_ROLE", id="role"),
        pytest.param("AWS_ASSUME_ROLE", "AWS_ASSUME_ROLE", id="as a member of the enum"),
        pytest.param("AWSAccessKey", "AWS_ACCESS_KEY", id="as the enum's value"),
        pytest.param("access-key", "AWS_ACCESS_KEY", id="without AWS"),
        pytest.param("None", "NONE", id="none"),
    ],
)
def test_the_authentication(here: Path, capsys: Capsys, auth: str, declared: str) -> None:
    """Each type is declared, however it is spelled, and an AWS pack's next command needs no account."""
    service = [] if declared == "NONE" else ["--service", "s3"]
    assert run(["init", "new", "--auth", auth, *service]) == 0
    authentication = load_pack(here / "new" / "new.py").pack.authentication
    assert authentication.type.name == declared
    assert authentication.service == ("s3" if service else None)
    said = capsys.readouterr().err
    assert ("coda emulator -- coda execute new.py ListBuckets" in said) == bool(service)
    assert ("coda auth new.py" in said) == bool(service)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--auth", "aws-access-key"], ["--service is missing", "--service s3"], id="no service"),
        pytest.param(["--auth", "aws-access-key", "--service", ""], ["needs the name"], id="empty service"),
        pytest.param(["--auth", "aws-access-key", "--service", "a/b"], ["'a/b' is not"], id="bad service"),
        pytest.param(["--service", "s3"], ["--service goes with --auth aws-access-key"], id="service only"),
        pytest.param(["--auth", "none", "--service", "s3"], ["--service goes with"], id="service and none"),
        pytest.param(["--auth", "oauth"], ["'oauth' is not one of", "aws-assume-role"], id="unknown type"),
        pytest.param(["--name", "!"], ["'!' makes no name of a module", "--name"], id="no name"),
        pytest.param(["--name", ""], ["'' makes no name of a module"], id="empty name"),
        pytest.param(["/"], ["'' makes no name of a module", "--name"], id="root folder"),
        pytest.param(["--name", "a\x1bb"], ["'a\\x1bb' has characters"], id="control character"),
        pytest.param(["file"], ["'file' is a file"], id="file in its place"),
        pytest.param(["file/pack"], ["file/pack cannot be written: Not a directory"], id="below a file"),
        pytest.param(["x" * 249], ["cannot be written: File name too long"], id="long name"),
        pytest.param(["one", "two"], ["two"], id="two folders"),
    ],
)
def test_what_is_refused(here: Path, capsys: Capsys, arguments: list[str], said: list[str]) -> None:
    """Each is told as what it is, with exit code 2, and nothing is written."""
    (here / "file").touch()
    check_refusal(outcome_of(capsys, "init", *arguments), 2, *said)
    assert everything(here) == ["file"]


@pytest.mark.parametrize("name", ["new.py", "test_new.py", "README.md", ".gitignore"])
def test_a_file_that_exists(here: Path, capsys: Capsys, name: str) -> None:
    """Where one of its files exists nothing is written, and it is named."""
    (here / "new").mkdir()
    (here / "new" / name).write_text("mine", encoding="utf-8")
    check_refusal(outcome_of(capsys, "init", "new"), 2, f"new/{name} exists already", "nothing was written")
    assert everything(here) == ["new", f"new/{name}"]


def test_twice(here: Path, capsys: Capsys) -> None:
    """A pack is not written over itself: all that is there is named."""
    assert run(["init"]) == 0
    capsys.readouterr()
    check_refusal(outcome_of(capsys, "init"), 2, "my_folder.py and test_my_folder.py and README.md")


def test_a_library_is_not_hidden(here: Path) -> None:
    """A pack called as a library is can still be imported by its test, and leaves the library alone."""
    assert run_coda("init", "json", cwd=here).returncode == 0
    assert (here / "json" / "json_pack.py").exists()


def test_a_folder_that_was_deleted(here: Path) -> None:
    """Where the working folder is gone, that is said."""
    (here / "gone").mkdir()
    script = f"cd gone && rmdir ../gone && '{CODA[0]}' -m coda_cli init"
    done = subprocess.run(["sh", "-c", script], cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Error: the folder you are in cannot be found" in done.stderr


def typed(folder: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``coda init`` with standard input on a terminal, where this is typed."""
    ours, theirs = pty.openpty()
    os.write(ours, text.encode())
    done = subprocess.run(
        [*CODA, "init", *arguments],
        cwd=folder,
        stdin=theirs,
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    os.close(theirs)
    os.close(ours)
    return done


def test_questions(here: Path) -> None:
    """On a terminal the name, the authentication and the service are asked; Enter takes what is proposed."""
    done = typed(here, "\naws-assume-role\n\n")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Name [My Folder]:" in done.stderr
    assert "Authentication (none, aws-access-key, aws-assume-role) [none]:" in done.stderr
    assert "AWS service [s3]:" in done.stderr
    authentication = load_pack(here / "my_folder.py").pack.authentication
    assert (authentication.type.name, authentication.service) == ("AWS_ASSUME_ROLE", "s3")


def test_wrong_answers_are_asked_again(here: Path) -> None:
    """An answer that cannot be used is told and asked for once more."""
    done = typed(here, "!!\nMine\nsaml\nAWS Access Key\na/b\nsqs\n")
    assert done.returncode == 0, done.stderr
    assert "'!!' makes no name of a module" in done.stderr
    assert "'saml' is not one of" in done.stderr
    assert "'a/b' is not the name of an AWS service" in done.stderr
    assert load_pack(here / "mine.py").pack.authentication.service == "sqs"


def test_what_is_given_is_not_asked(here: Path) -> None:
    """Options answer their question; without AWS there is no question about a service."""
    assert "[" not in typed(here, "", "new", "--name", "new", "--auth", "none").stderr
    done = typed(here, "\n", "other", "--name", "other", "--service", "sqs")
    assert "[aws-access-key]" in done.stderr
    assert "AWS service" not in done.stderr


def test_an_existing_file_is_told_before_more_is_asked(here: Path) -> None:
    """Nobody answers questions in vain."""
    (here / "README.md").touch()
    done = typed(here, "\n")
    assert done.returncode == 2
    assert "Authentication" not in done.stderr


def test_end_of_input(here: Path) -> None:
    """Who ends the input, which click takes for Ctrl-C, has nothing written."""
    done = typed(here, "Mine\n\x04")
    assert (done.returncode, done.stdout) == (130, "")
    assert everything(here) == []
