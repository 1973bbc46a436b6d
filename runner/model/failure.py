"""One thing that went wrong, with the facts that its sentence and its remedy are made from."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from runner.model.chain import Chain
    from runner.model.failures import Row

    Fact: TypeAlias = str | int
    # slug, cause, facts, identity, hops of the chain, failed at
    Plain: TypeAlias = tuple[str, str, dict[str, Fact], str, tuple[str, ...] | None, int]


class Failure(Exception):  # noqa: N818 - the word of this project for what users read
    """One thing that went wrong: a slug of FAILURES and the facts its sentences are made from.

    `cause` is what the outside said (AWS's message, a system error), already free of secrets; it may still hold
    control characters, which report.py escapes. `failed_at` counts the links of `chain` from 0.
    """

    def __init__(self, slug: str, *, cause: str = "", **facts: Fact) -> None:
        super().__init__(slug)
        self.slug = slug
        self.cause = cause
        self.facts = facts
        self.identity = ""
        self.chain: Chain | None = None
        self.failed_at = -1

    def at(self, identity: str, chain: Chain | None = None, failed_at: int = -1) -> Failure:
        """Say of which identity, and at which link of its chain, unless it is known already."""
        self.identity = self.identity or identity
        if self.chain is None:
            self.chain = chain
            self.failed_at = failed_at
        return self

    @property
    def row(self) -> Row:
        """The row of FAILURES this is one of."""
        from runner.model.failures import FAILURES  # noqa: PLC0415 - 2 % of a start, and most have no failure

        return FAILURES[self.slug]

    @property
    def sentence(self) -> str:
        """What happened, in one sentence."""
        return self.row.sentence.format(**self.facts)

    @property
    def remedy(self) -> str:
        """What to type next."""
        return self.row.remedy.format(**self.facts)

    @classmethod
    def of(cls, plain: Plain) -> Failure:
        """Make again the failure that `plain` said all of."""
        from runner.model.chain import Chain  # noqa: PLC0415 - 1 % of a start, and most have no failure

        slug, cause, facts, identity, hops, failed_at = plain
        failure = cls(slug, cause=cause, **facts)
        return failure.at(identity, None if hops is None else Chain(hops), failed_at)

    def plain(self) -> Plain:
        """Return all of it as built-in values, for the pipe between two processes of ours."""
        chain = None if self.chain is None else self.chain.hops
        return (self.slug, self.cause, self.facts, self.identity, chain, self.failed_at)
