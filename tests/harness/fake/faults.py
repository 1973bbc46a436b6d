"""Faults a test scripts: errors, delays, silence, dropped connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from tests.harness.fake.http import AwsError, DroppedError

FOREVER = 1 << 30
ANY = "*"


@dataclass(slots=True)
class Fault:
    """What happens to the next `left` calls of an operation."""

    operation: str
    act: Callable[[], None]
    left: int
    delays_only: bool = False


class Faults:
    """The script: a call meets every delay that is for it, then the first fault that ends it and is not used up."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def apply(self, operation: str) -> None:
        """Delay, or raise what the call ends with."""
        for fault in self._take(operation):
            fault.act()

    def fail(self, operation: str, error: Callable[[], Exception], times: int) -> None:
        def act() -> None:
            raise error()

        self._add(Fault(operation, act, times))

    def delay(self, operation: str, seconds: float, times: int) -> None:
        def act() -> None:
            self._ended.wait(seconds)

        self._add(Fault(operation, act, times, delays_only=True))

    def hang(self, operation: str, times: int) -> None:
        def act() -> None:
            self._ended.wait()
            raise DroppedError(reset=False)

        self._add(Fault(operation, act, times))

    def heal(self, operation: str | None) -> None:
        """Forget the script, and let go of calls that hang."""
        with self._lock:
            self._faults = [fault for fault in self._faults if operation not in (None, fault.operation)]
            ended, self._ended = self._ended, threading.Event()
        ended.set()

    def _add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def _take(self, operation: str) -> list[Fault]:
        with self._lock:
            due = [fault for fault in self._faults if fault.left > 0 and fault.operation in (ANY, operation)]
            delays = [fault for fault in due if fault.delays_only]
            ends = [fault for fault in due if not fault.delays_only][:1]
            for fault in delays + ends:
                fault.left -= 1
            return delays + ends


def aws_error(error: AwsError) -> Callable[[], Exception]:
    return lambda: AwsError(error.code, error.status, error.message, error.headers)


def reset() -> Exception:
    return DroppedError(reset=True)
