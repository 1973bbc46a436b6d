"""Identity -> Lease: lock, look again, fetch, validate, store. Runs in a process of its own that ends with it."""

from __future__ import annotations

import os
import time

from runner import report
from runner.acquire import plan as plans
from runner.acquire import remedy
from runner.acquire.chain import Walk
from runner.acquire.kinds import KINDS
from runner.acquire.resolve import resolve
from runner.acquire.sessions import NOT_SHARED
from runner.leases import stamps, store
from runner.model.failure import Failure
from runner.model.principal import matches
from runner.settings import durations, trust
from runner.settings.files import policy_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.plan import Plan
    from runner.model.lease import Lease
    from runner.model.order import Order
    from runner.model.request import RunRequest
    from runner.settings.files import Files

OFFERED = ("login-required", "sso-session-expired")  # failures that a login on the terminal may mend
TRUSTED_S = 15 * 60  # how old a validation may be
LEAST_LEFT_S = 5 * 60  # with so much left a command may start on a lease that could not be renewed


def acquire(request: RunRequest, files: Files, order: Order, environ: Mapping[str, str]) -> Lease:
    """Return a lease for the identity asked for, new or found; raises Failure.

    `environ` is the caller's environment: external programs get it. os.environ must hold nothing of another identity.
    With a terminal, a login that is missing is offered there, once.
    """
    since = time.time()
    try:
        return _acquire(request, files, order, environ)
    except Failure as failure:
        if failure.slug not in OFFERED or request.login == "never":
            raise
        from runner.acquire.login import target  # noqa: PLC0415 - as the next
        from runner.acquire.login.offer import Offer  # noqa: PLC0415 - http.server and webbrowser: 10 ms of each start

        plan = resolve(request, files, environ)
        if not Offer(order, environ, since).is_taken_up(failure, target.of_plan(plan), plan.identity):
            raise
    return _acquire(request, files, order, environ)


def _acquire(request: RunRequest, files: Files, order: Order, environ: Mapping[str, str]) -> Lease:
    policy = policy_file(request.session_policy)
    made_from = [stamps.file(path) for path in (*files.all(), *([policy] if policy else []))]  # before they are read
    if files.project:
        made_from.append(stamps.presence(trust.record(files.project, environ)))
    try:
        plan = resolve(request, files, environ)
    except Failure as failure:
        raise failure.at(request.identity) from failure.__cause__
    for link in plan.links:
        made_from += KINDS[type(link)].sources(link, environ)
    try:
        return obtain(plan, order, tuple(made_from), environ)
    except Failure as failure:
        return _last_resort(failure.at(plan.identity), order, environ)


def renew(pinned: str, made_from: tuple[str, ...], order: Order, environ: Mapping[str, str]) -> Lease:
    """Return the next lease of a run, by the plan it was started with; raises Failure. Nobody is asked."""
    order.no_input = "renewed in the background"
    return obtain(plans.load(pinned), order, made_from, environ)


def confirm(lease: Lease, order: Order, environ: Mapping[str, str]) -> None:
    """Ask AWS once whether it takes what a lease holds; raises Failure."""
    Walk.along(plans.load(lease.plan), order, environ).confirm(lease)


def obtain(plan: Plan, order: Order, made_from: tuple[str, ...], environ: Mapping[str, str]) -> Lease:
    """Acquire once among all processes that want the same lease; raises Failure."""
    walk = Walk.along(plan, order, environ)
    walk.were_good = bool(order.ends_after) and stamps.hold(made_from, environ)
    if not order.lease_path or not plan.is_cached:
        return _long_enough(walk.lease(made_from), order)
    with walk.reach.locks.hold("lease", order.key) as lock:
        found = store.read(order.lease_path)
        if found is not None and _serves(found, plan, order, made_from):
            confirmed = _confirmed(found, walk, order)
            if confirmed is not None:
                return confirmed
        walk.were_good |= found is not None and found.stamps == made_from and found.plan == plans.dump(plan)
        failed = lock.failure()
        if failed is not None:
            raise failed
        try:
            lease = walk.lease(made_from)
        except Failure as failure:
            if failure.slug not in NOT_SHARED:
                lock.note(failure)
            raise
        if lease.is_long_term:
            store.remove(order.lease_path)
        elif stamps.hold(made_from, environ):  # else it would stand for a configuration that is gone
            store.write(order.lease_path, lease)
            store.prune(os.path.dirname(order.lease_path), time.time())
        return _long_enough(lease, order)


def _serves(found: Lease, plan: Plan, order: Order, made_from: tuple[str, ...]) -> bool:
    """Tell whether a lease is of this plan and fresh enough."""
    now = time.time()
    is_ours = found.key == order.key and found.stamps == made_from and found.plan == plans.dump(plan)
    is_fresh = now < found.renew_at and found.acquired_at <= now + LEAST_LEFT_S
    return is_ours and is_fresh and found.expires_at - now >= order.min_ttl_s and found.expires_at > order.ends_after


def _confirmed(found: Lease, walk: Walk, order: Order) -> Lease | None:
    """Return a found lease, validated as the order wants it; None when AWS does not take it any more."""
    is_new = time.time() - found.validated_at < TRUSTED_S
    is_guarded = order.account or order.expect_arn
    is_known = bool(found.principal.account) or not is_guarded  # a guard needs somebody to judge
    if is_known and (order.validate == "never" or (order.validate == "auto" and is_new)):
        walk.guard(found.principal)
        return found
    try:
        confirmed = walk.confirm(found)
    except Failure as failure:
        if failure.slug in ("credentials-expired", "credentials-invalid", "access-denied"):
            return None
        raise
    store.write(order.lease_path, confirmed)
    return confirmed


def _long_enough(lease: Lease, order: Order) -> Lease:
    left_s = int(lease.expires_at - time.time())
    if left_s < order.min_ttl_s:
        lasts = durations.text(max(left_s - left_s % 60, 60))
        raise Failure(
            "duration-too-long",
            problem=f"its credentials last {lasts} and --min-ttl asks for {durations.text(order.min_ttl_s)}",
            remedy=f"run --min-ttl {lasts} -i {remedy.word(lease.identity)} -- ...        # or a longer --duration",
        )
    return lease


def _last_resort(failure: Failure, order: Order, environ: Mapping[str, str]) -> Lease:
    """Return the lease that is there when it will do for a while, and say so; else raise the failure."""
    lease = store.current(order.lease_path, environ) if order.lease_path else None
    may_pass = failure.row.failure_class in ("temporary", "authentication")
    if lease is None or not may_pass or not _will_do(lease, order):
        raise failure
    until = time.strftime("%H:%M:%SZ", time.gmtime(lease.expires_at))
    report.notice(
        f'"{lease.identity}" is good until {until} only: {failure.sentence} [{failure.slug}]; {failure.remedy}'
    )
    return lease


def _will_do(lease: Lease, order: Order) -> bool:
    """Tell whether a lease that was due and could not be renewed is enough to start on.

    What is not due was fresh enough: then it was AWS or the guard that did not take it.
    """
    now = time.time()
    is_wanted = order.validate != "always" and order.account in ("", lease.principal.account)
    is_wanted = is_wanted and (not order.expect_arn or matches(lease.principal.arn, order.expect_arn))
    return is_wanted and now >= lease.renew_at and lease.expires_at - now >= (order.min_ttl_s or LEAST_LEFT_S)
