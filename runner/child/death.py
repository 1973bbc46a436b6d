"""Ending as the command did."""

from __future__ import annotations

import os
import sys

from runner.child.raw import signal
from runner.child.signals import EVERY, UNCATCHABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from runner.model.outcome import Outcome


def die(outcome: Outcome) -> NoReturn:
    """End this process as `outcome` says: by the same signal, else with the status; as PID 1 always with it.

    Nothing is unwound: whatever was to be removed is gone already.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, EVERY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):  # its reader is gone, or it was closed from the start
            continue
    if outcome.signal:
        _die_by(outcome.signal)
    os._exit(outcome.status)


def leave_no_core() -> None:
    """Have the system write no core of this process, nor of those it starts: there are keys in its memory."""
    import resource  # noqa: PLC0415 - needed by one ending in a hundred, and costs every start otherwise

    # Of 0 a core_pattern that is a program takes no notice, 1 means "none at all" to the kernel (core(5),
    # fs/coredump.c).
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0 if hard == 0 else 1, hard))


def _die_by(signo: int) -> None:
    """Send ourselves the signal; return only where it does not end us."""
    leave_no_core()  # the command has dumped its own, if it should
    if signo not in UNCATCHABLE:
        signal.signal(signo, signal.SIG_DFL)
    os.kill(os.getpid(), signo)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signo})
