"""Load a pack from a file.

Owns the module's place in the interpreter (its name, ``sys.path``) and turning what goes wrong into
errors that name the pack's own line. It runs no formula.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING

from coda_cli.errors import DeclarationError, PackError
from coda_cli.runtime.tracebacks import Place, pack_location, pack_place, pack_traceback
from coda_cli.sdk.pack import Pack

if TYPE_CHECKING:
    from types import ModuleType

VARIABLES = ("pack", "manifest")
_MODULE_PREFIX = "coda_pack_"


@dataclass(frozen=True, slots=True)
class LoadedPack:
    """A pack and the file it came from."""

    pack: Pack
    path: Path

    @property
    def file_name(self) -> str:
        """What messages call the pack."""
        return self.path.name


def load_pack(path: Path) -> LoadedPack:
    """Run the module at ``path`` and return the pack it declares, which does not contradict itself.

    Raises:
        PackError: as for ``read_pack``, or the pack contradicts itself.
    """
    loaded = read_pack(path)
    contradictions = list(dict.fromkeys(one.problem for one in loaded.pack.contradictions()))
    if contradictions:
        raise PackError(f"{path} contradicts itself: {contradictions[0]}", *contradictions[1:])
    return loaded


def read_pack(path: Path) -> LoadedPack:
    """Run the module at ``path`` and return the pack it declares, whatever that says as a whole.

    Its folder goes to the end of ``sys.path``, so that a pack may be split into modules beside it and
    none of them can shadow a library.

    Raises:
        PackError: there is no such file, it is not Python, it fails while it is loaded, or it declares no
            pack.
    """
    _check_file(path)
    module = _run(path)
    pack = next((getattr(module, name) for name in VARIABLES if hasattr(module, name)), None)
    if not isinstance(pack, Pack):
        what = (
            "has no variable `pack`"
            if pack is None
            else f"has a `pack` that is no pack but of type {type(pack).__qualname__}"
        )
        raise PackError(
            f"{path} {what}", "A pack's module says `from coda_cli import sdk` and `pack = sdk.new_pack()`."
        )
    return LoadedPack(pack, path)


def place_of_failure(failure: PackError, path: Path) -> Place:
    """Return the line at which ``read_pack`` failed, or the file as a whole where it is no line's failure."""
    cause = failure.__cause__
    if isinstance(cause, SyntaxError) and not _is_of_no_file(cause):
        return Place(cause.filename or str(path), cause.lineno or None)
    return (pack_place(cause) if cause else None) or Place(str(path), None)


def _check_file(path: Path) -> None:
    try:
        if path.is_dir():
            modules = sorted(child.name for child in path.glob("*.py"))
            raise PackError(
                f"{path} is a folder, not a pack", *([f"It holds {', '.join(modules)}."] if modules else [])
            )
        if path.suffix != ".py" and path.exists():
            raise PackError(f"{path} is not a Python module: its name does not end in .py")
        if not path.exists():
            raise PackError(f"there is no file {path}", f"Looked for it in {Path.cwd()}.")
    except (OSError, ValueError) as error:  # an unreadable folder, a name with a NUL
        raise PackError(f"{path} cannot be opened: {error}") from None


def _run(path: Path) -> ModuleType:
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)
    name = f"{_MODULE_PREFIX}{path.stem.replace('.', '_')}"  # a dot would name a package that is not there
    loader = SourceFileLoader(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    if spec is None:  # not reached with a loader given, but the library's signature allows it
        raise PackError(f"{path} cannot be loaded as a module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and type hints look their module up
    try:
        loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit and the like too: whatever the pack raises is its failure
        raise _explained(path, error) from error
    return module


def _explained(path: Path, error: BaseException) -> PackError:
    """Make of what went wrong while a pack was loaded an error that names the pack's own line."""
    match error:
        case DeclarationError():
            return PackError(f"{path}: {error.message}", *_where(error), *error.details)
        case SyntaxError() if not _is_of_no_file(error):
            return _not_python(path, error)
        case ValueError() if not pack_location(error):  # some versions of Python say so of a NUL
            return PackError(f"{path} is not valid Python: {error}")
        case ModuleNotFoundError():
            return PackError(f"{path}: {error}", *_where(error), *_adding(error.name))
        case ImportError() if "relative import" in str(error):
            return PackError(f"{path}: {error}", *_where(error), "Import a file beside the pack by its name.")
        case OSError() if not pack_location(error):
            return PackError(f"{path} cannot be read: {error.strerror}")
        case _:
            return PackError(f"{path} failed while it was loaded", *pack_traceback(error))


def _where(error: BaseException) -> tuple[str, ...]:
    location = pack_location(error)
    return (f"at {location}",) if location else ()


def _is_of_no_file(error: SyntaxError) -> bool:
    """Tell whether the pack itself compiled some text, as ``eval`` and ``ast.parse`` do."""
    return pack_location(error) is not None and not Path(error.filename or "").is_file()


def _not_python(path: Path, error: SyntaxError) -> PackError:
    """Show the line that Python could not read, with a caret under the place."""
    file_name = error.filename or path
    details = [f"at {file_name}, line {error.lineno}"] if error.lineno else []
    if error.text:
        line = error.text.rstrip("\n")
        details.append(f"    {line.strip()}")
        column = (error.offset or 1) - 1 - (len(line) - len(line.lstrip()))
        details.append(f"    {' ' * max(column, 0)}^")
    return PackError(f"{file_name} is not valid Python: {error.msg}", *details)


def _adding(module: str | None) -> tuple[str, ...]:
    """Say which environment is in use, and how a package gets into that one."""
    package = (module or "").partition(".")[0] or "PACKAGE"
    prefix = Path(sys.prefix)
    environment = f"coda runs in the environment {prefix}: packs import from there and from their own folder."
    if package in sys.modules:  # it is there, and has no such part
        return (environment,)
    if "pipx" in prefix.parts:
        command = f"pipx inject coda-cli {package}"
    elif prefix.parent.parts[-2:] == ("uv", "tools"):
        command = f"uv tool install --with {package} SOURCE-OF-CODA"
    elif importlib.util.find_spec("pip") is None:
        command = f"uv pip install --python {sys.executable} {package}"
    else:
        executable = sys.executable.replace(os.path.expanduser("~"), "~", 1)  # noqa: PTH111 - for display
        command = f"{executable} -m pip install {package}"
    return (environment, f"To add a package of that name: {command}")
