"""Keys that stand in an AWS profile."""

from __future__ import annotations

from runner.acquire.kinds.contract import Grant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.kinds.contract import Reach, Source
    from runner.model.identity import StaticKeys

LONG_TERM_S = 12 * 3600  # keys that never end are given an end, so that every client looks again


def hops(identity: StaticKeys) -> tuple[str, ...]:
    """Return the text of this link."""
    return (f"keys of profile {identity.profile}",)


def sources(identity: StaticKeys, environ: Mapping[str, str]) -> tuple[str, ...]:  # noqa: ARG001 - the contract of a kind
    """Stamp nothing: the AWS files are stamped."""
    return ()


def fetch(identity: StaticKeys, source: Source | None, reach: Reach) -> Grant:  # noqa: ARG001 - the contract of a kind
    """Return the keys as they stand."""
    return Grant(identity.credentials, lasts_s=LONG_TERM_S)
