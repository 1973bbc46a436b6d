"""What `runner login` and `runner logout` do and say."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner import report
from runner.acquire.aws.session import AwsSession
from runner.acquire.awsfiles import pinned
from runner.acquire.lock import Locks
from runner.acquire.login import flow, logout, target, tokens
from runner.acquire.login.flow import Place
from runner.acquire.login.means import Means, Way
from runner.inject.scrub import scrubbed
from runner.places import roots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.login.logout import LoggedOut
    from runner.acquire.login.target import Target

__all__ = ["Asked", "Way", "log_in", "log_out", "log_out_of_all"]


@dataclass(frozen=True, slots=True)
class Asked:
    """An identity by name, or an SSO session; the file named for them. "" for what was not given."""

    name: str
    sso_session: str
    config: str

    def target(self, environ: Mapping[str, str]) -> Target | None:
        """Return the session that is meant; None when the identity needs no login."""
        if self.name:
            return target.of_identity(self.name, self.config, environ)
        return target.of_session(self.sso_session, self.config, environ)


def log_in(asked: Asked, way: Way) -> None:
    """Log in anew, also when a login is there: it may be somebody else who comes."""
    environ = _own_environ()
    found = asked.target(environ)
    if found is None:
        _say(f'"{asked.name}" needs no login')
        return
    locks = Locks(roots.private_root(environ), attended=True)
    token = flow.log_in(found.session, Means(way, _say, found.login), Place(found.aws, locks, environ))
    _say(f"logged in to {found.session.text} until {tokens.iso(token.expires_at)}")


def log_out(asked: Asked) -> None:
    """Log out of one session."""
    environ = _own_environ()
    found = asked.target(environ)
    if found is None:
        _say(f'"{asked.name}" needs no login')
        return
    locks = Locks(roots.private_root(environ), attended=True)
    _report(found.session.text, logout.log_out(found.session, Place(found.aws, locks, environ)))


def log_out_of_all() -> None:
    """Log out of every session there is a token of."""
    environ = _own_environ()
    locks = Locks(roots.private_root(environ), attended=True)
    ended = list(logout.log_out_of_all(Place(AwsSession("", pinned("", (), ())), locks, environ)))
    for start_url, each in ended:
        _report(start_url, each)
    if not ended:
        _say("nobody is logged in")


def _report(text: str, ended: LoggedOut) -> None:
    leases = f"; {ended.leases} lease{'' if ended.leases == 1 else 's'} removed" if ended.leases else ""
    _say(f"logged out of {text}{leases}" if ended.was_in else f"nobody is logged in to {text}{leases}")
    if ended.problem:
        report.notice(f"the token is gone from here, but its service could not be told: {ended.problem}")


def _own_environ() -> Mapping[str, str]:
    """Return the caller's environment, and leave in os.environ nothing of another identity: botocore reads it."""
    environ = dict(os.environ)
    os.environ.clear()
    os.environ.update(scrubbed(environ)[0])
    return environ


def _say(text: str) -> None:
    sys.stdout.write(f"{report.clean(text)}\n")
    sys.stdout.flush()
