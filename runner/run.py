"""One plan, its children: the story of a run, from what was asked for to how it ended."""

from __future__ import annotations

import gc
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
from runner.model.principal import matches
from runner.places import roots, runs
from runner.settings import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.inject.contract import Injection
    from runner.model.lease import Lease
    from runner.model.outcome import Outcome
    from runner.model.request import RunRequest
    from runner.places.runs import RunDirectory
    from runner.renewal import Renewal
    from runner.settings.files import Files

VALIDATED_S = 15 * 60  # how old a validation may be, with --validate auto

# What a command that ends within this time has no use for is not loaded for it: most lines of a Makefile do.
SHORT_S = 0.05

# What is imported only where it is used, and may be used when the package has been upgraded or removed.
USED_LATER = ("runner.child.apart", "runner.child.stopping", "runner.model.chain", "runner.model.failures")


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
    if not runs.pid_namespace():
        cold.sweep(granted.order.root)  # takes too long to be done beside a command
    granted.lease = fresh(granted.order, caller) or cold.acquire(request, looked_at, granted.order, caller)
    root = granted.order.root
    with Caught() as caught, Loop(caught, cold.family) as loop, runs.RunDirectory(root) as directory:
        granted.injection = inject.injector(request.inject).prepare(granted.lease, directory, caller)
        granted.injection.keep("origin", files.origin_record(caller, request.config))
        if request.verbose:
            describe(granted)
        [outcome] = supervise([command(granted)], loop, Upkeep(granted, loop).step)
        if request.linger:
            linger(directory, granted.lease.expires_at)
    return outcome


class Granted:
    """One run: what was asked for, what has been given last, and the caller's environment."""

    __slots__ = ("caller", "injection", "lease", "order", "request")

    def __init__(self, request: RunRequest, order: Order, caller: dict[str, str]) -> None:
        self.request = request
        self.order = order
        self.caller = caller

    lease: Lease
    injection: Injection


class Upkeep:
    """The owner's work in the loop: keeps order among the private directories, and renews what the command was given.

    The first is done while the command starts, on another processor.
    """

    __slots__ = ("_granted", "_loop", "_renewal")

    def __init__(self, granted: Granted, loop: Loop) -> None:
        self._granted = granted
        self._loop = loop
        self._renewal: Renewal | None = None

    def step(self, now: float) -> float:
        """Do what is due; return when the next thing is (UTC epoch seconds)."""
        directory = self._granted.injection.directory
        if self._renewal is None and not directory.is_noted:
            try:
                directory.belongs_to(self._loop.started)
                if runs.pid_namespace():
                    runs.sweep(self._granted.order.root, runs.lives)
                return now + SHORT_S
            except Failure:
                pass  # the renewal meets the same, says so and tries again
        if self._renewal is None:
            self._renewal = renewal(self._granted, self._loop)
        return self._renewal.step(now)


def renewal(granted: Granted, loop: Loop) -> Renewal:
    """Load all that a long command needs, at once; from now on the garbage of days has to be collected."""
    from runner.renewal import Renewal  # noqa: PLC0415 - see SHORT_S

    for name in USED_LATER:
        __import__(name)
    gc.enable()
    return Renewal(granted, loop)


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
    asked = (request.identity, request.config, request.region, str(request.duration_s))
    order.key = key.of(asked, looked_at.all(), caller)
    cache = "none" if request.cache == "none" else roots.lease_root(caller, order.root)
    order.lease_path = "" if cache == "none" else store.path_of(cache, order.key)
    order.account, order.account_origin = request.account, request.origins.get("account", "")
    order.expect_arn, order.expect_arn_origin = request.expect_arn, request.origins.get("expect_arn", "")
    order.validate, order.min_ttl_s, order.ends_after = request.validate, request.min_ttl_s, 0.0
    order.no_input = request.no_input
    return order


def fresh(order: Order, caller: dict[str, str]) -> Lease | None:
    """Return the lease that is there if nothing about it is in doubt; None leads to acquiring, which looks again."""
    lease = store.current(order.lease_path, caller) if order.lease_path else None
    if lease is None or (order.account and order.account != lease.principal.account):
        return None
    if order.expect_arn and not matches(lease.principal.arn, order.expect_arn):
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
