"""Who AWS says we are."""

from __future__ import annotations


class Principal:
    """The answer of GetCallerIdentity, or AssumeRole's own answer to the same question."""

    __slots__ = ("account", "arn", "user_id")

    def __init__(self, account: str, arn: str, user_id: str) -> None:
        self.account = account
        self.arn = arn
        self.user_id = user_id


def matches(arn: str, pattern: str) -> bool:
    """Tell whether an ARN is of a pattern, in which * stands for any text and ? for one character, as in IAM's."""
    at, star, mark, after = 0, -1, 0, 0
    while at < len(arn):
        if after < len(pattern) and pattern[after] == "*":
            star, mark, after = after, at, after + 1
        elif after < len(pattern) and pattern[after] in ("?", arn[at]):
            at, after = at + 1, after + 1
        elif star >= 0:  # let the last * stand for one character more
            mark += 1
            at, after = mark, star + 1
        else:
            return False
    return not pattern[after:].strip("*")
