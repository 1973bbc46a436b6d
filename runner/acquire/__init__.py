"""Identity -> Lease: resolve, fetch link by link, validate. Runs in a process of its own that ends with it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

from runner.acquire import process, translate, validate
from runner.acquire.aws import AwsError, Sts
from runner.acquire.kinds import KINDS
from runner.acquire.kinds.contract import Reach, Source
from runner.acquire.profiles import settings
from runner.acquire.resolve import ACQUIRING, resolve
from runner.model.chain import Chain
from runner.model.failure import Failure
from runner.model.identity import Role, WebIdentityRole
from runner.model.lease import Lease

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.kinds.contract import Grant
    from runner.acquire.resolve import Plan
    from runner.model.identity import Identity
    from runner.model.principal import Principal
    from runner.model.request import RunRequest

# Written early by so much, or by a tenth of the life if that is less: some SDKs use a key up to its last second.
WRITTEN_EARLY_S = 120


def acquire(request: RunRequest, environ: Mapping[str, str]) -> Lease:
    """Get credentials for the identity asked for and check whose they are; raises Failure.

    `environ` is the caller's environment: external programs get it. os.environ must hold nothing of another identity.
    """
    try:
        plan = resolve(request, environ)
    except Failure as failure:
        raise failure.at(request.identity) from None
    chain = Chain(tuple(KINDS[type(link)].hop(link) for link in plan.links))
    reached = [0]
    try:
        grant, principal = _walk(plan, request, environ, reached)
    except Failure as failure:
        raise failure.at(request.identity, chain, reached[0]) from failure.__cause__
    return _lease(request.identity, plan, chain, (grant, principal))


def _walk(plan: Plan, request: RunRequest, environ: Mapping[str, str], reached: list[int]) -> tuple[Grant, Principal]:
    """Fetch link by link, noting in `reached` how far we came."""
    attended = process.may_attend(environ, request.no_input)
    above = [name for name in environ.get(ACQUIRING, "").split("\n") if name]
    for_programs = {**environ, ACQUIRING: "\n".join([*above, request.identity])}
    source, grant, principal = None, None, None
    try:
        paths = (plan.aws_files.config_path, plan.aws_files.credentials_path)
        sts = Sts(plan.profile, paths, plan.region, plan.partition)
        for number, link in enumerate(plan.links):
            reached[0] = number
            grant = KINDS[type(link)].fetch(link, source, Reach(sts, for_programs, attended))
            if link.account or number == len(plan.links) - 1:
                principal = validate.principal_of(grant, sts)
                validate.guard(principal, link.account, f"account in {link.where}")
            source = Source(grant.credentials, KINDS[type(link)].hop(link))
    except AwsError as error:
        raise translate.failure(error, _hop(plan.links[reached[0]], source)) from error
    assert grant is not None
    assert principal is not None
    validate.guard(principal, request.account, request.origins.get("account", ""))
    return grant, principal


def _hop(link: Identity, source: Source | None) -> translate.Hop:
    is_role = isinstance(link, Role | WebIdentityRole)
    text = source.text if source is not None else KINDS[type(link)].hop(link)
    role = link.role_arn if isinstance(link, Role | WebIdentityRole) else ""
    return translate.Hop(text, role if is_role else "", link.where, isinstance(link, Role) and bool(link.external_id))


def _lease(identity: str, plan: Plan, chain: Chain, given: tuple[Grant, Principal]) -> Lease:
    grant, lease = given[0], Lease()
    now = time.time()
    ends_at = grant.credentials.expires_at or now + grant.lasts_s
    lease.identity, lease.principal = identity, given[1]
    lease.region = plan.region
    lease.hops = chain.hops
    lease.settings, lease.sections = settings(plan.profile, plan.aws_files) if plan.profile else ((), ())
    lease.acquired_at = lease.validated_at = int(now)
    lease.expires_at = int(ends_at)
    lease.body = _body(grant, ends_at - min(WRITTEN_EARLY_S, (ends_at - now) / 10), given[1].account)
    return lease


def _body(grant: Grant, expiration: float, account: str) -> bytes:
    """Return the JSON a credential_process prints; its Expiration is always there: some clients need it."""
    keys = grant.credentials
    answer: dict[str, object] = {
        "Version": 1,
        "AccessKeyId": keys.access_key_id,
        "SecretAccessKey": keys.secret_access_key,
    }
    if keys.session_token:
        answer["SessionToken"] = keys.session_token
    answer["Expiration"] = datetime.fromtimestamp(expiration, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    answer["AccountId"] = account
    return json.dumps(answer).encode() + b"\n"
