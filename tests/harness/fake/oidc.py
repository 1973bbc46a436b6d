"""SSO OIDC: client registration, device code, PKCE's authorization code, single-use refresh tokens."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.harness.fake.canaries import Canaries
from tests.harness.fake.clock import Clock
from tests.harness.fake.http import AwsError, Reply, Request, json_reply

DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
REGISTERED_REDIRECT = "http://127.0.0.1/oauth/callback"  # without a port
REGISTRATION_LIFETIME_S = 90 * 24 * 3600


@dataclass(frozen=True, slots=True)
class SsoToken:
    """What a login leaves behind; World.sso_login writes it where the AWS CLI does."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: int
    client_id: str
    client_secret: str = field(repr=False)
    registration_expires_at: int


@dataclass(slots=True)
class Grant:
    """A device code or an authorization code on its way to a token."""

    expires_at: float
    state: str = "pending"  # "approved", "denied"
    challenge: str = ""
    redirect_uri: str = ""


class Oidc:
    """The authorization server. Change the lifetimes and the interval to see it work faster."""

    def __init__(self, clock: Clock, secrets: Canaries) -> None:
        self.clock = clock
        self.secrets = secrets
        self.access_token_lifetime_s: float = 8 * 3600
        self.device_code_lifetime_s: float = 600
        self.interval_s = 1
        self.rotates = True  # whether a refresh hands out the next refresh token
        self.access_tokens: dict[str, float] = {}
        self._clients: dict[str, str] = {}
        self._grant_types: dict[str, list[str]] = {}
        self._refresh_tokens: set[str] = set()
        self._grants: dict[str, Grant] = {}
        self._user_codes: dict[str, str] = {}
        self._operations: dict[str, Callable[[Request], Reply]] = {
            "RegisterClient": self._register_client,
            "StartDeviceAuthorization": self._start_device_authorization,
            "CreateToken": self._create_token,
            "Authorize": self._authorize,
        }
        self._routes = {
            ("POST", "/client/register"): "RegisterClient",
            ("POST", "/device_authorization"): "StartDeviceAuthorization",
            ("POST", "/token"): "CreateToken",
            ("GET", "/authorize"): "Authorize",
        }

    def login(self, lifetime_s: float, *, refreshable: bool) -> SsoToken:
        """Do what a finished login does, without the calls."""
        client_id, client_secret, registration_expires_at = self._new_client()
        access_token, refresh_token = self._new_tokens(lifetime_s, refreshable=refreshable)
        expires_at = int(self.access_tokens[access_token])
        return SsoToken(access_token, refresh_token, expires_at, client_id, client_secret, registration_expires_at)

    def forget_clients(self) -> None:
        """Drop every registration: InvalidClientException from now on."""
        self._clients = dict.fromkeys(self._clients, "forgotten")

    def approve(self, user_code: str | None = None) -> None:
        """Be the human at the device page: the given user code, or the latest."""
        self._grants[self._device_code(user_code)].state = "approved"

    def deny(self, user_code: str | None = None) -> None:
        """Be a human who says no."""
        self._grants[self._device_code(user_code)].state = "denied"

    def end(self, access_token: str) -> None:
        """End an access token at once (Logout, an administrator): the portal then answers 401."""
        self.access_tokens.pop(access_token, None)

    def live(self, access_token: str) -> bool:
        return self.access_tokens.get(access_token, 0.0) > self.clock.now()

    def operation(self, request: Request) -> str | None:
        return self._routes.get((request.method, request.path))

    def parameters(self, request: Request) -> dict[str, str]:
        return dict(request.json if request.method == "POST" else request.query)

    def answer(self, operation: str, request: Request) -> Reply:
        return self._operations[operation](request)

    def error(self, error: AwsError) -> Reply:
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", error.code.removesuffix("Exception")).lower()
        content = {"error": name, "error_description": error.message}
        return json_reply(content, error.status, x_amzn_ErrorType=error.code)

    def _register_client(self, request: Request) -> Reply:
        client_id, client_secret, expires_at = self._new_client()
        registered: dict[str, Any] = dict(request.json)
        self._grant_types[client_id] = registered.get("grantTypes", [])
        if self._grant_types[client_id] and registered.get("redirectUris") != [REGISTERED_REDIRECT]:
            raise AwsError("InvalidRedirectUriException", 400, "Invalid redirect URI")
        return json_reply(
            {
                "clientId": client_id,
                "clientSecret": client_secret,
                "clientIdIssuedAt": int(self.clock.now()),
                "clientSecretExpiresAt": expires_at,
            }
        )

    def _start_device_authorization(self, request: Request) -> Reply:
        self._check_client(request)
        if self._grant_types.get(request.json["clientId"]):
            raise AwsError("UnauthorizedClientException", 400, "The client is not for device codes")
        device_code = self.secrets.token()
        user_code = f"ABCD-{len(self._user_codes):04}"
        self._user_codes[user_code] = device_code
        self._grants[device_code] = Grant(self.clock.now() + self.device_code_lifetime_s)
        page = f"http://{request.headers['host']}/device"
        return json_reply(
            {
                "deviceCode": device_code,
                "userCode": user_code,
                "verificationUri": page,
                "verificationUriComplete": f"{page}?user_code={user_code}",
                "expiresIn": int(self.device_code_lifetime_s),
                "interval": self.interval_s,
            }
        )

    def _authorize(self, request: Request) -> Reply:
        asked = request.query
        is_right = asked.get("response_type") == "code" and asked.get("code_challenge_method") == "S256"
        if asked.get("client_id") not in self._clients or not is_right or not asked.get("scopes"):
            return Reply(400, b"invalid_request", "text/html")
        code = self.secrets.token(64)
        ends_at = self.clock.now() + self.device_code_lifetime_s
        self._grants[code] = Grant(ends_at, "approved", asked["code_challenge"], asked["redirect_uri"])
        back = f"{request.query['redirect_uri']}?{urlencode({'code': code, 'state': request.query['state']})}"
        return Reply(302, b"", "text/html", {"Location": back})

    def _create_token(self, request: Request) -> Reply:
        self._check_client(request)
        asked = request.json
        if asked["grantType"] == "refresh_token":
            self._use_refresh_token(asked.get("refreshToken", ""))
        elif asked["grantType"] == DEVICE_CODE_GRANT:
            self._use_grant(asked.get("deviceCode", ""))
        elif asked["grantType"] == "authorization_code":
            self._check_code(asked)
            self._use_grant(asked.get("code", ""))
        else:
            raise AwsError("UnsupportedGrantTypeException", 400, "Unsupported grant type")
        refreshable = self.rotates or asked["grantType"] != "refresh_token"
        access_token, refresh_token = self._new_tokens(self.access_token_lifetime_s, refreshable=refreshable)
        content = {"accessToken": access_token, "tokenType": "Bearer", "expiresIn": int(self.access_token_lifetime_s)}
        return json_reply({**content, "refreshToken": refresh_token} if refresh_token else content)

    def _use_refresh_token(self, refresh_token: str) -> None:
        if refresh_token not in self._refresh_tokens:
            raise AwsError("InvalidGrantException", 400, "Invalid refresh token provided")
        self._refresh_tokens.remove(refresh_token)

    def _check_code(self, asked: dict[str, str]) -> None:
        """Refuse a code whose verifier, redirect URI or client is not the one it was made for."""
        grant = self._grants.get(asked.get("code", ""))
        digest = base64.urlsafe_b64encode(hashlib.sha256(asked.get("codeVerifier", "").encode()).digest()).decode()
        self.secrets.add(asked.get("codeVerifier", "-" * 64))
        if grant is not None and (grant.challenge, grant.redirect_uri) != (digest.rstrip("="), asked["redirectUri"]):
            raise AwsError("InvalidGrantException", 400, "Invalid PKCE code verifier or redirect URI")
        if "authorization_code" not in self._grant_types.get(asked["clientId"], []):
            raise AwsError("UnauthorizedClientException", 400, "The client is not for authorization codes")

    def _use_grant(self, code: str) -> None:
        grant = self._grants.get(code)
        if grant is None:
            raise AwsError("InvalidGrantException", 400, "Invalid grant provided")
        if grant.expires_at <= self.clock.now():
            raise AwsError("ExpiredTokenException", 400, "Device code has expired")
        if grant.state == "pending":
            raise AwsError("AuthorizationPendingException", 400)
        del self._grants[code]
        if grant.state == "denied":
            raise AwsError("AccessDeniedException", 400, "The user denied the request")

    def _check_client(self, request: Request) -> None:
        if self._clients.get(request.json.get("clientId", "")) != request.json.get("clientSecret"):
            raise AwsError("InvalidClientException", 401, "Client authentication failed")

    def _new_client(self) -> tuple[str, str, int]:
        client_id = f"client-{len(self._clients)}"
        self._clients[client_id] = self.secrets.token()
        return client_id, self._clients[client_id], int(self.clock.now()) + REGISTRATION_LIFETIME_S

    def _new_tokens(self, lifetime_s: float, *, refreshable: bool) -> tuple[str, str]:
        access_token = self.secrets.token()
        self.access_tokens[access_token] = self.clock.now() + lifetime_s
        refresh_token = self.secrets.token() if refreshable else ""
        self._refresh_tokens.update([refresh_token] if refreshable else [])
        return access_token, refresh_token

    def _device_code(self, user_code: str | None) -> str:
        return self._user_codes[user_code or list(self._user_codes)[-1]]
