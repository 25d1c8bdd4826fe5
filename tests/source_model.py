"""The project's own source, parsed once, for the tests that hold its rules.

Owns what an import, a raised error and a function are in terms of ``ast``. It judges nothing: the
rules are in ``test_architecture.py``.
"""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "coda_cli"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Import:
    """One imported module, by its full dotted name, and the line that imports it."""

    name: str
    line: int

    @property
    def top(self) -> str:
        """The library's name: the first part of the module's."""
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Source:
    """One Python file of the project."""

    path: Path
    text: str
    tree: ast.Module

    @classmethod
    def read(cls, path: Path) -> Source:
        """Parse one file; ``path`` is relative to the project's root."""
        text = (ROOT / path).read_text(encoding="utf-8")
        return cls(path, text, ast.parse(text, str(path)))

    @property
    def module(self) -> str:
        """The dotted name under which Python knows this file."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def layer(self) -> str:
        """The part of the package this file is in: ``sdk``, ``wire``; empty for the package's own file."""
        return self.module.removeprefix(PACKAGE).removeprefix(".").partition(".")[0]

    def at(self, line: int) -> str:
        """Name a line as an editor opens it."""
        return f"{self.path.as_posix()}:{line}"

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the file, also inside functions and ``if TYPE_CHECKING``."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Every function and method, nested ones too."""
        return tuple(node for node in self.nodes if isinstance(node, Function))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Everything imported: at the top, lazily, for types only, and by name through ``importlib``.

        A string that is the dotted name of one of our modules counts, so that a lazy table of commands
        is seen; so does one that ends in a dot, such as the start of an f-string, for all it may name.
        """
        return tuple(found for node in self.nodes for found in self._imports_of(node))

    def _imports_of(self, node: ast.AST) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = self._absolute(node)
            for alias in node.names:
                name = f"{start}.{alias.name}"
                is_a_module = name in our_modules() or start.partition(".")[0] != PACKAGE
                yield Import(name if is_a_module else start, node.lineno)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (Import(module, node.lineno) for module in self._named_by(node.value))
        elif isinstance(node, ast.Call) and dotted(node.func).endswith(("import_module", "__import__")):
            names = (argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant))
            yield from (Import(str(name), node.lineno) for name in names)

    def _named_by(self, text: str) -> Iterator[str]:
        for module in our_modules() - {PACKAGE, self.module}:
            parent = module.rpartition(".")[0]
            if text == module or (parent != PACKAGE and text == f"{parent}."):
                yield module

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.path.parent.parts
        parts = package[: len(package) - node.level + 1]
        return ".".join((*parts, *(node.module or "").split("."))).rstrip(".")


def dotted(node: ast.AST) -> str:
    """Spell an expression of names and attributes (``sys.exit``); empty for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""


@cache
def our_modules() -> frozenset[str]:
    """The dotted names of the package's modules."""
    return frozenset(Source(path, "", ast.Module([], [])).module for path in python_files(PACKAGE))


@cache
def python_files(folder: str) -> tuple[Path, ...]:
    """The Python files under a folder of the project, relative to its root."""
    return tuple(sorted(path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.py")))


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """The Python files of folders, parsed."""
    return tuple(Source.read(path) for folder in folders for path in python_files(folder))


@cache
def project_files() -> tuple[Path, ...]:
    """The files that git tracks or would add, relative to the root."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted(set(filter(None, listing.stdout.split("\0"))))
    return tuple(Path(name) for name in names if (ROOT / name).is_file())


def report(rule: str, places: Iterator[str] | list[str]) -> None:
    """Fail with the rule and every place that breaks it."""
    found = list(places)
    assert not found, "\n  ".join((rule, *found))
