"""A login from its start to its token file, whichever way it takes."""

from __future__ import annotations

from dataclasses import dataclass

from runner.acquire import translate
from runner.acquire.aws import AwsError
from runner.acquire.aws.oidc import Oidc
from runner.acquire.login import browser, clients, device, pkce, tokens
from runner.acquire.login.callback import CannotListenError
from runner.acquire.login.leases import forget_leases
from runner.model.identity import Identity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.aws.oidc import Client, Issued
    from runner.acquire.aws.session import AwsSession
    from runner.acquire.lock import Locks
    from runner.acquire.login.means import Means
    from runner.acquire.login.tokens import SsoSession, Token


@dataclass(frozen=True, slots=True)
class Place:
    """Where a login is: AWS, the locks, and the caller's environment, which says where leases are."""

    aws: AwsSession
    locks: Locks
    environ: Mapping[str, str]


def log_in(session: SsoSession, means: Means, place: Place) -> Token:
    """Log in anew, whatever there is, and return the token, which is then in its file.

    Leases of the login before are removed: it may have been somebody else's. Raises login-required when nobody came,
    access-denied when somebody refused, and what the calls may.
    """
    try:
        try:
            client, issued = _granted(session, means, Oidc(session.region, place.aws))
        except AwsError as error:
            if error.code != "InvalidClientException":
                raise
            clients.forget(session)  # the service has dropped our registration
            client, issued = _granted(session, means, Oidc(session.region, place.aws))
    except AwsError as error:
        raise translate.failure(error, _hop(session)) from error
    with place.locks.hold("sso", *session.lock_names):
        path = tokens.token_path(session)
        token = tokens.write_token(session, client, issued, tokens.read_token(path))
        forget_leases(path, place.environ)
    return token


def _hop(session: SsoSession) -> translate.Hop:
    where = f"[sso-session {session.text}]"
    return translate.Hop(session.text, Identity(name=session.text, where=where), session.text, where)


def _granted(session: SsoSession, means: Means, oidc: Oidc) -> tuple[Client, Issued]:
    """Take the way that is asked for, and the device code where there is no browser."""
    if means.way == "device-code" or not session.name:
        return device.log_in(session, means, oidc)
    if means.way == "browser" and not browser.is_there():
        return device.log_in(session, means.without_browser(), oidc)
    try:
        return pkce.log_in(session, means, oidc)
    except (browser.NotStartedError, CannotListenError):
        return device.log_in(session, means.without_browser(), oidc)
