"""Which signals are caught, relayed, ignored and restored, and why."""

from __future__ import annotations

import os

from runner.child.raw import signal
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType

    # What signal.signal returns: a default or ignore constant, a Python function, or None for a handler in C.
    Disposition = Callable[[int, FrameType | None], object] | int | None

EVERY = frozenset(int(signo) for signo in signal.valid_signals())
UNCATCHABLE = frozenset((signal.SIGKILL, signal.SIGSTOP))

# Raised by our own instructions: a handler that returns would run into the same instruction for ever.
FAULTS = frozenset((signal.SIGILL, signal.SIGTRAP, signal.SIGBUS, signal.SIGFPE, signal.SIGSEGV, signal.SIGSYS))

# About this process, never for the command: how our writes and our processor time fared.
OUR_OWN = frozenset((signal.SIGPIPE, signal.SIGXFSZ, signal.SIGXCPU))

# Ignored, so that a notice written from the background under `stty tostop` stops neither us nor the command.
BACKGROUND = frozenset((signal.SIGTTIN, signal.SIGTTOU))

# Everything else somebody can send (HUP INT QUIT TERM USR1 USR2 ALRM CONT WINCH TSTP, real-time signals): without
# `run` in front it would have reached the command. One that the caller ignores is relayed too: the command starts
# with it ignored, and may have changed its mind (nginx catches QUIT wherever it was started).
RELAYED = EVERY - UNCATCHABLE - FAULTS - OUR_OWN - BACKGROUND - {signal.SIGCHLD}

STOPS = frozenset((signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU))


class Caught:
    """From entering it until leaving it no signal that can be caught ends this process: each is a byte in a pipe.

    `descriptor` becomes readable when signals wait; read() returns them in the order they came. Entering also
    puts /dev/null, close-on-exec, where standard input, output or error are closed: no file of ours takes their
    numbers, and a command started later finds them closed as before.
    """

    __slots__ = ("_before", "_mask", "_wakeup_before", "_write_end", "descriptor", "reach_a_child")

    def __init__(self) -> None:
        self._before: dict[int, Disposition] = {}
        self._mask: Iterable[int] = ()
        self.reach_a_child = False

    def __enter__(self) -> Caught:
        fill_closed_stdio()
        self.descriptor, self._write_end = os.pipe()
        os.set_blocking(self.descriptor, False)
        os.set_blocking(self._write_end, False)
        self._wakeup_before = signal.set_wakeup_fd(self._write_end, warn_on_full_buffer=False)
        for signo in sorted(RELAYED | {signal.SIGCHLD}):
            self._before[signo] = signal.signal(signo, _noted)
        for signo in BACKGROUND:
            self._before[signo] = signal.signal(signo, signal.SIG_IGN)
        # A caller may have blocked CHLD or TERM; we must see them all the same. The command gets its mask back.
        self._mask = signal.pthread_sigmask(signal.SIG_UNBLOCK, self._before.keys())
        return self

    def __exit__(self, *_: object) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, EVERY)
        unread = [] if self.reach_a_child else self.read()
        for signo, before in self._before.items():
            signal.signal(signo, signal.SIG_DFL if before is None else before)
        signal.set_wakeup_fd(self._wakeup_before)
        os.close(self.descriptor)
        os.close(self._write_end)
        for signo in unread:  # there was no command to relay them to: they were meant for us
            os.kill(os.getpid(), signo)
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def read(self) -> list[int]:
        """Return the signals that came since the last call, the first first; never wait."""
        try:
            return list(os.read(self.descriptor, 65536))
        except BlockingIOError:
            return []

    def restore_dispositions(self) -> None:
        """Give a forked child, which has every signal blocked, the dispositions of our caller.

        PIPE and XFSZ become default: Python ignored them before our first line, what they were cannot be known.
        """
        for signo, before in self._before.items():
            signal.signal(signo, signal.SIG_IGN if before == signal.SIG_IGN else signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)

    def restore_mask(self) -> None:
        """Give it the mask of our caller: what was sent to it takes effect."""
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)


class Blocked:
    """Within it every signal waits; a fork in it leaves no moment in which a child runs with our handlers."""

    __slots__ = ("_mask",)

    def __enter__(self) -> Blocked:
        self._mask = signal.pthread_sigmask(signal.SIG_BLOCK, EVERY)
        return self

    def __exit__(self, *_: object) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)


def pending() -> set[int]:
    """Return the signals that wait because they are blocked."""
    return {int(signo) for signo in signal.sigpending()}


def stop_like(signo: int) -> None:
    """Stop this process by `signo`; return when it is continued.

    In an orphaned process group and as PID 1 the system drops the signal, and this returns at once.
    """
    before = signal.signal(signo, signal.SIG_DFL)
    os.kill(os.getpid(), signo)
    signal.signal(signo, before)


def raise_interrupts() -> None:
    """Have ^C raise KeyboardInterrupt, unless it is ignored: there is something to do before we die of it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def fill_closed_stdio() -> None:
    """Open /dev/null, close-on-exec, on each of the descriptors 0 to 2 that is closed."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number is this one


def _noted(_signo: int, _frame: FrameType | None) -> None:
    """Do nothing: the interpreter has written the signal's number into the pipe."""


def number(name: str, origin: str) -> int:
    """Return the number of a signal named as kill(1) takes it: TERM, SIGTERM, 15; 0 for "". Raises usage."""
    if not name:
        return 0
    word = name.upper()
    found = getattr(signal, word if word.startswith("SIG") else f"SIG{word}", None)
    if isinstance(found, int) and found in EVERY:
        return int(found)
    if name.isascii() and name.isdigit() and int(name[:9]) in EVERY:
        return int(name)
    problem = f'{origin} "{name}" must be a signal, such as TERM or 15'
    raise Failure("usage", problem=problem, cause="the name of a signal", remedy="kill -l")
