"""The token that a session has now, refreshed when it is about to end."""

from __future__ import annotations

from datetime import UTC, datetime

from runner.acquire.login import refresh, tokens
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.aws.session import AwsSession
    from runner.acquire.lock import Locks
    from runner.acquire.login.tokens import SsoSession, Token


class Missing:
    """What is said of a session without a token: its name for a reader, and what to type."""

    __slots__ = ("login", "named")

    def __init__(self, named: str, login: str) -> None:
        self.named = named
        self.login = login

    def nobody(self, cause: str) -> Failure:
        """Return login-required."""
        return Failure("login-required", session=self.named, login=self.login, cause=cause)

    def ended(self, cause: str, since: str = "") -> Failure:
        """Return sso-session-expired."""
        return Failure("sso-session-expired", session=self.named, login=self.login, since=since, cause=cause)


def token_of(session: SsoSession, missing: Missing, locks: Locks, aws: AwsSession) -> Token:
    """Return the token; raises login-required, sso-session-expired, endpoint-unreachable."""
    path = tokens.token_path(session)
    token = tokens.read_token(path)
    if token is not None and token.is_due and token.is_refreshable and session.name:
        token = refresh.refreshed(session, locks, aws)
    if token is None:
        raise missing.nobody(f"no token in {path}")
    if token.has_ended:
        ended = datetime.fromtimestamp(token.expires_at, UTC).strftime(" at %Y-%m-%dT%H:%M:%SZ")
        raise missing.ended(f"the token in {path}", ended)
    return token
