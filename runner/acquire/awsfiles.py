"""The two AWS files of one user, parsed: what a profile says, and which of it a child's own profile takes over."""

from __future__ import annotations

from dataclasses import dataclass

from runner.acquire.aws import files
from runner.model.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runner.acquire.aws.files import Section

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

NEWLINE, CONTINUED = "\n", "\n  "  # a value over several lines is indented


@dataclass(frozen=True, slots=True)
class AwsFiles:
    """The AWS config and credentials files of one user, parsed; absent files are empty."""

    config_path: str
    credentials_path: str
    config: dict[str, Section]
    credentials: dict[str, Section]
    services: dict[str, Section]
    sso_sessions: dict[str, Section]

    def profile(self, name: str) -> Section | None:
        """Return what both files say of a profile, the credentials file's word last; None when neither has it."""
        if name not in self.config and name not in self.credentials:
            return None
        return {**self.config.get(name, {}), **self.credentials.get(name, {})}

    def where(self, name: str) -> str:
        """Return where a profile stands, for a sentence."""
        path = self.config_path if name in self.config else self.credentials_path
        return f'profile "{name}" in {path}'

    def names(self) -> list[str]:
        """Return the names of all profiles, those of the config file first."""
        return list(dict.fromkeys([*self.config, *self.credentials]))


def read(config_path: str, credentials_path: str) -> AwsFiles:
    """Parse both files; raises invalid-config."""
    config, credentials = files.parse_config(config_path), files.parse_credentials(credentials_path)
    sections = (config["profile"], credentials, config["services"], config["sso-session"])
    return AwsFiles(config_path, credentials_path, *sections)


def settings(name: str, aws_files: AwsFiles) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines of a profile that are about behaviour, and the sections they name; without the region."""
    profile = aws_files.profile(name) or {}
    lines: list[str] = []
    for key, value in profile.items():
        if key in BEHAVIOUR:
            lines += _lines(key, value)
    service = profile.get("services")
    if not isinstance(service, str) or service not in aws_files.services:
        return tuple(lines), ()
    sections = [f"[services {service}]"]
    for key, value in aws_files.services[service].items():
        sections += _lines(key, value)
    return tuple(lines), tuple(sections)


def _lines(key: str, value: str | dict[str, str]) -> list[str]:
    if isinstance(value, str):
        return [f"{key} = {value.replace(NEWLINE, CONTINUED)}"]
    return [f"{key} =", *(f"  {inner} = {text}" for inner, text in value.items())]


def pinned(profile: str, lines: tuple[str, ...], sections: tuple[str, ...]) -> dict[str, dict[str, Section]]:
    """Return what `settings` said, as botocore's parser has it: by kind, "profiles" and "services", and by name."""
    services = {sections[0].removeprefix("[services ").removesuffix("]"): _section(sections[1:])} if sections else {}
    return {"profiles": {profile: _section(lines)}, "services": services}


def _section(lines: tuple[str, ...]) -> Section:
    section: Section = {}
    inner: dict[str, str] = {}
    for line in lines:
        key, _, value = line.partition(" =")
        if line.startswith("  "):
            inner[key.strip()] = value.removeprefix(" ")
        elif value:
            section[key] = value.removeprefix(" ").replace(CONTINUED, NEWLINE)
        else:
            section[key] = inner = {}
    return section


def text(section: Section, key: str) -> str:
    """Return what a section says for a key; "" when it says nothing, or more than a text."""
    value = section.get(key, "")
    return value if isinstance(value, str) else ""


def wrong(where: str, problem: str, allowed: str) -> Failure:
    """Return the failure of an AWS profile that says too much or too little."""
    return Failure(
        "invalid-config",
        where=where,
        problem=problem,
        cause=f"allowed: {allowed}",
        remedy=edit(where),
    )


def edit(where: str) -> str:
    """Return the command that opens the file which a sentence names, with or without a line."""
    return f"$EDITOR {where.rpartition(' in ')[2].partition(':')[0]}"
