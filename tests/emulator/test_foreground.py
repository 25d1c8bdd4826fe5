"""What a command in the foreground gives back, and who gets which signal."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from coda_cli.emulator.foreground import run_in_foreground, uninterrupted
from tests.source_model import ROOT

if TYPE_CHECKING:
    from pathlib import Path

RUNNER = """
import os, sys
from coda_cli.emulator.foreground import Terminated, run_in_foreground, terminable
terminal, *command = sys.argv[1:]
if terminal:
    os.close(os.open(terminal, os.O_RDWR))  # the first terminal of a session is the one it is controlled by
try:
    with terminable():
        code = run_in_foreground(command, os.environ)
except Terminated as terminated:
    code = f"Terminated {terminated.number}"
print(code, flush=True)
"""

COUNTING = """
import os, select, signal, sys
came = 0
woken, wake = os.pipe()
os.set_blocking(wake, False)
signal.set_wakeup_fd(wake)  # a signal that comes just before the wait ends it, too
def count(number, frame):
    global came
    came += 1
    os.write(1, f"came {came}\\n".encode())  # print, which it may have come upon, cannot be entered twice
signal.signal(signal.SIGINT, count)
signal.signal(signal.SIGTERM, count)
os.write(1, b"ready\\n")
while True:
    ready, _, _ = select.select([0, woken], [], [])
    if woken in ready:
        os.read(woken, 100)
    elif not os.read(0, 100):
        sys.exit(40 + came)
"""


def started(*command: str, terminal: str = "") -> subprocess.Popen[str]:
    """Start a process of its own session that runs a command in its foreground."""
    return subprocess.Popen(
        [sys.executable, "-c", RUNNER, terminal, *command],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize(
    ("script", "code"),
    [
        pytest.param("exit 0", 0, id="success"),
        pytest.param("exit 7", 7, id="failure"),
        pytest.param("kill -9 $$", 137, id="killed"),
        pytest.param("kill -2 $$", 130, id="interrupted"),
        pytest.param('exit "$CODE"', 9, id="environment"),
    ],
)
def test_exit_code_is_the_commands(script: str, code: int) -> None:
    """The command's own code comes back, 128 + N where signal N ended it."""
    environment = {"PATH": os.environ["PATH"], "CODE": "9"}
    assert run_in_foreground(["sh", "-c", script], environment) == code


def test_missing_command_raises() -> None:
    """A command that is not there is told from one that failed."""
    with pytest.raises(FileNotFoundError):
        run_in_foreground(["no-such-command-anywhere"], os.environ)


def test_file_that_is_no_program_raises(tmp_path: Path) -> None:
    """A file without the right to be executed is told from one that is not there."""
    script = tmp_path / "script"
    script.write_text("exit 0\n")
    with pytest.raises(PermissionError):
        run_in_foreground([str(script)], os.environ)


def test_handlers_are_put_back() -> None:
    """After the command, signals mean what they meant before."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    run_in_foreground(["true"], os.environ)
    assert [signal.getsignal(number) for number in numbers] == before


def test_interrupt_sent_to_us_reaches_the_command() -> None:
    """Without a terminal nobody else tells the command, and its own code is given back."""
    with started(sys.executable, "-c", COUNTING) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "came 1\n"
        process.stdin.close()
        assert process.stdout.readline() == "41\n"


def test_interrupt_ends_an_ordinary_command() -> None:
    """A command that does not handle SIGINT ends by it, which is 130."""
    with started("sh", "-c", "echo ready; exec cat") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "130\n"


def test_control_c_reaches_the_command_once() -> None:
    """A terminal interrupts the whole group, so it is not passed on, and we outlive it."""
    controller, terminal = pty.openpty()
    try:
        with started(sys.executable, "-c", COUNTING, terminal=os.ttyname(terminal)) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            os.write(controller, b"\x03")
            assert process.stdout.readline() == "came 1\n"
            process.stdin.close()
            assert process.stdout.readline() == "41\n"
    finally:
        os.close(controller)
        os.close(terminal)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_termination_is_passed_on(number: signal.Signals) -> None:
    """The command ends first and can still say something; then we do, by that signal."""
    command = f"trap 'echo ended; exit 3' {number.value}; echo ready; read line"
    with started("sh", "-c", command) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.readline() == "ended\n"
        assert process.stdout.readline() == f"Terminated {number.value}\n"


def test_stubborn_command_is_killed() -> None:
    """A command that does not end on SIGTERM does not outlive a second one."""
    with started(sys.executable, "-c", COUNTING) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "came 1\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "Terminated 15\n"


def test_ignored_signal_stays_ignored() -> None:
    """Under ``nohup`` a hang-up ends neither the command nor us."""
    nohup = "trap '' HUP; exec \"$@\""
    command = ["sh", "-c", nohup, "sh", sys.executable, "-c", RUNNER, "", "sh", "-c", "echo ready; read line"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGHUP)
        process.stdin.write("\n")
        process.stdin.close()
        assert process.stdout.readline() == "0\n"


def test_signals_wait_while_things_are_taken_down() -> None:
    """An interrupt that comes in the middle, to whichever thread, is raised at the end, not lost."""
    done, begun = [], threading.Event()

    def interrupt() -> None:
        begun.wait()
        signal.raise_signal(signal.SIGINT)

    other = threading.Thread(target=interrupt)
    other.start()

    def take_down() -> None:
        with uninterrupted():
            begun.set()
            other.join()
            os.kill(os.getpid(), signal.SIGINT)
            done.append("taken down")

    with pytest.raises(KeyboardInterrupt):
        take_down()
    assert done == ["taken down"]
