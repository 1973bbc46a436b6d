"""STS: the query protocol, with the rules and the texts of the real service."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from tests.harness.fake.clock import iso
from tests.harness.fake.http import AwsError, Reply, Request, Xml, request_id, xml, xml_reply
from tests.harness.fake.keys import AccessKey, KeyStore
from tests.harness.fake.roles import MfaDevices, Role
from tests.harness.fake.saml import Assertions
from tests.harness.fake.signature import signer
from tests.harness.fake.webidentity import ISSUER, WebIdentityTokens

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
CHAINED_MAX_S = 3600
SHORTEST_S = 900
LONGEST_SESSION_TOKEN_S = 129600


class Sts:
    """GetCallerIdentity, AssumeRole, AssumeRoleWithWebIdentity, AssumeRoleWithSAML, GetSessionToken."""

    def __init__(self, keys: KeyStore, mfa: MfaDevices, tokens: WebIdentityTokens, assertions: Assertions) -> None:
        self.keys = keys
        self.mfa = mfa
        self.tokens = tokens
        self.assertions = assertions
        self.roles: dict[str, Role] = {}
        self.is_active = True
        self._operations: dict[str, Callable[[Request], Xml]] = {
            "GetCallerIdentity": self._get_caller_identity,
            "AssumeRole": self._assume_role,
            "AssumeRoleWithWebIdentity": self._assume_role_with_web_identity,
            "AssumeRoleWithSAML": self._assume_role_with_saml,
            "GetSessionToken": self._get_session_token,
        }

    def operation(self, request: Request) -> str | None:
        if request.method == "POST" and request.path == "/" and "x-amz-target" not in request.headers:
            return request.form.get("Action", "Unknown")
        return None

    def parameters(self, request: Request) -> dict[str, str]:
        return {name: value for name, value in request.form.items() if name not in ("Action", "Version")}

    def answer(self, operation: str, request: Request) -> Reply:
        if operation not in self._operations:
            raise AwsError("InvalidAction", 400, f"Could not find operation {operation} for version 2011-06-15")
        content: Xml = {
            f"{operation}Result": self._operations[operation](request),
            "ResponseMetadata": {"RequestId": request_id()},
        }
        return xml_reply(f'<{operation}Response xmlns="{NAMESPACE}">{xml(content)}</{operation}Response>')

    def error(self, error: AwsError) -> Reply:
        kind = "Sender" if error.status < 500 else "Receiver"
        content: Xml = {
            "Error": {"Type": kind, "Code": error.code, "Message": error.message},
            "RequestId": request_id(),
        }
        return xml_reply(f'<ErrorResponse xmlns="{NAMESPACE}">{xml(content)}</ErrorResponse>', error.status)

    def _get_caller_identity(self, request: Request) -> Xml:
        caller = signer(request, self.keys).principal
        return {"Arn": caller.arn, "UserId": caller.user_id, "Account": caller.account}

    def _assume_role(self, request: Request) -> Xml:
        form, key = request.form, signer(request, self.keys)
        if not self.is_active:
            raise AwsError(
                "RegionDisabledException",
                403,
                f"STS is not activated in this region for account:{key.principal.account}. Your account administrator "
                "can activate STS in this region using the IAM Console.",
            )
        mfa = self.mfa.check(form.get("SerialNumber", ""), form.get("TokenCode", "")) or key.mfa
        role = self.roles.get(form["RoleArn"])
        if role is None or not role.trusted(key.principal, form.get("ExternalId", ""), mfa=mfa):
            raise AwsError(
                "AccessDenied",
                403,
                f"User: {key.principal.arn} is not authorized to perform: sts:AssumeRole on resource: "
                f"{form['RoleArn']}",
            )
        if role.denial:
            raise AwsError("AccessDenied", 403, role.denial)
        if key.revoked:
            raise AwsError(
                "AccessDenied",
                403,
                f"User: {key.principal.arn} is not authorized to perform: sts:AssumeRole on resource: "
                f"{form['RoleArn']} with an explicit deny in an identity-based policy",
            )
        if key.session_token and int(form.get("DurationSeconds", "3600")) > CHAINED_MAX_S:
            raise AwsError(
                "ValidationError",
                400,
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
            )
        return self._session_of(role, form)

    def _assume_role_with_web_identity(self, request: Request) -> Xml:
        form = request.form
        claims = self.tokens.check(form["WebIdentityToken"])
        role = self.roles.get(form["RoleArn"])
        if role is None or not role.trusted_subject(claims.subject):
            raise AwsError("AccessDenied", 403, "Not authorized to perform sts:AssumeRoleWithWebIdentity")
        return {
            **self._session_of(role, form),
            "SubjectFromWebIdentityToken": claims.subject,
            "Audience": claims.audience,
            "Provider": ISSUER,
        }

    def _assume_role_with_saml(self, request: Request) -> Xml:
        form = request.form
        said = self.assertions.check(form["SAMLAssertion"])
        role = self.roles.get(form["RoleArn"])
        if role is None or said.principal_arn != form["PrincipalArn"]:
            raise AwsError("AccessDenied", 403, "Not authorized to perform sts:AssumeRoleWithSAML")
        return {
            **self._session_of(role, {**form, "RoleSessionName": said.session_name}),
            "Audience": said.audience,
            "Subject": said.session_name,
        }

    def _get_session_token(self, request: Request) -> Xml:
        form, key = request.form, signer(request, self.keys)
        if key.session_token:
            raise AwsError("AccessDenied", 403, "Cannot call GetSessionToken with session credentials")
        mfa = self.mfa.check(form.get("SerialNumber", ""), form.get("TokenCode", ""))
        duration_s = _duration(form, default_s=43200, longest_s=LONGEST_SESSION_TOKEN_S)
        session = self.keys.session(key.principal, duration_s)
        session.mfa = mfa
        return _credentials(session)

    def _session_of(self, role: Role, form: dict[str, str]) -> Xml:
        duration_s = _duration(form, default_s=3600, longest_s=43200)
        if duration_s > role.max_duration_s:
            raise AwsError(
                "ValidationError",
                400,
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            )
        _check_session_name(form["RoleSessionName"])
        _check_policy(form.get("Policy"))
        _check_tags(form)
        lifetime_s = duration_s if role.lifetime_s is None else role.lifetime_s
        key = self.keys.role_session(role.arn, form["RoleSessionName"], lifetime_s)
        user = {"Arn": key.principal.arn, "AssumedRoleId": key.principal.user_id}
        source: Xml = {"SourceIdentity": form["SourceIdentity"]} if "SourceIdentity" in form else {}
        return {**_credentials(key), "AssumedRoleUser": user, **source}


def _credentials(key: AccessKey) -> Xml:
    assert key.expires_at is not None
    return {
        "Credentials": {
            "AccessKeyId": key.access_key_id,
            "SecretAccessKey": key.secret_access_key,
            "SessionToken": key.session_token,
            "Expiration": iso(key.expires_at),
        }
    }


def _duration(form: dict[str, str], *, default_s: int, longest_s: int) -> int:
    duration_s = int(form.get("DurationSeconds", default_s))
    if duration_s < SHORTEST_S:
        raise _constraint(duration_s, "durationSeconds", f"have value greater than or equal to {SHORTEST_S}")
    if duration_s > longest_s:
        raise _constraint(duration_s, "durationSeconds", f"have value less than or equal to {longest_s}")
    return duration_s


def _check_session_name(name: str) -> None:
    if not re.fullmatch(r"[\w+=,.@-]{2,64}", name, re.ASCII):
        raise _constraint(name, "roleSessionName", r"satisfy regular expression pattern: [\w+=,.@-]*")


def _check_policy(policy: str | None) -> None:
    if policy is None:
        return
    try:
        json.loads(policy)
    except ValueError:
        raise AwsError("MalformedPolicyDocument", 400, "Syntax errors in policy.") from None


def _check_tags(form: dict[str, str]) -> None:
    keys = [value for name, value in form.items() if name.startswith("Tags.member.") and name.endswith(".Key")]
    if len({key.lower() for key in keys}) < len(keys):
        raise AwsError(
            "InvalidParameterValue", 400, "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        )
    for name, value in form.items():
        if name.startswith("TransitiveTagKeys.member.") and value not in keys:
            text = "The specified transitive tag key must be included in the requested tags."
            raise AwsError("InvalidParameterValue", 400, text)


def _constraint(value: object, name: str, constraint: str) -> AwsError:
    text = f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: Member must "
    return AwsError("ValidationError", 400, text + constraint)
