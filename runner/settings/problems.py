"""Failures that are kept while reading goes on, so that one broken entry does not hide the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.model.failure import Failure

if TYPE_CHECKING:
    from typing import Self


class Problems:
    """A context that keeps the failure raised inside, with the identity it is about; `found` is in the order met."""

    def __init__(self) -> None:
        self.found: list[tuple[str, Failure]] = []
        self._identity = ""

    def of(self, identity: str) -> Self:
        """Say whom the next failure is about."""
        self._identity = identity
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: object) -> bool:
        identity, self._identity = self._identity, ""
        if not isinstance(error, Failure):
            return False
        self.found.append((identity, error))
        return True
