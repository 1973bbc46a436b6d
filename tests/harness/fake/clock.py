"""The fake service's own clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """Our wall clock plus a skew: what the service signs, expires and dates by."""

    def __init__(self) -> None:
        self.skew_s = 0.0

    def now(self) -> float:
        return time.time() + self.skew_s


def iso(instant: float) -> str:
    """Write an instant as AWS does in replies."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def basic_iso(instant: float) -> str:
    """Write an instant as it stands in X-Amz-Date and in the texts about it."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y%m%dT%H%M%SZ")
