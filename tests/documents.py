"""Running what the documents show: marked blocks of Markdown, and the commands of a pack's docstring.

A comment before a fenced block marks it::

    <!-- run -->              run it: ``sh`` as one script, ``console`` command by command
    <!-- run: emulator -->    the same, in the environment that ``coda emulator`` gives
    <!-- run: pack NAME.py --> a file of this name for the blocks after it

In a ``console`` block each line after ``$`` is a command. A command must succeed, unless the next one
is ``echo $?``. Lines below a command are its output, both streams, and are compared: ``…`` stands for
any text of a line, alone on a line for any lines.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.emulator_fixture import CACHE_FOLDER
from tests.source_model import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BLOCK = re.compile(
    r"^<!-- run(?:: (?P<how>[^\n]*?))? -->\n\s*^```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^ +(?:\$ )?(?P<command>(?:[A-Z_]+=\S* +)*coda .+)$", re.MULTILINE)
COMMAND_LINES = re.compile(r"(?:.*\\\n)*.*\n?")
CONTINUED = re.compile(r"\\\n\s*(?:> )?\s*")
STATUS = "status of the command above: "
TELL_STATUS = f'ended=$?; echo "{STATUS}$ended"; (exit $ended)'


@dataclass(frozen=True)
class Block:
    """One marked block: where it begins, how it is to be run, and its text."""

    place: str
    how: str
    language: str
    text: str


@dataclass(frozen=True)
class Step:
    """One command of a console block, and the output that the document shows for it."""

    command: str
    shown: str


@dataclass(frozen=True)
class Result:
    """How one command ended, and what it wrote."""

    status: int
    output: str


@dataclass(frozen=True)
class Folder:
    """The folder that one document's blocks run in: it has a copy of ``packs/`` to run and to change.

    ``environment`` is what its commands get; ``emulator`` what those get that want an AWS.
    """

    path: Path
    environment: Mapping[str, str]
    emulator: Mapping[str, str]

    @classmethod
    def make(cls, path: Path, emulator: Mapping[str, str]) -> Folder:
        """Fill an empty folder; the commands find this environment's ``coda``, and the installed emulator."""
        shutil.copytree(ROOT / "packs", path / "packs", ignore=shutil.ignore_patterns("__pycache__"))
        programs = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        own = {**os.environ, "PATH": programs, "COLUMNS": "100", "XDG_CACHE_HOME": str(CACHE_FOLDER.parent)}
        cache = {"XDG_CACHE_HOME": str(path / "cache")}  # nothing is installed by these commands
        return cls(path, own, {**own, **emulator, **{name: own[name] for name in ("PATH", "HOME")}, **cache})

    def run(self, block: Block) -> None:
        """Do what one block shows; an ``AssertionError`` says where the document is wrong."""
        if block.how.startswith("pack "):
            (self.path / block.how.removeprefix("pack ")).write_text(block.text, encoding="utf-8")
            return
        assert block.how in ("", "emulator"), f"{block.place}: unknown mark: run: {block.how}"
        environment = self.emulator if block.how else self.environment
        if block.language == "console":
            self.run_steps(block.place, list(steps(block.text)), environment)
        else:
            ended = self.bash(block.text, environment)
            assert ended.status == 0, f"{block.place}: exit {ended.status}\n{ended.output}"

    def run_steps(self, place: str, wanted: list[Step], environment: Mapping[str, str]) -> None:
        """Run commands in one shell and compare what each writes with what is shown for it."""
        script = "\n".join(f"{step.command}\n{TELL_STATUS}" for step in wanted)
        results = list(results_in(self.bash(script, environment, stop="+e").output))
        assert len(results) == len(wanted), f"{place}: the shell ended early: {results}"
        shows_status = [step.command == "echo $?" for step in wanted[1:]] + [False]
        for step, result, may_fail in zip(wanted, results, shows_status, strict=True):
            where = f"{place}: $ {step.command}\n{result.output}"
            assert may_fail or result.status == 0, f"{where}exit {result.status}"
            assert not step.shown or matches(step.shown, result.output), f"{where}shown is:\n{step.shown}"

    def bash(self, script: str, environment: Mapping[str, str], stop: str = "-e") -> Result:
        """Run one script, both streams together."""
        process = subprocess.run(
            ["bash", stop, "-c", script],
            cwd=self.path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Result(process.returncode, process.stdout)


def blocks(document: str, text: str) -> Iterator[Block]:
    """Find the marked blocks of a document."""
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(f"{document}:{line}", found["how"] or "", found["language"], found["text"])


def steps(text: str) -> Iterator[Step]:
    """Read a console block as commands and their output."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        found = COMMAND_LINES.match(part)
        assert found is not None, "every part of it is optional"
        yield Step(CONTINUED.sub(" ", found.group()).strip(), part[found.end() :].strip("\n"))


def results_in(output: str) -> Iterator[Result]:
    """Cut the output of a shell where it told the status of each command."""
    parts = re.split(rf"{re.escape(STATUS)}(\d+)\n", output)
    for written, status in zip(parts[0::2], parts[1::2], strict=False):
        yield Result(int(status), written)


def matches(shown: str, written: str) -> bool:
    """Compare output with what is shown, ``…`` standing for anything; space at line ends is not looked at."""
    pattern = ""
    for line in shown.splitlines():
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in line.rstrip().split("…")) + r"[ \t]*\n"
    return re.fullmatch(pattern, written.strip("\n") + "\n") is not None


def docstring_commands(source: str) -> list[str]:
    """Read the commands of a module's docstring: its indented lines that call ``coda``."""
    docstring = ast.get_docstring(ast.parse(source)) or ""
    return [found["command"].strip() for found in COMMAND.finditer(CONTINUED.sub(" ", docstring))]
