"""What an identity has been given, for how long, and who that is."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.model.principal import Principal

# Clients look again from 15 min before the Expiration they read, which is written 2 min early: 20 leaves time to fetch.
RENEW_AHEAD_S = 20 * 60

# Written early by so much, or by a tenth of the life if that is less: some SDKs use a key up to its last second.
WRITTEN_EARLY_S = 120


class Lease:
    """Credentials with their principal and times, as we hold them; instants in UTC epoch seconds.

    `body` is the JSON of a credential_process, its Expiration written early, and the only secret here. `settings` are
    the lines of the identity's AWS profile that are about behaviour, `sections` whole sections they refer to. `hops`
    are the texts of the chain. `key` and `stamps` say what it was made from, `plan` how to get the next one; `watch`
    is a file that changes when somebody logs in, "" for none.
    """

    __slots__ = (
        "acquired_at",
        "body",
        "expires_at",
        "hops",
        "identity",
        "is_long_term",
        "key",
        "plan",
        "principal",
        "region",
        "sections",
        "settings",
        "stamps",
        "validated_at",
        "watch",
    )

    identity: str
    principal: Principal
    region: str
    hops: tuple[str, ...]
    settings: tuple[str, ...]
    sections: tuple[str, ...]
    key: str
    stamps: tuple[str, ...]
    plan: str
    watch: str
    acquired_at: int
    validated_at: int
    expires_at: int
    body: bytes

    def __init__(self) -> None:
        self.is_long_term = False  # keys that never end are never kept on disk, so what is read there is not

    @property
    def renew_at(self) -> float:
        """When to renew it: 20 minutes before its end, or at half of a life under 40 minutes."""
        return self.expires_at - min(RENEW_AHEAD_S, (self.expires_at - self.acquired_at) / 2)

    @property
    def written_end_at(self) -> float:
        """The Expiration in `body`: from then on an SDK does not use them."""
        return self.expires_at - min(WRITTEN_EARLY_S, (self.expires_at - self.acquired_at) / 10)
