"""Credentials that outlive their own end: renewed ahead of it by a helper process, as long as the command runs."""

from __future__ import annotations

import os
from time import gmtime, strftime, time

from runner import report
from runner.leases import stamps, store
from runner.model.failure import Failure
from runner.model.outcome import AUTHENTICATION
from runner.model.principal import matches
from runner.renewal.helper import Helper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from runner.child.loop import Loop
    from runner.inject.contract import Injection
    from runner.model.lease import Lease
    from runner.model.order import Order
    from runner.model.request import RunRequest

    class Granted(Protocol):
        """One run: what was asked for, what has been given last, and the caller's environment."""

        request: RunRequest
        order: Order
        caller: dict[str, str]
        lease: Lease
        injection: Injection


BACK_OFF_S = (2.0, 60.0)
EXTERNAL_S = 300.0  # how long an external program that failed is left in peace, unless its source changes
WATCH_S = 2.0  # how often the token file, or a program that failed, is looked at while a human is awaited
NEVER = float("inf")


class Renewal:
    """The owner's work in the loop: step() starts a helper process when it is time, and takes what it brings.

    The identity is pinned: what is renewed is the plan the run was started with. What goes wrong is said once a cause.
    For what is said afterwards it keeps how often it has `renewed` and, by slug, `failed`; the `failure` that no
    success has followed yet, and since when; and from when to when credentials had `lapsed` before they were renewed.
    """

    def __init__(self, run: Granted, loop: Loop) -> None:
        lease, request = run.lease, run.request
        self._run = run
        self._injection = run.injection
        self._order = run.order
        self._request = request
        self._caller = run.caller
        self._helper = Helper(loop, run.caller, self._brought)
        self._loop = loop
        self._due_at = lease.renew_at
        self._stops_at = time() + request.max_lifetime_s if request.max_lifetime_s else NEVER
        self._pause_s = BACK_OFF_S[0]
        self._said: set[str] = set()
        self._awaited = ""
        self._sources: tuple[str, ...] = ()
        self.renewed = 0
        self.failed: dict[str, int] = {}
        self.failure: Failure | None = None
        self.failing_since = 0.0
        self.lapsed: tuple[float, float] | None = None

    def step(self, now: float) -> float:
        """Do what is due; return when the next thing is (UTC epoch seconds)."""
        if now >= self._run.lease.expires_at:
            self._ended()
        self._helper.end_if_late()
        try:
            return self._keep_up(now)
        except Failure as failure:
            self._failed(failure)
            return self._due_at

    def _keep_up(self, now: float) -> float:
        self._injection.directory.belongs_to(self._loop.started)
        self._injection.restore(self._run.lease)
        if self._helper.is_running:
            return now + 1
        if now >= self._stops_at:
            return self._run.lease.expires_at if now < self._run.lease.expires_at else NEVER
        if self._awaited and self._awaited != self._looks():
            self._due_at = now
        if self._sources and self._sources != stamps.again(self._run.lease.stamps, self._caller):
            self._due_at = now
        if now < self._due_at:
            looks_at = now + WATCH_S if self._awaited or self._sources else NEVER
            return min(self._due_at, looks_at, *self._end_ahead(now))
        found = store.read(self._order.lease_path) if self._order.lease_path else None
        if found is not None and self._is_next(found, now):
            self._take(found)
        else:
            self._order.ends_after = self._run.lease.expires_at
            self._helper.start(self._run.lease, self._order)
        return now + 1 if self._helper.is_running else self._due_at

    def _end_ahead(self, now: float) -> tuple[float, ...]:
        return (self._run.lease.expires_at,) if now < self._run.lease.expires_at else ()

    def _is_next(self, found: Lease, now: float) -> bool:
        """Tell whether another run has renewed the same lease."""
        lease = self._run.lease
        same = found.key == lease.key and found.plan == lease.plan and found.stamps == lease.stamps
        return same and found.expires_at > lease.expires_at and found.renew_at > now

    def _brought(self, brought: Lease | Failure) -> None:
        try:
            if isinstance(brought, Failure):
                raise brought
            self._take(brought)
        except Failure as failure:
            self._failed(failure)

    def _take(self, lease: Lease) -> None:
        """Put a new lease in the place of the old one; raises wrong-account, wrong-arn, and what writing it may."""
        ours, theirs = self._run.lease.principal, lease.principal
        if ours.account and theirs.account != ours.account:
            raise Failure("wrong-account", actual=theirs.account, expected=ours.account, guard="the start")
        pattern, origin = self._order.expect_arn, self._order.expect_arn_origin
        if pattern and not matches(theirs.arn, pattern):
            raise Failure("wrong-arn", actual=theirs.arn, expected=pattern, guard=origin)
        if lease.expires_at <= self._run.lease.expires_at:
            self._due_at = time() + EXTERNAL_S  # the source has nothing newer yet
            return
        self._injection.renew(lease)
        if time() >= self._run.lease.expires_at:
            self.lapsed = (self._run.lease.expires_at, time())
        self.renewed, self.failure = self.renewed + 1, None
        self._run.lease, self._due_at, self._pause_s = lease, lease.renew_at, BACK_OFF_S[0]
        self._awaited, self._sources = "", ()
        if self._said:
            report.notice(f'"{lease.identity}" has been renewed and is good until {_clock(lease.expires_at)}')
        self._said.clear()

    def _failed(self, failure: Failure) -> None:
        self._say(failure)
        self.failing_since = self.failing_since if self.failure else time()
        self.failure, self.failed[failure.slug] = failure, self.failed.get(failure.slug, 0) + 1
        if failure.slug in ("wrong-account", "wrong-arn"):
            self._stops_at = 0  # whatever comes next would be somebody else's too
        # Wrong codes, tokens or assertions too often: AWS is left in peace.
        is_external = failure.slug.startswith(("credential-process", "mfa-rejected")) or self._asked_in_vain(failure)
        self._sources = stamps.again(self._run.lease.stamps, self._caller) if is_external else ()
        pause_s = EXTERNAL_S if is_external else self._pause_s
        jitter = os.urandom(1)[0] / 256 / 4
        self._due_at = time() + pause_s * (1 - jitter)
        self._pause_s = min(self._pause_s * 2, BACK_OFF_S[1])
        if failure.slug == "mfa-required":  # no attempt of ours gets a code: it comes with another run's lease
            self._due_at = NEVER
        if failure.row.failure_class == "authentication":
            self._awaited = self._looks()

    def _looks(self) -> str:
        """Return what changes when somebody logs in, or another run acquires the lease or the session below it."""
        return f"{_looks(self._run.lease.watch)} {_looks(self._order.lease_path)}"

    def _asked_in_vain(self, failure: Failure) -> bool:
        """Tell whether it was a program's answer that AWS did not take."""
        by_program = any(stamp.startswith("program ") for stamp in self._run.lease.stamps)
        return by_program and failure.slug in ("web-identity-expired", "web-identity-invalid", "saml-invalid")

    def _say(self, failure: Failure) -> None:
        if failure.slug in self._said:
            return
        self._said.add(failure.slug)
        lease = self._run.lease
        sentence = f'"{lease.identity}" could not be renewed: {failure.sentence} [{failure.slug}]'
        ends = "ended" if time() >= lease.expires_at else "end"
        report.notice(f"{sentence}; its credentials {ends} at {_clock(lease.expires_at)}; try: {failure.remedy}")

    def _ended(self) -> None:
        """Do once what --on-expiry says."""
        if self._request.on_expiry == "ignore" or "ended" in self._said:
            return
        self._said.add("ended")
        report.notice(f'the credentials of "{self._run.lease.identity}" have ended')
        if self._request.on_expiry == "term":
            self._loop.end_children(AUTHENTICATION, self._request.kill_after_s or None)


def _looks(path: str) -> str:
    """Return what tells one state of a file from another."""
    try:
        status = os.stat(path)
    except OSError:
        return "-"
    return f"{status.st_ino}:{status.st_mtime_ns}:{status.st_size}"


def _clock(instant_at: float) -> str:
    return strftime("%H:%M:%SZ", gmtime(instant_at))
