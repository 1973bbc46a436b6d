"""The authorization code with PKCE: a page in a browser of this machine, which comes back to a loopback address."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from urllib.parse import quote, urlencode

from runner.acquire.login import browser, clients
from runner.acquire.login.callback import Callback
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.aws.oidc import Client, Issued, Oidc
    from runner.acquire.login.means import Means
    from runner.acquire.login.tokens import SsoSession

WAIT_S = 600  # as the AWS CLI does


def log_in(session: SsoSession, means: Means, oidc: Oidc) -> tuple[Client, Issued]:
    """Have somebody log in at the page of the service.

    Raises NotStartedError and CannotListenError when it cannot be done here, access-denied, login-required, AwsError.
    """
    client = clients.for_pkce(session, oidc)
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(32)  # 64 characters (RFC 7636: 43 to 128)
    with Callback(state) as callback:
        page = _page(session, client, oidc, {"redirect_uri": callback.uri, "state": state, **_challenge(verifier)})
        started = browser.start(page) if means.way == "browser" else -1
        try:
            how = "log in with the browser; if it shows no page, open" if started >= 0 else "to log in, open here"
            means.say(how)
            means.say(f"  {page}")
            answer = callback.wait(WAIT_S, started)
        finally:
            if started >= 0:
                os.close(started)
    if answer is None:
        cause = f"no answer from the browser within {WAIT_S // 60} min"
        raise Failure("login-required", session=session.text, login=means.again, cause=cause)
    if answer.error:
        raise Failure("access-denied", operation="the login", cause=f"the authorization page: {answer.error}")
    return client, oidc.token_for_code(client, answer.code, verifier, callback.uri)


def _page(session: SsoSession, client: Client, oidc: Oidc, asked: dict[str, str]) -> str:
    """Return the address of the page; `scopes` is AWS's own spelling of OAuth's scope."""
    query = {
        "response_type": "code",
        "client_id": client.client_id,
        **asked,
        "scopes": " ".join(session.scopes or clients.DEFAULT_SCOPES),
    }
    return f"{oidc.endpoint}/authorize?{urlencode(query, quote_via=quote)}"


def _challenge(verifier: str) -> dict[str, str]:
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode()
    return {"code_challenge_method": "S256", "code_challenge": digest.rstrip("=")}
