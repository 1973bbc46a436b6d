"""Stopping when the commands have stopped, by the same signal, so that a shell sees one job."""

from __future__ import annotations

from runner.child.raw import signal
from runner.child.signals import STOPS, stop_like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.child.children import Child
    from runner.child.loop import Loop
    from runner.child.relay import Relay


def follow(living: Callable[[], list[Child]], loop: Loop, relay: Relay) -> None:
    """Stop as long as all that live have stopped and we have not followed; return when we have been continued."""
    while signo := _signal_to_follow(living(), relay):
        stop_like(signo if signo in STOPS else signal.SIGTSTP)
        loop.wait(0)  # they may have stopped anew before we were continued (a terminal's reader after `bg`)
        relay.forget(signal.SIGTSTP)  # of before we stopped: it has had its effect


def _signal_to_follow(living: list[Child], relay: Relay) -> int:
    """Return what they were stopped by once all have stopped, 0 while a SIGCONT on its way to them is undecided."""
    news = [child for child in living if child.stop_is_news]
    if not news or relay.undecided(signal.SIGCONT) or not all(child.stop_signal for child in living):
        return 0
    for child in news:
        child.stop_is_news = False
    return news[-1].stop_signal
