"""Who AWS says we are."""

from __future__ import annotations


class Principal:
    """The answer of GetCallerIdentity, or AssumeRole's own answer to the same question."""

    __slots__ = ("account", "arn", "user_id")

    def __init__(self, account: str, arn: str, user_id: str) -> None:
        self.account = account
        self.arn = arn
        self.user_id = user_id
