"""What a run would do, found out without network and without starting a program; secrets do not come in here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from time import gmtime, strftime, time
from typing import TYPE_CHECKING

from runner.acquire import book as books
from runner.acquire.calls import call_of, kind_of
from runner.acquire.kinds import KINDS
from runner.acquire.resolve import region_of, resolve_in
from runner.inject import process
from runner.inject.scrub import reason_to_keep, scrubbed
from runner.leases import store, wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.plan import Plan
    from runner.model.order import Order
    from runner.model.request import RunRequest
    from runner.settings.files import Files

UNKNOWN_ACCOUNT = "(as AWS says)"
MODES = {
    "process": "a credential_process that the command's SDK asks again by itself",
    "file": "keys in a private credentials file, rewritten at each renewal",
}


@dataclass(frozen=True, slots=True)
class Hop:
    """One link of a chain: what it is, where it was read, what acquiring it calls."""

    hop: str
    kind: str
    where: str
    calls: str


@dataclass(frozen=True, slots=True)
class Said:
    """A value, "" for none, and who says so."""

    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the command: its value where it is set, and why it is set, kept or removed."""

    name: str
    value: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """All of it; `guards` are accounts and a pattern of ARNs. `lease` is the state of the one on disk, with its end."""

    identity: str
    chain: list[Hop]
    region: Said
    guards: list[Said]
    lease: Said
    injection: Said
    set: list[Variable]
    kept: list[Variable]
    removed: list[Variable]

    def plain(self) -> dict[str, object]:
        """Return it as what JSON is made of."""
        return asdict(self)


def of(request: RunRequest, looked_at: Files, caller: Mapping[str, str]) -> Explanation:
    """Return what a run would do; raises the failures of configuration."""
    book = books.read(looked_at, caller)
    plan = resolve_in(book, request, looked_at, caller)
    order = wanted.ordered(request, looked_at.all(), caller)
    guards = [Said(link.account, link.where) for link in plan.links if link.account]
    if order.account:
        guards.append(Said(order.account, order.account_origin))
    values = _set(plan, request, guards, order)
    if order.expect_arn:
        guards.append(Said(order.expect_arn, order.expect_arn_origin))
    kept, removed = scrubbed(caller)
    return Explanation(
        identity=plan.identity,
        chain=[Hop(" > ".join(KINDS[type(k)].hops(k)), kind_of(k), k.where, call_of(k)) for k in plan.links],
        region=Said(*region_of(plan.links, request, book, caller)),
        guards=guards,
        lease=_lease(plan, order, caller),
        injection=Said(request.inject, request.origins.get("inject", "the default")),
        set=values,
        kept=_apart_from(values, {name: reason_to_keep(name) for name in kept if name.startswith("AWS_")}),
        removed=_apart_from(values, removed),
    )


def _apart_from(values: list[Variable], reasons: Mapping[str, str]) -> list[Variable]:
    names = {each.name for each in values}
    return [Variable(name, None, why) for name, why in sorted(reasons.items()) if name not in names]


def _set(plan: Plan, request: RunRequest, guards: list[Said], order: Order) -> list[Variable]:
    directory = f"{order.root}/runs/PID-STARTTIME"
    account = guards[-1].value if guards else UNKNOWN_ACCOUNT
    reasons = {
        "AWS_EC2_METADATA_DISABLED": ("true", "never the host's role"),
        "AWS_METADATA_ENDPOINT": ("http://127.0.0.1:9", "never the host's role"),
        "RUN_ACCOUNT_ID": (account, "who the command acts as"),
        "RUN_DIR": (directory, "the private files of this run"),
        "RUN_IDENTITY": (plan.identity, "who the command acts as"),
    }
    if plan.region:
        reasons |= dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION"), (plan.region, "the region"))
    for name, value in process.variables(directory, process.profile_name(plan.identity)).items():
        reasons[name] = (value, f"leads to the credentials: --inject {request.inject}")
    return [Variable(name, value, why) for name, (value, why) in sorted(reasons.items())]


def _lease(plan: Plan, order: Order, caller: Mapping[str, str]) -> Said:
    """Return the state of the lease on disk and until when it is good: fresh, due, stale, none, or "not kept"."""
    if not order.lease_path or not plan.is_cached:
        return Said("not kept", "")
    lease = store.read(order.lease_path)
    if lease is None or lease.expires_at <= time():
        return Said("none", "")
    until = strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(lease.expires_at))
    if store.current(order.lease_path, caller) is None:
        return Said("stale", until)
    return Said("fresh" if wanted.fresh(order, caller) else "due", until)
