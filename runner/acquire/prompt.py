"""Asking somebody, on the terminal itself: never on the command's stdin or stdout, and one process at a time."""

from __future__ import annotations

import os
import select
import signal
import termios
import time
from contextlib import contextmanager, suppress

from runner import report
from runner.acquire import process
from runner.acquire.lock import Locks
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from runner.model.order import Order

ANSWER_S = 300  # nobody answers who has not by then; others may wait for the terminal
LOOK_S = 0.5  # how often to look whether the run that we ask for is still there
LONGEST = 4096  # bytes; what a terminal takes for a line
LFLAG = 3  # where termios keeps echo and line editing


@contextmanager
def terminal(whose: str, order: Order, *, needs: str = "an answer", remedy: str = "") -> Iterator[Terminal]:
    """Have the terminal for questions that concern the identity `whose`; other runs on it wait, and say for whom.

    `needs` is what is to be asked for and `remedy` what to type where nobody can be: both are for sentences. Raises
    no-tty, lock-timeout.
    """
    remedy = remedy or f"run --identity {whose} -- true        # in the foreground of a terminal"
    descriptor = _opened(order.no_input, needs, remedy)
    try:
        locks = Locks(order.root, attended=True, whose=whose, doing="asking on this terminal")
        with locks.hold("terminal", str(os.getsid(0))):
            yield Terminal(descriptor, needs, remedy)
    finally:
        os.close(descriptor)


def _opened(no_input: str, needs: str, remedy: str) -> int:
    try:
        descriptor = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError as error:
        cause, problem = f"/dev/tty: {error.strerror}", "there is no terminal to ask on"
        raise Failure("no-tty", needs=needs, problem=problem, cause=cause, remedy=remedy) from error
    if process.may_attend(no_input):
        return descriptor
    os.close(descriptor)
    problem = "nobody may be asked" if no_input else "run is in the background, where nobody is asked"
    raise Failure("no-tty", needs=needs, problem=problem, cause=no_input or "see: jobs", remedy=remedy)


class Terminal:
    """A terminal that is ours to ask on. ^C ends the run as it always does; ^Z stops it, and `fg` asks again."""

    def __init__(self, descriptor: int, needs: str, remedy: str) -> None:
        self._descriptor = descriptor
        self._needs = needs
        self._remedy = remedy
        self._deadline = time.monotonic() + ANSWER_S
        self._parent = os.getppid()

    def say(self, text: str) -> None:
        """Write a line."""
        self._write(f"run: {report.clean(text)}\n")

    def ask(self, question: str, *, hidden: bool = False) -> str:
        """Return the line that was typed, without its end; `hidden` from who looks on. Raises no-tty.

        What was typed before the question is not an answer to it.
        """
        with _Line(self._descriptor, f"run: {report.clean(question).rstrip()} ", hidden=hidden):
            typed = b""
            while not typed.endswith(b"\n"):
                typed += self._read()
        return typed[:-1].decode("utf-8", "replace")

    def _read(self) -> bytes:
        while not select.select([self._descriptor], [], [], LOOK_S)[0]:
            if time.monotonic() >= self._deadline:
                raise self._unanswered(f"nobody answered within {ANSWER_S} s")
            if os.getppid() != self._parent:
                raise self._unanswered("the run that asked has ended")
        try:
            typed = os.read(self._descriptor, LONGEST)
        except OSError as error:
            raise self._unanswered("the terminal is gone", f"/dev/tty: {error.strerror}") from error
        if not typed:
            raise self._unanswered("the input ended without an answer", "end of file (^D) at the question")
        return typed

    def _unanswered(self, problem: str, cause: str = "/dev/tty") -> Failure:
        return Failure("no-tty", needs=self._needs, problem=problem, cause=cause, remedy=self._remedy)

    def _write(self, text: str) -> None:
        with suppress(OSError):  # reading will say what is the matter
            os.write(self._descriptor, text.encode("utf-8", "backslashreplace"))


class _Line:
    """Within it a question stands on the terminal and a line can be typed; what the terminal was comes back always."""

    def __init__(self, descriptor: int, question: str, *, hidden: bool) -> None:
        self._descriptor = descriptor
        self._question = question
        self._hidden = hidden
        self._before: list[object] | None = None

    def __enter__(self) -> None:
        self._on_stop = signal.signal(signal.SIGTSTP, self._stop)
        try:
            self._show()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        self._restore()
        signal.signal(signal.SIGTSTP, self._on_stop)

    def _show(self) -> None:
        """Set the terminal for a line and write the question; from the background this stops us until `fg`."""
        try:
            self._before = termios.tcgetattr(self._descriptor)
            modes = termios.tcgetattr(self._descriptor)
            modes[LFLAG] |= termios.ICANON | termios.ISIG | termios.ECHONL
            if self._hidden:
                modes[LFLAG] &= ~termios.ECHO
            termios.tcsetattr(self._descriptor, termios.TCSAFLUSH, modes)
            os.write(self._descriptor, self._question.encode("utf-8", "backslashreplace"))
        except (OSError, termios.error):  # hung up: reading will say so
            return

    def _restore(self) -> None:
        """Set the terminal as it was, unless a shell has taken it back meanwhile: that has set it for itself."""
        before, self._before = self._before, None
        if before is None:
            return
        on_output = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        with suppress(OSError, termios.error):
            if os.tcgetpgrp(self._descriptor) == os.getpgrp():
                termios.tcsetattr(self._descriptor, termios.TCSADRAIN, before)  # type: ignore[arg-type]  # as got
        signal.signal(signal.SIGTTOU, on_output)

    def _stop(self, signo: int, _frame: FrameType | None) -> None:
        """Stop as ^Z asks for, the terminal as it was; when continued, ask again."""
        self._restore()
        signal.signal(signo, signal.SIG_DFL)
        os.kill(os.getpid(), signo)
        signal.signal(signo, self._stop)
        self._show()
