"""A first pack, as ``coda init`` writes it: which files, under which names, all of them or none.

Owns the module's name and the choice of texts. It asks nobody and prints nothing.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from keyword import iskeyword
from string import Template
from typing import TYPE_CHECKING

from coda_cli.errors import DeclarationError, UsageError
from coda_cli.runtime import first_pack_texts as texts
from coda_cli.sdk.authentication import AuthenticationType
from coda_cli.sdk.pack import new_pack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_OF_EVERY_PACK = {"coda_cli", "sdk", "pytest", "conftest"}
"""Names that the files of a first pack mean something else by."""

_EXAMPLES = {"s3": texts.S3, "dynamodb": texts.DYNAMODB}


@dataclass(frozen=True, slots=True)
class FirstPack:
    """What a first pack is called, and how its requests are authenticated."""

    title: str
    module: str
    type: AuthenticationType = AuthenticationType.NONE
    service: str | None = None

    @property
    def run(self) -> str:
        """The formula to run first, with its parameters."""
        return self._example.run

    @property
    def _example(self) -> texts.Example:
        return _EXAMPLES.get(self.service, texts.ANY_SERVICE) if self.service else texts.HELLO

    def files(self) -> dict[str, str]:
        """Return the text of each file by its name."""
        example = self._example
        values = {
            "title": self.title,
            "module": self.module,
            "type": self.type.name,
            "service": self.service or "",
            "run": example.run,
            "function": example.function,
            "imports": example.imports,
        }
        parts = {"code": example.code, "test": example.test, **texts.PARTS[self.type]}
        values |= {name: Template(text).substitute(values) for name, text in parts.items()}
        written = {
            f"{self.module}.py": texts.PACK,
            f"test_{self.module}.py": texts.TEST,
            "README.md": texts.README,
            ".gitignore": texts.GITIGNORE,
        }
        return {name: Template(text).substitute(values) for name, text in written.items()}


def checked_title(name: str) -> str:
    """Return the name of a pack, which is any line of text that can be printed and names a module.

    Raises:
        UsageError: it is none.
    """
    title = name.strip()
    if not title.isprintable():
        raise UsageError(f"the name {title!r} has characters that cannot be printed")
    module_name(title)
    return title


def module_name(title: str) -> str:
    """Return the module's name for a pack's: ``My pack`` is ``my_pack``.

    A name that Python or an installed library has is one of a pack all the same: ``json`` is ``json_pack``.

    Raises:
        UsageError: nothing in it can be in the name of a module.
    """
    words = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", title.lower())).strip("_")
    name = f"pack_{words}" if words[:1].isdigit() else words
    if not name.isidentifier():
        raise UsageError(
            f"the name {title!r} makes no name of a module", "Give one with letters, by --name NAME."
        )
    taken = {*sys.stdlib_module_names, *packages_distributions(), *_OF_EVERY_PACK}
    return f"{name}_pack" if name in taken or iskeyword(name) else name


def check_service(type: AuthenticationType, service: str) -> str:  # noqa: A002 - the sdk's word
    """Return the name of an AWS service.

    Raises:
        UsageError: it cannot be one.
    """
    try:
        new_pack().set_user_authentication(type=type, service=service)
    except DeclarationError as error:
        raise UsageError(error.message.removeprefix("authentication: "), *error.details) from None
    return service


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write new files into a folder, which is made where there is none: all of them, or nothing is left.

    Raises:
        UsageError: one of them exists, or the folder cannot be written to.
    """
    check_free(folder, files)
    try:
        with ExitStack() as undo:
            for parent in (*reversed(folder.parents), folder):
                if not parent.exists():
                    parent.mkdir()
                    undo.callback(_remove, parent)
            for name, text in files.items():
                with (folder / name).open("x", encoding="utf-8", newline="\n") as file:
                    undo.callback(_remove, folder / name)
                    file.write(text)
            undo.pop_all()
    except OSError as error:
        raise UsageError(
            f"{error.filename or folder} cannot be written: {error.strerror}", "Nothing was written."
        ) from None


def check_free(folder: Path, names: Mapping[str, str]) -> None:
    """Refuse a folder that has a file of one of these names.

    Raises:
        UsageError: with the names that are there.
    """
    existing = [str(folder / name) for name in names if os.path.lexists(folder / name)]
    if existing:
        raise UsageError(
            f"{' and '.join(existing)} {'exist' if len(existing) > 1 else 'exists'} already",
            "Nothing was written. Name another folder: coda init FOLDER",
        )


def _remove(path: Path) -> None:
    with suppress(OSError):  # somebody else wrote into a folder of ours meanwhile
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()
