"""Many calls to one service, made at the same time: one that is throttled slows all of them down."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING, TypeVar

from runner.acquire import translate
from runner.acquire.aws import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

PATIENCE_S = 60  # a call that is throttled for so long fails
ATTEMPTS = 4  # of one that gets no answer, or an error of the service's own
LEAST_GAP_S, MOST_GAP_S = 0.1, 2.0  # between two calls, once AWS has throttled one
QUICKER = 0.7  # what a call that went well makes of the gap
NO_ANSWER = ("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError")


class EndedError(Exception):
    """Nobody wants the answer any more."""


class Pace:
    """The gap between calls, the same for all threads; 0 until AWS has throttled one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._gap_s = 0.0
        self._next_at = self._slowed_at = 0.0  # time.monotonic()

    def call(self, ask: Callable[[], T]) -> T:
        """Ask, and again while that may help; raises the last AwsError, EndedError."""
        since, attempts = time.monotonic(), 0
        while True:
            asked_at, attempts = self._turn(), attempts + 1
            try:
                answer = ask()
            except AwsError as error:
                is_throttled = translate.is_throttled(error)
                may_pass = is_throttled or error.status >= 500 or (error.status == 0 and error.code in NO_ANSWER)
                is_enough = time.monotonic() - since > PATIENCE_S if is_throttled else attempts >= ATTEMPTS
                if not may_pass or is_enough:
                    raise
                self._slow_down(asked_at)
            else:
                with self._lock:
                    self._gap_s *= QUICKER if self._gap_s > LEAST_GAP_S / 10 else 0
                return answer

    def end(self) -> None:
        """Let nobody wait for a turn any more."""
        self._ended.set()

    def _turn(self) -> float:
        """Wait for the next turn, and return when it is."""
        with self._lock:
            turn_at = max(time.monotonic(), self._next_at)
            self._next_at = turn_at + self._gap_s * random.uniform(0.5, 1.5)
        if self._ended.wait(turn_at - time.monotonic()):
            raise EndedError
        return turn_at

    def _slow_down(self, asked_at: float) -> None:
        """Double the gap, once for all calls that were under way when AWS had enough."""
        with self._lock:
            if asked_at < self._slowed_at:
                return
            self._gap_s = min(max(2 * self._gap_s, LEAST_GAP_S), MOST_GAP_S)
            self._slowed_at = time.monotonic()
            self._next_at = max(self._next_at, self._slowed_at + self._gap_s * random.uniform(0.5, 1.5))
