"""Running contenders in turn, A B C A B C, so that what disturbs the machine disturbs all of them.

Owns the environment they run in, which holds nothing of the person's, and the first round, which is not
counted: it fills caches, the kept session of a role among them.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from benchmarks.contenders import Ended

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.contenders import Contender, Section, Unit

_KEPT_VARIABLES = ("PATH", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class RunFailedError(Exception):
    """A contender did not come to a good end; the message is what it said last."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one section: by contender and unit, one a round; and why a contender has none."""

    section: Section
    figures: Mapping[tuple[str, Unit], list[float]]
    failures: Mapping[str, str] = field(default_factory=dict)


def environment(url: str, home: str) -> dict[str, str]:
    """Return what every contender's environment holds: keys that nobody owns, and the server's address."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {
        **kept,
        "HOME": home,
        "XDG_CACHE_HOME": f"{home}/cache",
        "LANG": "C.UTF-8",
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLESOURCE001",
        "AWS_SECRET_ACCESS_KEY": "secret-of-the-benchmark-000000000000001",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "BENCHMARK_URL": url,
    }


def measure(section: Section, rounds: int, environ: Mapping[str, str]) -> Measured:
    """Run a section's contenders in turn, once without counting and then so many rounds.

    Raises:
        RunFailedError: a contender failed that is no peer.
    """
    figures: dict[tuple[str, Unit], list[float]] = {}
    failures: dict[str, str] = {}
    for turn in range(rounds + 1):
        for contender in section.contenders:
            if contender.name in failures:
                continue
            try:
                ended = run(contender, environ)
            except RunFailedError as error:
                if not contender.is_peer:
                    raise
                failures[contender.name] = str(error)
                continue
            if turn:
                for unit, read in contender.readings.items():
                    figures.setdefault((contender.name, unit), []).append(read(ended))
    return Measured(section, figures, failures)


def run(contender: Contender, environ: Mapping[str, str]) -> Ended:
    """Run a contender once.

    Raises:
        RunFailedError: it could not be started, or ended with a status other than 0.
    """
    if contender.prepare is not None:
        contender.prepare()
    # Files rather than pipes: what waits for a process may not have to read from it, too.
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        try:
            process = subprocess.Popen(
                contender.command,
                cwd=contender.folder,
                env={**environ, **contender.environ},
                stdin=subprocess.DEVNULL,
                stdout=output if contender.is_captured else subprocess.DEVNULL,
                stderr=errors,
            )
        except OSError as error:
            raise RunFailedError(f"{contender.name}: {error}") from error
        process.wait()
        seconds = time.perf_counter() - start
        said = [_last_line(stream) for stream in (errors, output)]
        if process.returncode:
            why = next(filter(None, said), "")
            raise RunFailedError(f"{contender.name} ended with {process.returncode}: {why}")
        return Ended(seconds, said[contender.is_captured])


def _last_line(stream: BinaryIO) -> str:
    stream.seek(0)
    text = _COLOUR.sub("", stream.read().decode(errors="replace"))
    return next(iter(reversed(text.strip().splitlines())), "")
