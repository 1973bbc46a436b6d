"""Keys that stand in an AWS profile."""

from __future__ import annotations

from runner.acquire.kinds.contract import Grant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.kinds.contract import Reach, Source
    from runner.model.identity import StaticKeys

LONG_TERM_S = 12 * 3600  # keys that never end are given an end, so that every client looks again


def hop(identity: StaticKeys) -> str:
    """Return the text of this link."""
    return f"keys of profile {identity.profile}"


def fetch(identity: StaticKeys, source: Source | None, reach: Reach) -> Grant:  # noqa: ARG001 - the contract of a kind
    """Return the keys as they stand."""
    return Grant(identity.credentials, lasts_s=LONG_TERM_S)
