"""Web identity tokens the fake's OpenID Connect provider has handed out."""

from __future__ import annotations

from dataclasses import dataclass

from tests.harness.fake.canaries import Canaries
from tests.harness.fake.clock import Clock
from tests.harness.fake.http import AwsError

ISSUER = "https://token.example.com"
AUDIENCE = "sts.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says."""

    subject: str
    audience: str
    expires_at: int


class WebIdentityTokens:
    """Knows every token it made."""

    def __init__(self, clock: Clock, canaries: Canaries) -> None:
        self.clock = clock
        self.canaries = canaries
        self._claims: dict[str, Claims] = {}

    def make(self, subject: str, audience: str, lifetime_s: float) -> str:
        claims = Claims(subject, audience, int(self.clock.now() + lifetime_s))
        token = self.canaries.jwt(
            {"iss": ISSUER, "sub": claims.subject, "aud": claims.audience, "exp": claims.expires_at}
        )
        self._claims[token] = claims
        return token

    def check(self, token: str) -> Claims:
        """Return what a token says; raise what STS answers to one that is foreign, ended or for somebody else."""
        if token.count(".") != 2:
            raise AwsError(
                "InvalidIdentityToken",
                400,
                "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
            )
        claims = self._claims.get(token)
        if claims is None:
            raise AwsError(
                "InvalidIdentityToken",
                400,
                "No OpenIDConnect provider found in your account for https://unknown.example.com",
            )
        now = int(self.clock.now())
        if claims.expires_at <= now:
            raise AwsError(
                "ExpiredTokenException",
                400,
                f"Token expired: current date/time {now} must be before the expiration date/time {claims.expires_at}",
            )
        if claims.audience != AUDIENCE:
            raise AwsError("InvalidIdentityToken", 400, "Incorrect token audience")
        return claims
