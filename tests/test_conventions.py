"""How the code and its tests are written, as far as no tool holds it: sizes, names, reasons, real parts.

Written like ``test_architecture.py``, which holds the rules about who may import and raise what.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

from tests.source_model import PACKAGE, ROOT, Source, dotted, project_files, report, sources

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS_OF_THE_WHOLE = {
    *("architecture", "conventions", "start_up", "public_api", "docs", "porting", "packaging", "secrets"),
    "benchmarks",
    *(
        "bad_input",
        "bad_input_faults",
        "bad_input_requests",
        "bad_input_credentials",
        "bad_input_roles",
        "bad_input_refused",
        "bad_input_sessions",
        "bad_input_setting_up",
    ),
    *("interruption", "sigv4_vectors", "sigv4_verifier", "signatures", "setting_up", "secrets_setting_up"),
}
"""Test files that look at the whole program rather than at one module."""

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
NAMES_THAT_SAY_NOTHING = {
    *("util", "utils", "helper", "helpers", "common", "misc", "base", "manager", "managers"),
}
NAMES = {"AWS", "GET", "STS"}
"""What a message may begin with in upper case."""
MOCK_LIBRARIES = {
    *("mock", "pytest_mock", "responses", "requests_mock", "respx", "moto", "vcr", "betamax"),
    *("freezegun", "time_machine", "httpretty", "aioresponses"),
}
ALLOWED_OF_MONKEYPATCH = {"setenv", "delenv", "chdir", "context", "undo", "syspath_prepend"}
EXEMPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:|mypy:|ruff:|fmt:)")
EXPLAINED = re.compile(
    r"#\s*(?:noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)*|type: ignore\[[\w, -]+\])(?:\s+-|\s*#)\s+\S+"
)
OF_ONE_MACHINE = re.compile(
    r"/(?:root|work)/|/(?:home|Users)/(?!ada\b)\w"  # somebody's folders; ada is nobody
    r"|index-url[ =]+\S*://|find-links[ =]+\S*/|https?://[^\s\"']+/simple\b"  # somebody's package index
)


def test_files_are_short() -> None:
    """A file that no longer fits in a head is two."""
    report(
        f"Split these by what they own; {LONGEST_FILE} lines is the limit, under 200 the aim:",
        (
            f"{source.path} has {lines} lines"
            for source in sources(PACKAGE, "tests", "packs", "benchmarks")
            if (lines := source.text.count("\n")) > LONGEST_FILE
        ),
    )


def test_functions_are_short() -> None:
    """A function does one thing, in at most sixty lines with its docstring."""
    report(
        f"Name a part of these and move it out; {LONGEST_FUNCTION} lines is the limit:",
        (
            f"{source.at(function.lineno)} {function.name} has {lines} lines"
            for source in sources(PACKAGE, "tests", "packs", "benchmarks")
            for function in source.functions
            if (lines := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
        ),
    )


def test_names_say_something() -> None:
    """No file or folder has a name that could hold anything."""
    report(
        "Name these by a noun of the field:",
        (
            path.as_posix()
            for path in project_files()
            for part in path.parts
            if NAMES_THAT_SAY_NOTHING & set(re.split(r"[-_.]", part.lower()))
        ),
    )


def test_exemptions_give_a_reason() -> None:
    """Each exemption from a tool names its code and the reason, on its line."""
    report(
        "Write `# noqa: CODE - why it is right here` or `# type: ignore[code]  # why it is right here`:",
        (
            f"{source.at(token.start[0])} {token.string}"
            for source in sources(PACKAGE, "tests", "packs", "benchmarks")
            for token in tokenize.generate_tokens(io.StringIO(source.text).readline)
            if token.type == tokenize.COMMENT
            and EXEMPTION.match(token.string)
            and not EXPLAINED.match(token.string)
        ),
    )


def test_nothing_is_of_one_machine() -> None:
    """No tracked file names a folder of somebody's machine or the address of a package index."""
    places = []
    for path in project_files():
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if found := OF_ONE_MACHINE.search(line):
                places.append(f"{path}:{number} {found.group()}")
    report("Use a relative path, a temporary folder, the person's own pip configuration:", places)


def test_messages_are_of_one_style() -> None:
    """An error's first line begins in lower case, unless with a name, and has no full stop at its end."""
    report(
        "Write the first argument of an error as CodaError's docstring says, or add its name to NAMES:",
        (
            f"{source.at(node.lineno)} {message}"
            for source in sources(PACKAGE)
            for node in source.nodes
            if isinstance(node, ast.Call) and dotted(node.func).endswith("Error") and node.args
            for message in messages_of(node.args[0])
            if (message[:1].isupper() and re.split(r"\W", message)[0] not in NAMES) or message.endswith(".")
        ),
    )


def messages_of(argument: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument may be, as far as they are written there; ``{}`` for what is not."""
    if isinstance(argument, ast.IfExp):
        yield from messages_of(argument.body)
        yield from messages_of(argument.orelse)
    elif isinstance(argument, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in argument.values)
    elif isinstance(argument, ast.Constant):
        yield str(argument.value)


def test_tests_use_no_mock_library() -> None:
    """Tests drive real parts: no library that replaces or records them."""
    report(
        "Pass in a fake transport, a loopback server or a clock instead:",
        (
            f"{source.at(found.line)} imports {found.name}"
            for source in sources("tests")
            for found in source.imports
            if found.top in MOCK_LIBRARIES or found.name.startswith("unittest.mock")
        ),
    )


def test_tests_patch_no_code() -> None:
    """Tests set environment variables and the folder; they replace nothing in a module or class."""
    report(
        "Make what the test wants to replace an argument of the code under test:",
        (f"{source.at(line)} {what}" for source in sources("tests") for line, what in patches(source)),
    )


def patches(source: Source) -> Iterator[tuple[int, str]]:
    """Yield the uses of pytest's patching, the ``patch`` fixtures, and assignments into imported modules."""
    modules = {
        (alias.asname or alias.name).partition(".")[0]
        for node in source.nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "monkeypatch" and node.attr not in ALLOWED_OF_MONKEYPATCH:
                yield node.lineno, f"monkeypatch.{node.attr}"
            elif isinstance(node.ctx, ast.Store | ast.Del) and node.value.id in modules:
                yield node.lineno, f"{dotted(node)} is replaced"
        elif isinstance(node, ast.arg) and node.arg in ("mocker", "patch"):
            yield node.lineno, f"the argument {node.arg}"
        elif isinstance(node, ast.arg) and node.annotation and node.arg != "monkeypatch":
            yield from (
                (child.lineno, f"{node.arg}: call it monkeypatch, so that this test sees its uses")
                for child in ast.walk(node.annotation)
                if isinstance(child, ast.Name | ast.Attribute) and dotted(child).endswith("MonkeyPatch")
            )


def test_tests_do_not_sleep() -> None:
    """Tests wait for events, never for time to pass."""
    report(
        "Wait for an event, a line of output or the end of a process; pass a clock in for expiry:",
        (
            source.at(node.lineno)
            for source in sources("tests")
            for node in source.nodes
            if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "sleep"
        ),
    )


def test_tests_mirror_the_modules() -> None:
    """``tests/auth/test_aws.py`` tests ``auth/aws.py``; an aspect may follow: ``test_aws_vectors.py``."""
    report(
        "Name the test file after the module it tests, or list it in TESTS_OF_THE_WHOLE:",
        (source.path.as_posix() for source in sources("tests") if not mirrors_a_module(source.path)),
    )


def mirrors_a_module(path: Path) -> bool:
    """Tell whether a file of tests names a module, a pack, or is one of the whole program's."""
    if not path.name.startswith("test_"):
        return True
    subject = path.stem.removeprefix("test_")
    folder = path.relative_to("tests").parent
    homes = (ROOT / PACKAGE / folder, ROOT / "packs" if folder == Path("packs") else ROOT / PACKAGE / folder)
    modules = {module.stem for home in homes for module in home.glob("*.py")}
    return any(f"{subject}_".startswith(f"{module}_") for module in modules - {"__init__"}) or (
        folder == Path() and subject in TESTS_OF_THE_WHOLE
    )


def test_tests_say_what_they_prove() -> None:
    """Each test has a docstring: the sentence that is false when it fails."""
    report(
        "Give each of these a docstring of one sentence:",
        (
            f"{source.at(function.lineno)} {function.name}"
            for source in sources("tests")
            for function in source.functions
            if function.name.startswith("test") and not ast.get_docstring(function)
        ),
    )
