"""A way to the fake AWS that can be shut: then its address refuses connections, as an endpoint does that is gone."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Gate:
    """Listens on a loopback port of its own and passes everything on; `url` is for AWS_ENDPOINT_URL."""

    def __init__(self, behind: str) -> None:
        parts = urlsplit(behind)
        self._behind = (str(parts.hostname), int(parts.port or 80))
        self._port = 0
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.open()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def open(self) -> None:
        """Listen, again at the same port."""
        self._listening = socket.create_server(("127.0.0.1", self._port), backlog=64)
        self._port = self._listening.getsockname()[1]
        self._start(self._accept)

    def shut(self) -> None:
        """Refuse connections, and end those that are open."""
        for each in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._open.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.shut()

    def _start(self, work: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError), self._listening:
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(self._behind)
                self._open += [near, far]
                self._start(_pass_on, near, far)


def _pass_on(near: socket.socket, far: socket.socket) -> None:
    """Pass on in both directions until either side ends."""
    with near, far, contextlib.suppress(OSError), selectors.DefaultSelector() as selector:
        for source, sink in ((near, far), (far, near)):
            selector.register(source, selectors.EVENT_READ, sink)
        while True:
            for key, _ in selector.select():
                chunk = key.fileobj.recv(65536)  # type: ignore[union-attr]  # a socket
                if not chunk:
                    return
                key.data.sendall(chunk)
