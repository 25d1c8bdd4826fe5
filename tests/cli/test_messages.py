"""What goes to standard error: redacted, without control characters, apart from the result."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import termios
from typing import TYPE_CHECKING, TextIO

import pytest

from coda_cli.cli.messages import Messages, pack_output, printable, progress
from coda_cli.errors import UsageError
from coda_cli.redaction import Redactor
from tests.programs import HEAD, run_coda, write_pack

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


class Terminal(io.StringIO):
    """A terminal that keeps what it is sent."""

    def isatty(self) -> bool:
        """Tell that a person is looking."""
        return True


class Full(io.StringIO):
    """A file on a full disk."""

    def flush(self) -> None:
        """Fail."""
        raise OSError(28, "No space left on device")


def messages(stream: TextIO) -> Messages:
    """Messages to a stream, with one secret known."""
    redactor = Redactor()
    redactor.add_secret(SECRET)
    return Messages(redactor, stream)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\tb\nc é 😀", "a\tb\nc é 😀", id="harmless"),
        pytest.param("a\r\nb", "a\nb", id="line ends of two characters"),
        pytest.param("\x1b[31m", r"\x1b[31m", id="ESC"),
        pytest.param("\x9b31m", r"\x9b31m", id="C1"),
        pytest.param("a\rb\x08\x00\x7f", r"a\rb\x08\x00\x7f", id="C0 and DEL"),
        pytest.param("\u202etxt.exe\u2066", r"\u202etxt.exe\u2066", id="direction"),
        pytest.param("a\u2028b\u2029", r"a\u2028b\u2029", id="line separators"),
        pytest.param("\ud800", r"\ud800", id="lone surrogate"),
    ],
)
def test_control_characters_are_written_as_escapes(text: str, shown: str) -> None:
    """Nothing can drive a terminal, hide text, or break an encoding."""
    assert printable(text) == shown


def test_errors_are_redacted_and_indented() -> None:
    """What happened is the first line; the rest is below it."""
    stream = io.StringIO()
    messages(stream).error(UsageError(f"no {SECRET}", "first\nsecond", "", f"\x1b{SECRET}"))
    assert stream.getvalue() == "Error: no [secret]\n  first\n  second\n  \n  \\x1b[secret]\n"


@pytest.mark.parametrize(
    ("name", "value", "coloured"),
    [
        pytest.param("TERM", "xterm", True, id="terminal"),
        pytest.param("NO_COLOR", "1", False, id="NO_COLOR"),
        pytest.param("NO_COLOR", "", True, id="NO_COLOR, empty"),
        pytest.param("TERM", "dumb", False, id="TERM=dumb"),
    ],
)
def test_colour_is_for_terminals(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, coloured: bool
) -> None:
    """The word Error is red on a terminal, unless colour is not wanted."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    stream = Terminal()
    messages(stream).failure("no")
    assert ("\x1b[" in stream.getvalue()) == coloured
    piped = io.StringIO()
    messages(piped).failure("no")
    assert piped.getvalue() == "Error: no\n"


def test_a_standard_error_that_is_gone_changes_nothing() -> None:
    """Where standard error is on a full disk, there is nobody left to tell."""
    assert messages(Full()).write("lost\n") == 5


def test_text_that_the_encoding_lacks_is_escaped() -> None:
    """A standard error in ASCII shows the rest as escapes."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    Messages(Redactor(), stream).write("é\n")
    assert raw.getvalue() == b"\\xe9\n"


def test_what_a_pack_prints_is_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    """Both streams of a pack go to the messages, and only while it runs."""
    stream = io.StringIO()
    with pack_output(messages(stream)):
        sys.stdout.write(f"printed {SECRET}\n")
        sys.stderr.write(f"said {SECRET}\n")
        assert sys.stdout.encoding
        assert not sys.stdout.isatty()
        assert sys.stdout.writable()
    sys.stdout.write("result\n")
    assert stream.getvalue() == "printed [secret]\nsaid [secret]\n"
    assert capsys.readouterr() == ("result\n", "")


def test_a_pack_may_write_bytes() -> None:
    """What a pack writes as bytes is a message too, redacted, and escaped where it is no UTF-8."""
    stream = io.StringIO()
    with pack_output(messages(stream)):
        for name in ("stdout", "stderr"):
            assert getattr(sys, name).buffer.write(f"é {SECRET} ".encode() + b"\xff\n") == len(SECRET) + 6
            getattr(sys, name).buffer.flush()
    assert stream.getvalue() == "é [secret] \\xff\n" * 2


def test_nothing_of_a_pack_reaches_standard_output(tmp_path: Path) -> None:
    """However it writes, at load and when it runs, and whatever program it starts."""
    source = """
        import os, subprocess, sys

        def say(when):
            print("print", when)
            sys.stdout.write(f"stdout {when}\\n")
            sys.__stdout__.write(f"__stdout__ {when}\\n")
            os.write(1, f"descriptor {when}\\n".encode())
            program = [sys.executable, "-c", f"print('program', {when!r})"]
            subprocess.run(program, check=True)
            subprocess.run(program, check=True, stdout=sys.stdout, stderr=sys.stderr)

        say("load")

        @pack.formula
        def result(context) -> str:
            say("run")
            return "the result"
    """
    write_pack(tmp_path, source)
    process = run_coda("execute", "pack.py", "Result", cwd=tmp_path)
    assert (process.returncode, process.stdout) == (0, '"the result"\n')
    for when in ("load", "run"):
        ways = ["print", "stdout", "__stdout__", "descriptor", "program", "program"]
        assert sorted(line for line in process.stderr.splitlines() if line.endswith(when)) == sorted(
            f"{way} {when}" for way in ways
        )


def test_programs_can_be_given_the_streams() -> None:
    """``subprocess.run(stdout=sys.stderr)`` works in a pack: the messages have a descriptor."""
    with pack_output(Messages(Redactor(), sys.__stderr__)):
        assert sys.stdout.fileno() == sys.stderr.fileno() == 2
        subprocess.run([sys.executable, "-c", ""], check=True, stdout=sys.stdout)


def test_progress_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quick work, pipes and dumb terminals get no line of progress."""
    monkeypatch.setenv("TERM", "xterm")
    for stream in (io.StringIO(), Terminal()):
        with progress(messages(stream), lambda: "Running F", shown=True):
            pass
        assert stream.getvalue() == ""


def test_messages_make_room_for_the_line_of_progress() -> None:
    """A message takes the place of the line of progress, and never stands behind it."""
    stream = Terminal()
    shown = messages(stream)
    shown.progress("Running \x1b F")
    shown.write("message\n")
    shown.progress("Running F")
    shown.clear_progress()
    clear = "\r\x1b[K"
    assert stream.getvalue() == f"{clear}Running \\x1b F{clear}message\n{clear}Running F{clear}"


def test_something_else_takes_the_place_of_progress() -> None:
    """What is written to the same terminal by others stands where the line of progress was."""
    stream = Terminal()
    shown = messages(stream)
    shown.progress("Running F")
    with shown.without_progress():
        stream.write("row\n")
    shown.write("end\n")
    assert stream.getvalue() == "\r\x1b[KRunning F\r\x1b[Krow\nend\n"


def test_progress_wipes_out_no_line_of_others() -> None:
    """While a line that somebody else wrote has no end, the line of progress stays away."""
    stream = Terminal()
    shown = messages(stream)
    with shown.without_progress(ends_line=False):
        stream.write("  }")
    shown.progress("Running F")
    assert stream.getvalue() == "  }"
    with shown.without_progress():
        stream.write(",\n")
    shown.progress("Running F")
    assert stream.getvalue() == "  },\n\r\x1b[KRunning F"


def test_progress_wipes_out_no_question() -> None:
    """While a prompt waits for its answer, the line of progress stays away; afterwards it is back."""
    terminal = Terminal()
    shown = messages(terminal)
    shown.write("name? ")
    shown.progress("Running F")
    assert terminal.getvalue() == "name? "
    shown.write("thanks\n")
    shown.progress("Running F")
    assert terminal.getvalue().endswith("thanks\n\r\x1b[KRunning F")


@pytest.mark.parametrize(
    ("echo", "is_drawn"), [pytest.param(True, True, id="on"), pytest.param(False, False, id="off")]
)
def test_progress_waits_for_secrets(echo: bool, is_drawn: bool) -> None:
    """A terminal whose echo is off is asking for a secret, such as an MFA code."""
    ours, theirs = pty.openpty()
    attributes = termios.tcgetattr(theirs)
    attributes[3] = attributes[3] | termios.ECHO if echo else attributes[3] & ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, attributes)
    with os.fdopen(theirs, "w", encoding="utf-8") as stream, os.fdopen(ours, "rb", buffering=0) as screen:
        shown = messages(stream)
        shown.progress("Running F")
        stream.write("end\n")
        stream.flush()
        assert (b"Running F" in screen.read(100)) is echo


CHATTER = """
import sys, threading

def chatter():
    before = sys.stdout
    while sys.stdout is before:
        print("before", flush=True)
    for _ in range(1000):
        print("after", flush=True)

"""
"""A thread that prints until the pack's output is nobody's any more, and goes on then."""


def test_threads_of_a_pack_print_beside_the_result(tmp_path: Path) -> None:
    """While the result is written and afterwards, a thread of the pack still prints to standard error."""
    source = """
        @pack.formula
        def rows(context) -> list[int]:
            threading.Thread(target=chatter).start()
            return list(range(20000))
        """
    write_pack(tmp_path, source, head=HEAD + CHATTER)
    process = run_coda("execute", "pack.py", "Rows", "--output", "ndjson", cwd=tmp_path)
    assert process.returncode == 0
    assert process.stdout.split() == [str(number) for number in range(20000)]
    said = process.stderr.split()
    assert said.count("after") == 1000
    assert set(said) <= {"before", "after"}


def test_threads_that_loading_left_print_beside_what_is_stored(tmp_path: Path) -> None:
    """A pack's thread has no standard output either after ``coda auth`` loaded the pack."""
    source = """
        pack.add_network_domain("amazonaws.com")
        pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="s3")
        threading.Thread(target=chatter).start()
        """
    write_pack(tmp_path, source, head=HEAD + CHATTER)
    process = run_coda("auth", "pack.py", "--clear", cwd=tmp_path)
    assert (process.returncode, process.stdout) == (0, "")
    assert process.stderr.count("after") == 1000
