"""Writing in a thread: in order, whole, at once, and never more in memory than is bounded."""

from __future__ import annotations

from threading import Event, current_thread

import pytest

from coda_cli.cli.spool import Ending, Layout, Spool

LINES = Layout(opening="<", separator=",", closing=">", empty="<>")
MORE_THAN_WAITS = 3_000_000


@pytest.mark.parametrize(
    ("pieces", "ending", "expected"),
    [
        pytest.param([], Ending.WHOLE, "<>", id="nothing"),
        pytest.param([], Ending.FAILED, "", id="nothing, ended early"),
        pytest.param(["a"], Ending.WHOLE, "<a>", id="one"),
        pytest.param(["a", "b", "c"], Ending.WHOLE, "<a,b,c>", id="several"),
        pytest.param(["a", "b"], Ending.INTERRUPTED, "<a,b>", id="several, ended early"),
        pytest.param([str(number) for number in range(50_000)], Ending.WHOLE, None, id="many"),
    ],
)
def test_what_is_written(pieces: list[str], ending: Ending, expected: str | None) -> None:
    """Pieces stand in their order, with what belongs around them."""
    written: list[str] = []
    spool = Spool(written.append, LINES)
    for piece in pieces:
        spool.put(piece)
    spool.end(ending)
    assert "".join(written) == (f"<{','.join(pieces)}>" if expected is None else expected)


def test_a_piece_is_written_while_nothing_follows() -> None:
    """What a slow producer gave does not wait for what it gives next."""
    written = Event()
    spool = Spool(lambda text: written.set(), Layout())
    spool.put("a")
    assert written.wait(30)
    spool.end(Ending.WHOLE)


def test_another_thread_writes() -> None:
    """Ctrl-C, which reaches the main thread, cannot fall into the middle of a write."""
    threads = []
    spool = Spool(lambda text: threads.append(current_thread()), Layout())
    spool.put("a")
    spool.end(Ending.WHOLE)
    assert current_thread() not in threads
    assert not any(thread.is_alive() for thread in threads)


def test_whoever_gives_too_much_waits() -> None:
    """More than a bound does not wait in memory: it has been written when ``put`` returns."""
    written: list[str] = []
    spool = Spool(written.append, Layout())
    spool.put("x" * MORE_THAN_WAITS)
    assert sum(map(len, written)) == MORE_THAN_WAITS
    spool.end(Ending.WHOLE)


def test_what_cannot_be_written() -> None:
    """The failure is raised where the next piece is given, and at the end."""

    def fail(text: str) -> None:
        raise BrokenPipeError

    spool = Spool(fail, Layout())
    with pytest.raises(BrokenPipeError):
        spool.put("x" * MORE_THAN_WAITS)
    with pytest.raises(BrokenPipeError):
        spool.put("x")
    with pytest.raises(BrokenPipeError):
        spool.end(Ending.WHOLE)


def test_what_cannot_be_written_at_the_end() -> None:
    """A failure of the last piece is raised by ``end``."""

    def fail(text: str) -> None:
        raise BrokenPipeError

    spool = Spool(fail, Layout())
    spool.put("x")
    with pytest.raises(BrokenPipeError):
        spool.end(Ending.WHOLE)
