"""Whom AWS takes us for, and whether that is who we were to be."""

from __future__ import annotations

import json

from runner.model.credentials import Credentials
from runner.model.failure import Failure
from runner.model.principal import matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.aws.sts import Sts
    from runner.acquire.kinds.contract import Grant
    from runner.model.lease import Lease
    from runner.model.order import Order
    from runner.model.principal import Principal


def principal_of(grant: Grant, sts: Sts) -> Principal:
    """Return who AWS says this is; it is asked unless it has said so already. Raises AwsError."""
    return grant.principal or sts.get_caller_identity(grant.credentials)


def credentials_in(lease: Lease) -> Credentials:
    """Return the credentials a lease holds."""
    said = json.loads(lease.body)
    return Credentials(said["AccessKeyId"], said["SecretAccessKey"], said.get("SessionToken", ""), lease.expires_at)


def guard(principal: Principal, account: str, where: str) -> None:
    """Raise wrong-account unless the account is the one that `where` says, "" for any."""
    if account and principal.account != account:
        raise Failure(
            "wrong-account",
            actual=principal.account,
            expected=account,
            guard=where,
            cause=f"AWS says: {principal.arn}",
        )


def guard_arn(principal: Principal, order: Order) -> None:
    """Raise wrong-arn unless the principal's ARN is of the pattern of the order, "" for any."""
    if order.expect_arn and not matches(principal.arn, order.expect_arn):
        raise Failure(
            "wrong-arn",
            actual=principal.arn,
            expected=order.expect_arn,
            guard=order.expect_arn_origin,
            cause=f"AWS says: {principal.arn}",
        )
