"""An HTTP proxy that lets nobody through: 407 for a CONNECT and for a plain request."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

POLL_S = 0.02


class Proxy(ThreadingHTTPServer):
    """Listens on a free loopback port; a context manager. `asked` are the first lines of what came in."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Refusal)
        self.asked: list[str] = []
        self._thread = threading.Thread(target=self.serve_forever, args=(POLL_S,), name="proxy")
        self._thread.start()

    def url(self, user: str, password: str) -> str:
        """Return what HTTPS_PROXY says, with somebody's name and password."""
        return f"http://{user}:{password}@127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class Refusal(BaseHTTPRequestHandler):
    """Answers 407, and says what it wants."""

    server: Proxy

    def do_CONNECT(self) -> None:
        self.server.asked.append(self.requestline)
        body = b"<html>who are you?</html>"
        self.send_response(407, "Proxy Authentication Required")
        self.send_header("Proxy-Authenticate", 'Basic realm="corp"')
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET = do_CONNECT  # noqa: N815 - the names http.server calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
        """Keep stderr clean."""
