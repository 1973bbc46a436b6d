"""The helper process: one at a time, in a session of its own, it acquires and hands over what it got, and ends."""

from __future__ import annotations

import os
from time import monotonic

from runner import cold
from runner.child.raw import signal
from runner.child.spawn import Command, start_aside
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
        asked = cold.helper_input(lease, order)
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
            self._pid = start_aside(Command(cold.helper_argv(), self._environ), self._loop.caught, question, answer)
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
            brought: Lease | Failure = cold.answer_of(said)
        except Failure as failure:
            brought = failure
        self._done(brought)
