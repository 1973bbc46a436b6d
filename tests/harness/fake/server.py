"""The HTTP server in front of the services: one thread a connection, none left at the end."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.harness.fake.clock import Clock
from tests.harness.fake.http import DroppedError, Reply, Request

POLL_S = 0.02  # how soon serve_forever notices that it is to stop
RST_ON_CLOSE = struct.pack("ii", 1, 0)


class Server(ThreadingHTTPServer):
    """Listens on a free loopback port from construction to close()."""

    daemon_threads = False
    request_queue_size = 256

    def __init__(self, answer: Callable[[Request], Reply], clock: Clock, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self._scheme = "https" if tls else "http"
        if tls:  # the handshake is the connection's own thread's
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.answer = answer
        self.clock = clock
        self.defects: list[BaseException] = []
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(POLL_S,), name="fake-aws")
        self._thread.start()

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.server_address[1]}"

    def close(self) -> None:
        """Stop, end the connections that are open, and join every thread."""
        self.shutdown()
        self._thread.join()
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def process_request(self, request, client_address) -> None:  # type: ignore[no-untyped-def] # as in typeshed: a socket or a pair
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request) -> None:  # type: ignore[no-untyped-def] # as in typeshed: a socket or a pair
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address) -> None:  # type: ignore[no-untyped-def] # as in typeshed
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):  # a client that went away is no defect of ours
            self.defects.append(error)


class Handler(BaseHTTPRequestHandler):
    """Reads requests, writes replies, keeps the connection alive."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.rfile.read(length))
        try:
            reply = self.server.answer(request)
        except DroppedError as dropped:
            self._drop(reset=dropped.reset)
            return
        self._write(reply)

    do_POST = do_PUT = do_HEAD = do_DELETE = do_GET  # noqa: N815 - the names http.server calls

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self.server.clock.now() if timestamp is None else timestamp)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
        """Keep stderr clean: the call log has it."""

    def _write(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def _drop(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST_ON_CLOSE)
