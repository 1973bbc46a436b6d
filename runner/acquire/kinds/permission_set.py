"""A permission set of IAM Identity Center, with the token of whoever is logged in."""

from __future__ import annotations

from runner.acquire import remedy
from runner.acquire.aws import AwsError, sso
from runner.acquire.kinds.contract import Grant
from runner.acquire.login import tokens
from runner.acquire.login.current import Missing, token_of
from runner.acquire.sso import session_of
from runner.leases import stamps
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.kinds.contract import Reach, Source
    from runner.model.identity import PermissionSet

NOT_ASSIGNED = ("ForbiddenException", "ResourceNotFoundException", "AccessDeniedException")


def hops(identity: PermissionSet) -> tuple[str, ...]:
    """Return the texts of this link: who logs in, and what as."""
    session = f"sso-session {identity.sso_session}" if identity.sso_session else f"SSO {identity.start_url}"
    return (session, f"permission set {identity.permission_set} in {identity.sso_account}")


def sources(identity: PermissionSet, environ: Mapping[str, str]) -> tuple[str, ...]:  # noqa: ARG001 - the contract of a kind
    """Stamp whether somebody is logged in: a logout ends every lease."""
    return (stamps.presence(tokens.token_path(session_of(identity))),)


def fetch(identity: PermissionSet, source: Source | None, reach: Reach) -> Grant:  # noqa: ARG001 - the contract of a kind
    """Call GetRoleCredentials; raises login-required, sso-session-expired, permission-set-not-assigned, AwsError."""
    session = session_of(identity)
    missing = Missing(identity.sso_session or identity.profile, remedy.login(identity, reach.login))
    token = token_of(session, missing, reach.locks, reach.aws)
    account, name = identity.sso_account, identity.permission_set
    try:
        return Grant(sso.get_role_credentials(session, account, name, token, reach.aws))
    except AwsError as error:
        cause = f"sso GetRoleCredentials: {error.code}, {error.message} (HTTP {error.status})"
        if error.status == 401:
            raise missing.ended(cause) from error
        if error.code in NOT_ASSIGNED:
            facts = {"permission_set": name, "account": account, "login": reach.login}
            raise Failure("permission-set-not-assigned", cause=cause, **facts) from error
        raise
