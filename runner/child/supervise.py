"""Standing in for the commands: what comes to us reaches them once, we stop when they stop and end after them."""

from __future__ import annotations

import os
import time

from runner import report
from runner.child import spawn
from runner.child.canary import ANSWER, Canary
from runner.child.children import Child
from runner.child.loop import pause_s
from runner.child.relay import Relay
from runner.child.signals import RELAYED, Blocked, pending
from runner.model.failure import Failure
from runner.model.outcome import Outcome, status_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.child.loop import Loop
    from runner.child.spawn import Command, Held

    # The owner's periodic work: takes the time, returns when it is due next, both in UTC epoch seconds.
    Step = Callable[[float], float]

NEVER = float("inf")


def supervise(commands: list[Command], loop: Loop, step: Step) -> list[Outcome]:
    """Run the commands at the same time until each has ended; return their outcomes in the same order.

    `step` is called when they have been started, whenever something has woken us, at the instant it asked for, and
    at least every 30 s. An error in it, or in what else the owner watches, is reported once and step is not called
    again. Signals that loop.caught holds already reach the commands. Raise command-not-found,
    command-not-executable or internal when a single command could not be started; of several, its outcome says so.
    """
    supervision = Supervision(loop)
    supervision.start(commands)
    work: Step | None = step
    while supervision.living():
        try:
            supervision.turn(work)
        except Exception as error:  # noqa: BLE001 - the second of the two boundaries: the commands run on
            report.notice(f"an error of run itself ({report.place(error)}): the command goes on, without renewal")
            work = None
    return supervision.finish()


class Supervision:
    """The table of children, and the signals that are under way to them."""

    __slots__ = ("_canary", "_children", "_loop", "_relay")

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._relay = Relay()
        self._children: list[Child] = []
        self._canary: Canary | None = None

    def start(self, commands: list[Command]) -> None:
        """Fork the children, then the canary, send on what has come so far, and only then let the children go.

        A signal to the group that came after a child's fork and before the canary's is pending in the child, which
        has all blocked; ours becomes one with it. So each is delivered once, whenever it came.
        """
        with Blocked():
            held, self._canary = _fork(commands, self._loop)
            blocked = pending()
            early = [signo for signo in [*self._loop.caught.read(), *sorted(blocked)] if signo in RELAYED]
            for child in held:
                for signo in early:
                    os.kill(child.pid, signo)
            self._loop.relayed.update(early)
        self._loop.caught.reach_a_child = True
        for signo in self._loop.caught.read():  # those of `blocked` come a second time, now that they may
            if signo in blocked:
                blocked.remove(signo)
            else:
                self._came(signo)
        for child in held:
            child.release()
        self._watch(held, self._canary)  # while they become the commands

    def _watch(self, held: list[Held], canary: Canary) -> None:
        self._loop.watch_descriptor(self._loop.caught.descriptor, self._read_caught)
        self._loop.watch_descriptor(canary.descriptor, self._read_canary)
        self._loop.watch(canary.pid, self._canary_ended, self._canary_stopped)
        for each in held:
            child = Child(each, self._loop.family)
            self._children.append(child)
            self._loop.started.append(child.pid)
            self._loop.watch(child.pid, child.ended, child.stopped)

    def living(self) -> list[Child]:
        """Return the children that have not ended."""
        return [child for child in self._children if child.lives]

    def turn(self, step: Step | None) -> None:
        """Let the owner work, wait, and do what has become due."""
        due_at = NEVER if step is None else step(time.time())
        self._end_at_owners_wish()
        dues = [self._relay.due(), *(child.due for child in self.living())]
        self._loop.wait(pause_s(due_at, time.time(), dues, time.monotonic()))
        now = time.monotonic()
        self._decide(now)
        for child in self.living():
            if now >= child.due:
                child.expire()
        if any(child.stop_is_news for child in self.living()):
            from runner.child import stopping  # noqa: PLC0415 - few commands stop, and every start would pay 1 %

            stopping.follow(self.living, self._loop, self._relay)

    def finish(self) -> list[Outcome]:
        """End the canary, which the loop reaps at its own end; return how the children ended."""
        self._loop.forget_descriptor(self._loop.caught.descriptor)
        if self._canary is not None:
            self._canary.kill()
            self._loop.killed.append(self._canary.pid)
            self._loop.forget_descriptor(self._canary.descriptor)
            self._canary.close()
        results = [child.result() for child in self._children]
        if len(results) == 1 and isinstance(results[0], Failure):
            raise results[0]
        return [
            Outcome(status_of(result), is_ours=True) if isinstance(result, Failure) else result for result in results
        ]

    def _read_caught(self) -> None:
        for signo in self._loop.caught.read():
            self._came(signo)

    def _came(self, signo: int) -> None:
        if signo in RELAYED:
            self._loop.relayed.add(signo)
            self._relay.came(signo, time.monotonic())

    def _read_canary(self) -> None:
        self._read_caught()  # first: what the group got must not look older than what we got
        reports = b"" if self._canary is None else self._canary.read()
        for byte in reports:
            if byte < ANSWER:
                self._relay.seen(byte, time.monotonic())
            else:
                self._deliver(self._relay.answer(byte - ANSWER))

    def _decide(self, now: float) -> None:
        """Ask the canary when it is time; without one, nothing is known to have come to the group."""
        number = self._relay.question(now)
        if number < 0 or (self._canary is not None and self._canary.ask(number)):
            return
        self._deliver(self._relay.give_up())

    def _deliver(self, decided: list[tuple[int, bool]]) -> None:
        for signo, group_has in decided:
            for child in self.living():
                child.relay(signo, group_has=group_has)

    def _canary_ended(self, _exitcode: int) -> None:
        if self._canary is not None:
            self._loop.forget_descriptor(self._canary.descriptor)
            self._canary.close()
            self._canary = None
        self._deliver(self._relay.give_up())

    def _canary_stopped(self, signo: int) -> None:
        """Continue it: only STOP stops it. What came to us and it has not reported, it has not got.

        That which has continued us may be unread yet, and must be decided before the canary gets one of ours.
        """
        if signo and self._canary is not None:
            self._read_caught()
            self._deliver(self._relay.give_up())
            self._canary.wake()

    def _end_at_owners_wish(self) -> None:
        if self._loop.ending is None:
            return
        for child in self.living():
            child.end(*self._loop.ending)
        self._loop.ending = None


def _fork(commands: list[Command], loop: Loop) -> tuple[list[Held], Canary]:
    held: list[Held] = []
    try:
        for command in commands:
            held.append(spawn.Held(command, loop.caught))  # noqa: PERF401 - what was forked before a failure is ended
        return held, Canary()
    except (Failure, OSError) as error:
        for child in held:
            child.abandon()
        if isinstance(error, OSError):
            raise spawn.no_process(error) from error
        raise
