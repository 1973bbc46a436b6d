"""Several pieces of work, each in a forked process of its own, a few at a time."""

from __future__ import annotations

import marshal
import os
import selectors

from runner.child.apart import DONE, FAILED, GOODBYE_S, Ending, work_and_exit
from runner.child.raw import signal
from runner.child.spawn import no_process
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    Work: TypeAlias = Callable[[], bytes]


def several(works: Sequence[Work], at_once: int) -> list[bytes | Failure]:
    """Return for each piece of work the bytes it returned or the Failure it raised, in order.

    What this process holds in memory, all have for nothing; what one changes stays its own. A signal that ends us
    ends them first.
    """
    answers: list[bytes | Failure] = [Failure("internal", problem="no answer") for _ in works]
    waiting = list(enumerate(works))
    endings = _Endings()
    with endings, selectors.DefaultSelector() as selector:
        while (waiting or selector.get_map()) and not endings.signo:
            while waiting and len(selector.get_map()) < at_once:
                number, work = waiting.pop(0)
                ends = [each.fd for each in selector.get_map().values()]
                selector.register(_start(work, endings, ends), selectors.EVENT_READ, [number, b""])
            for each, _ in selector.select():
                chunk = os.read(each.fd, 65536)
                each.data[1] += chunk
                if not chunk:
                    selector.unregister(each.fd)
                    os.close(each.fd)
                    answers[each.data[0]] = _answer(each.data[1])
        endings.wait()
    return answers


def _start(work: Work, endings: _Endings, ends: list[int]) -> int:
    """Fork, and return the end of the pipe that the answer comes from; `ends` are those of the others."""
    try:
        read_end, write_end = os.pipe()
        pid = os.fork()
    except OSError as error:
        raise no_process(error) from error
    if pid == 0:
        for end in (*ends, read_end):
            os.close(end)
        work_and_exit(work, write_end, debug=False, ending=endings)
    os.close(write_end)
    endings.reaches(pid)
    return read_end


def _answer(said: bytes) -> bytes | Failure:
    if said[:1] == DONE:
        return said[1:]
    if said[:1] == FAILED:
        return Failure.of(marshal.loads(said[1:]))
    return Failure("internal", problem="a process ended without an answer", cause="it was killed")


class _Endings(Ending):
    """Ending, of several processes."""

    __slots__ = ("_pids",)

    def __init__(self) -> None:
        super().__init__()
        self._pids: list[int] = []

    def reaches(self, pid: int) -> None:
        """From now on end this process too."""
        self._pids.append(pid)
        if self.signo:
            self._end(signal.SIGTERM)

    def wait(self) -> None:
        """Wait until all have ended."""
        for pid in self._pids:
            try:
                os.waitpid(pid, 0)
            except ChildProcessError:  # our caller ignores SIGCHLD
                continue

    def _end(self, signo: int) -> None:
        for pid in self._pids:
            try:
                os.kill(pid, signo)
            except ProcessLookupError:
                continue
        signal.alarm(GOODBYE_S)
