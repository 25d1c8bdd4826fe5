"""What went wrong while a pack was loaded, as an error that names the pack's own line.

It loads nothing; ``loader`` asks it when a module failed.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

from coda_cli.errors import DeclarationError, PackError
from coda_cli.runtime.tracebacks import Place, pack_location, pack_place, pack_traceback


def place_of_failure(failure: PackError, path: Path) -> Place:
    """Return the line at which ``read_pack`` failed, or the file as a whole where it is no line's failure."""
    cause = failure.__cause__
    if isinstance(cause, SyntaxError) and not _is_of_no_file(cause):
        return Place(cause.filename or str(path), cause.lineno or None)
    return (pack_place(cause) if cause else None) or Place(str(path), None)


def explained(path: Path, error: BaseException) -> PackError:
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
