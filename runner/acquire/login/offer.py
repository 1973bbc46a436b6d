"""A login that is missing is offered on the terminal: --login auto."""

from __future__ import annotations

import os

from runner import report
from runner.acquire import awsfiles, process
from runner.acquire.aws.session import AwsSession
from runner.acquire.lock import Locks
from runner.acquire.login import tokens
from runner.acquire.login.flow import Place, log_in
from runner.acquire.login.means import Means
from runner.acquire.prompt import terminal
from runner.acquire.sso import session_of
from runner.model.failure import Failure
from runner.model.identity import PermissionSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.plan import Plan
    from runner.acquire.prompt import Terminal
    from runner.model.order import Order

YES = ("", "y", "yes")


class Offer:
    """What can be done on the terminal about a login that is missing in a run that began at `since`."""

    def __init__(self, order: Order, environ: Mapping[str, str], since: float) -> None:
        self._order = order
        self._environ = environ
        self._since = since

    def is_taken_up(self, failure: Failure, plan: Plan) -> bool:
        """Ask whether to log in, and do it; False when nobody can be asked, or somebody has said no.

        One process at a time asks for a session; those who wait go on with its token, or take its no for theirs.
        Raises what logging in may.
        """
        head = plan.links[0]
        if not isinstance(head, PermissionSet) or not process.may_attend(self._order.no_input):
            return False
        session = session_of(head)
        doing = f"logging in to {session.text}"
        locks = Locks(self._order.root, attended=True, whose=plan.identity, doing=doing)
        with locks.hold("sso-login", *session.lock_names) as lock:
            if self._is_done(tokens.token_path(session)):
                return True
            if lock.failure() is not None:
                return False
            with terminal(plan.identity, self._order, needs="an SSO login", remedy=failure.remedy) as somebody:
                somebody.say(f"{report.message(failure)} [{failure.slug}]")
                if not _agrees(somebody):
                    lock.note(failure)
                    return False
                if self._is_done(tokens.token_path(session)):  # elsewhere, while the question stood there
                    return True
                place = Place(_aws(plan), locks, self._environ)
                try:
                    token = log_in(session, Means("browser", somebody.say, plan.login), place)
                except Failure as ended:
                    raise ended.at(plan.identity, failure.chain, 0) from ended.__cause__
                somebody.say(f"logged in to {session.text} until {tokens.iso(token.expires_at)}")
        return True

    def _is_done(self, path: str) -> bool:
        """Tell whether somebody else has logged in since the run began."""
        token = tokens.read_token(path)
        return token is not None and not token.has_ended and os.stat(path).st_mtime > self._since


def _agrees(somebody: Terminal) -> bool:
    """Tell whether the answer was yes; ^D, or nobody who answers, is a no."""
    try:
        return somebody.ask("log in now? [Y/n]").strip().lower() in YES
    except Failure as failure:
        if failure.slug == "no-tty":
            return False
        raise


def _aws(plan: Plan) -> AwsSession:
    return AwsSession(plan.profile, awsfiles.pinned(plan.profile, plan.settings, plan.sections))
