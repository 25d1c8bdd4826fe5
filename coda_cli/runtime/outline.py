"""What a pack declares as far as its source shows it: the syntax tree is read, and nothing is run.

For shell completion: pressing a key may not run anybody's code. Owns how a declaration looks in source
(``_DECLARING``). Names that are computed, or registered in a loop, are not found. Of the modules that the
pack imports those beside it are read too; a source that cannot be read declares nothing.
"""

from __future__ import annotations

import ast
import warnings
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from coda_cli.errors import DeclarationError
from coda_cli.runtime.loader import VARIABLES
from coda_cli.sdk.formulas import check_formula_name, pascal_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_DECLARING = {
    "formula": "formula",
    "add_formula": "formula",
    "sync_table": "sync table",
    "add_sync_table": "sync table",
    "add_dynamic_sync_table": "sync table",
}
"""A pack's methods that declare something by ``name=`` or a function, and what they declare."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_MOST_HOPS = 20


@dataclass(frozen=True, slots=True)
class Outlined:
    """One declaration: its kind, its name, and its description where the source spells it out."""

    kind: str
    name: str
    description: str = ""


def read_outline(path: Path) -> tuple[Outlined, ...]:
    """Return what the pack at ``path`` declares, nothing where it cannot be read."""
    try:
        path = path.resolve()
        main = _read(path, path.stem)
    except (OSError, RuntimeError, ValueError):  # links in a circle, a name with a NUL
        return ()
    if main is None:
        return ()
    sources = _Sources(path.parent, main)
    bound = (sources.origin(main, variable) for variable in VARIABLES)
    pack = next((origin for origin in bound if origin is not None), None)
    found: dict[str, Outlined] = {}
    for module in sources.imported():
        for base, declared in _declarations(module, sources):
            # A name that no module binds may be a function's parameter, and so the pack.
            if sources.origin(module, base) in (pack, None) and _is_name(declared.name):
                found.setdefault(declared.name.lower(), declared)
    return tuple(found.values())


def _is_name(name: str) -> bool:
    try:
        check_formula_name(name)
    except DeclarationError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Module:
    """One source, under the name that an import would use, and what its top level binds."""

    name: str
    tree: ast.Module
    package: str
    aliases: dict[str, str] = field(default_factory=dict)  # to full names
    stars: list[str] = field(default_factory=list)
    functions: dict[str, _Function] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)

    def bind(self) -> None:
        """Note what the statements of the top level bind, also those under an ``if`` or a ``try``."""
        for node in _top_level(self.tree):
            match node:
                case ast.Import() | ast.ImportFrom():
                    for name, full in self.imports(node):
                        if name == "*":
                            self.stars.append(full)
                        else:
                            self.aliases[name] = full
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self.functions[node.name] = node
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if other := _dotted(value):
                    self.aliases[name] = f"{self.name}.{other}"
                case ast.Name(id=name, ctx=ast.Store()):
                    self.others.add(name)

    def imports(self, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
        """Yield each name that an import binds, and the full name of what it stands for."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]  # which is all that `import a.b` binds
                yield (alias.asname, alias.name) if alias.asname else (top, top)
            return
        parts = self.package.split(".") if node.level else []
        parents = parts[: len(parts) - node.level + 1]
        origin = ".".join([*filter(None, parents), *filter(None, [node.module])])
        for alias in node.names:
            yield alias.asname or alias.name, origin if alias.name == "*" else f"{origin}.{alias.name}"


class _Sources:
    """The pack's own module and those beside it, each read once, when something leads there."""

    def __init__(self, folder: Path, main: _Module) -> None:
        self._folder = folder
        self._main = main
        self._modules: dict[str, _Module | None] = {main.name: main}

    def imported(self) -> Iterator[_Module]:
        """Yield the pack's module and those beside it that it imports, directly or through one another."""
        waiting, seen = [self._main], {self._main.name}
        while waiting:
            module = waiting.pop(0)
            yield module
            for node in ast.walk(module.tree):
                if not isinstance(node, ast.Import | ast.ImportFrom):
                    continue
                whole = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                for full in [*whole, *(full for _, full in module.imports(node))]:
                    parts = full.split(".")
                    for length in range(1, len(parts) + 1):
                        found = self.module(".".join(parts[:length]))
                        if found is not None and found.name not in seen:
                            seen.add(found.name)
                            waiting.append(found)

    def module(self, name: str) -> _Module | None:
        """Return the module of that name beside the pack, if there is one."""
        if name not in self._modules:
            place = self._folder.joinpath(*name.split("."))
            self._modules[name] = _read(place.with_name(f"{place.name}.py"), name) or _read(
                place / "__init__.py", name, name
            )
        return self._modules[name]

    def origin(self, module: _Module, name: str, hops: int = 0) -> tuple[str, str] | None:
        """Return where a name of a module was first bound, as module and name; None where nowhere."""
        if hops > _MOST_HOPS:
            return None
        head, _, rest = name.partition(".")
        if head in module.aliases:
            full = f"{module.aliases[head]}.{rest}".rstrip(".")
            other, inner = self._located(full)
            if other is None:
                return "", full
            return self.origin(other, inner, hops + 1) if inner else (other.name, "")
        if head in module.functions or head in module.others:
            return module.name, name
        neighbours = filter(None, map(self.module, module.stars))
        found = (self.origin(neighbour, name, hops + 1) for neighbour in neighbours)
        return next((origin for origin in found if origin is not None), None)

    def _located(self, full: str) -> tuple[_Module | None, str]:
        """Split a full name into the module beside the pack and the rest."""
        parts = full.split(".")
        for length in range(len(parts), 0, -1):
            module = self.module(".".join(parts[:length]))
            if module is not None:
                return module, ".".join(parts[length:])
        return None, full

    def function(self, module: _Module, node: ast.expr) -> tuple[str, str] | None:
        """Return the name and the description of the function that an expression refers to."""
        origin = self.origin(module, _dotted(node))
        if origin is None:
            return None
        owner, name = origin
        if not owner:  # of a library
            return name.rpartition(".")[2], ""
        module = self._modules[owner] or module
        return _described(module.functions[name]) if name in module.functions else None


def _read(path: Path, name: str, package: str | None = None) -> _Module | None:
    """Parse a file, without the warnings that Python has for what it reads."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(path.read_bytes())
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    module = _Module(name, tree, name.rpartition(".")[0] if package is None else package)
    module.bind()
    return module


def _top_level(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes of a module that are not inside a function or a class."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, _Function | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def _declarations(module: _Module, sources: _Sources) -> Iterator[tuple[str, Outlined]]:
    """Yield each declaration of a module, with the name of what it is declared on."""
    for node in ast.walk(module.tree):
        if isinstance(node, _Function):
            for decorator in node.decorator_list:
                yield from _declaration(decorator, partial(_described, node))
        elif isinstance(node, ast.Call) and node.args:
            yield from _declaration(node, partial(sources.function, module, node.args[0]))
        elif isinstance(node, ast.Call):
            yield from _declaration(node, lambda: None)


def _declaration(
    node: ast.expr, find_function: Callable[[], tuple[str, str] | None]
) -> Iterator[tuple[str, Outlined]]:
    """Read ``pack.formula``, ``pack.formula(…)`` and ``pack.formula(…)(function)``."""
    keywords: dict[str, ast.expr] = {}
    while isinstance(node, ast.Call):
        keywords |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        node = node.func
    if not isinstance(node, ast.Attribute) or node.attr not in _DECLARING:
        return
    name, description = find_function() or ("", "")
    name = pascal_case(name)
    given = keywords.get("name", ast.Constant(None))
    if not isinstance(given, ast.Constant):
        return  # what it is, only running would show
    with suppress(ValueError):
        description = str(ast.literal_eval(keywords.get("description", ast.Constant(description))))
    if given.value or name:
        yield _dotted(node.value), Outlined(_DECLARING[node.attr], str(given.value or name), description)


def _dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` as text, and an empty one for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _described(function: _Function) -> tuple[str, str]:
    """Return a function's name and its docstring's first paragraph."""
    paragraph = (ast.get_docstring(function) or "").split("\n\n", 1)[0]
    return function.name, " ".join(paragraph.split())
