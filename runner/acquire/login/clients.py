"""Our registration as a client of the OIDC service: kept and used again as the AWS CLI does, in the same file."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path

from runner.acquire.aws.oidc import Client
from runner.acquire.login import tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.aws.oidc import Oidc
    from runner.acquire.login.tokens import SsoSession

REDIRECT_URI = "http://127.0.0.1/oauth/callback"  # the port is ignored for loopback addresses (RFC 8252, 7.3)
PKCE_GRANTS = ["authorization_code", "refresh_token"]
DEFAULT_SCOPES = ("sso:account:access",)
LEAST_LEFT_S = 15 * 60  # a registration that ends sooner is made anew


def for_pkce(session: SsoSession, oidc: Oidc) -> Client:
    """Return a client that may use an authorization code; raises AwsError, disk-full, state-directory-unsafe."""
    scopes = list(session.scopes or DEFAULT_SCOPES)
    found = _kept(session, for_codes=True)
    if found is not None:
        return found
    client = oidc.register_client(
        {
            "clientName": f"botocore-client-{session.name}",
            "clientType": "public",
            "grantTypes": PKCE_GRANTS,
            "redirectUris": [REDIRECT_URI],
            "issuerUrl": session.start_url,
            "scopes": scopes,
        }
    )
    return _keep(session, client, {"scopes": scopes, "grantTypes": PKCE_GRANTS})


def for_device(session: SsoSession, oidc: Oidc) -> Client:
    """Return a client that may use a device code; raises AwsError, disk-full, state-directory-unsafe."""
    found = _kept(session, for_codes=False)
    if found is not None:
        return found
    scopes: dict[str, object] = {"scopes": list(session.scopes)} if session.scopes else {}
    name = f"botocore-client-{session.name or int(time.time())}"
    client = oidc.register_client({"clientName": name, "clientType": "public", **scopes})
    return _keep(session, client, scopes)


def forget(session: SsoSession) -> None:
    """Remove a registration that the service does not take any more."""
    with suppress(OSError):
        Path(path_of(session)).unlink()


def path_of(session: SsoSession) -> str:
    """Return the file of a session's registration; scopes that are not configured are null in its name."""
    shaping = {
        "tool": "botocore",
        "startUrl": session.start_url,
        "region": session.region,
        "scopes": list(session.scopes) or None,
        "session_name": session.name or None,
    }
    return tokens.cache_path(json.dumps(shaping, sort_keys=True))


def _kept(session: SsoSession, *, for_codes: bool) -> Client | None:
    """Return the registration that is kept, when it is for this way of logging in and lasts."""
    said = _content(session)
    try:
        client = Client(str(said["clientId"]), str(said["clientSecret"]), tokens.instant(said["expiresAt"]))
        grants = said.get("grantTypes", [])
        fits = isinstance(grants, list) and ("authorization_code" in grants) == for_codes
    except (KeyError, ValueError, OverflowError):
        return None
    return client if fits and client.expires_at - time.time() >= LEAST_LEFT_S else None


def _keep(session: SsoSession, client: Client, described: Mapping[str, object]) -> Client:
    ours = ("clientId", "clientSecret", "expiresAt", "scopes", "grantTypes")
    foreign = {key: value for key, value in _content(session).items() if key not in ours}
    times = {"expiresAt": tokens.iso(client.expires_at)}
    tokens.write(path_of(session), {**foreign, **client.parameters(), **times, **described})
    return client


def _content(session: SsoSession) -> Mapping[str, object]:
    try:
        said = json.loads(Path(path_of(session)).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
