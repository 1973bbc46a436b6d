"""The accounts of an organization, listed as an identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.acquire import accounts, acquire, awsfiles, translate, validate
from runner.acquire.aws import AwsError
from runner.acquire.aws.session import AwsSession
from runner.acquire.resolve import resolve
from runner.model.chain import Chain
from runner.model.failure import Failure
from runner.model.identity import Identity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.model.account import Account
    from runner.model.lease import Lease
    from runner.model.order import Order
    from runner.model.request import RunRequest
    from runner.settings.files import Files

MAY = "organizations:ListAccounts, which only the management account and delegated administrators may call"
NO_ORGANIZATION = "AWSOrganizationsNotInUseException"


def members(request: RunRequest, files: Files, order: Order, environ: Mapping[str, str]) -> list[Account]:
    """Return the active accounts of the organization that the identity asked for may list; raises Failure."""
    lease = acquire(request, files, order, environ)
    plan = resolve(request, files, environ)
    aws = AwsSession(plan.profile, awsfiles.pinned(plan.profile, plan.settings, plan.sections))
    partition = lease.principal.arn.partition(":")[2].partition(":")[0] or plan.partition
    try:
        return accounts.of_organization(validate.credentials_in(lease), partition, aws)
    except AwsError as error:
        raise _failure(error, lease).at(request.identity, Chain(lease.hops), len(lease.hops) - 1) from error


def _failure(error: AwsError, lease: Lease) -> Failure:
    cause = f"organizations ListAccounts: {error.code}, {error.message} (HTTP {error.status})"
    if error.code == "AccessDeniedException":
        return Failure("access-denied", operation=MAY, cause=cause)
    if error.code == NO_ORGANIZATION:
        problem = f'account {lease.principal.account} of "{lease.identity}" is in no organization'
        return Failure("usage", problem=problem, cause=cause, remedy="runner sync --help")
    where = lease.hops[-1] if lease.hops else lease.identity
    giver = Identity(name=lease.identity, where=where)
    return translate.failure(error, translate.Hop(lease.identity, giver, where, where))
