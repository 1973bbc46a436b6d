"""One child: what it gets from us and how it ended."""

from __future__ import annotations

import os
import time

from runner.child.raw import signal
from runner.model import outcome
from runner.model.outcome import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.child.loop import Family
    from runner.child.spawn import Held
    from runner.model.failure import Failure

NEVER = float("inf")


class Child:
    """A started command.

    `due` is the monotonic instant at which it is to be ended; `stop_signal` is 0 while it runs, else what it was
    stopped by; `stop_is_news` until we have followed it.
    """

    __slots__ = (
        "_exitcode",
        "_find_family",
        "_held",
        "_kill_after_s",
        "_relatives",
        "_status",
        "due",
        "stop_is_news",
        "stop_signal",
    )

    def __init__(self, held: Held, find_family: Callable[[int], Family] | None) -> None:
        command = held.command
        self._held = held
        self._find_family = find_family
        self._kill_after_s = command.kill_after_s
        self._relatives: Family | None = None
        self._status = 0
        self._exitcode: int | None = None
        self.stop_signal = 0
        self.stop_is_news = False
        self.due = NEVER if command.timeout_s is None else time.monotonic() + command.timeout_s

    @property
    def pid(self) -> int:
        """Its process id: certainly its own, since nobody but us can reap it."""
        return self._held.pid

    @property
    def lives(self) -> bool:
        """Whether it has not been reaped."""
        return self._exitcode is None

    def ended(self, exitcode: int) -> None:
        """Take its end: a status, or minus the signal."""
        self._exitcode = exitcode
        self.due = NEVER

    def stopped(self, signo: int) -> None:
        """Take that it has stopped by a signal, or was continued (0)."""
        self.stop_signal = signo
        self.stop_is_news = signo != 0

    def send(self, signo: int) -> None:
        """Send it a signal; one that has become another user's (sudo) may refuse, as it would the original sender."""
        try:
            os.kill(self.pid, signo)
        except PermissionError:
            return

    def relay(self, signo: int, *, group_has: bool) -> None:
        """Send it a signal that came to us, unless its group has got it and it is still in our group."""
        if not (group_has and self._in_our_group()):
            self.send(signo)

    def expire(self) -> None:
        """Do what is due: TERM at the timeout, KILL when that was not enough."""
        if self._status == 0:
            self.end(outcome.TIMED_OUT, self._kill_after_s)
            return
        self.due = NEVER
        if self._status == outcome.TIMED_OUT:
            self._status = outcome.SIGNALLED + signal.SIGKILL
        self._send_to_all(signal.SIGKILL)

    def end(self, status: int, kill_after_s: float | None) -> None:
        """Send TERM to it and its descendants, never to the group, which is our caller's too; KILL after that time."""
        if self._status != 0:
            return
        self._status = status
        self.due = NEVER if kill_after_s is None else time.monotonic() + kill_after_s
        if self._find_family is not None:
            self._relatives = self._related()  # before it dies and they lose their parent
        self._send_to_all(signal.SIGTERM)
        if self.stop_signal:
            self._send_to_all(signal.SIGCONT)

    def result(self) -> Outcome | Failure:
        """Return how it ended, once it has: its own way, ours, or that it could not be executed."""
        failure = self._held.failure()
        if failure is not None:
            return failure
        if self._status != 0:
            return Outcome(self._status, is_ours=True)
        return Outcome.of_exitcode(self._exitcode or 0)

    def _related(self) -> Family | None:
        assert self._find_family is not None
        try:
            return self._find_family(self.pid)
        except ImportError:  # run was removed or upgraded since: the command itself must end all the same
            return None

    def _send_to_all(self, signo: int) -> None:
        self.send(signo)
        if self._relatives is not None:
            self._relatives.send(signo)

    def _in_our_group(self) -> bool:
        try:
            return os.getpgid(self.pid) == os.getpgrp()
        except OSError:  # ended, or elsewhere than on Linux another user's: a member as far as we know
            return True
