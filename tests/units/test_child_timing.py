"""Turns of the loop, with clocks of their own: the specification of how long it waits, and of what it does when.

Two clocks: the wall's, by which credentials end, and which jumps when it is set or a laptop has slept; and the
monotonic one, by which poll waits, timeouts run and signals settle.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import Any

import pytest

from runner.child import children, supervise
from runner.child.children import Child
from runner.child.spawn import Command

TERM = int(signal.SIGTERM)
HOUR = 3600.0


@dataclass
class Asked:
    """What the owner and the options ask for, in seconds from the start."""

    work_s: float = float("inf")  # when the owner's work is due, by the wall clock
    every_s: float = float("inf")  # and how long after it again
    timeout_s: float | None = None
    kill_after_s: float | None = None


# Each turn: the loop waits at most so long; meanwhile so much passes, by the wall and by the monotonic clock; this
# comes; and this has been done at its end. A turn begins with the owner's work, if it is due.
Turn = tuple[float, float, float, str, str]
HISTORIES: dict[str, tuple[Asked, list[Turn]]] = {
    "nothing is due": (Asked(), [(30, 30, 30, "", ""), (30, 30, 30, "", "")]),
    "woken early, it waits anew": (Asked(work_s=40), [(30, 7, 7, "", ""), (30, 30, 30, "", ""), (3, 3, 3, "", "")]),
    "work is done when its time has come": (
        Asked(work_s=35, every_s=100),
        [(30, 30, 30, "", ""), (5, 5, 5, "", ""), (30, 30, 30, "", "work"), (30, 30, 30, "", "")],
    ),
    "work that was due before the start is done at once": (Asked(work_s=-9, every_s=12), [(12, 12, 12, "", "work")]),
    "work that is due again at once does not wait": (
        Asked(work_s=-9, every_s=-1),
        [(0, 0, 0, "", "work"), (0, 0, 0, "", "work")],
    ),
    "a laptop sleeps past it: late by 30 s at most, which is what poll still had to wait": (
        Asked(work_s=HOUR, every_s=HOUR),
        [(30, 30, 30, "", ""), (30, 8 * HOUR, 30, "", ""), (30, 30, 30, "", "work")],
    ),
    "the clock is set forward past it": (
        Asked(work_s=HOUR, every_s=HOUR),
        [(30, 2 * HOUR, 30, "", ""), (30, 30, 30, "", "work"), (30, 30, 30, "", "")],
    ),
    "the clock is set back: not before the instant comes again, and never a longer wait": (
        Asked(work_s=40, every_s=HOUR),
        [
            (30, -100, 30, "", ""),
            (30, 30, 30, "", ""),
            (30, 105, 30, "", ""),
            (5, 5, 5, "", ""),
            (30, 1, 1, "", "work"),
        ],
    ),
    "a timeout is TERM, and KILL when that was not enough": (
        Asked(timeout_s=50, kill_after_s=10),
        [(30, 30, 30, "", ""), (20, 20, 20, "", "TERM"), (10, 10, 10, "", "KILL"), (30, 30, 30, "", "")],
    ),
    "without --kill-after TERM is all": (Asked(timeout_s=5), [(5, 5, 5, "", "TERM"), (30, 30, 30, "", "")]),
    "a timeout takes no notice of the clock being set forward": (
        Asked(timeout_s=50),
        [(30, 9 * HOUR, 30, "", ""), (20, 20, 20, "", "TERM")],
    ),
    "nor of its being set back": (Asked(timeout_s=20), [(20, -9 * HOUR, 20, "", "TERM")]),
    "nor of a laptop's sleep: the command has slept too": (
        Asked(timeout_s=20),
        [(20, 9 * HOUR, 5, "", ""), (15, 15, 15, "", "TERM")],
    ),
    "a timeout that is over while we were stopped": (Asked(timeout_s=20), [(20, HOUR, HOUR, "", "TERM")]),
    "the first of work and timeout": (
        Asked(work_s=4, every_s=HOUR, timeout_s=7),
        [(4, 4, 4, "", ""), (3, 3, 3, "", "work TERM")],
    ),
    "a signal settles, then the canary is asked, then it is relayed": (
        Asked(),
        [(30, 9, 9, "signal", ""), (0.02, 0.02, 0.02, "", "ask"), (30, 0.001, 0.001, "answer", "TERM")],
    ),
    "settling takes no notice of the clock being set": (
        Asked(),
        [(30, 9, 9, "signal", ""), (0.02, HOUR, 0.01, "", ""), (0.01, -HOUR, 0.01, "", "ask")],
    ),
    "while the canary's answer is awaited only what else is due wakes": (
        Asked(timeout_s=12),
        [(12, 9, 9, "signal", ""), (0.02, 0.02, 0.02, "", "ask"), (2.98, 2.98, 2.98, "", "TERM")],
    ),
    "a second signal settles from the first's answer on": (
        Asked(),
        [
            (30, 9, 9, "signal", ""),
            (0.02, 0.02, 0.02, "", "ask"),
            (30, 0.015, 0.015, "answer signal", "TERM"),
            (0.02, 0.02, 0.02, "", "ask"),
        ],
    ),
}


class World:
    """Both clocks, the loop that moves them instead of waiting, and the canary that is asked."""

    supervision: supervise.Supervision
    ending = None

    def __init__(self, turns: list[Turn]) -> None:
        self.passing = turns
        self.wall = 1e9
        self.monotonic_s = 50.0
        self.waits: list[float] = []
        self.done: list[str] = []
        self.asked = -1
        self.relayed: set[int] = set()

    def time(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.monotonic_s + 1e-9 * len(self.waits)  # binary fractions: 20 ms after is not before 20 ms after

    def wait(self, at_most_s: float) -> None:
        _, wall, monotonic, comes, _ = self.passing[len(self.waits)]
        self.waits.append(at_most_s)
        self.wall += wall
        self.monotonic_s += monotonic
        for each in comes.split():
            if each == "signal":
                self.supervision._came(TERM)
            else:
                self.supervision._deliver(self.supervision._relay.answer(self.asked))

    def ask(self, number: int) -> bool:
        self.asked = number
        self.done.append("ask")
        return True


class NoProcess(Child):
    """A child that is no process: what it would be sent is written down."""

    __slots__ = ("done",)
    done: list[str]

    def send(self, signo: int) -> None:
        self.done.append(signal.Signals(signo).name.removeprefix("SIG"))


@pytest.mark.parametrize(("asked", "turns"), HISTORIES.values(), ids=HISTORIES.keys())
def test_turns_of_the_loop(monkeypatch: pytest.MonkeyPatch, asked: Asked, turns: list[Turn]) -> None:
    """Each waits as long as it says, and has done what it says when it ends."""
    world = World(turns)
    monkeypatch.setattr(supervise, "time", world)
    monkeypatch.setattr(children, "time", world)
    held: Any = type(
        "Held", (), {"command": Command([], {}, timeout_s=asked.timeout_s, kill_after_s=asked.kill_after_s)}
    )
    child = NoProcess(held, None)
    child.done = world.done
    loop: Any = world
    world.supervision = supervise.Supervision(loop)
    world.supervision._children.append(child)
    world.supervision._canary = loop
    due_at = world.wall + asked.work_s

    def step(now: float) -> float:
        nonlocal due_at
        if now >= due_at:
            world.done.append("work")
            due_at = now + asked.every_s
        return due_at

    seen = []
    for _ in turns:
        world.done.clear()
        world.supervision.turn(step)
        seen.append((round(world.waits[-1], 6), " ".join(world.done)))

    assert seen == [(wait, done) for wait, _, _, _, done in turns]
