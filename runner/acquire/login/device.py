"""The device code: somebody takes a code to a browser on any machine, and we ask whether it was done (RFC 8628)."""

from __future__ import annotations

import time

from runner.acquire import unreached
from runner.acquire.aws import AwsError
from runner.acquire.login import browser, clients
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.aws.oidc import Client, DeviceCode, Issued, Oidc
    from runner.acquire.login.means import Means
    from runner.acquire.login.tokens import SsoSession

SLOWER_S = 5  # what slow_down adds, for good
LONGEST_S = 1800  # whatever the service says
LOST = 3  # so many calls in a row without an answer end it


def log_in(session: SsoSession, means: Means, oidc: Oidc) -> tuple[Client, Issued]:
    """Show a code and wait until somebody has confirmed it; raises access-denied, login-required, AwsError."""
    client = clients.for_device(session, oidc)
    code = oidc.start_device_authorization(client, session.start_url)
    pages = [page for page in (code.page, code.page_with_code) if page.startswith(("https://", "http://"))]
    means.say(f"to log in, open in any browser, where the code is {code.user_code}")
    for page in pages:  # the second one knows the code
        means.say(f"  {page}")
    if means.way == "browser" and pages and browser.is_there():
        browser.open_page(pages[-1])
    return client, _confirmed(session, means, oidc, (client, code))


def _confirmed(session: SsoSession, means: Means, oidc: Oidc, asked: tuple[Client, DeviceCode]) -> Issued:
    """Ask again and again, as often as the service wants."""
    client, code = asked
    interval_s, lost = max(1.0, code.interval_s), 0
    deadline = time.monotonic() + min(code.lasts_s, LONGEST_S)
    while time.monotonic() < deadline:
        time.sleep(interval_s)
        try:
            return oidc.token_for_device(client, code)
        except AwsError as error:
            if error.code == "ExpiredTokenException":
                break
            if error.code == "AccessDeniedException":
                raise Failure("access-denied", operation="the login", cause=_said(error)) from error
            has_no_answer = unreached.is_so(error)
            lost = lost + 1 if has_no_answer else 0
            if error.code == "SlowDownException":
                interval_s += SLOWER_S
            elif error.code != "AuthorizationPendingException" and (not has_no_answer or lost == LOST):
                raise
    cause = f"the code {code.user_code} ended before somebody confirmed it"
    raise Failure("login-required", session=session.text, login=means.again, cause=cause)


def _said(error: AwsError) -> str:
    return f"{error.service} {error.operation}: {error.code}, {error.message} (HTTP {error.status})"
