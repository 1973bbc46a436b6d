"""One plan, its children: the story of a run, from what was asked for to how it ended."""

from __future__ import annotations

from time import gmtime, strftime

from runner import cold, inject, report
from runner.child import linux, signals
from runner.child.loop import Loop
from runner.child.signals import Caught
from runner.child.spawn import Command
from runner.child.supervise import supervise
from runner.inject.scrub import scrubbed
from runner.leases import wanted
from runner.model.failure import Failure
from runner.model.outcome import Outcome
from runner.places import runs
from runner.renewal import Granted, Renewal
from runner.settings import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.model.request import RunRequest
    from runner.places.runs import RunDirectory


def run(request: RunRequest) -> Outcome:
    """Run a command as an identity and return how it ended; raises Failure when it could not be started."""
    caller = linux.inherited_environ()
    if request.quiet:
        report.be_quiet()
    if not request.identity:
        raise Failure("no-identity", command=request.command[0])
    if signals.number(request.pdeathsig, request.origins.get("pdeathsig", "")):
        linux.refuse_pdeathsig()
    looked_at = files.find(request.config, caller)
    if request.dry_run:
        cold.explain(request, looked_at, caller)
        return Outcome(0)
    granted = Granted(request, wanted.ordered(request, looked_at.all(), caller), caller)
    sweep(granted.order.root)
    granted.lease = wanted.fresh(granted.order, caller) or cold.acquire(request, looked_at, granted.order, caller)
    with Caught() as caught, runs.RunDirectory(granted.order.root) as directory:
        granted.injection = inject.injector(request.inject).prepare(granted.lease, directory, caller)
        granted.injection.keep("origin", files.origin_record(caller, request.config))
        if request.verbose:
            describe(granted)
        loop = Loop(caught, cold.family)
        renewal = Renewal(granted, loop)
        [outcome] = supervise([command(granted)], loop, renewal.step)
        if request.linger:
            linger(directory, renewal.expires_at)
    return outcome


def sweep(root: str) -> None:
    """Remove what runs that were killed have left behind, there where private files are kept."""
    if runs.pid_namespace():
        runs.sweep(root, runs.lives)
    else:
        cold.sweep(root)


def linger(directory: RunDirectory, until: int) -> None:
    """Leave the directory to what the command has left behind; a later run removes it after that instant."""
    try:
        directory.replace("linger", b"%d\n" % until)
        directory.keeps = True
    except Failure as failure:  # the command has run: its status is what counts
        report.notice(f"the private files are gone: {failure.sentence} [{failure.slug}]")


def command(granted: Granted) -> Command:
    """Return what is to be started, with the environment of the identity."""
    request = granted.request
    return Command(
        request.command,
        inject.environment(granted.caller, granted.lease, granted.injection),
        signals.number(request.pdeathsig, request.origins.get("pdeathsig", "")),
        timeout_s=request.timeout_s or None,
        kill_after_s=request.kill_after_s or None,
    )


def describe(granted: Granted) -> None:
    """Say who the command acts as, until when, and what was set and removed for it."""
    lease = granted.lease
    until = strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(lease.expires_at))
    report.notice(f"acting as {lease.principal.arn} until {until}")
    report.notice(f"chain: {' > '.join(lease.hops)}")
    variables = inject.variables(lease, granted.injection)
    report.notice(f"set: {' '.join(sorted(variables))}")
    _, removed = scrubbed(granted.caller)
    for name, reason in sorted(removed.items()):
        if name not in variables:
            report.notice(f"removed: {name} ({reason})")
