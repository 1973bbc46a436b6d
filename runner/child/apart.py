"""Work in a forked process, which takes its memory along: what comes back are the bytes it returned, or its failure."""

from __future__ import annotations

import marshal
import os
import sys

from runner import report
from runner.child.death import leave_no_core
from runner.child.raw import signal
from runner.child.signals import Blocked
from runner.child.spawn import no_process
from runner.model import outcome
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import NoReturn

DONE, FAILED = b"+", b"-"

# What ends a process that has no handler, and somebody may send before the command is there to get it.
ENDING = (
    *(signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM),
    *(signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM),
)
GOODBYE_S = 3  # a forked process that looks up a name takes no notice of a signal for as long as that takes


class Ended(Exception):  # noqa: N818 - no error: help was printed, or the process was told to end
    """The forked process ended by itself; `exitcode` as os.waitstatus_to_exitcode says it."""

    def __init__(self, exitcode: int) -> None:
        super().__init__(exitcode)
        self.exitcode = exitcode


def apart(work: Callable[[], bytes], *, debug: bool = False) -> bytes:
    """Run work in a forked process and return its bytes; raises the Failure it raised, internal without room for it.

    A signal that ends us ends it first, with all it has started: TERM, and KILL after 3 s.
    """
    with Ending() as ending:
        try:
            read_end, write_end = os.pipe()
            pid = os.fork()
        except OSError as error:
            raise no_process(error) from error
        if pid == 0:
            os.close(read_end)
            work_and_exit(work, write_end, debug=debug, ending=ending)
        os.close(write_end)
        ending.reaches(pid)
        try:
            answer = _read_all(read_end)
        finally:
            os.close(read_end)
            exitcode = _exitcode(pid)
            ending.reaches(0)
    if answer[:1] == DONE:
        return answer[1:]
    if answer[:1] == FAILED:
        raise Failure.of(marshal.loads(answer[1:]))
    raise Ended(exitcode)


class Ending:
    """From entering it until leaving it a signal that would end this process goes to a forked one, and then to us."""

    __slots__ = ("_before", "_pid", "signo")

    def __init__(self) -> None:
        self._before: dict[int, object] = {}
        self._pid = 0
        self.signo = 0

    def __enter__(self) -> Ending:
        for signo in ENDING:
            before = signal.getsignal(signo)
            if before in (signal.SIG_DFL, signal.default_int_handler):
                self._before[signo] = before
                signal.signal(signo, self._came)
        return self

    def __exit__(self, *_: object) -> None:
        if self.signo:
            signal.alarm(0)
        with Blocked():  # one that came in between would be "ignored due to race condition", says the interpreter
            for signo, before in self._before.items():
                signal.signal(signo, before)  # type: ignore[arg-type]  # one of two that were there
        if self.signo:
            leave_no_core()
            os.kill(os.getpid(), self.signo)

    def reaches(self, pid: int) -> None:
        """From now on end this process first; 0 for none."""
        self._pid = pid
        if pid and self.signo:
            self._end(signal.SIGTERM)

    def _came(self, signo: int, _frame: FrameType | None) -> None:
        if not self.signo:
            self.signo = signo
            self._end(signal.SIGTERM)
        elif signo == signal.SIGALRM:
            self._end(signal.SIGKILL)

    def _end(self, signo: int) -> None:
        if self._pid:
            os.kill(self._pid, signo)
            signal.alarm(GOODBYE_S)


def _exitcode(pid: int) -> int:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:  # our caller ignores SIGCHLD: the system has forgotten how it ended
        return 0


def work_and_exit(work: Callable[[], bytes], write_end: int, *, debug: bool, ending: Ending | None = None) -> NoReturn:
    """Do the work of a forked process; nothing of its caller's stack is ever returned to.

    `ending` has noted a signal that came before this process had handlers of its own.
    """
    _end_in_good_order()
    status = 125
    try:
        if ending is not None and ending.signo:
            sys.exit(outcome.SIGNALLED + ending.signo)
        answer = DONE + work()
        status = 0
    except Failure as failure:
        answer = FAILED + marshal.dumps(failure.plain())
        _explain(failure, debug=debug)
    except SystemExit as ended:
        answer, status = b"", ended.code if isinstance(ended.code, int) else 1
    except KeyboardInterrupt:
        answer = b""
        status = 130
    except BaseException as error:  # noqa: BLE001 - the boundary of main, in another process
        answer = FAILED + marshal.dumps(internal(error).plain())
        _explain(error, debug=debug)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
        while answer:
            answer = answer[os.write(write_end, answer) :]
    except OSError:  # the reader of our help, or we ourselves, have gone
        pass
    os._exit(status)


def _end_in_good_order() -> None:
    """Have signals end this process by SystemExit: what was started is ended on the way out."""
    leave_no_core()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # of what is started here we want to know how it ended
    signal.signal(signal.SIGTSTP, lambda *_: None)  # ^Z stops the waiting parent; a holder of a lock goes on to its end
    sys.unraisablehook = _try_again
    for signo in ENDING:
        if signal.getsignal(signo) != signal.SIG_IGN:
            signal.signal(signo, _leave)


def _leave(signo: int, _frame: FrameType | None) -> None:
    for each in ENDING:  # the terminal sends it, and then our parent does: the way out is gone once
        signal.signal(each, lambda *_: None)
    sys.exit(outcome.SIGNALLED + signo)


def _try_again(lost: sys.UnraisableHookArgs) -> None:
    """Leave a moment later: the way out was taken inside a finalizer, where it leads nowhere but to a traceback."""
    if isinstance(lost.exc_value, SystemExit):
        status = lost.exc_value.code
        signal.signal(signal.SIGALRM, lambda *_: sys.exit(status))
        signal.setitimer(signal.ITIMER_REAL, 0.01)


def internal(error: BaseException) -> Failure:
    """Return the failure for what nobody foresaw."""
    return Failure("internal", problem=report.place(error), cause="an unforeseen error")


def _explain(error: BaseException, *, debug: bool) -> None:
    if debug:
        report.trace(error)


def _read_all(descriptor: int) -> bytes:
    chunks = []
    while chunk := os.read(descriptor, 65536):
        chunks.append(chunk)
    return b"".join(chunks)
