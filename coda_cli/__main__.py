"""The program: ``coda`` and ``python -m coda_cli`` start here, and end here."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from threading import Thread

INTERRUPTED = 130

OBJECTS_BETWEEN_COLLECTIONS = 100_000
"""Start-up makes some 60,000, none of them garbage: the default of 700 would search them dozens of times."""


def main() -> int:
    """Run the command line and return the exit code."""
    _forget_working_folder()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    descriptors = _open_descriptors()
    try:
        from coda_cli.cli.main import run

        code = run()
        _flush_standard_streams()
        if code == INTERRUPTED:
            return _interrupted(is_told=True)
        _wait_for_threads()
    except KeyboardInterrupt:  # so early or so late that nothing else could take it
        return _interrupted()
    if descriptors and _open_descriptors() <= descriptors:
        gc.freeze()  # the end of the process frees all at once what the interpreter would object by object
    return code


def _open_descriptors() -> int:
    """Count the open files, sockets and pipes; 0 where the system does not tell.

    What a pack left open may hold what it wrote: the interpreter's own, slower end writes that out.
    """
    try:
        return len(os.listdir("/dev/fd"))  # noqa: PTH208 - no pathlib yet
    except OSError:
        return 0


def _wait_for_threads() -> None:
    """Wait for the threads that a pack left, as the interpreter would."""
    for thread in _threads():
        while thread.is_alive():  # in slices: Ctrl-C just before a wait is seen after it only
            thread.join(0.5)


def _interrupted(*, is_told: bool = False) -> int:
    """Return the exit code of Ctrl-C, or end here: the interpreter would wait for threads that are left."""
    if any(_threads()):
        with suppress(AttributeError, OSError):  # standard error was closed
            sys.stderr.write("" if is_told else "\nInterrupted.\n")
            sys.stderr.flush()
        os._exit(INTERRUPTED)
    return INTERRUPTED


def _threads() -> list[Thread]:
    import threading

    here = threading.current_thread()
    return [thread for thread in threading.enumerate() if thread is not here and not thread.daemon]


def _flush_standard_streams() -> None:
    """Write what is left now, so that nothing remains for the interpreter to fail with at its end."""
    for stream, descriptor in ((sys.stdout, 1), (sys.stderr, 2)):
        with suppress(AttributeError, OSError, ValueError):  # it was closed
            _flush_or_forget(stream, descriptor)


def _flush_or_forget(stream: TextIO, descriptor: int) -> None:
    """Leave nothing for the interpreter to write at its end, where a failure would change the exit code."""
    try:
        stream.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
        stream.flush()


def _forget_working_folder() -> None:
    """Remove the entry that ``python -m`` adds, so that no file there can shadow a library."""
    started_as_module = __name__ == "__main__" and not sys.flags.safe_path
    if started_as_module and sys.path:
        with suppress(FileNotFoundError):  # the working folder was deleted
            if sys.path[0] in ("", os.getcwd()):  # noqa: PTH109 - no pathlib yet
                del sys.path[0]


if __name__ == "__main__":
    sys.exit(main())
