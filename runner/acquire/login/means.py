"""How somebody is asked to log in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Way: TypeAlias = Literal["browser", "no-browser", "device-code"]


@dataclass(frozen=True, slots=True)
class Means:
    """A browser that we start, a page that somebody opens here, or a code for a browser anywhere.

    `say` shows somebody a line; `again` is the command that tries once more.
    """

    way: Way
    say: Callable[[str], None]
    again: str

    def without_browser(self) -> Means:
        """Return them for a machine without a browser."""
        return replace(self, way="device-code")
