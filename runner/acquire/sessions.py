"""Sessions of IAM users, kept as leases of their own: all roles over one user ask for one MFA code."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from runner.acquire import body, validate
from runner.acquire import plan as plans
from runner.acquire.aws import AwsError
from runner.acquire.kinds.contract import Grant
from runner.leases import key, store
from runner.model.failure import Failure
from runner.model.lease import Lease
from runner.model.principal import Principal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runner.acquire.lock import Locks
    from runner.acquire.plan import Plan
    from runner.model.credentials import Credentials
    from runner.model.identity import User
    from runner.model.order import Order

LEAST_LEFT_S = 5 * 60  # with so much left a role is assumed with a session that could not be renewed
NOT_SHARED = ("mfa-required", "no-tty")  # whoever waited may have somebody to ask
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")  # a session is good in all of them


@dataclass(slots=True)
class Sessions:
    """Those that one plan needs. `path` is where the last is kept ("" for none), `is_found` when it was there."""

    plan: Plan
    order: Order
    locks: Locks
    environ: Mapping[str, str]
    path: str = ""
    is_found: bool = False

    def grant(self, user: User, keys: Credentials, fetch: Callable[[], Grant]) -> Grant:
        """Return the session that is kept for these keys, else the one that `fetch` gets; raises what it raises."""
        if not self.order.lease_path or not self.plan.is_cached:
            return fetch()
        found_by = self._key(user, keys)
        self.path = store.path_of(os.path.dirname(os.path.dirname(self.order.lease_path)), found_by)
        with self.locks.hold("lease", found_by) as lock:
            found = self._found(found_by, is_last=user == self.plan.links[-1])
            self.is_found = found is not None and time.time() < found.renew_at
            if found is not None and self.is_found:
                return Grant(validate.credentials_in(found))
            try:
                if failed := lock.failure():
                    raise failed
                grant = fetch()
            except (Failure, AwsError) as error:
                if isinstance(error, Failure) and error.slug not in NOT_SHARED:
                    lock.note(error)
                if found is None:
                    raise
                return Grant(validate.credentials_in(found))
            store.write(self.path, self._lease(user, grant, found_by))
            return grant

    def forget(self) -> bool:
        """Take away a session that was found and that AWS does not take; tell whether there was one."""
        if self.is_found:
            store.remove(self.path)
        return self.is_found

    def _key(self, user: User, keys: Credentials) -> str:
        asked = ("session", keys.access_key_id, user.mfa_serial, str(user.duration_s))
        shaping = {name: value for name, value in self.environ.items() if name not in REGIONS}
        return key.of((*asked, *self.plan.settings, *self.plan.sections), (), shaping)

    def _found(self, found_by: str, *, is_last: bool) -> Lease | None:
        """Return what is kept if it will do: as the run asks for, or for a role over it as long as it holds."""
        found = store.read(self.path)
        if found is None or found.key != found_by:
            return None
        left_s = found.expires_at - time.time()
        if is_last:
            is_next = found.expires_at > self.order.ends_after and left_s >= self.order.min_ttl_s
            return found if is_next and time.time() < found.renew_at else None
        return found if left_s >= LEAST_LEFT_S else None

    def _lease(self, user: User, grant: Grant, found_by: str) -> Lease:
        links = self.plan.links[: self.plan.links.index(user) + 1]
        lease, now = Lease(), time.time()
        lease.identity, lease.principal, lease.key = user.name, Principal("", "", ""), found_by
        lease.plan = plans.dump(replace(self.plan, identity=user.name, links=links))
        lease.stamps = lease.hops = lease.settings = lease.sections = ()
        lease.region = lease.watch = ""
        lease.acquired_at, lease.validated_at = int(now), 0
        lease.expires_at = int(grant.credentials.expires_at or now)
        lease.body = body.of(grant.credentials, lease.expires_at, "")
        return lease
