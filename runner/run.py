"""One plan, its children: the story of a run, from what was asked for to how it ended."""

from __future__ import annotations

from time import gmtime, strftime, time

from runner import cold, inject, report
from runner.child import linux, signals
from runner.child.loop import Loop
from runner.child.signals import Caught
from runner.child.spawn import Command
from runner.child.supervise import supervise
from runner.inject.scrub import scrubbed
from runner.leases import key, store
from runner.model.failure import Failure
from runner.model.order import Order
from runner.places import roots, runs
from runner.renewal import Granted, Renewal
from runner.settings import files
from runner.settings.options import ROLE_OPTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.model.lease import Lease
    from runner.model.outcome import Outcome
    from runner.model.request import RunRequest
    from runner.places.runs import RunDirectory
    from runner.settings.files import Files

VALIDATED_S = 15 * 60  # how old a validation may be, with --validate auto


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
    granted = Granted(request, ordered(request, looked_at, caller), caller)
    sweep(granted.order.root)
    granted.lease = fresh(granted.order, caller) or cold.acquire(request, looked_at, granted.order, caller)
    with Caught() as caught, runs.RunDirectory(granted.order.root) as directory:
        granted.injection = inject.injector(request.inject).prepare(granted.lease, directory, caller)
        granted.injection.keep("origin", files.origin_record(caller, request))
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


def ordered(request: RunRequest, looked_at: Files, caller: dict[str, str]) -> Order:
    """Return what is wanted, and where its lease is found."""
    order = Order()
    order.root = roots.private_root(caller)
    role = [getattr(request, name) for name in ROLE_OPTIONS]
    asked = (request.identity, request.config, request.region, str(request.duration_s), *role)
    order.key = key.of(asked, looked_at.all(), caller)
    cache = "none" if request.cache == "none" else roots.lease_root(caller, order.root)
    order.lease_path = "" if cache == "none" else store.path_of(cache, order.key)
    order.account, order.account_origin = request.account, request.origins.get("account", "")
    order.validate, order.min_ttl_s, order.ends_after = request.validate, request.min_ttl_s, 0.0
    order.no_input = request.no_input
    return order


def fresh(order: Order, caller: dict[str, str]) -> Lease | None:
    """Return the lease that is there if nothing about it is in doubt; None leads to acquiring, which looks again."""
    lease = store.current(order.lease_path, caller) if order.lease_path else None
    if lease is None or (order.account and order.account != lease.principal.account):
        return None
    now = time()
    is_valid = order.validate == "never" or (order.validate == "auto" and now - lease.validated_at < VALIDATED_S)
    is_fresh = lease.acquired_at <= now < lease.renew_at and lease.expires_at - now >= order.min_ttl_s
    return lease if is_valid and is_fresh else None


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
