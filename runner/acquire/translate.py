"""AWS error -> Failure: one table. The codes and texts are those of the services; botocore's errors end here."""

from __future__ import annotations

from dataclasses import dataclass

from runner.acquire import clock, remedy, unreached
from runner.acquire.aws.regions import ALWAYS_ENABLED
from runner.model.failure import Failure
from runner.model.identity import (
    Ambient,
    Environment,
    LoginSession,
    Process,
    StaticKeys,
    VariableKeys,
    WebIdentityRole,
)
from runner.settings.durations import text as duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.aws import AwsError
    from runner.model.identity import Identity

INVALID_KEYS = ("InvalidClientTokenId", "SignatureDoesNotMatch", "IncompleteSignature", "MissingAuthenticationToken")
EXPIRED_KEYS = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
THROTTLED = ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown")
BAD_SETTINGS = ("CreateClient", "ParamValidationError", "ValidationError", "MalformedPolicyDocument")
BAD_TOKENS = ("InvalidIdentityToken", "IDPRejectedClaim")
ASSUMING = ("AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML")
# Kinds that hand over a session from before; the others begin one, which no revocation of older ones is about.
HANDED_OVER = (StaticKeys, Process, Ambient, Environment, LoginSession)
REVOKED = ("AWSRevokeOlderSessions", "TokenIssueTime")
DENIED_TO_ALL = "explicit deny in an identity-based policy"
LIMITS = ("MaxSessionDuration", "role chaining")


@dataclass(frozen=True, slots=True)
class Hop:
    """Where a call was made, for the identity asked for, with the credentials of `giver`.

    `source` is the text of the giver, `where` the file of the link that called, `login` the command that logs in for
    the identity. `role` is what is asked for, "" for none, and `duration_s` for how long. `were_good` tells that these
    very credentials have been accepted before.
    """

    identity: str
    giver: Identity
    source: str
    where: str
    login: str = ""
    role: str = ""
    has_external_id: bool = False
    duration_s: int = 0
    were_good: bool = False

    @property
    def remedy(self) -> str:
        """How to get new credentials of the giver."""
        return remedy.new(self.giver, self.login)


def failure(error: AwsError, hop: Hop) -> Failure:  # noqa: C901, PLR0911 - a table, read from above
    """Return the most exact failure for what AWS answered."""
    cause = unreached.said(error)
    if error.operation == "CreateClient" or (error.status == 0 and error.code in BAD_SETTINGS):
        return _bad_setting(error, hop, cause)
    if unreached.is_so(error):
        return unreached.failure(error, cause)
    if is_throttled(error):
        return Failure("throttled", operation=error.operation, cause=cause)
    skewed = clock.failure(error, cause)
    if skewed is not None:
        return skewed
    if error.code == "RegionDisabledException" or error.good_in:
        return _region(error, cause)
    if error.operation == "AssumeRoleWithWebIdentity" and error.code in (*EXPIRED_KEYS, *BAD_TOKENS):
        return _web_identity(error, hop, cause)
    if error.code in EXPIRED_KEYS:
        return Failure("credentials-expired", source=hop.source, since="", cause=cause, remedy=hop.remedy)
    if error.code in INVALID_KEYS:
        return _invalid(error, hop, cause)
    if error.code == "AccessDenied" and _is_revoked(error, hop):
        return Failure("session-revoked", source=hop.source, cause=cause, remedy=hop.remedy)
    if error.code == "AccessDenied" and error.operation in ASSUMING:
        hint = " with the external ID" if hop.has_external_id else ""
        is_token = isinstance(hop.giver, WebIdentityRole)
        source = f"the web identity token of {_token_source(hop)}" if is_token else hop.source
        return Failure("role-not-assumable", source=source, role=hop.role, hint=hint, cause=cause)
    if error.code == "ValidationError" and any(limit in error.message for limit in LIMITS):
        return _too_long(error, hop, cause)
    if error.code in BAD_SETTINGS:
        return _bad_setting(error, hop, cause)
    return Failure("access-denied", operation=error.operation, cause=cause)


def is_throttled(error: AwsError) -> bool:
    """Tell whether AWS says that there were too many requests."""
    return error.code in THROTTLED or error.status == 429


def _region(error: AwsError, cause: str) -> Failure:
    if error.region in ALWAYS_ENABLED:  # the region is there, and its STS was switched off
        what = "or activate it: IAM console, Account settings"
        problem = f"AWS STS is switched off in region {error.region} for this account"
        return Failure(
            "region-disabled", problem=problem, cause=cause, remedy=f"export RUN_REGION=us-east-1        # {what}"
        )
    said = f"{cause}; {error.good_in} takes the same credentials" if error.good_in else cause
    problem = f"region {error.region} is not enabled for this account"
    what = f"aws account enable-region --region-name {error.region}        # or take another one: --region us-east-1"
    return Failure("region-disabled", problem=problem, cause=said, remedy=what)


def _bad_setting(error: AwsError, hop: Hop, cause: str) -> Failure:
    problem = f"has a setting that {error.operation} does not take"
    return Failure("invalid-config", where=hop.where, problem=problem, cause=cause, remedy=remedy.edit(hop.where))


def _too_long(error: AwsError, hop: Hop, cause: str) -> Failure:
    """Tell the two limits apart: of a role assumed by a role, an hour; of each role, its own."""
    asked = duration(hop.duration_s)
    if "role chaining" in error.message:
        problem = f"{hop.source} is a session itself, and a role assumed with one lasts 1h at most, not {asked}"
        what = f"run --duration 1h -i {remedy.word(hop.identity)} -- ...        # run renews it while the command lives"
    else:
        problem = f"{hop.role} does not allow sessions of {asked}"
        query = "--query Role.MaxSessionDuration"
        what = f"aws iam get-role --role-name {remedy.role_name(hop.role)} {query}        # seconds; then --duration"
    return Failure("duration-too-long", problem=problem, cause=cause, remedy=what)


def _web_identity(error: AwsError, hop: Hop, cause: str) -> Failure:
    source = _token_source(hop)
    if error.code in EXPIRED_KEYS:
        return Failure("web-identity-expired", source=source, cause=cause, remedy=hop.remedy)
    return Failure("web-identity-invalid", source=source, role=hop.role, cause=cause)


def _token_source(hop: Hop) -> str:
    """Return where a web identity token is from."""
    role = hop.giver
    if not isinstance(role, WebIdentityRole):
        return hop.source
    return role.token_file or role.token_env or ("its token_process" if role.token_process else "GitHub Actions")


def _invalid(error: AwsError, hop: Hop, cause: str) -> Failure:
    """Tell a key that was deactivated or deleted from one AWS has never known: the answer is the same for both."""
    giver = hop.giver
    is_long_term = isinstance(giver, VariableKeys)
    is_long_term |= isinstance(giver, StaticKeys) and not giver.credentials.session_token
    if is_long_term and hop.were_good and error.code == "InvalidClientTokenId":
        return Failure("long-term-keys-disabled", source=hop.source, cause=cause, remedy=hop.remedy)
    return Failure("credentials-invalid", source=hop.source, cause=cause, remedy=hop.remedy)


def _is_revoked(error: AwsError, hop: Hop) -> bool:
    """Tell a revoked session by the policy that revoking attaches to its role, denying everything to older ones."""
    is_older = isinstance(hop.giver, HANDED_OVER) and ":assumed-role/" in error.message
    return any(word in error.message for word in REVOKED) or (is_older and DENIED_TO_ALL in error.message)
