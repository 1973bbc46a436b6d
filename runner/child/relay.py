"""Whether the command still needs a signal from us: the canary's rule, without clocks or processes of its own."""

from __future__ import annotations

# A sender may need two calls for one intention: `timeout` signals our process id, then the group; systemd's
# KillMode=control-group signals each process of the unit. What comes within this time is one delivery.
SETTLE_S = 0.02
NUMBERS = 128


class Relay:
    """The signals that came to us and are not decided yet; instants are monotonic seconds, handed in.

    A signal that came waits SETTLE_S, then the canary is asked; with its answer it is decided: was it seen by the
    canary within SETTLE_S before it came to us or any time after, the group has it.
    """

    __slots__ = ("_asked", "_came_at", "_number", "_seen_at")

    def __init__(self) -> None:
        self._came_at: dict[int, float] = {}
        self._seen_at: dict[int, float] = {}
        self._asked: tuple[int, ...] = ()
        self._number = 0

    def came(self, signo: int, now: float) -> None:
        """Note a signal to us; one that is undecided already absorbs it, as a pending signal does."""
        self._came_at.setdefault(signo, now)

    def seen(self, signo: int, now: float) -> None:
        """Note a signal to the canary."""
        self._seen_at[signo] = now

    def undecided(self, signo: int) -> bool:
        """Tell whether this signal waits for its decision."""
        return signo in self._came_at

    def forget(self, signo: int) -> None:
        """Drop a signal: the command has done already what it asks for."""
        self._came_at.pop(signo, None)

    def due(self) -> float:
        """Return when the canary has to be asked; infinity while an answer is awaited, or nothing waits."""
        if self._asked or not self._came_at:
            return float("inf")
        return min(self._came_at.values()) + SETTLE_S

    def question(self, now: float) -> int:
        """Return the number of the question to ask now, or -1."""
        if now < self.due():
            return -1
        self._asked = tuple(signo for signo, came_at in self._came_at.items() if came_at + SETTLE_S <= now)
        self._number = (self._number + 1) % NUMBERS
        return self._number

    def answer(self, number: int) -> list[tuple[int, bool]]:
        """Decide what was asked: the signals in the order they came, each with whether the group has it.

        The answer to a question given up earlier decides nothing.
        """
        return self._decide(self._asked) if number == self._number else []

    def give_up(self) -> list[tuple[int, bool]]:
        """Decide everything at once by what has been seen: the canary is stopped, or gone."""
        return self._decide(tuple(self._came_at))

    def _decide(self, signos: tuple[int, ...]) -> list[tuple[int, bool]]:
        decided = [(signo, self._group_has(signo)) for signo in signos if signo in self._came_at]
        for signo in signos:
            self.forget(signo)
        self._asked = ()
        self._number = (self._number + 1) % NUMBERS  # what is still on its way answers nothing
        return decided

    def _group_has(self, signo: int) -> bool:
        return self._seen_at.get(signo, float("-inf")) >= self._came_at[signo] - SETTLE_S
