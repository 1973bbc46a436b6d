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


def lives(pid: str, noted: str) -> bool:
    """Tell whether the process that had this number at an instant (UTC, 1/100 s; "": ever) lives; a zombie is dead.

    Who has the number now and was started after that instant is another process.
    """
    try:
        process = psutil.Process(int(pid))
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return not noted or process.create_time() <= int(noted) / 100 + INEXACT_S
    except psutil.AccessDenied:  # it is there, and not ours to look at
        return True
    except psutil.Error:
        return False


# On some systems psutil derives a start from the boot time, which is a whole second and moves with a stepped clock.
INEXACT_S = 1.0
