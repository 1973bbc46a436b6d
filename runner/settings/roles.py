"""Entries of a runner.toml that assume a role -> identities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.model.identity import AssumedRole, Role, SamlRole, WebIdentityRole
from runner.settings import sts_limits
from runner.settings.durations import seconds, text
from runner.settings.entries import AssumeRoleEntry, RoleEntry, SamlEntry, WebIdentityEntry
from runner.settings.sts_limits import RefusedError

if TYPE_CHECKING:
    from runner.settings.document import CommonFields

TOKENS = ("token_file", "token_process", "token_env")
TIMEOUT_S = (1, 3600)


def identity(common: CommonFields, entry: RoleEntry) -> AssumedRole:
    """Make of an entry what acquiring works with; raises RefusedError."""
    return sts_limits.checked(_unchecked(common, entry))


def _unchecked(common: CommonFields, entry: RoleEntry) -> AssumedRole:
    match entry:
        case AssumeRoleEntry():
            return Role(
                **common,
                role_arn=entry.role_arn,
                duration_s=duration_s("duration", entry.duration, sts_limits.ROLE_S),
                session_policy=_policy(entry),
                session_policy_arns=entry.session_policy_arns,
                role_session_name=entry.role_session_name,
                external_id=entry.external_id,
                source_identity=entry.source_identity,
                session_tags=tuple(entry.session_tags.items()),
                transitive_tag_keys=entry.transitive_tag_keys,
                mfa_serial=entry.mfa_serial,
                mfa_process=entry.mfa_process,
            )
        case WebIdentityEntry():
            _check_token(entry)
            return WebIdentityRole(
                **common,
                role_arn=entry.role_arn,
                duration_s=duration_s("duration", entry.duration, sts_limits.ROLE_S),
                session_policy=_policy(entry),
                session_policy_arns=entry.session_policy_arns,
                token_file=entry.token_file,
                token_process=entry.token_process,
                token_env=entry.token_env,
                audience=entry.audience,
                timeout_s=duration_s("process_timeout", entry.process_timeout, TIMEOUT_S),
                role_session_name=entry.role_session_name,
            )
        case SamlEntry():
            return SamlRole(
                **common,
                role_arn=entry.role_arn,
                duration_s=duration_s("duration", entry.duration, sts_limits.ROLE_S),
                session_policy=_policy(entry),
                session_policy_arns=entry.session_policy_arns,
                principal_arn=entry.principal_arn,
                saml_process=entry.saml_process,
                timeout_s=duration_s("process_timeout", entry.process_timeout, TIMEOUT_S),
            )
    raise AssertionError(entry.kind)


def _check_token(entry: WebIdentityEntry) -> None:
    named = [key for key in TOKENS if getattr(entry, key)]
    if len(named) > 1:
        raise RefusedError(named[1], f"stands beside {named[0]}", f"one of {', '.join(TOKENS)}")
    if named and entry.audience:
        raise RefusedError("audience", f"stands beside {named[0]}", "audience alone, for the token of GitHub Actions")
    if named == ["token_env"] and ("=" in entry.token_env or not entry.token_env.isprintable()):
        raise RefusedError("token_env", "is not the name of a variable", "a name, such as AWS_ID_TOKEN")


def _policy(entry: RoleEntry) -> str:
    if entry.session_policy == "":
        raise RefusedError("session_policy", "is empty, which would narrow nothing", "the JSON of an IAM policy")
    return entry.session_policy or ""


def duration_s(key: str, value: str | int, bounds: tuple[int, int]) -> int:
    """Read a duration that lies within bounds; 0 when there is none. Raises RefusedError."""
    duration_s = value if isinstance(value, int) else seconds(value)
    if duration_s == 0:
        return 0
    if duration_s is None or not bounds[0] <= duration_s <= bounds[1]:
        allowed = f"{text(bounds[0])} to {text(bounds[1])}, as 90s, 15m or 1h30m"
        raise RefusedError(key, "is not a duration it may have", allowed)
    return duration_s
