"""One thing looked at, and what to do when it is not as it should be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runner.model.failures import FailureClass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and found; `failure_class` is None when nothing is wrong, and then there is no remedy."""

    check: str
    detail: str
    failure_class: FailureClass | None = None
    remedy: str = ""

    @property
    def state(self) -> str:
        """Return "ok" or "wrong"."""
        return "ok" if self.failure_class is None else "wrong"

    def plain(self) -> dict[str, str | None]:
        """Return it as what JSON is made of."""
        return {"check": self.check, "state": self.state, "detail": self.detail, "try": self.remedy or None}
