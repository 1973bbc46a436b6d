"""The loopback server that the browser is sent back to: it waits for one answer, and closes itself with a page."""

from __future__ import annotations

import hmac
import os
import select
import socketserver
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from time import monotonic
from urllib.parse import parse_qs, urlsplit

from runner.acquire.login.browser import NotStartedError

PATH = "/oauth/callback"
SLOW_S = 2  # how long a connection may say nothing: browsers open some ahead
PAGE = """<!doctype html><meta charset="utf-8"><title>runner</title>
<body style="font-family: sans-serif; margin: 4em"><p>{}</p>{}"""
CLOSE = "<script>window.close()</script>"


class CannotListenError(Exception):
    """There is no port for the server."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the authorization page sent: a code, or why there is none."""

    code: str = field(default="", repr=False)
    error: str = ""


class Callback:
    """Listens on a free port of 127.0.0.1 from construction to the end of the `with`."""

    def __init__(self, state: str) -> None:
        try:
            self._server = _Server(state)
        except OSError as error:
            raise CannotListenError from error

    def __enter__(self) -> Callback:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.server_close()

    @property
    def uri(self) -> str:
        """Where the browser is to be sent back to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{PATH}"

    def wait(self, wait_s: float, started: int) -> Answer | None:
        """Return the answer, None when there was none in time.

        `started` is what browser.start returned, -1 for none; raises NotStartedError when it says so.
        """
        deadline = monotonic() + wait_s
        watched = [self._server.fileno()] + ([started] if started >= 0 else [])
        while self._server.answer is None:
            ready, _, _ = select.select(watched, [], [], max(0.0, deadline - monotonic()))
            if not ready:
                return None
            if self._server.fileno() in ready:
                self._server.handle_request()
            elif started in ready:
                watched.remove(started)
                if os.read(started, 1) == b"-":
                    raise NotStartedError
        return self._server.answer


class _Server(socketserver.TCPServer):
    request_queue_size = 16

    def __init__(self, state: str) -> None:
        self.state = state
        self.answer: Answer | None = None
        super().__init__(("127.0.0.1", 0), _Page)
        self.timeout = 0.0

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever connected and went is nobody's failure."""

    def judge(self, said: dict[str, str]) -> bool:
        """Take an answer to our own question; False for anything else, which the login goes on waiting for.

        An error may come without a state: it can do no more than end the login.
        """
        state, is_error = said.get("state", ""), "error" in said
        if not hmac.compare_digest(state.encode(), self.state.encode()) and not (is_error and "state" not in said):
            return False
        if is_error:
            self.answer = Answer(error=f"{said['error']} {said.get('error_description', '')}".strip())
        elif said.get("code"):
            self.answer = Answer(said["code"])
        return self.answer is not None


class _Page(BaseHTTPRequestHandler):
    server: _Server
    timeout = SLOW_S

    def do_GET(self) -> None:
        """Answer the browser."""
        parts = urlsplit(self.path)
        said = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path != PATH:
            self._write(404, "There is nothing here.")
        elif not self.server.judge(said):
            self._write(400, "This is not the answer to the login that is waiting. It goes on waiting.")
        elif self.server.answer is not None and self.server.answer.error:
            self._write(200, "The login was refused. The terminal says more; this window can be closed.")
        else:
            self._write(200, "The answer has reached the terminal. This window can be closed.", CLOSE)

    def version_string(self) -> str:
        """Name nobody's version."""
        return "runner"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
        """Log nothing: the line holds the code."""

    def _write(self, status: int, text: str, script: str = "") -> None:
        page = PAGE.format(text, script).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")  # our address holds the code
        self.end_headers()
        self.wfile.write(page)
