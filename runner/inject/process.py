"""The `process` injection: private AWS files whose credential_process is `cat` of a JSON file that can be replaced.

Both files and both sections are needed: some clients read only the credentials file, some only the config file, some
drop AWS_PROFILE. Static keys never stand beside a credential_process: they would win, and freeze the child on them.
"""

from __future__ import annotations

import os

from runner.inject.contract import Injection
from runner.model.failure import Failure
from runner.places.roots import PLAIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from runner.model.lease import Lease
    from runner.places.runs import RunDirectory

# What the profile parsers of the SDKs for C++, Java and Python all take in a profile's name.
PROFILE_NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./@:+")
CREDENTIALS_JSON = "credentials.json"


class ProcessInjection(Injection):
    """A JSON file behind `cat`."""

    __slots__ = ()

    def changing(self, lease: Lease) -> dict[str, bytes]:
        """Return the JSON file."""
        return {CREDENTIALS_JSON: lease.body}


def prepare(lease: Lease, directory: RunDirectory, environ: Mapping[str, str]) -> Injection:
    """Write the three files; the config and credentials files never change while the command runs."""
    command = f"{cat(environ)} {directory.path}/{CREDENTIALS_JSON}"
    profile = profile_name(lease.identity)
    constant = {
        "config": config_file(profile, [f"credential_process = {command}"], lease).encode(),
        "credentials": sections(("default", profile), [f"credential_process = {command}"]).encode(),
    }
    injection = ProcessInjection(directory, variables(directory.path, profile), constant)
    injection.write(lease)
    return injection


def variables(directory: str, profile: str) -> dict[str, str]:
    """Return the variables that lead to the private AWS files and the profile in them."""
    return {
        "AWS_CONFIG_FILE": f"{directory}/config",
        "AWS_SHARED_CREDENTIALS_FILE": f"{directory}/credentials",
        "AWS_PROFILE": profile,
        "AWS_DEFAULT_PROFILE": profile,  # the SDK for C++ looks here first
        "AWS_SDK_LOAD_CONFIG": "1",  # without it the SDKs for Go v1 and JavaScript v2 read no config file
    }


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


def config_file(profile: str, source: list[str], lease: Lease) -> str:
    """Return a private AWS config file: the source of credentials, the region and the identity's behaviour settings."""
    settings = [*source, *([f"region = {lease.region}"] if lease.region else []), *lease.settings]
    names = ("default", profile if profile == "default" else f"profile {profile}")
    return sections(names, settings) + "".join(f"{line}\n" for line in lease.sections)


def sections(names: tuple[str, ...], settings: list[str]) -> str:
    """Return the same settings under each name, once a name."""
    return "".join("\n".join((f"[{name}]", *settings, "")) for name in dict.fromkeys(names))
