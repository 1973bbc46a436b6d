"""Refreshing a token: once among all processes, and never over what another program has written meanwhile."""

from __future__ import annotations

import time
from shlex import quote

from runner import report
from runner.acquire import unreached
from runner.acquire.aws import AwsError
from runner.acquire.aws.oidc import Client, Issued, Oidc
from runner.acquire.login import tokens
from runner.acquire.login.tokens import REFRESH
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.aws.session import AwsSession
    from runner.acquire.lock import Held, Locks
    from runner.acquire.login.tokens import SsoSession, Token


def refreshed(session: SsoSession, locks: Locks, aws: AwsSession) -> Token | None:
    """Return the token that is there when it was tried: a new one, or the old one, ended or not; None when it is gone.

    Whoever waited finds it done, or knows that it failed. Raises endpoint-unreachable or proxy-or-tls when the old one
    has ended and no answer of AWS came.
    """
    path = tokens.token_path(session)
    with locks.hold("sso", *session.lock_names) as lock:
        token = tokens.read_token(path)
        client = None if token is None else _client(token)
        if token is None or client is None or not token.is_due:
            return token
        if (told := lock.failure()) is not None:
            return _old(token, told)
        try:
            new = _spent(session, token, client, aws)
        except AwsError as error:
            return _failed(session, tokens.read_token(path), error, lock)
        if new is not None and new.is_due:  # such short ones are all there is: nobody who waits asks for another
            lock.note(_refused(session, ""))
        return new


def _client(token: Token) -> Client | None:
    """Return the registration that a token was issued to; None when nothing can be refreshed with it."""
    said = token.content
    try:
        expires_at = tokens.instant(said["registrationExpiresAt"])
        client = Client(str(said["clientId"]), str(said["clientSecret"]), expires_at)
    except (KeyError, ValueError, OverflowError):
        return None
    return client if token.is_refreshable and expires_at > time.time() else None


def _spent(session: SsoSession, token: Token, client: Client, aws: AwsSession) -> Token | None:
    """Spend the refresh token; the new token goes to the file unless there is a newer one, or none any more."""
    held = str(token.content[REFRESH])
    issued = Oidc(session.region, aws).token_for_refresh_token(client, held)
    # Without a new one the old one stays good (RFC 6749, 6).
    issued = Issued(issued.access_token, issued.expires_at, issued.refresh_token or held)
    there = tokens.read_token(tokens.token_path(session))
    if there is None or (there.secret != token.secret and not there.is_due):
        return there
    try:
        return tokens.write_token(session, client, issued, there)
    except Failure as failure:  # this run has its token all the same
        report.notice(f"the refreshed token cannot be kept: {failure.sentence} ({failure.cause}); {failure.remedy}")
        return tokens.Token({"accessToken": issued.access_token, "expiresAt": tokens.iso(issued.expires_at)})


def _failed(session: SsoSession, there: Token | None, error: AwsError, lock: Held) -> Token | None:
    """Take what is in the file now: another program may have been faster; else tell those who wait."""
    if there is None or not there.is_due:
        return there
    if unreached.is_so(error):
        failure = unreached.failure(error, unreached.said(error))
    else:
        failure = _refused(session, f"{error.service} {error.operation}: {error.code}")
    lock.note(failure)
    return _old(there, failure)


def _old(token: Token, failure: Failure) -> Token:
    """Return a token that could not be refreshed: it is used while it holds, and its end is the caller's to say."""
    if token.has_ended and failure.row.failure_class == "temporary":
        raise failure
    return token


def _refused(session: SsoSession, cause: str) -> Failure:
    login = f"runner login --sso-session {quote(session.name)}"
    return Failure("sso-session-expired", session=session.text, since="", login=login, cause=cause)
