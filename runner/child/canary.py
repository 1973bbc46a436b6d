"""The group canary: an idle member of our process group that tells who a signal was meant for.

A signal that it got too was sent to the group (the terminal, kill -PGRP, `timeout`, `kill %1`), so the command has
it already. A signal that only we got was sent to our process id, and must be relayed. This needs no siginfo, and of
all ways measured it is the only one that delivers exactly once in every case.
"""

from __future__ import annotations

import os

from runner.child import linux
from runner.child.raw import signal
from runner.child.signals import EVERY

# Without the word "run": `pkill run` and `pkill -f "run -i x"` must find us alone, or it looks like a group signal.
TITLE = b"group-canary"
ANSWER = 0x80  # answers are above every signal number


class Canary:
    """A running canary. `descriptor` becomes readable when it reports a signal or answers; at its end, end of file.

    An answer proves that every signal it got before the question has been reported: the system delivers what is
    pending before it lets the canary read the question. So a loaded machine makes nothing later than it is.
    """

    __slots__ = ("_questions", "descriptor", "pid")

    def __init__(self) -> None:
        """Fork it; every signal must be blocked, and our handlers in place, which it shares."""
        questions_read, self._questions = os.pipe()
        self.descriptor, reports = os.pipe()
        os.set_blocking(reports, False)  # what set_wakeup_fd wants
        self.pid = os.fork()
        if self.pid == 0:
            _sing(questions_read, reports)
        os.close(questions_read)
        os.close(reports)
        os.set_blocking(self.descriptor, False)

    def ask(self, number: int) -> bool:
        """Ask for a report, to be answered by the byte ANSWER + number; tell whether it could be asked."""
        try:
            os.write(self._questions, bytes((ANSWER + number,)))
        except OSError:
            return False
        return True

    def read(self) -> bytes:
        """Return the signal numbers and answers that have come."""
        try:
            return os.read(self.descriptor, 4096)
        except BlockingIOError:
            return b""

    def wake(self) -> None:
        """Continue it when somebody has stopped the group with STOP, which nobody can catch."""
        os.kill(self.pid, signal.SIGCONT)

    def close(self) -> None:
        """Close our ends of its pipes: it leaves at end of file, if nobody has stopped it."""
        os.close(self._questions)
        os.close(self.descriptor)

    def kill(self) -> None:
        """End it; it remains to be reaped."""
        os.kill(self.pid, signal.SIGKILL)


def _sing(questions: int, reports: int) -> None:
    """Be the canary: handlers write a signal's number into `reports`, this loop answers questions.

    Leaves at end of file, when the process that asks is gone however it went. Keeps nobody's pipe open.
    """
    try:
        signal.set_wakeup_fd(reports, warn_on_full_buffer=False)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, EVERY)
        for number in _descriptors():
            if number not in (questions, reports):
                os.closerange(number, number + 1)  # takes no notice of one that is closed: that of the listing
        linux.rename(TITLE, linux.title_place())
        while question := os.read(questions, 1):
            os.write(reports, question)
    finally:
        os._exit(0)


def _descriptors() -> list[int]:
    """Return the descriptors that are open."""
    try:
        return [int(name) for name in os.listdir("/dev/fd")]
    except OSError:
        return list(range(4096))  # a chroot without /dev: what a usual limit allows
