"""IAM Identity Center -> identities: sso-session and legacy profiles, and the kind aws/permission-set."""

from __future__ import annotations

from dataclasses import replace

from runner.acquire.awsfiles import text, wrong
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
    )


def with_session(identity: PermissionSet, own: Mapping[str, Mapping[str, str]], files: AwsFiles) -> PermissionSet:
    """Complete a permission set of a runner.toml: its session stands there, or in the AWS config file."""
    session = identity.sso_session
    described = own.get(session) or files.sso_sessions.get(session)
    if not described:
        known = ", ".join([*own, *files.sso_sessions]) or "none"
        raise wrong(identity.where, f'sso_session "{session}" does not exist', f"one that is configured: {known}")
    start_url, region = described.get("sso_start_url"), described.get("sso_region")
    if not isinstance(start_url, str) or not isinstance(region, str) or not start_url or not region:
        raise wrong(identity.where, f'sso_session "{session}" is incomplete', "sso_start_url and sso_region")
    return replace(identity, start_url=start_url, sso_region=region)
