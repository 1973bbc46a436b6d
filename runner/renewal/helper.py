"""The helper process: one at a time, in a session of its own, it acquires and hands over what it got, and ends."""

from __future__ import annotations

import marshal
import os
import sys
from time import monotonic

import runner
from runner.child.apart import DONE, FAILED
from runner.child.raw import signal
from runner.child.spawn import Command, start_aside
from runner.leases import form
from runner.model.failure import Failure
from runner.settings.environ import MFA_CODE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.child.loop import Loop
    from runner.model.lease import Lease
    from runner.model.order import Order

LIFE_S = 65  # one that lives longer is ended; an external program has 60 s of these
GOODBYE_S = 3
LARGEST = 60 * 1024  # bytes; a pipe takes so much at once, and a plan has 2 to 4 KiB
NEVER = float("inf")


class Helper:
    """Starts helper processes; `done` is called with what one brought: a lease, or the failure it met."""

    def __init__(self, loop: Loop, environ: dict[str, str], done: Callable[[Lease | Failure], None]) -> None:
        self._loop = loop
        self._environ = {name: value for name, value in environ.items() if name != MFA_CODE}  # it has been used
        self._done = done
        self._pid = 0
        self._answer = -1
        self._kill_at = NEVER

    @property
    def is_running(self) -> bool:
        """Whether there is one now."""
        return self._pid != 0

    def start(self, lease: Lease, order: Order) -> None:
        """Start one for the lease after this one; raises Failure when the system gives no process."""
        asked = _question(lease, order)
        if len(asked) > LARGEST:
            raise Failure("renewal-failed", problem="the identity's configuration is too large")
        try:
            question, ask = os.pipe()
            self._answer, answer = os.pipe()
        except OSError as error:
            raise Failure("renewal-failed", problem=error.strerror or "no pipe") from error
        os.write(ask, asked)
        os.close(ask)
        try:
            self._pid = start_aside(Command(_argv(), self._environ), self._loop.caught, question, answer)
        except Failure:
            os.close(self._answer)
            raise
        finally:
            os.close(question)
            os.close(answer)
        self._kill_at = monotonic() + LIFE_S
        self._loop.watch(self._pid, self._ended)

    def end_if_late(self) -> None:
        """TERM, so that it ends what it has started; KILL when that was not enough."""
        late_s = monotonic() - self._kill_at
        if self._pid and late_s >= 0:
            os.kill(self._pid, signal.SIGTERM if late_s < GOODBYE_S else signal.SIGKILL)

    def _ended(self, _exitcode: int) -> None:
        self._pid, self._kill_at = 0, NEVER
        said = b""
        while chunk := os.read(self._answer, 65536):
            said += chunk
        os.close(self._answer)
        try:
            brought: Lease | Failure = answer_of(said)
        except Failure as failure:
            brought = failure
        self._done(brought)


def _argv() -> list[str]:
    """Return how the helper process is started: our interpreter, isolated; what it is to do comes on its stdin."""
    read = "import marshal,sys;asked=marshal.load(sys.stdin.buffer);sys.path[:]=asked[0]"
    return [sys.executable, "-I", "-c", f"{read};from runner.cold import serve;serve(*asked[1:])"]


def _question(lease: Lease, order: Order) -> bytes:
    """Return what the helper process reads: where our modules are, and what is to be renewed; never a secret."""
    ours = os.path.dirname(os.path.dirname(os.path.abspath(runner.__file__)))
    at_work = os.path.realpath(os.curdir) if os.path.exists(os.curdir) else ""
    others = [entry for entry in sys.path if os.path.isabs(entry) and os.path.realpath(entry) != at_work]
    return marshal.dumps(([ours, *others], lease.plan, lease.stamps, order.plain()))


def answer_of(said: bytes) -> Lease:
    """Read what a helper process wrote; raises the Failure it met, renewal-failed when it wrote nothing."""
    problem = "ended without an answer"
    try:
        if said[:1] == DONE:
            return form.parse(said[1:])
        if said[:1] == FAILED:
            failure = Failure.of(marshal.loads(said[1:]))
            if failure.sentence and failure.remedy:  # KeyError: of another version, in other words
                raise failure
    except (EOFError, KeyError, TypeError, ValueError):
        problem = "gave an answer that cannot be read: has run been upgraded since the start?"
    raise Failure("renewal-failed", problem=f"the process that renews them {problem}")
