"""AWS shared config -> identities: what the SDKs' chain makes of a profile, in botocore's order of precedence."""

from __future__ import annotations

from dataclasses import dataclass, replace

from runner.acquire import aws
from runner.model.credentials import Credentials
from runner.model.failure import Failure
from runner.model.identity import Ambient, Identity, Process, Role, StaticKeys, WebIdentityRole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.aws import Section

CREDENTIAL_SOURCES = ("Environment", "EcsContainer", "Ec2InstanceMetadata")
UNREADABLE = ("sso_session", "sso_start_url", "sso_account_id", "sso_role_name", "login_session")

# Keys of a profile that are about behaviour: the only ones a child's private profile takes over.
BEHAVIOUR = frozenset(
    (
        "account_id_endpoint_mode",
        "api_versions",
        "ca_bundle",
        "cli_auto_prompt",
        "cli_binary_format",
        "cli_follow_urlparam",
        "cli_history",
        "cli_pager",
        "cli_timestamp_format",
        "defaults_mode",
        "disable_request_compression",
        "dynamodb",
        "endpoint_discovery_enabled",
        "endpoint_url",
        "ignore_configured_endpoint_urls",
        "max_attempts",
        "output",
        "parameter_validation",
        "request_checksum_calculation",
        "request_min_compression_size_bytes",
        "response_checksum_validation",
        "retry_mode",
        "s3",
        "s3_disable_express_session_auth",
        "s3_disable_multiregion_access_points",
        "s3_us_east_1_regional_endpoint",
        "s3_use_arn_region",
        "s3api",
        "sdk_ua_app_id",
        "services",
        "sigv4a_signing_region_set",
        "sts_regional_endpoints",
        "tcp_keepalive",
        "use_dualstack_endpoint",
        "use_fips_endpoint",
    )
)


@dataclass(frozen=True, slots=True)
class AwsFiles:
    """The AWS config and credentials files of one user, parsed; absent files are empty."""

    config_path: str
    credentials_path: str
    config: dict[str, Section]
    credentials: dict[str, Section]
    services: dict[str, Section]

    def profile(self, name: str) -> Section | None:
        """Return what both files say of a profile, the credentials file's word last; None when neither has it."""
        if name not in self.config and name not in self.credentials:
            return None
        return {**self.config.get(name, {}), **self.credentials.get(name, {})}

    def names(self) -> list[str]:
        """Return the names of all profiles, those of the config file first."""
        return list(dict.fromkeys([*self.config, *self.credentials]))


def read(config_path: str, credentials_path: str) -> AwsFiles:
    """Parse both files; raises invalid-config."""
    config, services = aws.parse_config(config_path)
    return AwsFiles(config_path, credentials_path, config, aws.parse_credentials(credentials_path), services)


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


def settings(name: str, files: AwsFiles) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines of a profile that are about behaviour, and the sections they name; without the region."""
    profile = files.profile(name) or {}
    lines: list[str] = []
    for key, value in profile.items():
        if key in BEHAVIOUR:
            lines += _lines(key, value)
    service = profile.get("services")
    if not isinstance(service, str) or service not in files.services:
        return tuple(lines), ()
    sections = [f"[services {service}]"]
    for key, value in files.services[service].items():
        sections += _lines(key, value)
    return tuple(lines), tuple(sections)


def _lines(key: str, value: str | dict[str, str]) -> list[str]:
    if isinstance(value, str):
        return [f"{key} = {value}"]
    return [f"{key} =", *(f"  {inner} = {text}" for inner, text in value.items())]


def _role_links(name: str, files: AwsFiles, visited: tuple[str, ...]) -> list[Identity]:
    """Return the links of a profile with role_arn: its source's, then the role."""
    profile = files.profile(name) or {}
    where = _where(name, files)
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
        raise wrong(_where(name, files), f'source_profile "{source}" does not exist', "the name of a profile")
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
    """Return what a profile is without its role: the first of keys in the credentials file, a process, keys."""
    where = _where(name, files)
    profile = files.profile(name) or {}
    region = _text(profile, "region")
    for key in UNREADABLE:
        if key in profile:
            raise wrong(
                where, f"has {key}, a source of credentials this version cannot use", "keys, role_arn, a process"
            )
    keys = _keys(files.credentials.get(name, {}), where)
    command = _text(profile, "credential_process")
    if keys is None and command:
        return Process(name=name, where=where, region=region, credential_process=command)
    keys = keys or _keys(files.config.get(name, {}), where)
    if keys is None:
        return Ambient(name=name, where=where, region=region, source="")
    return StaticKeys(name=name, where=where, region=region, profile=name, credentials=keys)


def _keys(section: Section, where: str) -> Credentials | None:
    key_id, secret = _text(section, "aws_access_key_id"), _text(section, "aws_secret_access_key")
    if not key_id and not secret:
        return None
    if not key_id or not secret:
        missing = "aws_secret_access_key" if key_id else "aws_access_key_id"
        raise wrong(where, f"has half a key pair: {missing} is missing", "both keys or none")
    token = _text(section, "aws_session_token") or _text(section, "aws_security_token")
    return Credentials(key_id, secret, token)


def _role(name: str, profile: Section, where: str) -> Role:
    return Role(
        name=name,
        where=where,
        region=_text(profile, "region"),
        role_arn=_text(profile, "role_arn"),
        role_session_name=_text(profile, "role_session_name"),
        external_id=_text(profile, "external_id"),
        mfa_serial=_text(profile, "mfa_serial"),
        duration_s=_duration_s(profile, where),
    )


def _web_identity(name: str, profile: Section, where: str) -> WebIdentityRole:
    return WebIdentityRole(
        name=name,
        where=where,
        region=_text(profile, "region"),
        role_arn=_text(profile, "role_arn"),
        token_file=_text(profile, "web_identity_token_file"),
        role_session_name=_text(profile, "role_session_name"),
        duration_s=_duration_s(profile, where),
    )


def _duration_s(profile: Section, where: str) -> int:
    value = _text(profile, "duration_seconds")
    if value and not (value.isascii() and value.isdigit() and 900 <= int(value[:9]) <= 43200):
        raise wrong(where, f'duration_seconds "{value}" is not a duration', "900 to 43200 seconds")
    return int(value or 0)


def _text(section: Section, key: str) -> str:
    value = section.get(key, "")
    return value if isinstance(value, str) else ""


def _where(name: str, files: AwsFiles) -> str:
    path = files.config_path if name in files.config else files.credentials_path
    return f'profile "{name}" in {path}'


def wrong(where: str, problem: str, allowed: str) -> Failure:
    """Return the failure of an AWS profile that says too much or too little."""
    return Failure(
        "invalid-config",
        where=where,
        problem=problem,
        cause=f"allowed: {allowed}",
        remedy=f"$EDITOR {where.rpartition(' in ')[2]}",
    )
