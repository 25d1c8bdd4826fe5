"""Connections that are made, and sent to, within a request's time.

Owns who waits for what. What goes on inside of the system or of a library for as long as it likes, looking
up a name, connecting, a proxy's answer, TLS, is done by another thread; a socket of an open connection is
waited for here, since a thread for each request costs as much as the request.
"""

from __future__ import annotations

from functools import partial
from queue import Empty, Full
from ssl import SSLEOFError
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.ssltransport import SSLTransport

from coda_cli.fetching.deadlines import GRACE, SLICE, TIME_LIMIT, in_thread, waited_for
from coda_cli.fetching.transport_answers import Response

if TYPE_CHECKING:
    from coda_cli.fetching.deadlines import TimeLimit

_PIECE = 8 * 1024
"""Bytes that are one record of TLS, also within another one."""


class Connection(HTTPConnection):
    """A connection over which a request is sent, and answered, within its time."""

    response_class = Response
    _is_being_made = False
    _is_given_up = False

    def connect(self) -> None:
        """Connect.

        Raises:
            RequestTimeoutError: the time is over. Then the thread is left alone, and closes what it opens.
        """
        limit = TIME_LIMIT.get()
        self._is_being_made, self._is_given_up = True, False
        outcomes = in_thread(partial(self._connect, limit.connecting()))
        outcome = waited_for(outcomes, limit.left + GRACE)
        if outcome is None:
            raise limit.timeout_error()
        outcome.get()
        self.timeout = SLICE
        self.sock.settimeout(SLICE)

    def _connect(self, limit: TimeLimit) -> None:
        TIME_LIMIT.set(limit)
        self.timeout = limit.left
        try:
            super().connect()
        finally:
            self._is_being_made = False
            if self._is_given_up:
                self.close()

    def close(self) -> None:
        """Close the connection; one that is being made is closed by the thread that makes it, after that.

        Whatever fails or is interrupted, urllib3 closes the connection that it was for.
        """
        self._is_given_up = True
        if not self._is_being_made:
            super().close()

    def send(self, data: Any) -> None:
        """Send all of the data, on a connection that is open then.

        Raises:
            TimeoutError: the time is over.
            BrokenPipeError: nobody reads any more. Then urllib3 reads the answer, which may say why.
        """
        if self.sock is None:
            self.connect()
        limit, rest = TIME_LIMIT.get(), memoryview(data)
        while rest:
            piece = rest
            if isinstance(self.sock, SSLTransport):
                # TLS to a proxy, and TLS within: what it cannot pass on before a timeout is lost.
                self.sock.settimeout(limit.left)
                piece = rest[:_PIECE]
            try:
                rest = rest[limit.wait_for(self.sock, self.sock.send, piece) :]
            except SSLEOFError as error:
                raise BrokenPipeError(str(error)) from error


class _SecureConnection(Connection, HTTPSConnection):
    """The same with TLS."""


class _Idle:
    """The open connections that nobody uses, the last one first: what urllib3 wants of a queue.

    The standard library's waits by a lock that Ctrl-C can leave locked, and urllib3 then comes back for it.
    """

    def __init__(self, most: int) -> None:
        self._connections: list[Any] = []
        self._most = most

    def get(self, **_: Any) -> Any:
        try:
            return self._connections.pop()
        except IndexError:
            raise Empty from None

    def put(self, connection: Any, **_: Any) -> None:
        if connection is None:  # what stands for one that is not made yet
            return
        if len(self._connections) >= self._most:
            raise Full
        self._connections.append(connection)

    def qsize(self) -> int:
        return len(self._connections)


class _Pool(HTTPConnectionPool):
    ConnectionCls = Connection
    QueueCls = _Idle  # type: ignore[assignment]  # it has what a pool calls


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
    QueueCls = _Idle  # type: ignore[assignment]  # it has what a pool calls


POOLS = {"http": _Pool, "https": _SecurePool}
"""What a pool manager of urllib3 makes its connections from."""
