"""What was asked of the fake AWS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Call:
    """One call, noted on arrival; `error` is the code answered, "dropped" without an answer, "" when it went well."""

    operation: str
    access_key_id: str
    parameters: Mapping[str, str] = field(repr=False)
    at: float
    error: str = ""
    answered: bool = False


class CallLog:
    """All calls, in order of arrival."""

    def __init__(self) -> None:
        self._calls: list[Call] = []

    def add(self, call: Call) -> Call:
        self._calls.append(call)
        return call

    def of(self, operation: str | None) -> list[Call]:
        return [call for call in self._calls if operation in (None, call.operation)]

    def forget(self) -> None:
        self._calls.clear()
