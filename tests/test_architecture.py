"""The rules of the house that no tool holds: layers, cycles, who may import, raise and end what.

Every rule is one test over the project's parsed source. A failure lists each place as ``file:line``
and says what to do. The rules of writing are in ``test_conventions.py``;
CONTRIBUTING.md lists them all, with the tools that hold the others.
"""

from __future__ import annotations

import ast
import builtins
import sys
from fnmatch import fnmatch
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import coda_cli.errors
from tests.source_model import PACKAGE, Source, dotted, our_modules, report, sources

if TYPE_CHECKING:
    from collections.abc import Iterator

LAYERS = (
    ("__main__",),
    ("cli", "testing"),
    ("emulator",),
    ("runtime",),
    ("fetching", "auth"),
    ("proxies",),
    ("wire", "redaction", "cache_folder"),
    ("sdk",),
    ("errors",),
)
"""From top to bottom: each imports its own and those below; two on one line do not know each other."""

LIBRARIES = {
    "requests": ("fetching/transport*.py",),
    "urllib3": ("fetching/transport*.py", "fetching/repeats.py"),
    "botocore": ("auth/aws*.py",),
    "awscrt": ("auth/aws_sigv4a.py",),
    "rich": ("cli/output.py",),
    "click": ("cli/*.py",),
    "jmespath": ("cli/*.py",),
}
"""The files, by pattern, that may import each library we depend on."""

OTHER_EXCEPTIONS: dict[tuple[str, str], str] = {
    ("cli/messages.py", "UnsupportedOperation"): "what io asks of the fileno() of a stream without one",
    ("fetching/deadlines.py", "ConnectionAbortedError"): "translated with what a socket raises",
    ("fetching/deadlines.py", "TimeoutError"): "what a socket raises, translated with the socket's own",
    (
        "fetching/transport_answers.py",
        "BrokenHeadError",
    ): "raised inside http.client, translated with its own",
    ("fetching/transport_answers.py", "IncompleteRead"): "the same: http.client's, for what breaks off",
    ("fetching/transport_connections.py", "BrokenPipeError"): "what urllib3 looks for an answer after",
    ("fetching/transport_connections.py", "Empty"): "what urllib3 asks of a queue",
    ("fetching/transport_connections.py", "Full"): "what urllib3 asks of a queue",
    ("fetching/batches.py", "GivenUp"): "ends a thread that nobody waits for",
    ("emulator/foreground.py", "Terminated"): "ends the program as Ctrl-C does, so it is no Exception",
    ("runtime/dry_run.py", "FirstRequestKept"): "ends a formula that may catch every Exception",
    ("sdk/__init__.py", "AttributeError"): "what Python asks of a module without a name",
    ("sdk/fetch_requests.py", "TypeError"): "a mistake in the pack's code, shown with the pack's own line",
    ("sdk/fetch_requests.py", "ValueError"): "the same",
    ("sdk/urls.py", "ValueError"): "the same",
}
"""(file, exception that is no ``CodaError``): why it is raised all the same."""

ENDS_THE_PROCESS = {"sys.exit", "os._exit", "os.abort", "exit", "quit", "_exit", "SystemExit"}


def ours() -> tuple[Source, ...]:
    """The package's files."""
    return sources(PACKAGE)


def inside(source: Source) -> str:
    """A file's path inside the package."""
    return source.path.relative_to(PACKAGE).as_posix()


def rank(layer: str) -> int:
    """How far down a layer is. The package's own file, which holds the version, is below all."""
    return next((index for index, names in enumerate(LAYERS) if layer in names), len(LAYERS))


def may_import(importer: str, imported: str) -> bool:
    """Tell whether the layers allow one to import the other."""
    return importer == imported or rank(importer) < rank(imported)


def test_every_module_is_in_a_layer() -> None:
    """A new package or module of the top level has a place in the layers."""
    known = {name for names in LAYERS for name in names}
    report(
        "Put these into LAYERS, in DESIGN's order, or into an existing package:",
        (source.path.as_posix() for source in ours() if source.layer not in known | {""}),
    )


def test_imports_point_one_way() -> None:
    """A module imports from its own layer and from those below it, lazily and for types too."""
    report(
        "A layer may only know those below it (see LAYERS). Move the code down, or pass the value in:",
        (
            f"{source.at(found.line)} ({source.layer or PACKAGE}) imports {found.name}"
            for source in ours()
            for found in source.imports
            if found.top == PACKAGE
            and not may_import(source.layer, found.name.removeprefix(PACKAGE).strip(".").partition(".")[0])
        ),
    )


def test_only_main_knows_the_command_line() -> None:
    """Nothing but ``__main__`` imports ``cli``, and nothing at all imports ``testing``."""
    report(
        "The command line and the pack authors' test kit are on top; nothing rests on them:",
        (
            f"{source.at(found.line)} imports {found.name}"
            for source in ours()
            for found in source.imports
            for layer, users in (("cli", {"cli", "__main__"}), ("testing", set[str]()))
            if f"{found.name}.".startswith(f"{PACKAGE}.{layer}.") and source.layer not in users
        ),
    )


def test_no_import_cycle() -> None:
    """No module imports itself by way of others, lazy and type-only imports counted."""
    graph = {
        source.module: {found.name for found in source.imports if found.name in our_modules()}
        for source in ours()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        report("Move what both need into a module below them:", [" → ".join(reversed(error.args[1]))])


def test_leaves_import_nothing_of_ours() -> None:
    """What all else rests on knows nothing of ours; ``errors`` imports nothing at all."""
    report(
        "These are what everything else rests on:",
        (
            f"{source.at(node.lineno)} imports"
            for source in ours()
            for node in runtime_imports(source)
            if source.layer == "errors"
        ),
    )
    report(
        "These are what everything else rests on:",
        (
            f"{source.at(found.line)} imports {found.name}"
            for source in ours()
            for found in source.imports
            if source.layer in ("redaction", "cache_folder", "errors", "") and found.top == PACKAGE
        ),
    )


def runtime_imports(source: Source) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that run: not ``__future__``, not those under ``if TYPE_CHECKING``."""
    for_types = {
        child
        for node in source.nodes
        if isinstance(node, ast.If) and dotted(node.test).endswith("TYPE_CHECKING")
        for statement in node.body
        for child in ast.walk(statement)
    }
    for node in source.nodes:
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if isinstance(node, ast.Import | ast.ImportFrom) and node not in for_types and not future:
            yield node


def test_sdk_needs_the_standard_library_only() -> None:
    """What pack authors import rests on the standard library and ``errors``, so that it stays cheap."""
    report(
        "The sdk defines; what needs a library belongs in a layer above:",
        (
            f"{source.at(found.line)} imports {found.name}"
            for source in ours()
            for found in source.imports
            if source.layer == "sdk" and found.top not in sys.stdlib_module_names | {PACKAGE}
        ),
    )


def test_libraries_stay_in_their_files() -> None:
    """Each library is imported in the files that wrap it and nowhere else, not even for types."""
    report(
        "Use the file that wraps the library, or, for a new library, say in LIBRARIES where it belongs:",
        (
            f"{source.at(found.line)} imports {found.name}, allowed in: {LIBRARIES.get(found.top, 'no file')}"
            for source in ours()
            for found in source.imports
            if found.top not in sys.stdlib_module_names | {PACKAGE}
            and not any(fnmatch(inside(source), pattern) for pattern in LIBRARIES.get(found.top, ()))
        ),
    )


def test_the_process_ends_in_one_place() -> None:
    """The program ends in ``__main__`` and nowhere else, so that everything can be called and cleaned up."""
    exits = [
        (inside(source), source.at(node.lineno))
        for source in ours()
        for node in source.nodes
        if isinstance(node, ast.Call | ast.Raise) and ends_the_process(node)
    ]
    assert {path for path, _ in exits} == {"__main__.py"}, (
        "Raise a CodaError with its exit code, or return the code; only __main__.py ends the process. "
        f"Found: {[place for _, place in exits]}"
    )


def ends_the_process(node: ast.Call | ast.Raise) -> bool:
    """Tell whether a call or a raise ends the process."""
    if isinstance(node, ast.Raise):
        return node.exc is not None and dotted(node.exc) == "SystemExit"
    return dotted(node.func) in ENDS_THE_PROCESS


def test_raised_errors_are_ours() -> None:
    """Every exception that the package raises derives from ``CodaError``, or is listed with its reason."""
    unlisted: list[str] = []
    used: set[tuple[str, str]] = set()
    for source in ours():
        for node in source.nodes:
            if isinstance(node, ast.Raise) and node.exc is not None:
                for name in raised(node.exc, source):
                    used.add((inside(source), name))
                    if name not in our_errors() and (inside(source), name) not in OTHER_EXCEPTIONS:
                        unlisted.append(f"{source.at(node.lineno)} raises {name}")
    report("Raise a CodaError; for what no person sees as an error see OTHER_EXCEPTIONS:", unlisted)
    report(
        "These entries of OTHER_EXCEPTIONS are no longer needed:",
        [f"{path}: {name}" for path, name in OTHER_EXCEPTIONS.keys() - used],
    )


def raised(node: ast.expr, source: Source) -> Iterator[str]:
    """Name the exceptions that a ``raise`` raises; a function stands for what it says it returns.

    A function is looked for in the same file first, then everywhere, since it is known by name only.

    A lower-case name without a call is an exception caught or passed in: it was judged where it was made.
    """
    called = isinstance(node, ast.Call)
    name = dotted(node.func if isinstance(node, ast.Call) else node)
    last = name.rpartition(".")[2]
    if name.startswith("click.") or name == "SystemExit":
        return  # held by the tests of the libraries and of the process's end
    if last.lstrip("_")[:1].isupper() or hasattr(builtins, last):
        yield last
    elif called:
        here = [function for function in source.functions if function.name == last]
        anywhere = [function for other in ours() for function in other.functions if function.name == last]
        for function in here or anywhere:
            yield ast.unparse(function.returns) if function.returns else f"what {name}() returns"
        if not anywhere:
            yield f"what {name}() returns"


def our_errors() -> set[str]:
    """The names of ``CodaError``, of those in ``errors.py``, and of those derived elsewhere."""
    names = {
        name
        for name, value in vars(coda_cli.errors).items()
        if isinstance(value, type) and issubclass(value, coda_cli.errors.CodaError)
    }
    classes = [node for source in ours() for node in source.nodes if isinstance(node, ast.ClassDef)]
    for _ in classes:
        names |= {cls.name for cls in classes if {dotted(b).rpartition(".")[2] for b in cls.bases} & names}
    return names
