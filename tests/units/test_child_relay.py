"""Event histories of signals, with a clock of their own: the specification of what is relayed, and when."""

from __future__ import annotations

import signal

import pytest

from runner.child.loop import LONGEST_WAIT_S, pause_s
from runner.child.relay import SETTLE_S, Relay

TERM, INT, CONT = int(signal.SIGTERM), int(signal.SIGINT), int(signal.SIGCONT)
CAME, SEEN, ASK, ANSWER, GIVE_UP, FORGET = "came", "seen", "ask", "answer", "give up", "forget"

# Each event is (milliseconds, what, signal); each history ends in what was decided: (signal, has the group got it?).
HISTORIES = {
    "to our process id": ([(0, CAME, TERM), (20, ASK, 0), (21, ANSWER, 0)], [(TERM, False)]),
    "to the group": ([(0, CAME, TERM), (0, SEEN, TERM), (20, ASK, 0), (21, ANSWER, 0)], [(TERM, True)]),
    "the canary is quicker": ([(0, SEEN, TERM), (3, CAME, TERM), (23, ASK, 0), (24, ANSWER, 0)], [(TERM, True)]),
    "the canary is slower than the settling, quicker than its answer": (
        [(0, CAME, TERM), (20, ASK, 0), (400, SEEN, TERM), (401, ANSWER, 0)],
        [(TERM, True)],
    ),
    "timeout(1): first our process id, then the group": (
        [(0, CAME, TERM), (5, CAME, TERM), (5, SEEN, TERM), (20, ASK, 0), (21, ANSWER, 0)],
        [(TERM, True)],
    ),
    "not before it has settled": ([(0, CAME, TERM), (19, ASK, 0), (19, ANSWER, 0)], []),
    "the canary alone, long before": (
        [(0, SEEN, TERM), (100, CAME, TERM), (120, ASK, 0), (121, ANSWER, 0)],
        [(TERM, False)],
    ),
    "another signal of the group": (
        [(0, CAME, TERM), (0, CAME, INT), (0, SEEN, INT), (20, ASK, 0), (21, ANSWER, 0)],
        [(TERM, False), (INT, True)],
    ),
    "one that comes while an answer is awaited waits for the next": (
        [(0, CAME, TERM), (20, ASK, 0), (21, CAME, INT), (22, ANSWER, 0)],
        [(TERM, False)],
    ),
    "and is decided by it": (
        [(0, CAME, TERM), (20, ASK, 0), (21, CAME, INT), (22, ANSWER, 0), (41, ASK, 0), (42, ANSWER, 0)],
        [(TERM, False), (INT, False)],
    ),
    "twice, apart": (
        [(0, CAME, TERM), (20, ASK, 0), (21, ANSWER, 0), (50, CAME, TERM), (70, ASK, 0), (71, ANSWER, 0)],
        [(TERM, False), (TERM, False)],
    ),
    "the canary is stopped or dead": (
        [(0, CAME, TERM), (1, CAME, CONT), (2, GIVE_UP, 0)],
        [(TERM, False), (CONT, False)],
    ),
    "its answer comes after we gave up": (
        [(0, CAME, TERM), (20, ASK, 0), (21, GIVE_UP, 0), (22, CAME, INT), (23, ANSWER, 0)],
        [(TERM, False)],
    ),
    "the command has done it already": ([(0, CAME, TERM), (1, FORGET, TERM), (20, ASK, 0), (21, ANSWER, 0)], []),
    "also while an answer is awaited": ([(0, CAME, TERM), (20, ASK, 0), (21, FORGET, TERM), (22, ANSWER, 0)], []),
}


@pytest.mark.parametrize(("events", "expected"), HISTORIES.values(), ids=HISTORIES.keys())
def test_a_history_of_signals_is_decided(events: list[tuple[int, str, int]], expected: list[tuple[int, bool]]) -> None:
    """What is relayed depends on the order and distance of events alone."""
    relay, decided, asked = Relay(), [], -1

    for at_ms, event, signo in events:
        now = 1000 + at_ms / 1000 + 1e-9  # binary fractions: 20 ms after is not before 20 ms after
        if event == CAME:
            relay.came(signo, now - 1e-9)
        elif event == SEEN:
            relay.seen(signo, now)
        elif event == ASK:
            asked = relay.question(now)
        elif event == ANSWER:
            decided += relay.answer(asked)
        elif event == FORGET:
            relay.forget(signo)
        else:
            decided += relay.give_up()

    assert decided == expected


def test_a_signal_is_due_once_it_has_settled() -> None:
    """And nothing is while nothing waits, or an answer is awaited."""
    relay = Relay()
    assert relay.due() == float("inf")

    relay.came(TERM, 5.0)
    assert relay.due() == 5.0 + SETTLE_S

    relay.question(6.0)
    assert relay.due() == float("inf")


NEVER = float("inf")


@pytest.mark.parametrize(
    ("due_at", "now_at", "monotonic_dues", "pause"),
    [
        (1010.0, 1000.0, [], 10.0),  # what the owner asked for
        (NEVER, 1000.0, [], LONGEST_WAIT_S),
        (5000.0, 1000.0, [], LONGEST_WAIT_S),  # the clock is compared again, for a laptop may have slept
        (900.0, 1000.0, [], 0.0),  # overdue: the clock was stepped, or we were stopped
        (1010.0, 1000.0, [50.02], 0.02),  # a signal settles
        (1010.0, 1000.0, [NEVER, 53.0], 3.0),  # a timeout
        (1010.0, 1000.0, [49.0], 0.0),
    ],
)
def test_the_loop_waits_for_the_first_instant_but_never_long(
    due_at: float, now_at: float, monotonic_dues: list[float], pause: float
) -> None:
    """Wall clock for what the owner asked for, monotonic for signals and timeouts."""
    assert pause_s(due_at, now_at, monotonic_dues, 50.0) == pytest.approx(pause)
