"""SSO OIDC: registering as a client, and the three ways to a token."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from runner.acquire.aws.session import AwsSession, call

DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
DEFAULT_INTERVAL_S = 5  # RFC 8628, 3.2


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client; `expires_at` is the end of the registration, UTC epoch seconds."""

    client_id: str
    client_secret: str = field(repr=False)
    expires_at: float

    def parameters(self) -> dict[str, object]:
        """Return what each call carries."""
        return {"clientId": self.client_id, "clientSecret": self.client_secret}


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What a human has to type or open, and how long and how often to ask whether it was done."""

    secret: str = field(repr=False)
    user_code: str
    page: str
    page_with_code: str
    lasts_s: float
    interval_s: float


@dataclass(frozen=True, slots=True)
class Issued:
    """A new access token, its end (UTC epoch seconds), and a refresh token, "" for none."""

    access_token: str = field(repr=False)
    expires_at: float
    refresh_token: str = field(repr=False)


class Oidc:
    """The authorization server of a region; its calls are not signed. Each raises AwsError."""

    def __init__(self, region: str, aws: AwsSession) -> None:
        self._client = aws.client("sso-oidc", region, unsigned=True)

    @property
    def endpoint(self) -> str:
        """Where it is; AWS_ENDPOINT_URL moves it, and the page for the browser with it."""
        return str(self._client.meta.endpoint_url).rstrip("/")

    def register_client(self, parameters: dict[str, object]) -> Client:
        """Register; parameters are AWS's own."""
        answer = call(self._client, "register_client", parameters)
        return Client(answer["clientId"], answer["clientSecret"], float(answer["clientSecretExpiresAt"]))

    def start_device_authorization(self, client: Client, start_url: str) -> DeviceCode:
        """Ask for a code that a human can take to any browser."""
        answer = call(self._client, "start_device_authorization", {**client.parameters(), "startUrl": start_url})
        return DeviceCode(
            answer["deviceCode"],
            answer["userCode"],
            answer["verificationUri"],
            answer.get("verificationUriComplete", ""),
            float(answer["expiresIn"]),
            float(answer.get("interval") or DEFAULT_INTERVAL_S),
        )

    def token_for_device(self, client: Client, code: DeviceCode) -> Issued:
        """Ask whether the human has done it."""
        return self._create_token(client, {"grantType": DEVICE_CODE_GRANT, "deviceCode": code.secret})

    def token_for_code(self, client: Client, code: str, verifier: str, redirect_uri: str) -> Issued:
        """Change an authorization code for a token (RFC 7636)."""
        asked = {"code": code, "codeVerifier": verifier, "redirectUri": redirect_uri}
        return self._create_token(client, {"grantType": "authorization_code", **asked})

    def token_for_refresh_token(self, client: Client, refresh_token: str) -> Issued:
        """Spend a refresh token."""
        return self._create_token(client, {"grantType": "refresh_token", "refreshToken": refresh_token})

    def _create_token(self, client: Client, grant: dict[str, object]) -> Issued:
        answer: Any = call(self._client, "create_token", {**client.parameters(), **grant})
        return Issued(answer["accessToken"], time.time() + answer["expiresIn"], answer.get("refreshToken") or "")
