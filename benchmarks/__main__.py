"""``make bench``, or ``python -m benchmarks``: measure, and write what was found as Markdown and JSON.

The exit code says whether everything ran, never how fast.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.contenders import FOLDER
from benchmarks.large_bodies import large_bodies
from benchmarks.machine import describe_machine
from benchmarks.measurements import RunFailedError, environment, measure
from benchmarks.peers import Peers, find_peers
from benchmarks.report import Report
from benchmarks.server import serving
from benchmarks.start_up import start_up
from benchmarks.syncs import syncs
from benchmarks.throughput import many_at_once, throughput

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.contenders import Section

SECTIONS = ("start-up", "throughput", "concurrency", "syncs", "bodies")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for and return the exit code."""
    options = options_of(arguments)
    with serving() as url, tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        peers = Peers() if options.no_peers else find_peers(url, folder)
        measured = []
        for section in _sections(options.section or SECTIONS, url, folder, peers):
            print(
                f"{section.title}: {len(section.contenders)} × {options.rounds + 1} runs ...", file=sys.stderr
            )
            try:
                measured.append(measure(section, options.rounds, environment(url, home)))
            except RunFailedError as error:
                print(error, file=sys.stderr)
                return 1
    report = Report(describe_machine(), peers.versions, peers.missing, options.rounds, measured)
    if options.output is not None:
        (options.output / "results.md").write_text(report.markdown(), encoding="utf-8")
        (options.output / "results.json").write_text(report.json(), encoding="utf-8")
    print(report.markdown(), end="")
    return 0


def _sections(chosen: Sequence[str], url: str, folder: Path, peers: Peers) -> list[Section]:
    sections: dict[str, Callable[[], Section]] = {
        "start-up": lambda: start_up(url, folder, peers.one_get),
        "throughput": lambda: throughput(url, peers.reference_gets),
        "concurrency": many_at_once,
        "syncs": syncs,
        "bodies": lambda: large_bodies(url),
    }
    return [sections[name]() for name in chosen]


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the options; the folder for what is written is there then, before there is anything to lose.

    Figures of some sections do not replace those of all that are kept in the repository.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.output is None and not options.section:
        options.output = FOLDER
    if options.output is not None:
        try:
            options.output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            parser.error(f"argument --output: {options.output}: {error.strerror}")
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--rounds", type=_rounds, default=9, help="how many figures to take the median of (9)"
    )
    parser.add_argument("--section", choices=SECTIONS, action="append", help="only this one; may be repeated")
    parser.add_argument("--no-peers", action="store_true", help="leave other programs out")
    parser.add_argument(
        "--output",
        type=Path,
        help="the folder for results.md and results.json (benchmarks; none with --section)",
    )
    return parser


def _rounds(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a whole number, 1 or more")
    return int(text)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
