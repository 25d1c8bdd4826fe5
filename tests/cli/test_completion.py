"""What coda answers a shell that asks for completion."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from coda_cli.cli.main import COMMANDS, run
from coda_cli.cli.output import FORMATS
from tests.programs import CODA, environment, run_coda, write_pack

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]

PACK = """
    @pack.formula
    def list_buckets(context) -> list[str]:
        "List, the buckets: all\\n    of them.\\n\\nSlowly.\\x1b[31m"
        return []

    @pack.formula(name="ListAll")
    def everything(context): ...

    @pack.formula(description="Puts \\x1b[31m.")
    def put_text(context): ...

    raise SystemExit("run")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a pack and profiles."""
    write_pack(tmp_path, PACK)
    (tmp_path / "config").write_text('[default]\n[profile dev]\n[profile "live, really"]\n', encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answer(monkeypatch: pytest.MonkeyPatch, capsys: Capsys, shell: str, line: str) -> str:
    """Ask as a shell does after a Tab at the end of the line; nothing may be said on standard error."""
    words = line.split(" ")
    monkeypatch.setenv("_CODA_COMPLETE", f"{shell}_complete")
    is_fish = shell == "fish"
    monkeypatch.setenv("COMP_WORDS", line if is_fish else "\n".join(words))
    monkeypatch.setenv("COMP_CWORD", words[-1] if is_fish else str(len(words) - 1))
    assert run() == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        pytest.param("coda ", [f"plain,{name}" for name in COMMANDS], id="commands"),
        pytest.param("coda tr", ["plain,trust-policy"], id="one command"),
        pytest.param("coda --v", ["plain,--version"], id="option of coda"),
        pytest.param("coda execute p", ["file,p"], id="pack"),
        pytest.param("coda describe p", ["file,p"], id="pack of another command"),
        pytest.param("coda execute pack.py ", ["ListBuckets", "ListAll", "PutText"], id="formulas"),
        pytest.param("coda describe pack.py L", ["ListBuckets", "ListAll"], id="formulas to describe"),
        pytest.param("coda execute pack.py list_b", ["ListBuckets"], id="as the function is spelled"),
        pytest.param("coda execute pack.py LISTA", ["ListAll"], id="in any case"),
        pytest.param("coda execute -v pack.py P", ["PutText"], id="behind an option"),
        pytest.param("coda execute ~/pack.py P", ["PutText"], id="pack in the home folder"),
        pytest.param("coda execute $PLACE/pack.py P", ["PutText"], id="variable"),
        pytest.param("coda execute 'pack.py' P", ["PutText"], id="quotes"),
        pytest.param("coda execute pack.py PutText ", [], id="parameters are not known"),
        pytest.param("coda execute pack.py PutText -1 --reg", ["--region"], id="behind a number"),
        pytest.param("coda execute pack.py --output t", ["table", "text"], id="choices"),
        pytest.param("coda execute pack.py --output =", [*FORMATS], id="bash's ="),
        pytest.param("coda execute pack.py --output = n", ["ndjson"], id="bash's = and more"),
        pytest.param("coda execute pack.py --output=n", ["--output=ndjson"], id="a bash that leaves ="),
        pytest.param("coda execute --role-arn arn : a : : 1:r/x pack.py P", ["PutText"], id="bash's ARN"),
        pytest.param("coda execute --profile ", ["default", "dev", "'live, really'"], id="profiles"),
        pytest.param("coda auth pack.py --profile d", ["default", "dev"], id="profiles of auth"),
        pytest.param("coda trust-policy pack.py --profile de", ["default", "dev"], id="of trust-policy"),
        pytest.param("coda emulator -- coda execute pack.py P", ["PutText"], id="coda in the emulator"),
        pytest.param("coda emulator -- coda execute pack.py --reg", ["--region"], id="its options"),
        pytest.param("coda emulator -- sh p", ["file,p"], id="another command in the emulator"),
        pytest.param("coda init n", ["dir,n"], id="folder of a first pack"),
        pytest.param("coda init --auth aws", ["aws-access-key", "aws-assume-role"], id="types"),
        pytest.param("coda --version ", [f"plain,{name}" for name in COMMANDS], id="version is not shown"),
        pytest.param("coda execute pack.py PutText --help --reg", ["--region"], id="help is not shown"),
        pytest.param("coda nosuch ", [], id="unknown command"),
        pytest.param("coda execute --nosuch pack.py P", ["file,P"], id="unknown option"),
        pytest.param("coda execute nosuch.py ", [], id="no such pack"),
        pytest.param("coda execute . ", [], id="folder"),
        pytest.param("coda execute broken.py ", [], id="broken pack"),
    ],
)
def test_a_line_is_completed(
    monkeypatch: pytest.MonkeyPatch, capsys: Capsys, folder: Path, line: str, completed: list[str]
) -> None:
    """Each line has these completions in bash, and nothing else is said."""
    (folder / "broken.py").write_text("@pack.formula\ndef f(context) -> '\\d':\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PLACE", str(folder))
    wanted = [name if "," in name and "'" not in name else f"plain,{name}" for name in completed]
    assert answer(monkeypatch, capsys, "bash", line).splitlines() == wanted


def test_zsh_shows_descriptions(monkeypatch: pytest.MonkeyPatch, capsys: Capsys, folder: Path) -> None:
    """In zsh there is a type, a value and a line of description each, without control characters."""
    found = answer(monkeypatch, capsys, "zsh", "coda execute pack.py ")
    assert found.splitlines() == [
        *("plain", "ListBuckets", "List, the buckets: all of them."),
        *("plain", "ListAll", "_"),
        *("plain", "PutText", "Puts \\x1b[31m."),
    ]


def test_fish_shows_descriptions(monkeypatch: pytest.MonkeyPatch, capsys: Capsys, folder: Path) -> None:
    """In fish there is a description behind a tab, without the commas that its script would end it at."""
    found = answer(monkeypatch, capsys, "fish", "coda execute pack.py L")
    assert found.splitlines() == ["plain,ListBuckets\tList; the buckets: all of them.", "plain,ListAll"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_a_value_behind_an_equals_sign(
    monkeypatch: pytest.MonkeyPatch, capsys: Capsys, folder: Path, shell: str
) -> None:
    """Shells that take ``--output=j`` for one word get one back."""
    assert "--output=json" in answer(monkeypatch, capsys, shell, "coda execute pack.py --output=j")


def test_unreadable_profiles_offer_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: Capsys, folder: Path
) -> None:
    """A configuration file that is none is no matter for a Tab."""
    (folder / "config").write_text("region = eu-west-1\n", encoding="utf-8")
    assert answer(monkeypatch, capsys, "bash", "coda execute --profile ") == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_names_the_program(tmp_path: Path, shell: str) -> None:
    """Each shell's script defines completion of ``coda`` by the variable that it was asked for by."""
    done = run_coda(cwd=tmp_path, env={"_CODA_COMPLETE": f"{shell}_source"})
    assert (done.returncode, done.stderr) == (0, "")
    assert f"_CODA_COMPLETE={shell}_complete" in done.stdout


@pytest.mark.parametrize("request_", ["tcsh_source", "bash", "bash_", "bash_install", "_"])
def test_another_request_is_refused(tmp_path: Path, request_: str) -> None:
    """A shell that there is no script for is told so, and which there are."""
    done = run_coda("execute", cwd=tmp_path, env={"_CODA_COMPLETE": request_})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: _CODA_COMPLETE={request_} asks for")
    assert "bash_source, zsh_source, fish_source" in done.stderr


def test_a_line_that_is_not_there_offers_nothing(tmp_path: Path) -> None:
    """A request without its other variables ends quietly: there is nobody to read an error."""
    done = run_coda(cwd=tmp_path, env={"_CODA_COMPLETE": "bash_complete"})
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_script_that_is_broken_off(tmp_path: Path) -> None:
    """A closed pipe ends quietly, as it does everywhere."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        CODA,
        cwd=tmp_path,
        stdout=writer,
        stderr=subprocess.PIPE,
        env=environment({"_CODA_COMPLETE": "zsh_source"}),
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
