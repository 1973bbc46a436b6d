"""One plan, its children: the story of a run, from what was asked for to how it ended."""

from __future__ import annotations

import gc
from time import time

from runner import cold, inject, report
from runner.child import linux, signals
from runner.child.loop import Loop
from runner.child.signals import Caught
from runner.child.spawn import Command
from runner.child.supervise import supervise
from runner.leases import wanted
from runner.model.failure import Failure
from runner.model.outcome import Outcome
from runner.places import runs
from runner.settings import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.inject.contract import Injection
    from runner.model.lease import Lease
    from runner.model.order import Order
    from runner.model.request import RunRequest
    from runner.places.runs import RunDirectory
    from runner.renewal import Renewal

# What a command that ends within this time has no use for is not loaded for it: most lines of a Makefile do.
SHORT_S = 0.05

# What is imported only where it is used, and may be used when the package has been upgraded or removed.
USED_LATER = ("runner.child.apart", "runner.child.stopping", "runner.model.chain", "runner.model.failures")


def run(request: RunRequest) -> Outcome:
    """Run a command as an identity and return how it ended; raises Failure when it could not be started."""
    if not request.report or request.dry_run:
        return _run(request, Course(request.identity))
    target, course = cold.place_of_report(request.report), Course(request.identity)
    try:
        signals.raise_interrupts()
        outcome = _run(request, course)
    except BaseException as error:
        cold.record(target, course, error)
        raise
    cold.record(target, course, outcome)
    return outcome


def _run(request: RunRequest, course: Course) -> Outcome:
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
    order = wanted.ordered(request, looked_at.all(), caller)
    if not runs.pid_namespace():
        cold.sweep(order.root)  # takes too long to be done beside a command
    lease = wanted.fresh(order, caller) or cold.acquire(request, looked_at, order, caller)
    granted = course.granted = Granted(request, order, lease, caller)
    with Caught() as caught, Loop(caught, cold.family) as loop, runs.RunDirectory(order.root) as directory:
        granted.injection = inject.injector(request.inject).prepare(granted.lease, directory, caller)
        granted.injection.keep("origin", files.origin_record(caller, request))
        if request.verbose:
            from runner.inject import described  # noqa: PLC0415 - 1 % of a start, and most say nothing

            described.describe(granted.lease, granted.injection, caller)
        upkeep, course.started_at = Upkeep(granted, loop), time()
        [outcome] = supervise([command(granted)], loop, upkeep.step)
        course.ended_at, course.renewal = time(), upkeep.renewal
        if request.linger:
            linger(directory, granted.lease.expires_at)
        if outcome.status:
            course.post_mortem = post_mortem(granted, upkeep.renewal, outcome, loop)
    return outcome


class Course:
    """What became of a run, for its report; instants in UTC epoch seconds, 0 for what has not come to pass."""

    __slots__ = ("asked_at", "ended_at", "granted", "identity", "post_mortem", "renewal", "started_at")

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.asked_at, self.started_at, self.ended_at = time(), 0.0, 0.0
        self.granted: Granted | None = None
        self.renewal: Renewal | None = None
        self.post_mortem = ""


class Granted:
    """One run: what was asked for, what has been given last, and the caller's environment."""

    __slots__ = ("caller", "injection", "lease", "order", "request")

    def __init__(self, request: RunRequest, order: Order, lease: Lease, caller: dict[str, str]) -> None:
        self.request = request
        self.order = order
        self.lease = lease
        self.caller = caller

    injection: Injection


class Upkeep:
    """The owner's work in the loop: keeps order among the private directories, and renews what the command was given.

    The first is done while the command starts, on another processor.
    """

    __slots__ = ("_granted", "_loop", "renewal")

    def __init__(self, granted: Granted, loop: Loop) -> None:
        self._granted = granted
        self._loop = loop
        self.renewal: Renewal | None = None

    def step(self, now: float) -> float:
        """Do what is due; return when the next thing is (UTC epoch seconds)."""
        directory = self._granted.injection.directory
        if self.renewal is None and not directory.is_noted:
            try:
                directory.belongs_to(self._loop.started)
                if not directory.is_alone:
                    sweep(self._granted.order.root)
                return now + SHORT_S
            except Failure:
                pass  # the renewal meets the same, says so and tries again
        if self.renewal is None:
            self.renewal = renewal(self._granted, self._loop)
        return self.renewal.step(now)


def sweep(root: str) -> None:
    """Remove what runs that were killed have left behind, while the command starts."""
    if runs.pid_namespace():
        from runner.places import leftovers  # noqa: PLC0415 - 4 % of a start; most have nothing to sweep

        leftovers.sweep(root, leftovers.lives)


def renewal(granted: Granted, loop: Loop) -> Renewal:
    """Load all that a long command needs, at once; from now on the garbage of days has to be collected."""
    from runner.renewal import Renewal  # noqa: PLC0415 - see SHORT_S

    for name in USED_LATER:
        __import__(name)
    gc.freeze()  # looking through what is there for garbage would write to all of it: no page would be shared any more
    gc.enable()
    return Renewal(granted, loop)


def post_mortem(granted: Granted, renewal: Renewal | None, outcome: Outcome, loop: Loop) -> str:
    """Say so, and return it, when the credentials of a command that has failed were not good any more."""
    had_trouble = renewal is not None and (renewal.failure or renewal.lapsed)
    if not had_trouble and time() < granted.lease.written_end_at:
        return ""
    try:
        from runner.renewal import post_mortem as last  # noqa: PLC0415 - few runs end so
    except ImportError:  # run was removed since: the command's status is what counts
        return ""
    return last.say(granted, renewal) if last.has_failed(outcome, loop.relayed) else ""


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
