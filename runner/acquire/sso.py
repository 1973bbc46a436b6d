"""IAM Identity Center -> identities: sso-session and legacy profiles, and the kind aws/permission-set."""

from __future__ import annotations

from dataclasses import replace
from shlex import quote

from runner.acquire.awsfiles import text, wrong
from runner.acquire.login.tokens import SsoSession
from runner.model.identity import PermissionSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.acquire.aws.files import Section
    from runner.acquire.awsfiles import AwsFiles


def permission_set(name: str, profile: Section, files: AwsFiles) -> PermissionSet:
    """Make of an SSO profile its permission set; raises invalid-config for what is missing or contradicts itself."""
    where = files.where(name)
    session = text(profile, "sso_session")
    described = dict(profile)
    if session:
        if session not in files.sso_sessions:
            raise wrong(where, f'sso_session "{session}" does not exist', f"[sso-session NAME] of {files.config_path}")
        for key in ("sso_start_url", "sso_region"):
            said = text(files.sso_sessions[session], key)
            if text(profile, key) not in ("", said):
                raise wrong(where, f"says another {key} than its sso-session", f"what [sso-session {session}] says")
            described[key] = said
    missing = [
        each for each in ("sso_start_url", "sso_region", "sso_account_id", "sso_role_name") if not described.get(each)
    ]
    if missing:
        raise wrong(where, f"has no {', no '.join(missing)}", "all of the keys of an SSO profile")
    option = f"--sso-session {quote(session)}" if session else f"--profile {quote(name)}"
    return PermissionSet(
        name=name,
        where=where,
        region=text(profile, "region"),
        sso_session=session,
        start_url=text(described, "sso_start_url"),
        sso_region=text(described, "sso_region"),
        sso_account=text(profile, "sso_account_id"),
        permission_set=text(profile, "sso_role_name"),
        profile=name,
        scopes=text(files.sso_sessions.get(session, profile), "sso_registration_scopes"),
        aws_login=option,
    )


def with_session(identity: PermissionSet, own: Mapping[str, Mapping[str, str]], files: AwsFiles) -> PermissionSet:
    """Complete a permission set of a runner.toml: its session stands there, or in the AWS config file."""
    found = session(identity.sso_session, own, files, identity.where)
    aws_login = "" if found.name in own else f"--sso-session {quote(found.name)}"
    scopes = ",".join(found.scopes)
    return replace(identity, start_url=found.start_url, sso_region=found.region, scopes=scopes, aws_login=aws_login)


def session(name: str, own: Mapping[str, Mapping[str, str]], files: AwsFiles, where: str) -> SsoSession:
    """Return a session of a runner.toml or of the AWS config file; raises invalid-config, about what is at `where`."""
    described: Mapping[str, object] = own.get(name) or files.sso_sessions.get(name) or {}
    if not described:
        known = ", ".join([*own, *files.sso_sessions]) or "none"
        raise wrong(where, f'sso_session "{name}" does not exist', f"one that is configured: {known}")
    start_url, region, scopes = (
        described.get(key, "") for key in ("sso_start_url", "sso_region", "sso_registration_scopes")
    )
    if not isinstance(start_url, str) or not isinstance(region, str) or not start_url or not region:
        raise wrong(where, f'sso_session "{name}" is incomplete', "sso_start_url and sso_region")
    return SsoSession(name, start_url, region, split(scopes) if isinstance(scopes, str) else ())


def session_of(identity: PermissionSet) -> SsoSession:
    """Return the session of a permission set that is complete."""
    return SsoSession(identity.sso_session, identity.start_url, identity.sso_region, split(identity.scopes))


def split(scopes: str) -> tuple[str, ...]:
    """Read sso_registration_scopes: in their order, which the name of a registration's file depends on."""
    return tuple(scope.strip() for scope in scopes.split(",") if scope.strip())
