"""A session of `aws login`."""

from __future__ import annotations

from runner.acquire.aws import AwsError, login
from runner.acquire.kinds.contract import Grant
from runner.leases import stamps
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.kinds.contract import Reach, Source
    from runner.model.identity import LoginSession

ENDED = (
    *("LoginTokenLoadError", "LoginRefreshRequired", "LoginError"),
    *("KeyError", "RuntimeError", "RecursionError"),  # a token file that is broken is as good as none
    *("ValueError", "ParserError", "TypeError", "AttributeError", "OverflowError"),
)


def hops(identity: LoginSession) -> tuple[str, ...]:
    """Return the text of this link."""
    return (f"aws login session of profile {identity.name}",)


def sources(identity: LoginSession, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Stamp whether somebody is logged in: a logout ends every lease."""
    return (stamps.presence(login.token_path(identity.session, login.cache_folder(environ))),)


def fetch(identity: LoginSession, source: Source | None, reach: Reach) -> Grant:  # noqa: ARG001 - the contract of a kind
    """Ask botocore's provider, one process at a time: each refresh ends the token before it.

    Raises dependency-missing, login-session-expired, access-denied, AwsError.
    """
    folder = login.cache_folder(reach.environ)
    try:
        with reach.locks.hold("login", folder, identity.session):
            region = identity.region or reach.sts.region
            return Grant(login.credentials(identity.session, folder, region, reach.aws))
    except AwsError as error:
        if error.code == "MissingDependencyException":
            raise Failure(
                "dependency-missing",
                needs=f'profile "{identity.name}" (login_session)',
                package="awscrt",
                remedy="pip install 'runner[login]'",
            ) from error
        cause = f"signin CreateOAuth2Token: {error.code}{f', {error.message}' if error.message else ''}"
        if error.code == "LoginInsufficientPermissions":
            raise Failure("access-denied", operation="signin:CreateOAuth2Token", cause=cause) from error
        if error.code in ENDED:
            raise Failure(
                "login-session-expired", session=identity.session, profile=identity.name, cause=cause
            ) from error
        raise
