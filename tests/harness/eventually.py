"""The only waiting in tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

POLL_S = 0.02


def eventually(condition: Callable[[], T], *, within_s: float = 10.0, what: str = "") -> T:
    """Return the first truthy value of `condition`; raise AssertionError with `what` when there is none in time.

    An AssertionError raised by `condition` counts as "not yet", and is shown if it stays so.
    """
    deadline = time.monotonic() + within_s
    while True:
        last: object
        try:
            value = condition()
        except AssertionError as error:
            last = error
        else:
            if value:
                return value
            last = value
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {within_s} s: {what or condition!r} (last: {last!r})")
        time.sleep(POLL_S)
