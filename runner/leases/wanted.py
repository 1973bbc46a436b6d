"""What is wanted of a lease by a request, where it is found, and whether one that is there will do."""

from __future__ import annotations

from time import time

from runner.leases import key, store
from runner.model.order import Order
from runner.model.principal import matches
from runner.model.request import ROLE_OPTIONS
from runner.places import roots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.model.lease import Lease
    from runner.model.request import RunRequest

VALIDATED_S = 15 * 60  # how old a validation may be, with --validate auto


def ordered(request: RunRequest, paths: tuple[str, ...], caller: Mapping[str, str]) -> Order:
    """Return what is wanted, and where its lease is found; `paths` are the configuration files looked at."""
    order = Order()
    order.root = roots.private_root(caller)
    role = [getattr(request, name) for name in ROLE_OPTIONS]
    asked = (request.identity, request.config, request.region, str(request.duration_s), *role)
    order.key = key.of(asked, paths, caller)
    cache = "none" if request.cache == "none" else roots.lease_root(caller, order.root)
    order.lease_path = "" if cache == "none" else store.path_of(cache, order.key)
    order.account, order.account_origin = request.account, request.origins.get("account", "")
    order.expect_arn, order.expect_arn_origin = request.expect_arn, request.origins.get("expect_arn", "")
    order.validate, order.min_ttl_s, order.ends_after = request.validate, request.min_ttl_s, 0.0
    order.no_input = request.no_input
    return order


def fresh(order: Order, caller: Mapping[str, str]) -> Lease | None:
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
