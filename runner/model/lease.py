"""What an identity has been given, for how long, and who that is."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.model.principal import Principal


class Lease:
    """Credentials with their principal and times, as we hold them; instants in UTC epoch seconds.

    `body` is the JSON of a credential_process, its Expiration written early, and the only secret here. `settings` are
    the lines of the identity's AWS profile that are about behaviour, `sections` whole sections they refer to. `hops`
    are the texts of the chain.
    """

    __slots__ = (
        "acquired_at",
        "body",
        "expires_at",
        "hops",
        "identity",
        "principal",
        "region",
        "sections",
        "settings",
        "validated_at",
    )

    identity: str
    principal: Principal
    region: str
    hops: tuple[str, ...]
    settings: tuple[str, ...]
    sections: tuple[str, ...]
    acquired_at: int
    validated_at: int
    expires_at: int
    body: bytes
