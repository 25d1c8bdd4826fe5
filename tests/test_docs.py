"""The documents tell the truth: their marked blocks run, every pack and every command is in them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.documents import Folder, Step, blocks, docstring_commands, matches, steps
from tests.source_model import PACKAGE, ROOT, sources

if TYPE_CHECKING:
    from pathlib import Path

    from coda_cli.emulator.running import Emulator

DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / "README.md", *ROOT.glob("docs/*.md"))
)
PACKS = sorted(path.name for path in ROOT.glob("packs/*.py"))
PLANNED: tuple[str, ...] = ()
"""Commands that a later issue brings; until then nothing may speak of them."""


def read(document: str) -> str:
    """The text of one document."""
    return (ROOT / document).read_text(encoding="utf-8")


@cache
def help_text(*arguments: str) -> str:
    """What ``coda … --help`` prints."""
    command = [sys.executable, "-m", "coda_cli", *arguments, "--help"]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def commands() -> set[str]:
    """The commands that ``coda --help`` lists."""
    listed = help_text().partition("Commands:\n")[2]
    return set(re.findall(r"^ {2}([a-z][\w-]*)", listed, re.MULTILINE))


@pytest.fixture
def folder(emulator: Emulator, tmp_path: Path) -> Folder:
    """An empty place for one document, with the emulator's environment."""
    return Folder.make(tmp_path, emulator.environment)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_marked_blocks_run(document: str, folder: Folder) -> None:
    """Every marked block of a document runs, in order, and writes what the document shows."""
    for block in blocks(document, read(document)):
        folder.run(block)


def test_readme_has_blocks_to_run() -> None:
    """The README is held by running it: it marks commands, an AWS use and a pack."""
    marks = [block.how.partition(" ")[0] for block in blocks("README.md", read("README.md"))]
    assert {"", "emulator", "pack"} <= set(marks)


@pytest.mark.parametrize("page", ["formulas", "sync-tables", "schemas", "aws", "metadata", "commands"])
def test_every_block_of_a_page_runs(page: str) -> None:
    """What an author copies from these pages works: none of their blocks is without a mark."""
    text = read(f"docs/{page}.md")
    run = list(blocks(page, text))
    assert run
    assert len(run) == len(re.findall(r"^ *```\w", text, re.MULTILINE))


@pytest.mark.parametrize("pack", PACKS)
def test_commands_of_a_pack_run(pack: str, folder: Folder) -> None:
    """A pack opens with the commands to run it, and they work as they stand there."""
    shown = docstring_commands(read(f"packs/{pack}"))
    assert shown, f"packs/{pack}: open it by a docstring with the commands to run it, indented"
    folder.run_steps(f"packs/{pack}", [Step(command, "") for command in shown], folder.emulator)


@pytest.mark.parametrize("pack", PACKS)
def test_every_pack_is_documented(pack: str) -> None:
    """A pack that nobody can find is no example."""
    assert any(f"packs/{pack}" in read(document) for document in DOCUMENTS), (
        f"name packs/{pack} in the README"
    )


@pytest.mark.parametrize("page", [document for document in DOCUMENTS if document != "README.md"])
def test_readme_links_every_page(page: str) -> None:
    """A page that nobody can find is not read."""
    assert f"]({page})" in read("README.md")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    """A link within the project names a file that is there, and a heading that it has."""
    here = ROOT / document
    for link in re.findall(r"\]\((?!https?:)([^)\s]*)\)", read(document)):
        path, _, heading = link.partition("#")
        target = (here.parent / path).resolve() if path else here
        assert target.exists(), link
        assert not heading or heading in headings(target.read_text("utf-8")), link


def headings(text: str) -> set[str]:
    """The names by which links find the headings of a document."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


def test_readme_names_every_command() -> None:
    """What ``coda --help`` lists is in the README."""
    assert commands()
    assert {name for name in commands() if f"coda {name}" not in read("README.md")} == set()


def test_no_document_names_a_command_that_is_not_there() -> None:
    """Code in the documents calls only commands that exist."""
    code = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
    named = {
        (document, name)
        for document in DOCUMENTS
        for part in code.findall(read(document))
        for name in re.findall(r"(?<![\w./-])coda ([a-z][a-z-]+)", part)
    }
    assert {(document, name) for document, name in named if name not in commands()} == set()


def test_nothing_speaks_of_a_command_to_come() -> None:
    """Neither a help nor a message of the program names a command that does not work yet."""
    to_come = re.compile(rf"\bcoda (?:{'|'.join(sorted(set(PLANNED) - commands())) or '(?!)'})\b")
    spoken = {
        source.at(node.lineno)
        for source in sources(PACKAGE)
        for node in source.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if to_come.search(node.value) and node.value not in docstrings(source.nodes)
    }
    assert spoken == set()
    assert not to_come.search("\n".join(map(help_text, sorted(commands()))))


def docstrings(nodes: tuple[ast.AST, ...]) -> set[str]:
    """The docstrings among the nodes of a file, as they are written."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {ast.get_docstring(node, clean=False) or "" for node in nodes if isinstance(node, owners)}


SAMPLE = """
Not marked, so not run:

```sh
exit 1
```

<!-- run: pack greeting.py -->
```python
print("hello from a file")
```

<!-- run -->
```console
$ cat greeting.py
print(…)
$ python -c 'import sys; print("to stderr", file=sys.stderr); sys.exit(4)' \\
>   unused
…
$ echo $?
4
```

<!-- run -->
```sh
ls packs > listed
test -s listed
```
"""


@pytest.fixture
def bare_folder(tmp_path: Path) -> Folder:
    """A folder whose commands get no emulator."""
    return Folder.make(tmp_path, {})


def test_marked_blocks_are_found() -> None:
    """Only marked blocks count, each with its mark, its language and the line it begins at."""
    found = [(block.place, block.how, block.language) for block in blocks("S.md", SAMPLE)]
    assert found == [
        ("S.md:8", "pack greeting.py", "python"),
        ("S.md:13", "", "console"),
        ("S.md:24", "", "sh"),
    ]


def test_right_document_passes(bare_folder: Folder) -> None:
    """Files for later blocks, shown output, both streams, an expected failure and scripts work."""
    for block in blocks("S.md", SAMPLE):
        bare_folder.run(block)
    assert (bare_folder.path / "listed").exists()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("```console\n$ echo one\ntwo\n```", r"shown is:\s+two", id="other output"),
        pytest.param("```console\n$ false\n$ true\n```", "exit 1", id="failing command"),
        pytest.param("```console\n$ exit 3\n```", "ended early", id="shell left"),
        pytest.param("```sh\nfalse\ntrue\n```", "exit 1", id="failing script"),
    ],
)
def test_wrong_document_fails(bare_folder: Folder, text: str, complaint: str) -> None:
    """A document that shows what does not happen is found out, with its line."""
    (block,) = blocks("S.md", f"<!-- run -->\n{text}\n")
    with pytest.raises(AssertionError, match=f"(?s)S.md:1: .*{complaint}"):
        bare_folder.run(block)


@pytest.mark.parametrize(
    ("shown", "written", "same"),
    [
        pytest.param("a\nb", "a\nb\n", True, id="equal"),
        pytest.param("a\nb", "a\nb\nc\n", False, id="more written"),
        pytest.param("a … c", "a long b c\n", True, id="within a line"),
        pytest.param("a…c", "a\nc\n", False, id="not over lines"),
        pytest.param("a\n…\nz", "a\nb\nc\nz\n", True, id="any lines"),
        pytest.param("a\n…", "a\n", True, id="no lines"),
        pytest.param("(a.b)", "(axb)\n", False, id="no pattern"),
        pytest.param("a", "a   \n", True, id="space at the end"),
    ],
)
def test_output_is_compared_with_what_is_shown(shown: str, written: str, same: bool) -> None:
    """An ellipsis stands for anything in a line, or for any lines; all else is literal."""
    assert matches(shown, written) is same


def test_steps_are_commands_with_output() -> None:
    """A console block is read as commands, joined over line ends, and what each wrote."""
    text = "$ one \\\n    --two\nout\n\nput\n$ three\n"
    assert list(steps(text)) == [Step("one  --two", "out\n\nput"), Step("three", "")]


def test_docstring_commands_are_its_indented_calls() -> None:
    """Variables before the command and continued lines belong to it; prose about coda does not."""
    lines = (
        "coda execute is prose.",
        "",
        "    coda a b",
        "    X=1 \\\\",
        "      coda c \\\\",
        "        d",
        "    $ coda e",
    )
    source = '"""About.\n\n{}\n"""\n'.format("\n".join(lines))
    assert docstring_commands(source) == ["coda a b", "X=1  coda c  d", "coda e"]
