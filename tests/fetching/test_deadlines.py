"""Waiting for another thread: its outcome, whatever it is, and no longer than there is time."""

from __future__ import annotations

import errno
import os
import socket
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest

from coda_cli.fetching.deadlines import Outcome, Worker, waited_for
from tests.fetching.parts import time_limit

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def worker() -> Iterator[Worker]:
    """A thread that ends with the test."""
    made = Worker()
    yield made
    made.end()


def test_work_is_done_in_the_other_thread(worker: Worker) -> None:
    """One piece after another, each told when it is done, all by one thread that keeps no process alive."""
    outcomes: SimpleQueue[Outcome[threading.Thread]] = SimpleQueue()
    for _ in range(3):
        worker.do(threading.current_thread, outcomes.put)
    threads = {outcome.get() for _ in range(3) if (outcome := waited_for(outcomes, 20))}
    (thread,) = threads
    assert thread is not threading.current_thread()
    assert thread.daemon


def test_what_is_raised_is_raised_where_it_is_waited_for(worker: Worker) -> None:
    """Even what is no ``Exception`` passes from one thread to the other."""

    class Ended(BaseException):
        pass

    def fail() -> None:
        raise Ended

    outcomes: SimpleQueue[Outcome[None]] = SimpleQueue()
    worker.do(fail, outcomes.put)
    outcome = waited_for(outcomes, 20)
    assert outcome is not None
    with pytest.raises(Ended):
        outcome.get()


def test_nothing_in_time() -> None:
    """What does not come is not waited for any longer."""
    assert waited_for(SimpleQueue[int](), 0.01) is None
    assert waited_for(SimpleQueue[int](), -1) is None


def test_an_ended_worker_ends(worker: Worker) -> None:
    """A thread that is told to end does so when it has done what it was given."""
    outcomes: SimpleQueue[Outcome[threading.Thread]] = SimpleQueue()
    worker.do(threading.current_thread, outcomes.put)
    worker.end()
    outcome = waited_for(outcomes, 20)
    assert outcome is not None
    thread = outcome.get()
    thread.join(20)
    assert not thread.is_alive()


def test_a_connection_that_the_system_gave_up_is_broken() -> None:
    """The system's own timeout is no slice: what is received after it is an end, which ends no answer."""

    def give_up(_: bytearray) -> int:
        raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))

    with socket.socket() as sock, pytest.raises(ConnectionAbortedError, match="timed out"):
        time_limit(1).wait_for(sock, give_up, bytearray(1))
