"""AWS error -> Failure: one table. The codes and texts are those of the services; botocore's errors end here."""

from __future__ import annotations

from dataclasses import dataclass

from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.aws import AwsError

INVALID_KEYS = ("InvalidClientTokenId", "SignatureDoesNotMatch", "IncompleteSignature", "MissingAuthenticationToken")
EXPIRED_KEYS = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
THROTTLED = ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown")
BAD_SETTINGS = ("CreateClient", "ParamValidationError", "ValidationError", "MalformedPolicyDocument")
SERVICES = {
    "sts": "AWS STS",
    "sso": "the SSO portal",
    "sso-oidc": "the SSO OIDC service",
    "signin": "the AWS sign-in service",
    "organizations": "AWS Organizations",
}


@dataclass(frozen=True, slots=True)
class Hop:
    """Where a call was made: the text of its source of credentials, the role it asked for ("" for none), the file."""

    source: str
    role: str
    where: str
    has_external_id: bool


def failure(error: AwsError, hop: Hop) -> Failure:  # noqa: PLR0911 - a table, read from above
    """Return the most exact failure for what AWS answered."""
    if error.status == 0:
        return _unanswered(error, hop)
    cause = f"{error.service} {error.operation}: {error.code}, {error.message} (HTTP {error.status})"
    if is_throttled(error):
        return Failure("throttled", operation=error.operation, cause=cause)
    if error.status >= 500:
        return Failure("endpoint-unreachable", endpoint=SERVICES.get(error.service, error.service), cause=cause)
    if error.operation == "AssumeRoleWithWebIdentity":
        return _web_identity(error, hop, cause)
    if error.code in EXPIRED_KEYS:
        return Failure("credentials-expired", source=hop.source, since="", cause=cause, remedy=_renew(hop))
    if error.code in INVALID_KEYS:
        return Failure("credentials-invalid", source=hop.source, cause=cause, remedy=_renew(hop))
    if error.code == "AccessDenied" and error.operation == "AssumeRole":
        hint = ", the external ID" if hop.has_external_id else ""
        return Failure("role-not-assumable", source=hop.source, role=hop.role, hint=hint, cause=cause)
    if error.code in BAD_SETTINGS:
        return _bad_setting(error, hop, cause)
    return Failure("access-denied", operation=error.operation, cause=cause)


def is_throttled(error: AwsError) -> bool:
    """Tell whether AWS says that there were too many requests."""
    return error.code in THROTTLED or error.status == 429


def _unanswered(error: AwsError, hop: Hop) -> Failure:
    cause = f"{error.service} {error.operation}: {error.code} {error.message}"
    if error.operation in BAD_SETTINGS or error.code in BAD_SETTINGS:
        return _bad_setting(error, hop, cause)
    return Failure(
        "endpoint-unreachable", endpoint=error.message, cause=f"{error.service} {error.operation}: {error.code}"
    )


def _bad_setting(error: AwsError, hop: Hop, cause: str) -> Failure:
    problem = f"has a setting that {error.operation} does not take"
    return Failure("invalid-config", where=hop.where, problem=problem, cause=cause, remedy=f"check {hop.where}")


def _web_identity(error: AwsError, hop: Hop, cause: str) -> Failure:
    if error.code in EXPIRED_KEYS:
        return Failure("web-identity-expired", source=hop.source, cause=cause)
    if error.code == "AccessDenied":
        return Failure("role-not-assumable", source=hop.source, role=hop.role, hint="", cause=cause)
    return Failure("web-identity-invalid", source=hop.source, role=hop.role, cause=cause)


def _renew(hop: Hop) -> str:
    return f"renew {hop.source}: {hop.where}"
