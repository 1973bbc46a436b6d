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


@dataclass(frozen=True, slots=True)
class Target:
    """A session, the AWS that its calls go to, and the command that logs in to it."""

    session: SsoSession
    aws: AwsSession
    login: str


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
    if not isinstance(head, PermissionSet):
        return None
    aws = AwsSession(plan.profile, awsfiles.pinned(plan.profile, plan.settings, plan.sections))
    return Target(sso.session_of(head), aws, plan.login)


def of_session(name: str, config: str, environ: Mapping[str, str]) -> Target:
    """Return the session with a name, of a runner.toml or of the AWS config file; raises invalid-config."""
    asked = settings.request(({"config": config} if config else {}, []), environ)
    looked_at = files.find(asked.config, environ)
    book = books.read(looked_at, environ)
    where = looked_at.aws_config
    session = sso.session(name, book.sso_sessions, book.aws_files, where)
    options = ["--config", looked_at.named] if looked_at.named else []
    login = shlex.join(["runner", "login", *options, "--sso-session", name])
    return Target(session, AwsSession("", awsfiles.pinned("", (), ())), login)
