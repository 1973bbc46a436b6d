"""The hops from the first source of credentials to the identity."""

from __future__ import annotations


class Chain:
    """What a reader sees of a chain: one text a hop, the first source first; never a secret."""

    __slots__ = ("hops",)

    def __init__(self, hops: tuple[str, ...]) -> None:
        self.hops = hops

    def text(self, failed_at: int = -1) -> str:
        """Return the hops in one line, the one that failed marked."""
        marked = [f"{hop} (failed here)" if n == failed_at else hop for n, hop in enumerate(self.hops)]
        return " > ".join(marked)
