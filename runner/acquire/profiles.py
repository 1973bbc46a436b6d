"""AWS shared config -> identities: what the SDKs' chain makes of a profile, in botocore's order of precedence."""

from __future__ import annotations

from dataclasses import replace

from runner.acquire import sso
from runner.acquire.awsfiles import text as _text
from runner.acquire.awsfiles import wrong
from runner.model.credentials import Credentials, is_plain
from runner.model.failure import Failure
from runner.model.identity import Ambient, Identity, LoginSession, Process, Role, StaticKeys, WebIdentityRole
from runner.settings import sts_limits
from runner.settings.sts_limits import R

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.aws.files import Section
    from runner.acquire.awsfiles import AwsFiles

KEYS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
CREDENTIAL_SOURCES = ("Environment", "EcsContainer", "Ec2InstanceMetadata")


def links(name: str, files: AwsFiles) -> list[Identity]:
    """Return the identities from the first source of credentials to this profile.

    Raises invalid-config for no source or two, or half a key pair, and identity-loop.
    """
    profile = files.profile(name)
    if profile is None:
        raise Failure("unknown-identity", near="", remedy="aws configure list-profiles")
    if "role_arn" in profile:
        return _role_links(name, files, ())
    return [_source(name, files)]


def _role_links(name: str, files: AwsFiles, visited: tuple[str, ...]) -> list[Identity]:
    """Return the links of a profile with role_arn: its source's, then the role."""
    profile = files.profile(name) or {}
    where = files.where(name)
    if "web_identity_token_file" in profile:
        return [_web_identity(name, profile, where)]
    role = _role(name, profile, where)
    source, credential_source = _text(profile, "source_profile"), _text(profile, "credential_source")
    if source and credential_source:
        raise wrong(where, "has both source_profile and credential_source", "one of the two")
    if credential_source:
        if credential_source not in CREDENTIAL_SOURCES:
            raise wrong(where, f'credential_source "{credential_source}" is unknown', ", ".join(CREDENTIAL_SOURCES))
        return [Ambient(name=name, where=where, source=credential_source), role]
    if not source:
        raise wrong(where, "has role_arn and no source of credentials", "source_profile or credential_source")
    return [*_source_links(name, source, files, (*visited, name)), role]


def _source_links(name: str, source: str, files: AwsFiles, visited: tuple[str, ...]) -> list[Identity]:
    """Return the links of a source_profile: keys of its own come before a role of its own."""
    profile = files.profile(source)
    if profile is None:
        raise wrong(files.where(name), f'source_profile "{source}" does not exist', "the name of a profile")
    has_keys = "aws_access_key_id" in profile or "aws_secret_access_key" in profile
    if source in visited and not (has_keys and source == name):
        raise Failure(
            "identity-loop",
            loop=" > ".join((*visited[visited.index(source) :], source)),
            cause=f"source_profile in {files.config_path}",
            remedy=f"$EDITOR {files.config_path}",
        )
    if "role_arn" in profile and not has_keys:
        return [_without_region(link) for link in _role_links(source, files, visited)]
    return [_without_region(_source(source, files))]


def _without_region(link: Identity) -> Identity:
    return replace(link, region="")  # a source's region is not the profile's: the SDKs do not inherit it


def _source(name: str, files: AwsFiles) -> Identity:
    """Return what a profile is without its role: in botocore's order: SSO, keys of the credentials file, the rest."""
    where = files.where(name)
    profile = files.profile(name) or {}
    region = _text(profile, "region")
    if "sso_account_id" in profile or "sso_role_name" in profile:
        return sso.permission_set(name, profile, files)
    keys = _keys(files.credentials.get(name, {}), where)
    command = _text(profile, "credential_process")
    if keys is None and "login_session" in profile:
        return LoginSession(name=name, where=where, region=region, session=_text(profile, "login_session"))
    if keys is None and command:
        return Process(name=name, where=where, region=region, credential_process=command)
    keys = keys or _keys(files.config.get(name, {}), where)
    if keys is None:
        return Ambient(name=name, where=where, region=region, source="")
    return StaticKeys(name=name, where=where, region=region, profile=name, credentials=keys)


def keys(name: str, files: AwsFiles) -> Credentials | None:
    """Return the keys that stand in a profile; those of the credentials file come first."""
    where = files.where(name)
    return _keys(files.credentials.get(name, {}), where) or _keys(files.config.get(name, {}), where)


def _keys(section: Section, where: str) -> Credentials | None:
    key_id, secret = _text(section, "aws_access_key_id"), _text(section, "aws_secret_access_key")
    if not key_id and not secret:
        return None
    if not key_id or not secret:
        missing = "aws_secret_access_key" if key_id else "aws_access_key_id"
        raise wrong(where, f"has half a key pair: {missing} is missing", "both keys or none")
    token = _text(section, "aws_session_token") or _text(section, "aws_security_token")
    for key, value in zip(KEYS, (key_id, secret, token), strict=True):
        if not is_plain(value):
            raise wrong(where, f"has an {key} with characters that none has", "no spaces, controls, accents or quotes")
    return Credentials(key_id, secret, token)


def _role(name: str, profile: Section, where: str) -> Role:
    role = Role(
        name=name,
        where=where,
        region=_text(profile, "region"),
        role_arn=_text(profile, "role_arn"),
        role_session_name=_text(profile, "role_session_name"),
        external_id=_text(profile, "external_id"),
        mfa_serial=_text(profile, "mfa_serial"),
        mfa_process=_text(profile, "mfa_process"),
        duration_s=_duration_s(profile, where),
    )
    return _checked(role)


def _web_identity(name: str, profile: Section, where: str) -> WebIdentityRole:
    role = WebIdentityRole(
        name=name,
        where=where,
        region=_text(profile, "region"),
        role_arn=_text(profile, "role_arn"),
        token_file=_text(profile, "web_identity_token_file"),
        role_session_name=_text(profile, "role_session_name"),
        duration_s=_duration_s(profile, where),
    )
    return _checked(role)


def _checked(role: R) -> R:
    try:
        return sts_limits.checked(role)
    except sts_limits.RefusedError as error:
        raise wrong(role.where, f"{error.key} {error.problem}", error.allowed) from error


def _duration_s(profile: Section, where: str) -> int:
    value = _text(profile, "duration_seconds")
    if value and not (value.isascii() and value.isdigit() and 900 <= int(value[:9]) <= 43200):
        raise wrong(where, f'duration_seconds "{value}" is not a duration', "900 to 43200 seconds")
    return int(value or 0)
