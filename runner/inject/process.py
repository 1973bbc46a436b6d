"""The `process` injection: private AWS files whose credential_process is `cat` of a JSON file that can be replaced.

Both files and both sections are needed: some clients read only the credentials file, some only the config file, some
drop AWS_PROFILE. Static keys never stand beside a credential_process: they would win, and freeze the child on them.
"""

from __future__ import annotations

import os

from runner.inject.contract import Injection
from runner.model.failure import Failure
from runner.places import PLAIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.model.lease import Lease
    from runner.places import RunDirectory

# What the profile parsers of the SDKs for C++, Java and Python all take in a profile's name.
PROFILE_NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./@:+")
CREDENTIALS_JSON = "credentials.json"


def prepare(lease: Lease, directory: RunDirectory, environ: Mapping[str, str]) -> Injection:
    """Write the three files; the config and credentials files never change while the command runs."""
    command = f"{cat(environ)} {directory.path}/{CREDENTIALS_JSON}"
    profile = profile_name(lease.identity)
    directory.write(CREDENTIALS_JSON, lease.body)
    config = directory.write("config", config_file(profile, command, lease).encode())
    credentials = directory.write("credentials", credentials_file(profile, command).encode())
    return Injection(
        directory.path,
        {
            "AWS_CONFIG_FILE": config,
            "AWS_SHARED_CREDENTIALS_FILE": credentials,
            "AWS_PROFILE": profile,
            "AWS_DEFAULT_PROFILE": profile,  # the SDK for C++ looks here first
            "AWS_SDK_LOAD_CONFIG": "1",  # without it the SDKs for Go v1 and JavaScript v2 read no config file
        },
    )


def cat(environ: Mapping[str, str]) -> str:
    """Return the absolute path of a `cat`; the path needs no quoting. Raises dependency-missing."""
    on_path = [f"{folder}/cat" for folder in environ.get("PATH", "").split(":") if folder.startswith("/")]
    for path in ("/bin/cat", "/usr/bin/cat", *on_path):
        if PLAIN.issuperset(path) and os.access(path, os.X_OK):
            return path
    raise Failure("dependency-missing", needs="the process injection", package="cat", remedy="put `cat` on PATH")


def profile_name(identity: str) -> str:
    """Return the identity's name as the name of a profile, other characters as `-`."""
    return "".join(character if character in PROFILE_NAME else "-" for character in identity)


def config_file(profile: str, command: str, lease: Lease) -> str:
    """Return the private AWS config file: the process, the region and the identity's behaviour settings."""
    settings = [f"credential_process = {command}"]
    if lease.region:
        settings.append(f"region = {lease.region}")
    settings += lease.settings
    sections = "".join(_section(name, settings) for name in _names("profile ", profile))
    return sections + "".join(f"{line}\n" for line in lease.sections)


def credentials_file(profile: str, command: str) -> str:
    """Return the private AWS credentials file: the process alone."""
    return "".join(_section(name, [f"credential_process = {command}"]) for name in _names("", profile))


def _names(prefix: str, profile: str) -> tuple[str, ...]:
    return ("default",) if profile == "default" else ("default", prefix + profile)


def _section(name: str, settings: list[str]) -> str:
    return "\n".join((f"[{name}]", *settings, ""))
