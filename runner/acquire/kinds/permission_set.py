"""A permission set of IAM Identity Center, with the token of whoever is logged in."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from runner.acquire.aws import AwsError, sso
from runner.acquire.aws.sso import SsoSession, Token
from runner.acquire.kinds.contract import Grant
from runner.leases import stamps
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.kinds.contract import Reach, Source
    from runner.model.identity import PermissionSet

REFRESH_AHEAD_S = 15 * 60  # botocore's own window
NOT_ASSIGNED = ("ForbiddenException", "ResourceNotFoundException", "AccessDeniedException")


def hops(identity: PermissionSet) -> tuple[str, ...]:
    """Return the texts of this link: who logs in, and what as."""
    session = f"sso-session {identity.sso_session}" if identity.sso_session else f"SSO {identity.start_url}"
    return (session, f"permission set {identity.permission_set} in {identity.sso_account}")


def sources(identity: PermissionSet, environ: Mapping[str, str]) -> tuple[str, ...]:  # noqa: ARG001 - the contract of a kind
    """Stamp whether somebody is logged in: a logout ends every lease."""
    return (stamps.presence(sso.token_path(_session(identity))),)


def fetch(identity: PermissionSet, source: Source | None, reach: Reach) -> Grant:  # noqa: ARG001 - the contract of a kind
    """Call GetRoleCredentials; raises login-required, sso-session-expired, permission-set-not-assigned, AwsError."""
    session = _session(identity)
    token = _token(identity, session, reach)
    account, name = identity.sso_account, identity.permission_set
    try:
        return Grant(sso.get_role_credentials(session, account, name, token, reach.aws))
    except AwsError as error:
        cause = f"sso GetRoleCredentials: {error.code}, {error.message} (HTTP {error.status})"
        if error.status == 401:
            raise _expired(identity, "", cause) from error
        if error.code in NOT_ASSIGNED:
            facts = {"permission_set": name, "account": account, **_login(identity)}
            raise Failure("permission-set-not-assigned", cause=cause, **facts) from error
        raise


def _token(identity: PermissionSet, session: SsoSession, reach: Reach) -> Token:
    path = sso.token_path(session)
    token = sso.read_token(path)
    if token is None:
        raise Failure("login-required", cause=f"no token in {path}", **_login(identity))
    if token.is_refreshable and session.name and token.expires_at - time.time() < REFRESH_AHEAD_S:
        token = _refreshed(session, reach) or token
    if token.expires_at <= time.time():
        ended = datetime.fromtimestamp(token.expires_at, UTC).strftime(" at %Y-%m-%dT%H:%M:%SZ")
        raise _expired(identity, ended, f"the token in {path}")
    return token


def _refreshed(session: SsoSession, reach: Reach) -> Token | None:
    """Refresh the token once among all processes; whoever waited finds it done, or knows that it failed."""
    path = sso.token_path(session)
    with reach.locks.hold("sso", session.start_url, session.region, session.name) as lock:
        token = sso.read_token(path)
        has_ended = token is None or token.expires_at - time.time() < REFRESH_AHEAD_S
        if has_ended and lock.failure() is None:
            try:
                sso.refresh(session, reach.aws)
            except AwsError:
                if token is None or token.expires_at <= time.time():  # else it is used while it holds
                    raise
            token = sso.read_token(path)
            if token is not None and token.expires_at - time.time() < REFRESH_AHEAD_S:
                lock.note(Failure("sso-session-expired", session=session.name, since="", option="sso-session"))
        return token


def _session(identity: PermissionSet) -> SsoSession:
    return SsoSession(identity.sso_session, identity.start_url, identity.sso_region)


def _expired(identity: PermissionSet, since: str, cause: str) -> Failure:
    return Failure("sso-session-expired", since=since, cause=cause, **_login(identity))


def _login(identity: PermissionSet) -> dict[str, str]:
    if identity.sso_session:
        return {"session": identity.sso_session, "option": "sso-session"}
    return {"session": identity.profile, "option": "profile"}
