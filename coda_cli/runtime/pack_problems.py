"""Everything that is wrong with a pack, in one go: each problem with its file and line.

Owns what is gathered while the pack is loaded, and the warnings: what a pack may say and seldom means. What
makes no sense is decided where it is declared, in the sdk; here nothing is printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from coda_cli.auth.aws_signing_names import signing_name_for
from coda_cli.errors import PackError
from coda_cli.runtime.load_failures import place_of_failure
from coda_cli.runtime.loader import read_pack
from coda_cli.runtime.tracebacks import Place, calling_place
from coda_cli.sdk.authentication import Authentication
from coda_cli.sdk.declarations import Kind, heard_by
from coda_cli.sdk.formulas import Formula
from coda_cli.sdk.sync_tables import SyncTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coda_cli.errors import DeclarationError
    from coda_cli.sdk.pack import Pack


class Level(StrEnum):
    """How bad a problem is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a pack.

    ``file`` is the pack as it was named, or another file as seen from there; ``line`` is None where a problem
    is the whole file's. Lines of ``problem`` after the first say why, or what to do.
    """

    file: str
    line: int | None
    level: Level
    problem: str


def problems_of(path: Path) -> list[Problem]:
    """Load a pack and return all its problems, the pack's own file first, and by line.

    A pack that fails while it is loaded has that as its last error; what it would have declared below is not
    looked at.
    """
    declared = _Declared(Place(str(path), None))
    try:
        with heard_by(declared):
            pack = read_pack(path).pack
    except PackError as error:
        place = place_of_failure(error, path)
        declared.problems.append((place, Level.ERROR, _without_place(error, place, path)))
    else:
        for contradiction in pack.contradictions():
            if contradiction.lacks in declared.refused_kinds:  # it may be what was refused that is not there
                continue
            place = declared.place_of(pack, contradiction.about)
            declared.problems.append((place, Level.ERROR, contradiction.problem))
        declared.problems.extend(declared.warnings(pack))
    found = [
        Problem(_named(place, path), place.line, level, text) for place, level, text in declared.problems
    ]
    return sorted(found, key=lambda one: (one.file != str(path), one.file, one.line or 0))


@dataclass(frozen=True, slots=True)
class _Declared:
    """What is heard of declarations while a pack is loaded, each with the pack's line."""

    whole: Place
    accepted_at: list[tuple[object, object, Place]] = field(default_factory=list)
    problems: list[tuple[Place, Level, str]] = field(default_factory=list)
    refused_kinds: set[Kind | None] = field(default_factory=set)

    def accepted(self, owner: object, declared: object) -> None:
        self.accepted_at.append((owner, declared, calling_place() or self.whole))

    def refused(self, error: DeclarationError, kind: Kind) -> None:
        self.refused_kinds.add(kind)
        place = calling_place() or self.whole
        for one in (error, *error.others):
            self.problems.append((place, Level.ERROR, "\n".join((one.message, *one.details))))

    def place_of(self, pack: Pack, about: object) -> Place:
        """Return where the pack declared something."""
        places = [place for owner, declared, place in self.accepted_at if owner is pack and declared is about]
        return places[0] if places else self.whole

    def warnings(self, pack: Pack) -> Iterator[tuple[Place, Level, str]]:
        """Yield what this pack, and none that it imports, is warned of."""
        for owner, declared, place in self.accepted_at:
            if owner is pack:
                for warning in _warnings(declared):
                    yield place, Level.WARNING, warning


def _warnings(declared: object) -> Iterator[str]:
    if isinstance(declared, str) and is_public_suffix(declared):
        yield _of_suffix(f"network domain {declared}")
    elif isinstance(declared, Authentication):
        if declared.service is not None:
            yield from _of_service(declared.service)
        if declared.endpoint_domain is not None and is_public_suffix(declared.endpoint_domain):
            yield _of_suffix(f"authentication: endpoint_domain {declared.endpoint_domain}")
    elif isinstance(declared, Formula):
        if not declared.description:
            yield f"{declared.name} has no description"
        parameters = (*declared.parameters, *declared.vararg_parameters)
        undescribed = [parameter.name for parameter in parameters if not parameter.description]
        if undescribed:
            plural = "s" if len(undescribed) > 1 else ""
            yield f"{declared.name} has no description of its parameter{plural} {', '.join(undescribed)}"
        schema = declared.schema if isinstance(declared, SyncTable) else None
        if schema is not None and schema.id_property is None:
            yield f"{declared.name} has no id_property in its schema, by which a row is known again"


def _of_service(word: str) -> Iterator[str]:
    name = signing_name_for(word)
    if name is None:
        yield f"authentication: service {word!r} is no name that AWS is known to sign by"
    elif name != word:
        yield f"authentication: AWS does not sign by the service word {word!r} but by {name!r}"


def _of_suffix(domain: str) -> str:
    return f"{domain} is a public suffix: every host of every owner below it may be called"


_GENERAL_WORDS = ("ac", "co", "com", "edu", "go", "gob", "gov", "mil", "ne", "net", "or", "org")
"""What stands under a country's code where names are given out below it: ``co.uk``, ``com.au``, ``ne.jp``."""


def is_public_suffix(domain: str) -> bool:
    """Tell whether anybody can register a name right below a domain, by its form.

    One label is one, unless it names this machine, and so is a general word under a country's code. The real
    list is long and changes; what a form does not show (``github.io``) is not known here.
    """
    if (
        ":" in domain or domain == "localhost"
    ):  # with a port it is a host, and so are IP addresses in brackets
        return False
    return re.fullmatch(rf"[^.]+|(?:{'|'.join(_GENERAL_WORDS)})\.[a-z]{{2}}", domain) is not None


def _without_place(error: PackError, place: Place, path: Path) -> str:
    """Return what an error says, but for the file and line, which are told beside it."""
    named = "|".join(map(re.escape, (str(path), place.filename)))
    first = re.sub(rf"^(?:{named}):? ", "", error.message)
    return "\n".join((first, *(line for line in error.details if line != f"at {place}")))


def _named(place: Place, pack: Path) -> str:
    """Name a file as the pack was named, if it is the pack or lies in the pack's folder."""
    file, folder = Path(place.filename).absolute(), pack.absolute().parent
    if file == pack.absolute():
        return str(pack)
    for above in (folder, folder.resolve()):  # modules beside a pack are found by its folder's real path
        if file.is_relative_to(above):
            return str(pack.parent / file.relative_to(above))
    return place.filename
