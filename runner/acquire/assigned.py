"""The accounts of a login: with the token there is, or with one that somebody gets on the terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from runner.acquire import OFFERED, accounts, process, translate
from runner.acquire.aws import AwsError
from runner.acquire.lock import Locks
from runner.acquire.login.current import Missing, token_of
from runner.acquire.login.offer import Offer
from runner.model.chain import Chain
from runner.model.failure import Failure
from runner.model.identity import Identity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.login.target import Target
    from runner.model.account import Account
    from runner.model.order import Order
    from runner.model.request import RunRequest


def assigned(target: Target, request: RunRequest, order: Order, environ: Mapping[str, str]) -> list[Account]:
    """Return the accounts and permission sets of whoever is logged in to a session; with a terminal a login is offered.

    Of `request` its --login counts, of `order` where locks are and whether somebody may be asked. Raises Failure.
    """
    since = time.time()
    try:
        return _assigned(target, order)
    except Failure as failure:
        if failure.slug not in OFFERED or request.login == "never":
            raise
        if not Offer(order, environ, since).is_taken_up(failure, target):
            raise
    return _assigned(target, order)


def _assigned(target: Target, order: Order) -> list[Account]:
    session, chain = target.session, Chain((f"sso-session {target.session.text}",))
    missing = Missing(session.text, target.remedy)
    locks = Locks(order.root, attended=process.may_attend(order.no_input))
    try:
        token = token_of(session, missing, locks, target.aws)
        return accounts.assigned(session, token, target.aws)
    except AwsError as error:
        if error.status == 401:
            cause = f"sso {error.operation}: {error.code}, {error.message} (HTTP 401)"
            raise missing.ended(cause).at("", chain, 0) from error
        giver = Identity(name=session.text, where=chain.text())
        hop = translate.Hop(session.text, giver, chain.text(), chain.text(), login=target.remedy)
        raise translate.failure(error, hop).at("", chain, 0) from error
    except Failure as failure:
        raise failure.at("", chain, 0) from failure.__cause__
