"""The user's browser, started by Python's webbrowser (which reads $BROWSER) in a process that nobody waits for."""

from __future__ import annotations

import os
import subprocess
import sys
import webbrowser
from contextlib import suppress

# It says + or - when the browser has been started or has not; some browsers stay in the foreground until then.
START = """
import os, sys, webbrowser
sys.stdout = sys.stderr = open(os.devnull, "w")
os.write(int(sys.argv[1]), b"+" if webbrowser.open_new_tab(sys.stdin.read()) else b"-")
"""


class NotStartedError(Exception):
    """No browser could be started."""


def is_there() -> bool:
    """Tell whether there is a browser to try: a graphical one, or what $BROWSER names."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return bool(os.environ.get("BROWSER")) or _has_display()


def _has_display() -> bool:
    """Tell whether a page can be shown; a text browser would take the terminal from whoever is asked."""
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def start(url: str) -> int:
    """Open a page; return a descriptor that gives `+` or `-` when it is known whether that worked, then its end.

    The browser has no terminal, and ^C is not for it. Raises NotStartedError when there is no process for it.
    """
    said, say = os.pipe()
    try:
        starting = subprocess.Popen(
            [sys.executable, "-I", "-c", START, str(say)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(say,),
            start_new_session=True,
            env={name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        )
    except OSError as error:
        os.close(said)
        raise NotStartedError from error
    finally:
        os.close(say)
    starting.returncode = 0  # it may outlive us, and is nobody's to wait for
    assert starting.stdin is not None
    try:
        with starting.stdin as question:
            question.write(url.encode())
    except OSError as error:
        os.close(said)
        raise NotStartedError from error
    return said


def open_page(url: str) -> None:
    """Open a page, as a help to somebody who has been told its address: whether that works is not asked."""
    with suppress(NotStartedError):
        os.close(start(url))
