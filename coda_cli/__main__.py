"""The program: ``coda`` and ``python -m coda_cli`` start here, and end here."""

import os
import sys


def main() -> int:
    """Run the command line and return the exit code."""
    _forget_working_folder()
    try:
        from coda_cli.cli.main import run

        return run()
    except KeyboardInterrupt:  # so early or so late that nothing else could take it
        return 130


def _forget_working_folder() -> None:
    """Remove the entry that ``python -m`` adds, so that no file there can shadow a library."""
    started_as_module = __name__ == "__main__" and not sys.flags.safe_path
    if started_as_module and sys.path and sys.path[0] in ("", os.getcwd()):  # noqa: PTH109 - no pathlib yet
        del sys.path[0]


if __name__ == "__main__":
    sys.exit(main())
