"""All accounts that whoever is logged in may use with their permission sets, and all accounts of an organization."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from runner.acquire.aws import AwsError
from runner.acquire.aws.organizations import Organization
from runner.acquire.aws.session import unreadable
from runner.acquire.aws.sso import Portal
from runner.acquire.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.acquire.aws.session import AwsSession
    from runner.acquire.login.tokens import SsoSession, Token
    from runner.model.account import Account
    from runner.model.credentials import Credentials

T = TypeVar("T")

AT_ONCE = 8  # of the 10 connections that a client of botocore keeps
TAKEN_AWAY = ("ForbiddenException", "ResourceNotFoundException")


def assigned(session: SsoSession, token: Token, aws: AwsSession) -> list[Account]:
    """Return the accounts by name, each with its permission sets: all of them, or raise AwsError."""
    portal, pace = Portal(session, token, aws), Pace()

    def completed(account: Account) -> Account:
        try:
            names = _all(lambda page: pace.call(lambda: portal.permission_sets(account.account_id, page)))
        except AwsError as error:
            if error.code not in TAKEN_AWAY:
                raise
            names = []  # since the accounts were listed
        return replace(account, permission_sets=tuple(sorted(set(names))))

    accounts = _all(lambda page: pace.call(lambda: portal.accounts(page)))
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        return sorted(pool.map(completed, accounts), key=_by_name)
    finally:
        pace.end()
        pool.shutdown(wait=False, cancel_futures=True)  # ^C is not held up by a call


def of_organization(credentials: Credentials, partition: str, aws: AwsSession) -> list[Account]:
    """Return the active accounts of an organization by name; raises AwsError."""
    organization, pace = Organization(credentials, partition, aws), Pace()
    return sorted(_all(lambda page: pace.call(lambda: organization.accounts(page))), key=_by_name)


def _all(fetch: Callable[[str], tuple[list[T], str]]) -> list[T]:
    """Follow pages to the last; a page may be empty, and one that comes again would have no end."""
    found, page = fetch("")
    seen = {""}
    while page:
        if page in seen:
            raise unreadable("sso", "NextToken")
        seen.add(page)
        more, page = fetch(page)
        found += more
    return found


def _by_name(account: Account) -> tuple[str, str]:
    return (account.name.casefold(), account.account_id)
