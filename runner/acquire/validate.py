"""Whom AWS takes us for, and whether that is who we were to be."""

from __future__ import annotations

from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.aws import Sts
    from runner.acquire.kinds.contract import Grant
    from runner.model.principal import Principal


def principal_of(grant: Grant, sts: Sts) -> Principal:
    """Return who AWS says this is; it is asked unless it has said so already. Raises AwsError."""
    return grant.principal or sts.get_caller_identity(grant.credentials)


def guard(principal: Principal, account: str, where: str) -> None:
    """Raise wrong-account unless the account is the one that `where` says, "" for any."""
    if account and principal.account != account:
        raise Failure(
            "wrong-account",
            actual=principal.account,
            expected=account,
            guard=where,
            cause=f"sts GetCallerIdentity: {principal.arn}",
        )
