"""A login that is missing is offered on the terminal: --login auto."""

from __future__ import annotations

import os

from runner import report
from runner.acquire import process
from runner.acquire.lock import Locks
from runner.acquire.login import tokens
from runner.acquire.login.flow import Place, log_in
from runner.acquire.login.means import Means
from runner.acquire.prompt import terminal
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.login.target import Target
    from runner.acquire.prompt import Terminal
    from runner.model.order import Order

YES = ("", "y", "yes")


class Offer:
    """What can be done on the terminal about a login that is missing in a run that began at `since`."""

    def __init__(self, order: Order, environ: Mapping[str, str], since: float) -> None:
        self._order = order
        self._environ = environ
        self._since = since

    def is_taken_up(self, failure: Failure, target: Target | None, whose: str = "") -> bool:
        """Ask whether to log in, and do it; False when nobody can be asked, or somebody has said no.

        `target` is None when there is nothing to log in to. One process at a time asks for a session; those who wait
        go on with its token, or take its no for theirs. Raises what logging in may.
        """
        if target is None or not process.may_attend(self._order.no_input):
            return False
        session = target.session
        doing = f"logging in to {session.text}"
        locks = Locks(self._order.root, attended=True, whose=whose, doing=doing)
        with locks.hold("sso-login", *session.lock_names) as lock:
            if self._is_done(tokens.token_path(session)):
                return True
            if lock.failure() is not None:
                return False
            with terminal(whose, self._order, needs="an SSO login", remedy=failure.remedy) as somebody:
                somebody.say(f"{report.message(failure)} [{failure.slug}]")
                if not _agrees(somebody):
                    lock.note(failure)
                    return False
                if self._is_done(tokens.token_path(session)):  # elsewhere, while the question stood there
                    return True
                place = Place(target.aws, locks, self._environ)
                try:
                    token = log_in(session, Means("browser", somebody.say, target.login), place)
                except Failure as ended:
                    raise ended.at(whose, failure.chain, 0) from ended.__cause__
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
