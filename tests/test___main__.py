"""``python -m coda_cli``: the program's beginning and end."""

from __future__ import annotations

import signal
import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from tests.programs import CODA, environment, run_coda, write_pack

if TYPE_CHECKING:
    from pathlib import Path

WAITING = """
    import select, sys

    def wait():
        print("waiting", flush=True)
        while True:
            select.select([], [], [], 0.1)  # in slices: a signal just before a wait is seen after it only

    @pack.formula
    def f(context) -> None:
        wait()
"""


@pytest.mark.parametrize("name", ["click", "json", "rich", "pack", "jmespath", "logging"])
def test_a_module_in_the_working_folder_shadows_no_library(tmp_path: Path, name: str) -> None:
    """A file in the folder where coda is started is imported by nobody."""
    (tmp_path / f"{name}.py").write_text("raise SystemExit('shadowed')\n")
    folder = tmp_path / "packs"
    folder.mkdir()
    write_pack(folder, "@pack.formula\ndef f(context) -> list[int]: return [1]\n")
    for form in ("json", "table"):
        process = run_coda("execute", "packs/pack.py", "F", "--output", form, "--query", "@", cwd=tmp_path)
        assert (process.returncode, process.stderr) == (0, "")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(WAITING, id="formula"),
        pytest.param(f"{WAITING}\n    wait()\n", id="loading"),
    ],
)
def test_interrupted(tmp_path: Path, source: str) -> None:
    """Ctrl-C ends the program with 130 and one word, while loading as while running."""
    write_pack(tmp_path, source)
    with subprocess.Popen(
        [*CODA, "execute", "pack.py", "F"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "waiting\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out) == (130, "")
    assert err.strip() == "Interrupted."


def test_the_exit_code_is_that_of_the_command(tmp_path: Path) -> None:
    """What the command line returns is what the process ends with."""
    assert run_coda("--version", cwd=tmp_path).returncode == 0
    assert run_coda("execute", "nosuch.py", "F", cwd=tmp_path).returncode == 3


def test_what_is_printed_after_the_result(tmp_path: Path) -> None:
    """Exit functions of a pack print to standard error: the result was all of standard output."""
    write_pack(
        tmp_path,
        """
        import atexit, os, sys

        @pack.formula
        def f(context) -> int:
            atexit.register(os.write, 1, b"descriptor\\n")
            atexit.register(print, "stream")
            return 1
        """,
    )
    ended = run_coda("execute", "pack.py", "F", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (0, "1\n")
    assert {"stream", "descriptor"} <= set(ended.stderr.split())


def test_a_working_folder_that_was_deleted(tmp_path: Path) -> None:
    """The program still starts where the folder that it is started in has gone."""
    script = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'
    ended = run_coda("--version", cwd=tmp_path, script=script)
    assert ended.returncode == 0, ended.stderr


def test_interrupted_while_a_thread_is_left(tmp_path: Path) -> None:
    """Threads that a pack left are waited for, and Ctrl-C ends that as it ends everything else."""
    write_pack(
        tmp_path,
        """
        import threading

        @pack.formula
        def f(context) -> int:
            threading.Thread(target=threading.Event().wait).start()
            return 1
        """,
    )
    with subprocess.Popen(
        [*CODA, "execute", "pack.py", "F"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read() == "1\n"  # closed by the program: the threads print to standard error
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert process.returncode == 130
    assert err.strip() == "Interrupted."


def test_interrupted_while_a_formula_and_its_thread_run(tmp_path: Path) -> None:
    """One Ctrl-C ends a formula and the thread that it has started: nobody has to press it twice."""
    write_pack(
        tmp_path,
        """
        import select, threading

        @pack.formula
        def f(context) -> int:
            threading.Thread(target=threading.Event().wait).start()
            print("waiting", flush=True)
            while True:
                select.select([], [], [], 0.1)
        """,
    )
    with subprocess.Popen(
        [*CODA, "execute", "pack.py", "F"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "waiting\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out) == (130, "")
    assert err.strip() == "Interrupted."


def test_what_a_pack_wrote_to_a_file_that_it_left_open(tmp_path: Path) -> None:
    """A file that a pack never closes has what was written to it, also where it is part of a cycle."""
    source = """
        class Log:
            def __init__(self):
                self.itself = self
                self.file = open("cycle.txt", "w")

        file, log = open("module.txt", "w"), Log()

        @pack.formula
        def f(context) -> int: return file.write("module") + log.file.write("cycle")
    """
    write_pack(tmp_path, source)
    process = run_coda("execute", "pack.py", "F", cwd=tmp_path)
    assert (process.returncode, process.stdout) == (0, "11\n")
    written = [(tmp_path / name).read_text() for name in ("module.txt", "cycle.txt")]
    assert written == ["module", "cycle"]


def test_nothing_is_searched_for_cycles_at_the_end(tmp_path: Path) -> None:
    """Where nothing is left open, what is left of the program is taken out of the collector's sight."""
    write_pack(tmp_path, "@pack.formula\ndef f(context) -> int: return 1\n")
    script = """
        import gc, sys
        from coda_cli.__main__ import main
        main()
        sys.exit(gc.get_freeze_count() == 0 or len(gc.get_objects()) > 1000)
    """
    process = subprocess.run(
        [sys.executable, "-c", dedent(script), "execute", "pack.py", "F"],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    assert (process.returncode, process.stdout, process.stderr) == (0, "1\n", "")
