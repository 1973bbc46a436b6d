"""`runner export`: an identity's credentials for whoever asks, as a credential_process prints them."""

from __future__ import annotations

import os

from runner import cold, report
from runner.child import linux
from runner.leases import wanted
from runner.model.outcome import Outcome
from runner.settings import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.model.lease import Lease
    from runner.model.request import RunRequest

BROKEN_PIPE = 13  # SIGPIPE, without the module of signals


def export(request: RunRequest, form: str) -> Outcome:
    """Write the credentials to stdout, in the format named; raises any Failure of acquiring."""
    body = _lease(request).body
    return _write(body if form == "process" else cold.formatted(body, form))


def _lease(request: RunRequest) -> Lease:
    """Return the lease that is there, or a new one."""
    caller = linux.inherited_environ()
    if request.quiet:
        report.be_quiet()
    looked_at = files.find(request.config, caller)
    order = wanted.ordered(request, looked_at.all(), caller)
    return wanted.fresh(order, caller) or cold.acquire(request, looked_at, order, caller)


def _write(content: bytes) -> Outcome:
    """Write all of it to stdout; a reader that has gone ends us as it would end `cat`."""
    try:
        while content:
            content = content[os.write(1, content) :]
    except BrokenPipeError:
        return Outcome.of_exitcode(-BROKEN_PIPE)
    return Outcome(0)
