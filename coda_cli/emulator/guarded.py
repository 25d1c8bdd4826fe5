"""Run a module that ends when standard input does: ``python -I guarded.py MODULE [ARGUMENTS]...``.

Executed by MiniStack's Python, so it may import the standard library only. Whoever started it holds the
other end of standard input; when that process is gone, however it went, this one goes too, and with it
every process of its group.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def _end_with_standard_input() -> None:
    while os.read(0, 4096):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
