"""The one place that waits: a poll over descriptors, one of them the pipe of the caught signals."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import select
    from collections.abc import Callable
    from typing import Protocol

    from runner.child.signals import Caught

    class Family(Protocol):
        """The descendants of a process, remembered from the first look on."""

        def send(self, signo: int) -> None:
            """Send a signal to each that lives."""


# A laptop's sleep stops the clock that poll waits by; what is due by the wall clock is late by this at most.
LONGEST_WAIT_S = 30.0


def pause_s(due_at: float, now_at: float, monotonic_dues: list[float], monotonic_now: float) -> float:
    """Return how long to wait: until the wall-clock instant or the first monotonic one; never over 30 s."""
    dues = [due - monotonic_now for due in monotonic_dues]
    return max(0.0, min(LONGEST_WAIT_S, due_at - now_at, *dues))


class Loop:
    """What the process waits for. `family` finds a process's descendants (psutil, behind cold.py).

    `started` are the process ids of the commands, ended ones too, `killed` those of processes that leaving reaps,
    `relayed` the signals that came for the commands.
    """

    __slots__ = ("_on_change", "_on_ready", "_poll", "caught", "ending", "family", "killed", "relayed", "started")

    def __init__(self, caught: Caught, family: Callable[[int], Family] | None = None) -> None:
        self.caught = caught
        self.family = family
        self.ending: tuple[int, float | None] | None = None
        self.started: list[int] = []
        self.killed: list[int] = []
        self.relayed: set[int] = set()
        self._poll: select.poll | None = None
        self._on_ready: dict[int, Callable[[], None]] = {}
        self._on_change: dict[int, tuple[Callable[[int], None], Callable[[int], None] | None]] = {}

    def __enter__(self) -> Loop:
        return self

    def __exit__(self, *_: object) -> None:
        """Reap what was killed: it has ended while its killer had other things to do."""
        for pid in self.killed:
            os.waitpid(pid, 0)

    def watch(self, pid: int, on_exit: Callable[[int], None], on_stop: Callable[[int], None] | None = None) -> None:
        """Call on_exit(exitcode) when this child of ours has ended: a status, or minus the signal; then forget it.

        on_stop(signal) is called when it has stopped, on_stop(0) when it was continued.
        """
        self._on_change[pid] = (on_exit, on_stop)

    def watch_descriptor(self, descriptor: int, on_ready: Callable[[], None]) -> None:
        """Call on_ready() whenever this descriptor can be read, or is at its end."""
        import select  # noqa: PLC0415 - 1.5 % of a start, spent here while the command starts

        if self._poll is None:
            self._poll = select.poll()
        self._on_ready[descriptor] = on_ready
        self._poll.register(descriptor, select.POLLIN)

    def forget_descriptor(self, descriptor: int) -> None:
        """Stop watching it; must come before it is closed."""
        del self._on_ready[descriptor]
        if self._poll is not None:
            self._poll.unregister(descriptor)

    def end_children(self, status: int, kill_after_s: float | None) -> None:
        """Have every child and its descendants get TERM, KILL after that time, and `status` as its outcome."""
        self.ending = (status, kill_after_s)

    def wait(self, at_most_s: float) -> None:
        """Wait for a descriptor or that time, serve what is ready, then reap."""
        if self._poll is None:
            raise RuntimeError("nothing is watched: nothing would end the wait")
        for descriptor, _ in self._poll.poll(at_most_s * 1000):
            if descriptor in self._on_ready:  # one before it may have made us forget it
                self._serve(descriptor)
        self._reap()

    def _serve(self, descriptor: int) -> None:
        try:
            self._on_ready[descriptor]()
        except BaseException:
            self.forget_descriptor(descriptor)  # or it would be ready again at once, for ever
            raise

    def _reap(self) -> None:
        """Take every change of every child, also of those we never started: as PID 1 the orphans are ours."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self._on_change:
                self._changed(pid, status)

    def _changed(self, pid: int, status: int) -> None:
        on_exit, on_stop = self._on_change[pid]
        if os.WIFSTOPPED(status) or os.WIFCONTINUED(status):
            if on_stop is not None:
                on_stop(os.WSTOPSIG(status) if os.WIFSTOPPED(status) else 0)
            return
        del self._on_change[pid]
        on_exit(os.waitstatus_to_exitcode(status))
