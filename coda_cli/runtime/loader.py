"""Load a pack from a file.

Owns the module's place in the interpreter (its name, ``sys.path``). It runs no formula; what went wrong while
it ran the module is ``load_failures``'s to explain.
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING

from coda_cli.errors import PackError
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
        from coda_cli.runtime.load_failures import explained

        raise explained(path, error) from error
    return module
