"""SAML assertions the fake's identity provider has handed out."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from tests.harness.fake.canaries import Canaries
from tests.harness.fake.clock import Clock, iso
from tests.harness.fake.http import AwsError

PRINCIPAL = "arn:aws:iam::111111111111:saml-provider/corp"
SAML_AUDIENCE = "https://signin.aws.amazon.com/saml"


@dataclass(frozen=True, slots=True)
class Assertion:
    """What an assertion says."""

    principal_arn: str
    session_name: str
    audience: str
    expires_at: int


class Assertions:
    """Knows every assertion it made."""

    def __init__(self, clock: Clock, canaries: Canaries) -> None:
        self.clock = clock
        self.canaries = canaries
        self._known: dict[str, Assertion] = {}

    def make(self, lifetime_s: float, audience: str) -> str:
        """Make one, in base64 as a browser posts it."""
        expires_at = int(self.clock.now() + lifetime_s)
        text = (
            f'<samlp:Response><saml:Conditions NotOnOrAfter="{iso(expires_at)}"><saml:Audience>{audience}'
            f"</saml:Audience></saml:Conditions><ds:SignatureValue>{self.canaries.token()}</ds:SignatureValue>"
            "</samlp:Response>"
        )
        encoded = self.canaries.add(base64.b64encode(text.encode()).decode())
        self._known[encoded] = Assertion(PRINCIPAL, "ada@corp", audience, expires_at)
        return encoded

    def check(self, encoded: str) -> Assertion:
        """Return what an assertion says; raise what STS answers to one that is foreign, ended or for somebody else."""
        said = self._known.get(encoded)
        if said is None:
            raise AwsError("InvalidIdentityToken", 400, "Response signature invalid")
        if said.expires_at <= int(self.clock.now()):
            raise AwsError("ExpiredTokenException", 400, "Token must be redeemed within 5 minutes of issuance")
        if said.audience != SAML_AUDIENCE:
            raise AwsError("InvalidIdentityToken", 400, "Audience of the SAML response is not AWS")
        return said
