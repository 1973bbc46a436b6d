"""The web identity token of a GitHub Actions job: asked for anew each time, for it lives minutes.

https://github.com/actions/toolkit, packages/core/src/oidc-utils.ts
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from urllib.parse import quote, urlsplit

from runner.leases import stamps
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from runner.model.identity import WebIdentityRole

URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
BEARER = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
AUDIENCE = "sts.amazonaws.com"
ATTEMPTS = 3
TIMEOUT_S = 5  # an unreachable endpoint is reported within 15 s
LARGEST = 64 * 1024  # bytes


def sources(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Stamp which job asks: another may be another caller."""
    return (stamps.variable(URL, environ), stamps.secret(BEARER, environ))


def token(identity: WebIdentityRole, environ: Mapping[str, str]) -> str:
    """Return a new token; raises no-credentials outside of a job that may have one, endpoint-unreachable."""
    url, bearer = environ.get(URL, ""), environ.get(BEARER, "")
    if not url or not bearer or urlsplit(url).scheme not in ("https", "http"):
        raise Failure(
            "no-credentials",
            source=f"the web identity of {identity.name}",
            cause=f"{identity.where} has no token_file, token_process or token_env, and {URL} and {BEARER} are not set",
            remedy="give the job `permissions: id-token: write`, or the identity one of the three",
        )
    audience = identity.audience or _usual_audience(identity)
    target = f"{url}{'&' if '?' in url else '?'}audience={quote(audience, safe='')}"
    request = urllib.request.Request(target, headers={"Authorization": f"bearer {bearer}"})
    said = _answer(request, identity)
    try:
        value = json.loads(said)["value"]
    except (ValueError, KeyError, TypeError, RecursionError):  # its text would quote the answer
        value = None
    if not isinstance(value, str) or not value.isascii() or not value:
        raise _refused(identity, "GitHub's answer has no token in it")
    return value


def _usual_audience(identity: WebIdentityRole) -> str:
    return f"{AUDIENCE}.cn" if identity.role_arn.split(":")[1] == "aws-cn" else AUDIENCE


def _answer(request: urllib.request.Request, identity: WebIdentityRole) -> bytes:
    opener = urllib.request.build_opener(_NoRedirect)
    cause = ""
    for attempt in range(ATTEMPTS):
        time.sleep(attempt)
        try:
            with opener.open(request, timeout=TIMEOUT_S) as reply:
                said: bytes = reply.read(LARGEST)
                return said
        except urllib.error.HTTPError as error:
            cause = f"HTTP {error.code}"
            if error.code < 500 and error.code != 429:
                raise _refused(identity, f"GitHub gave no token: {cause}") from None
        except OSError as error:  # URLError is one
            cause = type(getattr(error, "reason", error)).__name__
    parts = urlsplit(request.full_url)
    raise Failure("endpoint-unreachable", endpoint=f"{parts.scheme}://{parts.netloc}", cause=f"GitHub token: {cause}")


def _refused(identity: WebIdentityRole, cause: str) -> Failure:
    return Failure("web-identity-invalid", source=identity.name, role=identity.role_arn, cause=cause)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the bearer token would go along."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None
