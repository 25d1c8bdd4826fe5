"""Which part of a traceback a pack's author needs to see: from the pack's first frame on, none of ours.

It only reads exceptions; printing is the command line's.
"""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from sysconfig import get_path

_NOT_THE_PACK = (f"{Path(__file__).parent.parent}{os.sep}", "<frozen importlib")


def pack_traceback(error: BaseException) -> tuple[str, ...]:
    """Return the lines of the error's traceback without frames of the runner and of the import system.

    Causes, contexts and the exceptions of a group keep theirs, cut in the same way.
    """
    report = traceback.TracebackException.from_exception(error)
    reports = [report]
    for one in reports:  # grows while it is gone through
        one.stack = traceback.StackSummary.from_list([frame for frame in one.stack if not _is_ours(frame)])
        related = (one.__cause__, one.__context__, *(one.exceptions or ()))
        reports.extend(other for other in related if other is not None)
    return tuple("".join(report.format()).rstrip().splitlines())


def pack_location(error: BaseException) -> str | None:
    """Return ``file.py, line 3`` for the innermost frame that is the pack's, no library's, or None."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_ours(frame)]
    libraries = tuple(f"{get_path(name)}{os.sep}" for name in ("stdlib", "purelib", "platlib"))
    frames = [frame for frame in frames if not frame.filename.startswith(libraries)] or frames
    return f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else None


def _is_ours(frame: traceback.FrameSummary) -> bool:
    return frame.filename.startswith(_NOT_THE_PACK)
