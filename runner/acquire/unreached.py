"""Calls that AWS itself did not answer: nobody did, or it was down, or somebody on the way did in its place."""

from __future__ import annotations

from urllib.parse import urlsplit

from runner.acquire import remedy
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.aws import AwsError

SERVICES = {
    "sts": "AWS STS",
    "sso": "the SSO portal",
    "sso-oidc": "the SSO OIDC service",
    "signin": "the AWS sign-in service",
    "organizations": "AWS Organizations",
}
UNLIKE_AWS = ("", "ResponseParserError")  # a page of HTML, where an error of AWS has a code
PROXY_REFUSED = 407  # HTTP: proxy authentication required
ISSUER_SILENT = "IDPCommunicationError"


def is_so(error: AwsError) -> bool:
    """Tell whether it was not AWS that refused."""
    is_throttled = error.status >= 500 and error.code.startswith(("Throttl", "SlowDown"))
    is_odd = error.code in (*UNLIKE_AWS, ISSUER_SILENT) or error.status == PROXY_REFUSED
    return (error.status == 0 or error.status >= 500 or is_odd) and not is_throttled


def failure(error: AwsError, cause: str) -> Failure:
    """Return proxy-or-tls or endpoint-unreachable."""
    if error.code == "SSLError":
        return _certificate(error, cause)
    is_stranger = 0 < error.status < 500 and error.code in UNLIKE_AWS
    if is_stranger or error.status == PROXY_REFUSED or error.code == "ProxyConnectionError":
        return _proxy(error, cause)
    name = SERVICES.get(error.service, error.service)
    if error.code == ISSUER_SILENT:
        name = "the token's identity provider"
    endpoint = name if error.status else error.endpoint or name
    return Failure("endpoint-unreachable", endpoint=endpoint, cause=cause)


def said(error: AwsError) -> str:
    """Return what was said, by whom and to which call."""
    text = f"{error.code or 'no code of AWS'}, {error.message}" if error.message else error.code
    return f"{error.service} {error.operation}: {text}{f' (HTTP {error.status})' if error.status else ''}"


def _proxy(error: AwsError, cause: str) -> Failure:
    who = f"the proxy {'' if error.status else f'{error.endpoint} '}of {error.setting}"
    problem = f"{who} does not let us through{f' to {error.endpoint}' if error.status else ''}"
    if not error.setting or (error.status and error.status != PROXY_REFUSED):
        problem = f"whoever answers at {error.endpoint} is not AWS: a proxy, or the network's login page"
    return Failure("proxy-or-tls", problem=problem, cause=cause, remedy=remedy.proxy(error.setting))


def _certificate(error: AwsError, cause: str) -> Failure:
    if error.message == "No such file or directory":
        problem = f"the CA bundle of {error.setting or 'ca_bundle'} is not there"
        return Failure("proxy-or-tls", problem=problem, cause=cause, remedy=remedy.bundle(error.setting))
    problem = f"the certificate of {error.endpoint} is not trusted{f' with {error.setting}' if error.setting else ''}"
    return Failure("proxy-or-tls", problem=problem, cause=cause, remedy=remedy.certificate(urlsplit(error.endpoint)))
