"""Which part of a traceback a pack's author needs to see: from the pack's first frame on, none of ours.

It only reads exceptions; printing is the command line's.
"""

from __future__ import annotations

import traceback
from pathlib import Path

_OUR_FOLDER = str(Path(__file__).parent.parent)


def pack_traceback(error: BaseException) -> tuple[str, ...]:
    """Return the lines of the error's traceback without frames of the runner and of the import system.

    Causes and contexts keep theirs, cut in the same way.
    """
    report = traceback.TracebackException.from_exception(error)
    _cut(report)
    return tuple("".join(report.format()).rstrip().splitlines())


def pack_location(error: BaseException) -> str | None:
    """Return ``file.py, line 3`` for the innermost frame that is the pack's, or None."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_ours(frame)]
    return f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else None


def _cut(report: traceback.TracebackException) -> None:
    report.stack = traceback.StackSummary.from_list([frame for frame in report.stack if not _is_ours(frame)])
    for related in (report.__cause__, report.__context__):
        if related is not None:
            _cut(related)


def _is_ours(frame: traceback.FrameSummary) -> bool:
    return frame.filename.startswith((_OUR_FOLDER, "<frozen importlib"))
