"""A proxy on loopback that opens tunnels, as a company's does, but all of them to one server of this machine.

Owns ``CONNECT`` and passing bytes on. What goes through a tunnel it cannot read.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from tests.servers import LoopbackServer


class TunnelProxy:
    """Opens a tunnel to the server, whatever host it is asked for.

    Attributes:
        asked: the hosts and ports that it was asked for, in order.
        authorizations: what was shown to it with each.
    """

    def __init__(self, server: LoopbackServer) -> None:
        self.asked: list[str] = []
        self.authorizations: list[str | None] = []
        self._server = server
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> TunnelProxy:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=10)
        for one in self._sockets:
            one.close()

    def _start(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type] # any function
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(client)
            self._start(self._open, client)

    def _open(self, client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += (byte := client.recv(1))
            if not byte:
                return
        lines = head.decode().splitlines()
        self.asked.append(lines[0].split()[1])
        shown = [line for line in lines if line.lower().startswith("proxy-authorization:")]
        self.authorizations.append(shown[0].partition(": ")[2] if shown else None)
        server = socket.create_connection(("127.0.0.1", self._server.port))
        self._sockets.append(server)
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self._start(_pass_on, client, server)
        _pass_on(server, client)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Pass bytes on until either side ends."""
    with contextlib.suppress(OSError):
        while received := source.recv(65536):
            target.sendall(received)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
