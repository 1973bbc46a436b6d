"""A plan -> a lease: fetch link by link, each with the credentials of the one before, then see whose they are."""

from __future__ import annotations

import time
from dataclasses import dataclass

from runner.acquire import awsfiles, body, clock, process, translate, validate
from runner.acquire import plan as plans
from runner.acquire.aws import AwsError
from runner.acquire.aws.session import AwsSession
from runner.acquire.aws.sts import Sts
from runner.acquire.kinds import KINDS, user
from runner.acquire.kinds.contract import Grant, Reach, Source
from runner.acquire.lock import Locks
from runner.acquire.mfa import Codes
from runner.acquire.sessions import Sessions
from runner.acquire.via import ACQUIRING
from runner.model.chain import Chain
from runner.model.failure import Failure
from runner.model.identity import AssumedRole, Role, User
from runner.model.lease import Lease
from runner.model.principal import Principal
from runner.settings.environ import MFA_CODE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.plan import Plan
    from runner.model.identity import Identity
    from runner.model.order import Order

# Failures of the credentials that a call was made with, not of the link that called.
OF_THE_GIVER = ("credentials-invalid", "credentials-expired", "long-term-keys-disabled", "session-revoked")
NOBODY = Principal("", "", "")


@dataclass(slots=True)
class Walk:
    """One way along a chain. `reached` counts the links from 0; `were_good`: these sources were accepted once."""

    plan: Plan
    order: Order
    reach: Reach
    sessions: Sessions
    reached: int = 0
    were_good: bool = False

    @classmethod
    def along(cls, plan: Plan, order: Order, environ: Mapping[str, str]) -> Walk:
        """Get ready to walk; `environ` is the caller's environment."""
        above = [name for name in environ.get(ACQUIRING, "").split("\n") if name]
        for_programs = {name: value for name, value in environ.items() if name != MFA_CODE}
        for_programs[ACQUIRING] = "\n".join([*above, plan.identity])
        aws = AwsSession(plan.profile, awsfiles.pinned(plan.profile, plan.settings, plan.sections))
        attended = process.may_attend(order.no_input)
        sts = Sts(aws, plan.region, plan.partition)
        locks = Locks(order.root, attended=attended, whose=plan.identity)
        codes = Codes(plan.identity, order, for_programs, attended, environ.get(MFA_CODE, ""))
        reach = Reach(aws, sts, locks, codes, for_programs, attended, plan.login)
        return cls(plan, order, reach, Sessions(plan, order, locks, for_programs))

    @property
    def chain(self) -> Chain:
        """The hops of all links."""
        return Chain(tuple(hop for link in self.plan.links for hop in KINDS[type(link)].hops(link)))

    def lease(self, stamps: tuple[str, ...]) -> Lease:
        """Fetch along the chain and check whose credentials it gave; raises Failure, at the hop where it happened."""
        try:
            return self._fetched(stamps)
        except Failure as failure:
            if failure.slug in ("credentials-expired", "credentials-invalid") and self.sessions.forget():
                return self._fetched(stamps)
            raise

    def _fetched(self, stamps: tuple[str, ...]) -> Lease:
        source: Source | None = None
        try:
            for number, link in enumerate(self.plan.links):
                self.reached = number
                grant, principal = self._link(link, source)
                source = Source(grant.credentials, KINDS[type(link)].hops(link)[-1])
            if self.order.validate != "never":
                clock.check(self.reach.aws.attempts.skew_s)
            validate.guard(principal, self.order.account, self.order.account_origin)
            validate.guard_arn(principal, self.order)
        except AwsError as error:
            raise self._at(translate.failure(error, self._hop(source))) from error
        except Failure as failure:
            raise self._at(failure) from failure.__cause__
        return self._lease(grant, principal, stamps)

    def _link(self, link: Identity, source: Source | None) -> tuple[Grant, Principal]:
        grant = self._grant(link, source)
        is_last = self.reached == len(self.plan.links) - 1
        guarded = link.account or (is_last and (self.order.account or self.order.expect_arn))
        principal = grant.principal or NOBODY
        if guarded or (is_last and self.order.validate != "never"):
            principal = validate.principal_of(grant, self.reach.sts)
            validate.guard(principal, link.account, f"account in {link.where}")
        return grant, principal

    def _grant(self, link: Identity, source: Source | None) -> Grant:
        if isinstance(link, User) and source is not None:
            return self.sessions.grant(link, source.credentials, lambda: user.fetch(link, source, self.reach))
        return KINDS[type(link)].fetch(link, source, self.reach)

    def confirm(self, lease: Lease) -> Lease:
        """Ask AWS again whose credentials a lease holds; raises Failure."""
        self.reached = len(self.plan.links) - 1
        try:
            principal = self.reach.sts.get_caller_identity(validate.credentials_in(lease))
        except AwsError as error:
            raise self._at(translate.failure(error, self._hop(None))) from error
        self.guard(principal, lease.principal.account)
        lease.principal, lease.validated_at = principal, int(time.time())
        return lease

    def guard(self, principal: Principal, leased: str = "") -> None:
        """Raise wrong-account unless it is that of the order, else the one a lease was made for; raise wrong-arn."""
        account, origin = self.order.account or leased, self.order.account_origin or "the lease"
        self.reached = len(self.plan.links) - 1
        try:
            validate.guard(principal, account, origin)
            validate.guard_arn(principal, self.order)
        except Failure as failure:
            raise self._at(failure) from None

    def _at(self, failure: Failure) -> Failure:
        """Say where in the chain it was: a link's last hop, or its first, the login.

        Credentials that AWS does not take are those of the link before the one that was to be reached with them.
        """
        hops = [len(KINDS[type(link)].hops(link)) for link in self.plan.links]
        reached = self.reached
        if failure.slug in OF_THE_GIVER and failure.facts["source"] != self._text(reached):
            reached -= 1
        is_login = failure.slug in ("login-required", "sso-session-expired")
        hop = sum(hops[:reached]) if is_login else sum(hops[: reached + 1]) - 1
        return failure.at(self.plan.identity, self.chain, hop)

    def _text(self, number: int) -> str:
        link = self.plan.links[number]
        return KINDS[type(link)].hops(link)[-1]

    def _hop(self, source: Source | None) -> translate.Hop:
        link = self.plan.links[self.reached]
        giver = link if source is None else self.plan.links[self.reached - 1]
        role = link if isinstance(link, AssumedRole) else None
        return translate.Hop(
            identity=self.plan.identity,
            giver=giver,
            source=self._text(self.reached) if source is None else source.text,
            where=link.where,
            login=self.plan.login,
            role=role.role_arn if role else "",
            has_external_id=isinstance(link, Role) and bool(link.external_id),
            duration_s=role.duration_s if role else 0,
            were_good=self.were_good,
        )

    def _watched(self) -> str:
        """Return the file that changes when somebody logs in, or gets a session by MFA; "" for none."""
        if self.sessions.path:
            return self.sessions.path
        stamps = [each for link in self.plan.links for each in KINDS[type(link)].sources(link, self.reach.environ)]
        return next((each.split(" ", 2)[2] for each in stamps if each.startswith("presence ")), "")

    def _lease(self, grant: Grant, principal: Principal, stamps: tuple[str, ...]) -> Lease:
        lease, now = Lease(), time.time()
        ends_at = clock.by_ours(grant.credentials.expires_at, self.reach.aws.attempts.skew_s) or now + grant.lasts_s
        lease.identity, lease.principal = self.plan.identity, principal
        lease.key, lease.stamps, lease.plan = self.order.key, stamps, plans.dump(self.plan)
        lease.watch = self._watched()
        lease.region, lease.hops = self.plan.region, self.chain.hops
        lease.settings, lease.sections = self.plan.settings, self.plan.sections
        lease.acquired_at, lease.expires_at = int(now), int(ends_at)
        lease.validated_at = int(now) if principal is not NOBODY else 0
        lease.is_long_term = not grant.credentials.session_token
        lease.body = body.of(grant.credentials, lease.written_end_at, principal.account)
        return lease
