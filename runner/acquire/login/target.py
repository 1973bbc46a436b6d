"""Which SSO session is meant: by its own name, or as the head of an identity's chain."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from runner.acquire import awsfiles, roles, sso
from runner.acquire import book as books
from runner.acquire.aws.session import AwsSession
from runner.acquire.login.tokens import SsoSession
from runner.acquire.resolve import resolve
from runner.model.failure import Failure
from runner.model.identity import LoginSession, PermissionSet
from runner.settings import environ as settings
from runner.settings import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.plan import Plan
    from runner.settings.files import Files


@dataclass(frozen=True, slots=True)
class Target:
    """A session, the AWS that its calls go to, and the command that logs in to it.

    `aws_login` are the words behind `aws sso login`, "" when the AWS CLI does not know the session.
    """

    session: SsoSession
    aws: AwsSession
    login: str
    aws_login: str = ""

    @property
    def remedy(self) -> str:
        """What to type when nobody is logged in."""
        return self.login + (f"        # or: aws sso login {self.aws_login}" if self.aws_login else "")


def of_identity(name: str, config: str, environ: Mapping[str, str]) -> Target | None:
    """Return the session at the head of an identity's chain, None when it needs no login.

    Raises the failures of configuration, and usage for a session of `aws login`.
    """
    asked = settings.request(({"identity": name, **({"config": config} if config else {})}, []), environ)
    roles.leave_out(asked)
    plan = resolve(asked, files.find(asked.config, environ), environ)
    head = plan.links[0]
    if isinstance(head, LoginSession):
        login = shlex.join(["aws", "login", "--profile", head.name])
        raise Failure("usage", problem=f'"{name}" is a session of `aws login`', remedy=login, cause=head.where)
    return of_plan(plan)


def of_plan(plan: Plan) -> Target | None:
    """Return the session at the head of a plan's chain, None when there is another head."""
    head = plan.links[0]
    if not isinstance(head, PermissionSet):
        return None
    aws = AwsSession(plan.profile, awsfiles.pinned(plan.profile, plan.settings, plan.sections))
    return Target(sso.session_of(head), aws, plan.login, head.aws_login)


def of_session(name: str, config: str, environ: Mapping[str, str]) -> Target:
    """Return the session with a name, of a runner.toml or of the AWS config file; raises invalid-config."""
    asked = settings.request(({"config": config} if config else {}, []), environ)
    return in_files(name, files.find(asked.config, environ), environ)


def in_files(name: str, looked_at: Files, environ: Mapping[str, str]) -> Target:
    """Do the same with the files to look at."""
    book = books.read(looked_at, environ)
    session = sso.session(name, book.sso_sessions, book.aws_files, looked_at.aws_config)
    options = ["--config", looked_at.named] if looked_at.named else []
    login = shlex.join(["runner", "login", *options, "--sso-session", name])
    aws_login = "" if name in book.sso_sessions else f"--sso-session {shlex.quote(name)}"
    return Target(session, AwsSession("", awsfiles.pinned("", (), ())), login, aws_login)


def only(looked_at: Files, environ: Mapping[str, str], command: str) -> str:
    """Return the name of the only session that is configured; raises usage when there is none, or are others.

    `command` is what was typed: naming one of them is the remedy.
    """
    book = books.read(looked_at, environ)
    names = list(dict.fromkeys([*book.sso_sessions, *book.aws_files.sso_sessions]))
    if len(names) == 1:
        return names[0]
    if not names:
        known = f"looked in {', '.join(looked_at.all())}"
        raise Failure("usage", problem="no SSO session is configured", cause=known, remedy="aws configure sso-session")
    problem = f"{len(names)} SSO sessions are configured, and none is named"
    remedy = f"{command} --sso-session {shlex.quote(names[0])}"
    raise Failure("usage", problem=problem, cause=f"there are: {', '.join(names)}", remedy=remedy)
