"""Other processes: who descends from whom and who still lives. The doorway of psutil, hence cold."""

from __future__ import annotations

import psutil


class Family:
    """A child's descendants: those at the first look, and those that have joined at each later one.

    The child must be one of ours and not reaped.
    """

    __slots__ = ("_known", "_root")

    def __init__(self, pid: int) -> None:
        self._known: dict[int, psutil.Process] = {}
        self._root = psutil.Process(pid)
        self._look()

    def send(self, signo: int) -> None:
        """Send a signal to each descendant that lives; a process id that was given to another is left alone."""
        self._look()
        for process in self._known.values():
            try:
                process.send_signal(signo)
            except psutil.Error:
                continue

    def _look(self) -> None:
        for process in [self._root, *self._known.values()]:
            try:
                found = process.children(recursive=True)
            except psutil.Error:  # gone, or its number was given to another
                continue
            for descendant in found:
                self._known.setdefault(descendant.pid, descendant)


def started_at(pid: int) -> float:
    """Return when a living process was started (UTC epoch seconds), or 0.0; a zombie is dead."""
    try:
        process = psutil.Process(pid)
        return 0.0 if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return 0.0


def alive(pid: int, since: float) -> bool:
    """Tell whether the process that was started then still lives: not a zombie, not another with its number."""
    return since > 0.0 and abs(started_at(pid) - since) < SAME_START_S


# psutil derives it from clock ticks of 10 ms and the boot time, which a stepped clock moves.
SAME_START_S = 1.0
