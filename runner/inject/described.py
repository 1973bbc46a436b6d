"""What --verbose says of an injection."""

from __future__ import annotations

from time import gmtime, strftime

from runner import report
from runner.inject import variables
from runner.inject.scrub import scrubbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.inject.contract import Injection
    from runner.model.lease import Lease


def describe(lease: Lease, injection: Injection, caller: Mapping[str, str]) -> None:
    """Say who the command acts as, until when, and what was set and removed for it."""
    until = strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(lease.expires_at))
    report.notice(f"acting as {lease.principal.arn} until {until}")
    report.notice(f"chain: {' > '.join(lease.hops)}")
    given = variables(lease, injection)
    report.notice(f"set: {' '.join(sorted(given))}")
    _, removed = scrubbed(caller)
    for name, reason in sorted(removed.items()):
        if name not in given:
            report.notice(f"removed: {name} ({reason})")
