"""What to acquire, in built-in values: it crosses from one process to another."""

from __future__ import annotations


class Order:
    """Credentials wanted: by whom, how fresh, and where a lease is kept.

    `root` is the private root; `lease_path` is "" when no lease is kept, `key` what the lease is found by. `account`
    is the guard and `account_origin` who says so; `expect_arn` is another, a pattern.
    `validate` is always, auto or never. Of a lease that is found, more than `min_ttl_s` seconds must be left and its
    end must lie after `ends_after` (UTC epoch seconds). `no_input` says why nobody may be asked, "" when somebody may.
    """

    __slots__ = (
        "account",
        "account_origin",
        "ends_after",
        "expect_arn",
        "expect_arn_origin",
        "key",
        "lease_path",
        "min_ttl_s",
        "no_input",
        "root",
        "validate",
    )

    account: str
    account_origin: str
    ends_after: float
    expect_arn: str
    expect_arn_origin: str
    key: str
    lease_path: str
    min_ttl_s: int
    no_input: str
    root: str
    validate: str

    def plain(self) -> dict[str, str | int | float | bool]:
        """Return all of it as built-in values."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def of(cls, plain: dict[str, str | int | float | bool]) -> Order:
        """Make again what `plain` said all of."""
        order = cls()
        for name in cls.__slots__:
            setattr(order, name, plain[name])
        return order
